"""What a person does with a registry: push, pull, tag, delete, through mirrors and by many threads;
on a real registry.
"""

from __future__ import annotations

import gc
import gzip
import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from fluxtui.artifacts import (
    BlobCache,
    Packed,
    Reference,
    RegistryClient,
    pack_files,
    unpack_files,
)
from fluxtui.artifacts.connections import good
from fluxtui.artifacts.manifest import FLUX_CONFIG, FLUX_CONTENT, OCI_MANIFEST, digest_of
from fluxtui.artifacts.packing import compress
from fluxtui.domain.errors import (
    RefusedError,
    RegistryError,
    UsageError,
)
from fluxtui.world.registry import RegistryServer

from .conftest import CREATED, REPOSITORY, ClientMaker, publish


def test_what_is_pushed_is_pulled_with_flux_types_annotations_and_revision(
    client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    pushed = publish(client, reference, bundle, annotations={"team": "on-call"})
    pulled = client.pull(reference)
    assert pulled.revision == f"v1.0.0@{pushed.digest}"
    assert pulled.layer == bundle.data and pulled.media_type == FLUX_CONTENT
    assert pulled.annotations == {
        "org.opencontainers.image.created": CREATED,
        "org.opencontainers.image.source": "https://git.example/acme",
        "org.opencontainers.image.revision": "main@sha1:0a1b",
        "team": "on-call",
    }
    assert unpack_files(pulled.layer)["README.md"] == b"hello\n"
    manifest = client.manifest(reference)
    assert manifest.media_type == OCI_MANIFEST
    assert manifest.config is not None and manifest.config.media_type == FLUX_CONFIG
    body = json.loads(manifest.raw)
    assert set(body) == {"schemaVersion", "mediaType", "config", "layers", "annotations"}


def test_by_digest_the_revision_is_the_bare_digest(
    client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    digest = publish(client, reference, bundle).digest
    assert client.pull(reference.with_digest(digest)).revision == digest


def test_the_same_push_gives_the_same_digest_anywhere(
    client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    first = publish(client, reference, bundle)
    again = publish(client, reference.with_tag("other"), bundle)
    assert again.digest == first.digest


def test_an_unchanged_folder_is_not_pushed_again(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    first = publish(client, reference, bundle)
    registry.served.clear()
    again = publish(client, reference, bundle, revision="main@sha1:ffff")
    assert again.unchanged and again.digest == first.digest
    assert {served.method for served in registry.served} == {"GET"}
    forced = publish(client, reference, bundle, revision="main@sha1:ffff", force=True)
    assert not forced.unchanged and forced.digest != first.digest


def test_the_same_tar_compressed_by_somebody_else_is_recognised(
    client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    other = gzip.compress(gzip.decompress(bundle.data), 1)
    assert other != bundle.data
    publish(client, reference, replace(bundle, data=other, digest=digest_of(other)))
    assert publish(client, reference, bundle).unchanged


def test_a_tag_is_put_on_the_very_same_bytes(
    client: RegistryClient, registry: RegistryServer, reference: Reference
) -> None:
    raw = json.dumps({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "layers": []}, indent=3)
    stored = registry.store.put_manifest(REPOSITORY, "odd", raw.encode(), OCI_MANIFEST)
    tagged = client.tag(reference.with_tag("odd"), "stable")
    assert tagged.digest == stored.digest
    assert registry.store.manifest(REPOSITORY, "stable").raw == raw.encode()


def test_deleting_a_tag_leaves_its_siblings_and_a_digest_takes_them_along(
    client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    digest = publish(client, reference, bundle).digest
    other = publish(client, reference.with_tag("v0"), pack_files({"a": b""})).digest
    for tag in ("v1", "v1.0"):
        client.tag(reference, tag)
    client.delete_tag(reference.with_tag("v1"))
    assert client.list_tags(reference) == ["v0", "v1.0", "v1.0.0"]
    assert client.tags_sharing(reference) == ["v1.0", "v1.0.0"]
    client.delete(reference.with_digest(digest))
    assert client.list_tags(reference) == ["v0"]
    assert client.exists(reference.with_digest(other)) and not client.exists(reference)


def test_a_registry_that_only_deletes_digests_says_so(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    publish(client, reference, bundle)
    registry.turn(delete_by_tag=False)
    with pytest.raises(RegistryError, match="every tag on it"):
        client.delete_tag(reference)
    with pytest.raises(UsageError, match="no tag"):
        client.delete_tag(replace(reference, tag=""))
    with pytest.raises(UsageError, match="no digest"):
        client.delete(reference)


def test_a_mirror_takes_all_traffic_and_the_name_stays(
    registry: RegistryServer, make_client: ClientMaker, bundle: Packed
) -> None:
    client = make_client(
        mirrors={"registry.example.com": f"{registry.address}/cache/"},
        credentials={registry.address: (registry.username, registry.password)},
    )
    reference = Reference.parse("oci://registry.example.com/acme/ui:v1")
    assert publish(client, reference, bundle).reference == reference
    assert client.list_tags(reference) == ["v1"]
    assert client.pull(reference).reference == reference
    assert registry.store.tags("cache/acme/ui") == (["v1"], False)


def test_read_only_sends_nothing_but_reads(
    client: RegistryClient, registry: RegistryServer, reference: Reference,
    make_client: ClientMaker, bundle: Packed,
) -> None:  # fmt: skip
    digest = publish(client, reference, bundle).digest
    careful = make_client(
        read_only=True, credentials={registry.address: (registry.username, registry.password)}
    )
    assert careful.pull(reference).digest == digest
    registry.served.clear()
    for write in (
        lambda: careful.tag(reference, "x"),
        lambda: careful.delete_tag(reference),
        lambda: careful.delete(reference.with_digest(digest)),
        lambda: publish(careful, reference.with_tag("y"), bundle),
    ):
        with pytest.raises(RefusedError, match="read-only"):
            write()
    assert {served.method for served in registry.served} <= {"GET", "HEAD"}


def test_the_cache_spares_a_second_download(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed,
    tmp_path: Path,
) -> None:  # fmt: skip
    digest = publish(client, reference, bundle).digest
    cache = BlobCache(tmp_path)
    first = client.pull(reference, cache=cache)
    registry.faults.unreachable = True
    again = client.pull(reference.with_digest(digest), cache=cache)
    assert again.layer == first.layer and again.annotations == first.annotations


def test_progress_is_told_both_ways(client: RegistryClient, reference: Reference) -> None:
    data = random.Random(7).randbytes(400_000)
    up: list[tuple[int, int]] = []
    down: list[tuple[int, int]] = []
    big = pack_files({"f": data})
    publish(client, reference, big, progress=lambda n, of: up.append((n, of)))
    client.pull(reference, progress=lambda n, of: down.append((n, of)))
    for told in (up, down):
        assert told[-1] == (len(big.data), len(big.data))
        assert [n for n, _ in told] == sorted(n for n, _ in told)


def test_many_threads_share_one_client(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    registry.turn(bearer=True)
    tags = [f"v{n}" for n in range(24)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda t: publish(client, reference.with_tag(t), bundle), tags))
        digests = set(threads.map(lambda t: client.pull(reference.with_tag(t)).digest, tags))
    assert len(digests) == 1 and sorted(client.list_tags(reference)) == sorted(tags)
    tokens = sum(served.path == "/token" for served in registry.served)
    assert tokens == 2  # one to pull, one to push, however many threads asked


def test_a_manifest_that_is_none_is_refused(
    client: RegistryClient, registry: RegistryServer, reference: Reference
) -> None:
    raw = b'{"schemaVersion": 2, "layers": [{"digest": 5}], "mediaType": "x/y"}'
    registry.store.put_blob(REPOSITORY, b"")
    with pytest.raises(RegistryError):
        client.put_manifest(reference, b"not json", OCI_MANIFEST)
    with pytest.raises(RegistryError):
        client.put_manifest(reference, raw, OCI_MANIFEST)


def test_a_bundle_from_a_stranger_is_checked_before_it_is_compared(
    client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    bomb = compress(b"garbage")[:-3]
    publish(client, reference, replace(bundle, data=bomb, digest=digest_of(bomb)))
    assert not publish(client, reference, bundle).unchanged


def test_importing_the_room_loads_neither_oras_nor_requests() -> None:
    code = (
        "import sys, fluxtui.artifacts as a; a.RegistryClient()\n"
        "print([m for m in ('oras', 'requests', 'ruamel', 'urllib3') if m in sys.modules])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert out.stdout == "[]\n"


def test_a_connection_that_comes_back_after_the_end_is_closed(
    client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    """Whoever quits does not wait for threads that still ask; what they used stays open for none.
    An open socket would be a warning, which fails the test."""
    publish(client, reference, bundle)
    with client.connections.at(reference) as (registry, paths):
        assert good(registry, "GET", registry.url(paths.tags(10))).status_code == 200
        client.close()
    del registry
    gc.collect()
    assert client.list_tags(reference) == ["v1.0.0"]


def test_what_a_tag_holds_is_told_by_the_tar(
    client: RegistryClient, reference: Reference, bundle: Packed
) -> None:
    assert client.holding(reference, bundle) is None
    pushed = publish(client, reference, bundle)
    held = client.holding(reference, bundle)
    assert held is not None and held.unchanged and held.digest == pushed.digest
    assert client.holding(reference, pack_files({"other": b""})) is None
