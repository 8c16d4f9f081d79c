"""Proxies by kubectl's rules: proxy-url as it stands, else the environment as Go reads it."""

from __future__ import annotations

import asyncio
import socket

import pytest
from cluster_scripted import Scripted
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource
from fluxtui.cluster.proxies import Proxy, proxy_for
from fluxtui.domain.errors import ConfigError, Unreachable
from fluxtui.domain.proxies import environment_proxy
from tests.proxy_servers import proxy_server

PODS = ApiResource("", "v1", "Pod", "pods")


@pytest.mark.parametrize(
    ("server", "named", "environ", "proxy"),
    [
        # The kubeconfig's own, for every server and whatever NO_PROXY says.
        ("https://127.0.0.1:1", "http://p:1", {"HTTPS_PROXY": "http://q:1"}, "http://p:1"),
        ("https://localhost", "socks5://localhost:8080", {}, "socks5://localhost:8080"),
        ("https://api.example.com", "socks5h://p", {"NO_PROXY": "*"}, "socks5h://p"),
        ("https://api.example.com", "https://p:1", {"HTTPS_PROXY": "q"}, "https://p:1"),
        # The environment's, by scheme; the upper case first; never for loopback.
        ("https://api.example.com", "", {}, None),
        ("https://api.example.com", "", {"HTTPS_PROXY": "http://q:1"}, "http://q:1"),
        ("https://api.example.com", "", {"https_proxy": "q:1"}, "http://q:1"),
        ("https://api.example.com", "", {"https_proxy": "q:1", "HTTPS_PROXY": "r"}, "http://r"),
        ("https://api.example.com", "", {"https_proxy": "q:1", "HTTPS_PROXY": ""}, "http://q:1"),
        ("https://api.example.com", "", {"HTTPS_PROXY": "socks5://q:1"}, "socks5://q:1"),
        ("http://api.example.com", "", {"HTTPS_PROXY": "q"}, None),
        ("http://api.example.com", "", {"http_proxy": "q"}, "http://q"),
        ("https://api.example.com", "", {"HTTP_PROXY": "q"}, None),
        ("https://127.0.0.1:1", "", {"HTTPS_PROXY": "q"}, None),
        ("https://[::1]:1", "", {"HTTPS_PROXY": "q"}, None),
        ("https://localhost:1", "", {"HTTPS_PROXY": "q"}, None),
        # kubectl does not know it.
        ("https://api.example.com", "", {"ALL_PROXY": "socks5://q", "all_proxy": "r"}, None),
    ],
)
def test_the_proxy_is_the_one_kubectl_would_use(
    server: str, named: str, environ: dict[str, str], proxy: str | None
) -> None:
    chosen = proxy_for(server, named, environ)
    assert (chosen.url if chosen else None) == proxy


@pytest.mark.parametrize(
    ("server", "entries", "direct"),
    [
        ("https://api.example.com", "*", True),
        ("https://api.example.com", "a, .example.com", True),
        ("https://api.example.com", "*.example.com", True),
        ("https://example.com", ".example.com,*.example.com", False),
        ("https://example.com", "EXAMPLE.com", True),
        ("https://api.example.com", "example.com", True),
        ("https://myexample.com", "example.com", False),
        ("https://api.example.com:6443", "example.com:6443", True),
        ("https://api.example.com:6443", "example.com:443", False),
        ("https://api.example.com", "example.com:443", True),
        ("https://10.1.2.3", "10.0.0.0/8", True),
        ("https://11.1.2.3", "10.0.0.0/8", False),
        ("https://10.1.2.3:6443", "10.1.2.3:6443", True),
        ("https://10.1.2.3:6443", "10.1.2.3:443", False),
        ("https://10.1.2.3", ".2.3,1.2.3", False),
        ("https://[fd00::1]:6443", "[fd00::1]:6443", True),
        ("https://[fd00::1]:6443", "fd00::/8", True),
        ("https://[fd00::1]:6443", "[fd00::1]:1", False),
        ("https://api.example.com", ",, ,:80", False),
    ],
)
def test_no_proxy_is_read_as_go_reads_it(server: str, entries: str, direct: bool) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        found = environment_proxy(server, {"HTTPS_PROXY": "http://p:1", name: entries})
        assert found == ("" if direct else "http://p:1")


@given(st.text(max_size=30), st.text(max_size=20))
def test_no_text_in_the_variables_is_a_traceback(entries: str, proxy: str) -> None:
    environ = {"HTTPS_PROXY": proxy, "NO_PROXY": entries}
    try:
        proxy_for("https://api.example.com:6443", "", environ)
    except ConfigError as error:
        assert "cannot be used" in str(error)


def test_a_proxy_s_password_is_sent_to_the_proxy_only() -> None:
    address = "https://api.example.com"
    assert proxy_for(address, "http://user:p%40ss@p:1/", {}) == Proxy(
        "http://p:1/", {"Proxy-Authorization": "Basic dXNlcjpwQHNz"}
    )
    assert proxy_for(address, "socks5://user:p%40ss@p:1", {}) == Proxy(
        "socks5://p:1", {}, "user", "p@ss"
    )
    with pytest.raises(ConfigError, match=r"'ftp://p:1' cannot be used") as refused:
        proxy_for(address, "ftp://user:p%40ss@p:1", {})
    assert "p%40ss" not in str(refused.value)


@pytest.mark.parametrize("kind", ["http", "socks"])
@pytest.mark.parametrize("server", ["", "http://api.example.com:6443"])
async def test_requests_and_watches_go_through_the_kubeconfig_s_proxy(
    api: Scripted, kind: str, server: str
) -> None:
    """A server on this machine too; a name is the proxy's to look up."""
    api.answers({"kind": "Pod"})
    port = int(api.address.rpartition(":")[2])
    async with proxy_server(kind, ("127.0.0.1", port)) as proxy:
        scheme = "http" if kind == "http" else "socks5"
        url = f"{scheme}://me:pw@127.0.0.1:{proxy.port}"
        path = api.kubeconfig(server=server or api.address, **{"proxy-url": url})
        cluster = await connect(path, None, name="staging")
        try:
            assert await cluster.get(PODS, "ns", "a") == {"kind": "Pod"}
        finally:
            await cluster.close()
    asked = server or api.address
    if kind == "http":
        assert proxy.asked == [f"GET {asked}/api/v1/namespaces/ns/pods/a"]
        assert proxy.authorization == ["Basic bWU6cHc="]
    else:
        assert proxy.asked == [asked.removeprefix("http://")]
        assert proxy.authorization == ["me:pw"]


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_that_is_not_there_is_said_to_be_the_trouble(
    api: Scripted, scheme: str
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"{scheme}://127.0.0.1:{nobody.getsockname()[1]}"
        path = api.kubeconfig(server="http://api.example.com", **{"proxy-url": url})
        cluster = await connect(path, None, name="staging")
        with pytest.raises(Unreachable, match="the proxy failed"):
            await cluster.get(PODS, "ns", "a")
        await cluster.close()


async def test_a_socks_proxy_that_cannot_lead_there_is_said_to_be_the_trouble(
    api: Scripted,
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(64)
        writer.write(b"\x05\x00")
        await reader.read(64)
        writer.write(b"\x05\x04\x00\x01\x00\x00\x00\x00\x00\x00")  # host unreachable
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    url = f"socks5://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    cluster = await connect(api.kubeconfig(**{"proxy-url": url}), None, name="staging")
    with pytest.raises(Unreachable, match="the proxy failed"):
        await cluster.get(PODS, "ns", "a")
    await cluster.close()
    server.close()
