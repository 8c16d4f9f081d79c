"""What is read of a registry without taking it: tags, digests, the builds of an index, layers and
signatures; on a real registry.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest

from fluxtui.artifacts import (
    Packed,
    Reference,
    RegistryClient,
    pack_files,
)
from fluxtui.artifacts.manifest import OCI_INDEX, OCI_MANIFEST, digest_of
from fluxtui.artifacts.publish import put_blob
from fluxtui.domain.errors import (
    ArtifactError,
    ArtifactMissing,
    RegistryError,
)
from fluxtui.world.registry import RegistryServer

from .conftest import REPOSITORY, publish


def test_what_is_not_there_is_missing_with_its_place(
    client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    with pytest.raises(ArtifactMissing, match=REPOSITORY):
        client.list_tags(reference)
    publish(client, reference, bundle)
    absent = reference.with_tag("v9")
    for call in (client.resolve, client.manifest, client.pull):
        with pytest.raises(ArtifactMissing, match="v9"):
            call(absent)
    assert not client.exists(absent)


def test_tags_come_page_by_page_in_the_registrys_order(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    publish(client, reference, bundle)
    raw = registry.store.manifest(REPOSITORY, "v1.0.0").raw
    for n in range(130):
        registry.store.put_manifest(REPOSITORY, f"v0.{n}.0", raw, OCI_MANIFEST)
    registry.turn(page_size=50)
    registry.served.clear()
    tags = client.list_tags(reference)
    assert len(tags) == 131 and tags == sorted(tags)
    assert sum(s.path.endswith("/tags/list") and s.status == 200 for s in registry.served) == 3


def test_listing_can_be_cancelled(client: RegistryClient, reference: Reference) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(RegistryError, match="cancelled"):
        client.list_tags(reference, cancel=cancelled)


def test_resolve_uses_get_where_head_is_not_served(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    digest = publish(client, reference, bundle).digest
    assert client.resolve(reference).digest == digest
    registry.turn(head_manifests=False)
    found = client.resolve(reference)
    assert found.digest == digest and found.media_type == OCI_MANIFEST and found.size > 0


def test_of_an_index_the_linux_amd64_child_is_taken_but_the_digest_is_the_indexs(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    amd = client.resolve(reference.with_tag(publish(client, reference, bundle).reference.tag))
    arm = publish(client, reference.with_tag("arm"), pack_files({"arm": b""}))
    children = [
        {"digest": d, "mediaType": OCI_MANIFEST, "size": 1,
         "platform": {"os": "linux", "architecture": a}}
        for d, a in ((arm.digest, "arm64"), (amd.digest, "amd64"))
    ]  # fmt: skip
    raw = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children})
    digest = client.put_manifest(reference.with_tag("multi"), raw.encode(), OCI_INDEX)
    pulled = client.pull(reference.with_tag("multi"))
    assert pulled.layer == bundle.data
    assert pulled.revision == f"multi@{digest}" and pulled.digest == digest
    raw = raw.replace("amd64", "s390x")
    client.put_manifest(reference.with_tag("foreign"), raw.encode(), OCI_INDEX)
    with pytest.raises(ArtifactError, match="linux/amd64"):
        client.pull(reference.with_tag("foreign"))


def test_layers_are_chosen_by_media_type(
    client: RegistryClient, registry: RegistryServer, reference: Reference
) -> None:
    layers = []
    for kind, data in (("a/one", b"1"), ("a/two", b"2")):
        digest = registry.store.put_blob(REPOSITORY, data)
        layers.append({"mediaType": kind, "digest": digest, "size": 1})
    body = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "layers": layers}
    client.put_manifest(reference, json.dumps(body).encode(), OCI_MANIFEST)
    assert client.pull(reference).layer == b"1"
    assert client.pull(reference, layer_media_type="a/two").layer == b"2"
    with pytest.raises(ArtifactError, match="media type 'a/three'"):
        client.pull(reference, layer_media_type="a/three")
    body["layers"] = []
    client.put_manifest(reference.with_tag("bare"), json.dumps(body).encode(), OCI_MANIFEST)
    with pytest.raises(ArtifactError, match="no layers"):
        client.pull(reference.with_tag("bare"))


def test_signatures_are_found_by_the_api_and_by_the_old_tag(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    subject = publish(client, reference, bundle)
    assert client.referrers(reference) == []
    put_blob(client, reference, b"{}", digest_of(b"{}"))
    body = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": "application/vnd.example.signature",
        "config": {"mediaType": "a/b", "digest": digest_of(b"{}"), "size": 2},
        "layers": [],
        "subject": {"digest": subject.digest, "mediaType": OCI_MANIFEST, "size": 1},
    }
    raw = json.dumps(body).encode()
    client.put_manifest(reference.with_digest(digest_of(raw)), raw, OCI_MANIFEST)
    (found,) = client.referrers(reference)
    assert found.digest == digest_of(raw)
    assert found.artifact_type == "application/vnd.example.signature"
    assert client.referrers(reference, "something/else") == []

    registry.turn(referrers=False)
    assert client.referrers(reference) == []
    descriptor = {"digest": found.digest, "size": len(raw), "mediaType": OCI_MANIFEST}
    index = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [descriptor]})
    tag = subject.digest.replace(":", "-")
    client.put_manifest(reference.with_tag(tag), index.encode(), OCI_INDEX)
    assert [d.digest for d in client.referrers(reference)] == [found.digest]


def test_a_signature_shows_by_its_tag_or_its_referrer(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    digest = publish(client, reference, bundle).digest
    assert client.signature(reference, digest) == ""
    raw = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "artifactType": "application/vnd.cncf.notary.signature",
            "layers": [],
            "subject": {"digest": digest, "mediaType": OCI_MANIFEST, "size": 1},
        }
    ).encode()
    registry.store.put_manifest(REPOSITORY, digest_of(raw), raw, OCI_MANIFEST)
    assert client.signature(reference, digest) == "application/vnd.cncf.notary.signature"
    tag = digest.replace(":", "-") + ".sig"
    client.tag(reference, tag)
    assert client.signature(reference, digest) == tag
    assert client.signature(reference, digest, tags=[tag]) == tag


def test_reading_tags_and_manifests_loads_neither_oras_nor_requests(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    """With a token, its page after page, and a HEAD: all that a verb which lists tags asks for."""
    registry.turn(bearer=True)
    publish(client, reference, bundle)
    code = (
        "import sys\n"
        "from fluxtui.artifacts import Reference, RegistryClient, RegistrySettings\n"
        "host, login, at = sys.argv[1], tuple(sys.argv[2:4]), Reference.parse(sys.argv[4])\n"
        "client = RegistryClient(RegistrySettings(credentials={host: login}), environ={})\n"
        "assert client.list_tags(at) == ['v1.0.0']\n"
        "assert client.manifest(at).digest == client.resolve(at).digest\n"
        "print([m for m in ('oras', 'requests', 'urllib3', 'jsonschema') if m in sys.modules])"
    )
    words = [registry.address, registry.username, registry.password, str(reference)]
    out = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert out.stdout == "[]\n"
