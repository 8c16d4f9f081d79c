"""The Wire of a command that asks a few things: few connections, no HTTP library, nothing lost."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import ssl
from pathlib import Path

import pytest
import trustme
import yaml
from aiohttp import web
from cluster_scripted import Scripted

from fluxtui.cluster.briefwire import LINES_AT_ONCE
from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.errors import ClusterError
from tests.proxy_servers import proxy_server

PODS = ApiResource("", "v1", "Pod", "pods")


async def connected(kubeconfig: str) -> Cluster:
    return await connect(kubeconfig, None, name="staging", wire="brief")


async def test_many_questions_share_few_connections(api: Scripted) -> None:
    peers: list[object] = []

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.append(request.transport.get_extra_info("peername"))
        await asyncio.sleep(0)
        return web.json_response({"kind": "Pod"})

    api.handler = handler
    cluster = await connected(api.kubeconfig())
    await asyncio.gather(*(cluster.get(PODS, "ns", str(number)) for number in range(40)))
    await cluster.get(PODS, "ns", "last")
    await cluster.close()
    assert len(peers) == 41
    assert len(set(peers)) <= LINES_AT_ONCE


async def test_a_compressed_answer_is_read(api: Scripted) -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.headers["Accept-Encoding"])
        body = gzip.compress(json.dumps({"kind": "Pod", "metadata": {"name": "a"}}).encode())
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    api.handler = handler
    cluster = await connected(api.kubeconfig())
    assert (await cluster.get(PODS, "ns", "a"))["metadata"] == {"name": "a"}
    await cluster.close()
    assert asked == ["gzip"]


async def test_a_body_that_only_claims_to_be_compressed_is_a_broken_answer(api: Scripted) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=b"{}", headers={"Content-Encoding": "gzip"})

    api.handler = handler
    cluster = await connected(api.kubeconfig())
    with pytest.raises(ClusterError):
        await cluster.get(PODS, "ns", "a")
    await cluster.close()


async def test_a_redirect_is_followed(api: Scripted) -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.path.startswith("/moved"):
            return web.json_response({"kind": "Pod"})
        return web.Response(status=307, headers={"Location": f"/moved{request.path}"})

    api.handler = handler
    cluster = await connected(api.kubeconfig())
    assert await cluster.get(PODS, "ns", "a") == {"kind": "Pod"}
    await cluster.close()


async def test_a_server_below_a_path_is_asked_there(api: Scripted) -> None:
    api.answers({"kind": "Pod"})
    api.address += "/k8s/clusters/c-1"
    cluster = await connected(api.kubeconfig())
    await cluster.get(PODS, "ns", "a")
    await cluster.close()
    path = "/k8s/clusters/c-1/api/v1/namespaces/ns/pods/a"
    assert [asked[1] for asked in api.requests] == [path]


@pytest.mark.parametrize("kind", ["http", "socks"])
async def test_a_proxy_is_used(api: Scripted, kind: str) -> None:
    api.answers({"kind": "Pod"})
    host, _, port = api.address.removeprefix("http://").partition(":")
    async with proxy_server(kind, (host, int(port))) as proxy:
        scheme = "http" if kind == "http" else "socks5"
        path = api.kubeconfig(**{"proxy-url": f"{scheme}://127.0.0.1:{proxy.port}"})
        cluster = await connected(path)
        assert await cluster.get(PODS, "ns", "a") == {"kind": "Pod"}
        await cluster.close()
    assert proxy.asked


@pytest.mark.parametrize("inline", [True, False])
async def test_client_certificate_and_server_name_count(tmp_path: Path, inline: bool) -> None:
    """The API wants a certificate, and its own is for a name that no DNS knows."""
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(tls)
    authority.issue_cert("api.internal").configure_cert(tls)
    mine = authority.issue_cert("me@example.com")
    parts = {
        "client-certificate": mine.cert_chain_pems[0].bytes(),
        "client-key": mine.private_key_pem.bytes(),
    }
    user: dict[str, str] = {}
    for name, pem in parts.items():
        (tmp_path / name).write_bytes(pem)
        user |= {f"{name}-data": base64.b64encode(pem).decode()} if inline else {name: name}
    app = web.Application()
    app.router.add_get("/{tail:.*}", _answered)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    cluster = {
        "server": f"https://127.0.0.1:{port}",
        "tls-server-name": "api.internal",
        "certificate-authority-data": base64.b64encode(authority.cert_pem.bytes()).decode(),
    }
    named = {
        "current-context": "x",
        "clusters": [{"name": "x", "cluster": cluster}],
        "users": [{"name": "x", "user": user}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(named))
    asking = await connected(str(tmp_path / "kubeconfig"))
    assert await asking.get(PODS, "ns", "a") == {"kind": "Pod"}
    await asking.close()
    await runner.cleanup()


async def _answered(_: web.Request) -> web.Response:
    return web.json_response({"kind": "Pod"})
