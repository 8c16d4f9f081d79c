"""Each way of not reaching an API has its own sentence and its own way out."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
import yaml

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource
from fluxtui.cluster.wire import Timeouts
from fluxtui.domain.errors import ClusterError, Unauthorized, Unreachable
from fluxtui.domain.knowledge import Knowing, Knowledge, Trouble, trouble_of

pytestmark = pytest.mark.usefixtures("each_way")
PODS = ApiResource("", "v1", "Pod", "pods")
HASTY = Timeouts(connect=0.3, read=0.3, total=0.5)
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def kubeconfig(folder: Path, server: str, ca: bytes = b"", **more: str) -> str:
    cluster = {"server": server, **more}
    if ca:
        cluster["certificate-authority-data"] = base64.b64encode(ca).decode()
    path = folder / "kubeconfig"
    named = {
        "current-context": "x",
        "clusters": [{"name": "x", "cluster": cluster}],
        "users": [{"name": "x", "user": {"token": "t"}}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
    }
    path.write_text(yaml.safe_dump(named))
    return str(path)


@asynccontextmanager
async def serving(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def fault(path: str) -> ClusterError:
    """What asking for a Pod comes to."""
    cluster = await connect(path, None, name="staging", timeouts=HASTY)
    try:
        with pytest.raises(ClusterError) as caught:
            await cluster.get(PODS, "ns", "a")
        return caught.value
    finally:
        await cluster.close()


async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def test_a_port_that_nobody_listens_on(tmp_path: Path) -> None:
    told = await fault(kubeconfig(tmp_path, "http://127.0.0.1:1"))
    assert trouble_of(told) is Trouble.REFUSED
    assert told.what == "connection refused by 127.0.0.1:1"


async def test_a_name_that_is_not_known(tmp_path: Path) -> None:
    told = await fault(kubeconfig(tmp_path, "http://no-such-host.invalid:6443"))
    assert trouble_of(told) is Trouble.NAME
    assert "no-such-host.invalid" in told.what
    assert "kubeconfig" in told.next


async def test_an_api_that_does_not_answer(tmp_path: Path) -> None:
    async with serving(stay_silent) as port:
        told = await fault(kubeconfig(tmp_path, f"http://127.0.0.1:{port}"))
    assert trouble_of(told) is Trouble.TIMEOUT
    assert "no answer in time" in told.what and "firewall" in told.next


async def test_an_api_that_hangs_up(tmp_path: Path) -> None:
    async with serving(hang_up) as port:
        told = await fault(kubeconfig(tmp_path, f"http://127.0.0.1:{port}"))
    assert trouble_of(told) is Trouble.CUT


@pytest.mark.parametrize(
    ("trusts", "names", "way"),
    [
        (False, "127.0.0.1", "certificate-authority"),
        (True, "api.example.com", "tls-server-name"),
    ],
)
async def test_a_certificate_that_is_not_trusted(
    tmp_path: Path, trusts: bool, names: str, way: str
) -> None:
    ca, other = trustme.CA(), trustme.CA()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert(names).configure_cert(tls)
    pem = (ca if trusts else other).cert_pem.bytes()
    async with serving(stay_silent, tls) as port:
        told = await fault(kubeconfig(tmp_path, f"https://127.0.0.1:{port}", pem))
    assert trouble_of(told) is Trouble.TLS
    assert told.what.startswith("TLS failed: ")
    assert way in told.next


async def test_a_port_that_speaks_no_tls(tmp_path: Path) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        await reader.read()
        writer.close()

    async with serving(speak) as port:
        told = await fault(kubeconfig(tmp_path, f"https://127.0.0.1:{port}"))
    assert trouble_of(told) is Trouble.TLS
    assert "speaks no TLS" in told.next


def test_no_two_troubles_share_a_sentence() -> None:
    said = [Knowledge(Knowing.UNREACHABLE, "x", trouble=t) for t in Trouble if t]
    assert len({one.clause for one in said}) == len(said)
    assert len({one.step for one in said}) == len(said)
    assert all(one.word for one in said)


def test_refused_credentials_are_no_dead_network() -> None:
    assert trouble_of(Unauthorized("Unauthorized", status=401)) is Trouble.CREDENTIALS
    assert trouble_of(ClusterError("boom", status=500)) is Trouble.SERVER
    assert trouble_of(Unreachable("no route")) is Trouble.NONE
