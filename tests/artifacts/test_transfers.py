"""What goes over the wire when a bundle is pushed and pulled, and who is told of it."""

from __future__ import annotations

from fluxtui.artifacts import Packed, Reference, RegistryClient, RegistrySettings
from fluxtui.world.registry import RegistryServer

from .conftest import publish


def test_a_blob_that_the_host_has_elsewhere_is_mounted_and_not_sent_again(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    publish(client, reference, bundle)
    registry.served.clear()
    other = Reference.parse(f"oci://{registry.address}/acme/copy:v1.0.0")
    publish(client, other, bundle)
    assert [s.method for s in registry.served if "/blobs/" in s.path and s.status == 201] == [
        "POST",
        "POST",
    ]
    assert not [s for s in registry.served if s.method == "PUT" and "/blobs/" in s.path]
    assert client.pull(other).layer == bundle.data


def test_where_nothing_can_be_mounted_the_blob_is_sent(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    registry.turn(bearer=True)
    publish(client, reference, bundle)
    other = Reference.parse(f"oci://{registry.address}/acme/copy:v1.0.0")
    publish(client, other, bundle)
    assert client.pull(other).layer == bundle.data


def test_a_client_may_be_told_of_every_transfer(
    registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    told: list[tuple[int, int]] = []
    settings = RegistrySettings(
        credentials={registry.address: (registry.username, registry.password)}
    )
    with RegistryClient(settings, environ={}, progress=lambda *p: told.append(p)) as client:
        publish(client, reference, bundle)
        sent = len(told)
        client.pull(reference)
    assert sent and len(told) > sent and told[-1] == (len(bundle.data), len(bundle.data))
