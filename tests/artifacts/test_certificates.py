"""Private authorities and client certificates: named, or kept where docker keeps them."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from fluxtui.artifacts import Packed, Reference, pack_files
from fluxtui.artifacts.transport import speaks_tls
from fluxtui.domain.errors import ConfigError, RegistryUnreachable
from fluxtui.world.registry import RegistryServer, routes

from .conftest import ClientMaker, Pauses, publish


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def strict(authority: trustme.CA) -> Iterator[RegistryServer]:
    """A registry that lets nobody in without a certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with RegistryServer(credentials=None, tls=context) as server:
        yield server


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[RegistryServer]:
    """A registry whose certificate the authority has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with RegistryServer(tls=context) as server:
        yield server


def certs_d(home: Path, host: str, kind: str = "docker") -> Path:
    folder = home / ".config" / kind / "certs.d" / host
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("kind", ["docker", "containers"])
def test_what_opens_the_door_for_docker_opens_it_here(
    strict: RegistryServer, authority: trustme.CA, make_client: ClientMaker, tmp_path: Path,
    bundle: Packed, kind: str,
) -> None:  # fmt: skip
    folder = certs_d(tmp_path, strict.address, kind)
    authority.cert_pem.write_to_path(str(folder / "ca.crt"))
    mine = authority.issue_cert("ci@example.com")
    mine.cert_chain_pems[0].write_to_path(str(folder / "client.cert"))
    mine.private_key_pem.write_to_path(str(folder / "client.key"))
    client = make_client(environ={"HOME": str(tmp_path)})
    reference = Reference.parse(f"{strict.address}/a/b:v1")
    publish(client, reference, bundle)
    assert client.pull(reference).layer == bundle.data


def test_without_a_certificate_the_door_stays_closed(
    strict: RegistryServer, authority: trustme.CA, make_client: ClientMaker, tmp_path: Path
) -> None:
    folder = certs_d(tmp_path, strict.address)
    authority.cert_pem.write_to_path(str(folder / "ca.crt"))
    client = make_client(environ={"HOME": str(tmp_path)})
    with pytest.raises(RegistryUnreachable):
        client.list_tags(Reference.parse(f"{strict.address}/a/b"))


def test_half_a_pair_and_a_file_that_is_no_certificate_are_said(
    make_client: ClientMaker, tmp_path: Path
) -> None:
    reference = Reference.parse("127.0.0.1:1/a/b")
    folder = certs_d(tmp_path, "127.0.0.1:1")
    (folder / "client.cert").write_text("nothing")
    client = make_client(environ={"HOME": str(tmp_path)})
    with pytest.raises(ConfigError, match="no key beside it"):
        client.list_tags(reference)
    (folder / "client.key").write_text("nothing")
    with pytest.raises(ConfigError, match="client certificate cannot be used"):
        client.list_tags(reference)


def test_certificates_of_one_host_are_not_shown_to_another(
    strict: RegistryServer, authority: trustme.CA, make_client: ClientMaker, tmp_path: Path
) -> None:
    folder = certs_d(tmp_path, "registry.example.com")
    authority.cert_pem.write_to_path(str(folder / "ca.crt"))
    mine = authority.issue_cert("ci@example.com")
    mine.private_key_and_cert_chain_pem.write_to_path(str(folder / "client.cert"))
    mine.private_key_pem.write_to_path(str(folder / "client.key"))
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    client = make_client(
        environ={"HOME": str(tmp_path)}, ca_files={strict.address: str(tmp_path / "ca.pem")}
    )
    with pytest.raises(RegistryUnreachable):
        client.list_tags(Reference.parse(f"{strict.address}/a/b"))


def test_a_private_authority_is_trusted_when_its_file_is_named(
    secure: RegistryServer, authority: trustme.CA, make_client: ClientMaker, tmp_path: Path,
    bundle: Packed,
) -> None:  # fmt: skip
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    secure.turn(bearer=True)
    client = make_client(
        ca_files={secure.address: str(tmp_path / "ca.pem")},
        credentials={secure.address: (secure.username, secure.password)},
    )
    reference = Reference.parse(f"{secure.address}/a/b:v1")
    publish(client, reference, bundle)
    assert client.pull(reference).layer == bundle.data


def test_a_stranger_certificate_is_refused_in_plain_words(
    secure: RegistryServer, make_client: ClientMaker, tmp_path: Path, pauses: Pauses
) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    client = make_client(ca_files={secure.address: str(tmp_path / "other.pem")})
    with pytest.raises(RegistryUnreachable, match="certificate verify failed"):
        client.list_tags(Reference.parse(f"{secure.address}/a/b"))
    assert not pauses.taken


def test_a_ca_file_that_is_none_is_said(make_client: ClientMaker, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    client = make_client(ca_files={"127.0.0.1:1": str(tmp_path / "ca.pem")})
    with pytest.raises(ConfigError, match="CA file"):
        client.list_tags(Reference.parse("127.0.0.1:1/a"))


def test_tls_is_recognised_by_a_greeting(registry: RegistryServer, secure: RegistryServer) -> None:
    assert speaks_tls(registry.address, 5) is False
    assert speaks_tls(secure.address, 5) is True
    registry.stop()
    assert speaks_tls(registry.address, 5) is None


def test_a_link_to_itself_in_clear_text_is_followed_over_tls(
    secure: RegistryServer, authority: trustme.CA, make_client: ClientMaker, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Registries behind a proxy that ends TLS hand out http:// addresses of themselves."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    client = make_client(
        ca_files={secure.address: str(tmp_path / "ca.pem")},
        credentials={secure.address: (secure.username, secure.password)},
    )
    reference = Reference.parse(f"{secure.address}/a/b:v1")
    publish(client, reference, pack_files({"a": b""}))
    publish(client, reference.with_tag("v2"), pack_files({"a": b""}))
    secure.turn(page_size=1)
    plain = f'<http://{secure.address}/v2/a/b/tags/list?last=v1&n=1>; rel="next"'
    monkeypatch.setattr(routes, "_next", lambda *_: {"Link": plain})
    assert client.list_tags(reference) == ["v1", "v2"]
