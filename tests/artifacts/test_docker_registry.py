"""The same client on somebody else's registry: Debian's docker-registry, with TLS and Basic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fluxtui.artifacts import (
    Packed,
    Reference,
    RegistryClient,
    RegistrySettings,
    pack_files,
    unpack_files,
)
from fluxtui.domain.errors import RegistryDenied, RegistryError
from fluxtui.domain.plan import DeleteStep, Outcome
from fluxtui.engine.acts.tagging import Tagging
from fluxtui.engine.registries import RegistryDoor
from fluxtui.kit.clock import Clock

from .conftest import publish
from .docker_registry import BINARY, USER, Served, docker_registry

pytestmark = [
    pytest.mark.skipif(BINARY is None, reason="docker-registry is not installed here"),
    pytest.mark.xdist_group("docker-registry"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running docker-registry; stops at the end of the module."""
    with docker_registry(tmp_path_factory.mktemp("docker-registry")) as running:
        yield running


@pytest.fixture
def settings(served: Served) -> RegistrySettings:
    return served.settings


@pytest.fixture
def client(settings: RegistrySettings) -> Iterator[RegistryClient]:
    with RegistryClient(settings, environ={}) as client:
        yield client


@pytest.fixture
def reference(settings: RegistrySettings, request: pytest.FixtureRequest) -> Reference:
    (address,) = settings.credentials
    name = request.node.name.replace("_", "-")[:60].strip("-")
    return Reference.parse(f"oci://{address}/acme/{name}:v1.0.0")


def test_push_pull_retag_and_unchanged(
    client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    pushed = publish(client, reference, bundle)
    pulled = client.pull(reference)
    assert pulled.revision == f"v1.0.0@{pushed.digest}"
    assert unpack_files(pulled.layer)["README.md"] == b"hello\n"
    assert client.tag(reference, "stable").digest == pushed.digest
    assert client.resolve(reference.with_tag("stable")).digest == pushed.digest
    assert publish(client, reference, bundle).unchanged
    assert client.referrers(reference) == []


def test_deleting_is_by_digest_only_and_takes_every_tag(
    client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    digest = publish(client, reference, bundle).digest
    client.tag(reference, "stable")
    assert sorted(client.tags_sharing(reference)) == ["stable", "v1.0.0"]
    with pytest.raises(RegistryError, match="every tag on it"):
        client.delete_tag(reference)
    client.delete(reference.with_digest(digest))
    assert not client.exists(reference) and not client.exists(reference.with_tag("stable"))


def test_two_thousand_five_hundred_tags_in_one_call(
    client: RegistryClient, reference: Reference, bundle: Packed, served: Served
) -> None:
    digest = publish(client, reference, bundle).digest
    names = [f"v0.0.{n}" for n in range(2500)]
    # Planted where the registry keeps them: 2,500 uploads would only measure the uploads.
    served.plant_tags(reference.repository, names, digest)
    assert sorted(client.list_tags(reference)) == sorted([*names, "v1.0.0"])


def test_a_wrong_password_is_denied(settings: RegistrySettings, reference: Reference) -> None:
    wrong = RegistrySettings(
        ca_files=settings.ca_files, credentials={reference.registry: (USER, "no")}
    )
    with RegistryClient(wrong, environ={}) as client:
        with pytest.raises(RegistryDenied, match="docker login"):
            client.list_tags(reference)


def test_a_larger_bundle_survives(client: RegistryClient, reference: Reference) -> None:
    files = {f"f{n}": bytes([n]) * 50_000 for n in range(40)}
    publish(client, reference, pack_files(files))
    assert unpack_files(client.pull(reference).layer) == files


async def test_a_tag_without_siblings_goes_with_its_manifest_and_one_with_them_stays(
    settings: RegistrySettings, client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    """This registry deletes by digest only: what a Step of a Plan makes of that."""
    registries = RegistryDoor(lambda: RegistryClient(settings, environ={}))
    tagging, digest = Tagging(registries, Clock()), publish(client, reference, bundle).digest
    client.tag(reference, "stable")
    step = DeleteStep(
        "d", "delete", repository=reference.url, digest=digest, tag="v1.0.0", shared=("stable",)
    )
    outcome, said = await tagging.delete(step)
    assert outcome is Outcome.REFUSED and "stable" in said
    assert client.resolve(reference).digest == digest
    outcome, _ = await tagging.delete(replace(step, tag="stable", shared=()))
    assert outcome is Outcome.DONE
    assert not client.exists(reference.with_tag("stable"))
    registries.close()
