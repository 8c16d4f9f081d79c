"""Registries behind proxies: HTTP and SOCKS5, ALL_PROXY, private authorities on the far side."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from fluxtui.artifacts import Reference
from fluxtui.domain.errors import RegistryUnreachable
from fluxtui.world.registry import RegistryServer
from tests.artifacts.conftest import ClientMaker
from tests.artifacts.scripted_registry import scripted_registry
from tests.proxy_servers import proxy_server

HOST = "registry.example.com"


def address(server: str) -> tuple[str, int]:
    host, _, port = server.partition(":")
    return host, int(port)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[RegistryServer]:
    """A registry whose certificate is for a name that only the proxy can look up."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    with RegistryServer(tls=context, credentials=None) as server:
        yield server


@pytest.mark.parametrize(
    ("variable", "scheme"),
    [
        ("HTTPS_PROXY", "http"),
        ("https_proxy", "socks5"),
        ("ALL_PROXY", "socks5h"),
        ("all_proxy", "http"),
    ],
)
async def test_a_registry_is_reached_through_the_proxy_and_trusted_as_without(
    secure: RegistryServer,
    authority: trustme.CA,
    make_client: ClientMaker,
    tmp_path: Path,
    variable: str,
    scheme: str,
) -> None:
    """The proxy looks the name up, and the authority named for the host counts beyond it."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    kind = "http" if scheme == "http" else "socks"
    async with proxy_server(kind, address(secure.address)) as proxy:
        client = make_client(
            environ={variable: f"{scheme}://me:pw@127.0.0.1:{proxy.port}"},
            ca_files={HOST: str(tmp_path / "ca.pem")},
        )
        reference = Reference.parse(f"oci://{HOST}/acme/app")
        assert not await asyncio.to_thread(client.exists, reference.with_tag("1"))
    named = {"http": f"CONNECT {HOST}:443", "socks": f"{HOST}:443"}[kind]
    assert set(proxy.asked) == {named}
    assert set(proxy.authorization) == {"Basic bWU6cHc=" if kind == "http" else "me:pw"}


@pytest.mark.parametrize("exempt", [{}, {"NO_PROXY": "example.com"}])
async def test_a_registry_in_clear_text_goes_through_http_proxy_unless_exempt(
    make_client: ClientMaker, exempt: dict[str, str]
) -> None:
    with scripted_registry() as far:
        far.answer = lambda _asked: (200, [], {"tags": ["1"]})
        async with proxy_server("http", address(far.address)) as proxy:
            client = make_client(
                environ={"HTTP_PROXY": f"127.0.0.1:{proxy.port}", **exempt},
                plain_http=frozenset({"registry.example.com"}),
            )
            reference = Reference.parse(f"oci://{HOST}/acme/app")
            if exempt:
                with pytest.raises(RegistryUnreachable):
                    await asyncio.to_thread(client.list_tags, reference)
                assert proxy.asked == []
            else:
                assert await asyncio.to_thread(client.list_tags, reference) == ["1"]
                assert proxy.asked == [f"GET http://{HOST}/v2/acme/app/tags/list?n=1000"]


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("ftp://me:pw@p:1", "neither http, https nor socks5: ftp://p:1"),
        ("socks5://127.0.0.1:1", "the proxy failed"),
        ("http://127.0.0.1:1", "the proxy failed"),
    ],
)
def test_a_proxy_that_does_not_work_is_named_as_the_cause(
    make_client: ClientMaker, proxy: str, words: str
) -> None:
    client = make_client(environ={"ALL_PROXY": proxy})
    with pytest.raises(RegistryUnreachable, match=words) as failure:
        client.list_tags(Reference.parse(f"oci://{HOST}/acme/app"))
    assert "PROXY" in str(failure.value) and "pw" not in str(failure.value)
