"""The same client on somebody else's registry: Debian's docker-registry, with TLS and Basic."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from fluxtui.artifacts import (
    Packed,
    Reference,
    RegistryClient,
    RegistrySettings,
    pack_files,
    unpack_files,
)
from fluxtui.domain.errors import RegistryDenied, RegistryError, RegistryUnreachable

from .conftest import publish

BINARY = shutil.which("docker-registry")
pytestmark = [
    pytest.mark.skipif(BINARY is None, reason="docker-registry is not installed here"),
    pytest.mark.xdist_group("docker-registry"),
]

USER, PASSWORD = "fluxtui", "fluxtui"
HTPASSWD = "fluxtui:$2b$04$RHxjIYMn3gT2c7xx004Ph.kF1va.HaHS75mcpfnbGPiXpezj8RHc6\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("docker-registry")


@pytest.fixture(scope="module")
def storage(folder: Path) -> Path:
    """Where the registry keeps its content."""
    return folder / "data"


@pytest.fixture(scope="module")
def settings(folder: Path, storage: Path) -> Iterator[RegistrySettings]:
    """A running docker-registry; stops at the end of the module."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    cert = authority.issue_cert("127.0.0.1")
    cert.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    cert.private_key_pem.write_to_path(str(folder / "key.pem"))
    (folder / "htpasswd").write_text(HTPASSWD)
    address = f"127.0.0.1:{free_port()}"
    config = {
        "version": "0.1",
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(storage)},
            "delete": {"enabled": True},
        },
        "auth": {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}},
        "http": {
            "addr": address,
            "tls": {"certificate": str(folder / "cert.pem"), "key": str(folder / "key.pem")},
        },
    }
    (folder / "config.yml").write_text(json.dumps(config))
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [str(BINARY), "serve", str(folder / "config.yml")], stdout=log, stderr=log
    )
    found = RegistrySettings(
        ca_files={address: str(folder / "ca.pem")}, credentials={address: (USER, PASSWORD)}
    )
    try:
        wait_for(found, address, process, folder / "log")
        yield found
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def wait_for(
    settings: RegistrySettings, address: str, process: subprocess.Popen[bytes], log: Path
) -> None:
    """Ask until it answers; connecting itself is the wait."""
    deadline = time.monotonic() + 30
    with RegistryClient(settings, environ={}, pause=lambda _: None) as client:
        while True:
            try:
                client.exists(Reference.parse(f"{address}/any/thing"))
                return
            except RegistryUnreachable:
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"docker-registry does not start: {log.read_text()}")


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
    client: RegistryClient, reference: Reference, bundle: Packed, storage: Path
) -> None:
    digest = publish(client, reference, bundle).digest
    names = [f"v0.0.{n}" for n in range(2500)]
    # Planted where the registry keeps them: 2,500 uploads would only measure the uploads.
    tags = storage / "docker/registry/v2/repositories" / reference.repository / "_manifests/tags"
    for name in names:
        (tags / name / "current").mkdir(parents=True)
        (tags / name / "current" / "link").write_text(digest)
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
