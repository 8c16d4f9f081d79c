"""Small proxies on 127.0.0.1: HTTP (absolute addresses and CONNECT) and SOCKS5, which remember what
they were asked for. Names are looked up by a table, so that a test can use any."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ProxyServer:
    """`asked` are the targets in order; every one of them leads to `target` (host, port)."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.asked: list[str] = []
        self.authorization: list[str] = []
        self.port = 0
        self._target = target
        self._tasks: set[asyncio.Task[None]] = set()

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, address, _ = head.split(" ", 2)
        self.asked.append(f"{method} {address}")
        self.authorization += [
            line.partition(": ")[2]
            for line in head.split("\r\n")
            if line.lower().startswith("proxy-authorization")
        ]
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            path = "/" + address.split("://", 1)[1].partition("/")[2]
            far_writer.write(head.replace(address, path, 1).encode())
        await self._both(reader, writer, far_reader, far_writer)

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _version, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        if 2 in methods:
            writer.write(b"\x05\x02")
            _one, size = await reader.readexactly(2)
            user = await reader.readexactly(size)
            password = await reader.readexactly((await reader.readexactly(1))[0])
            self.authorization.append(f"{user.decode()}:{password.decode()}")
            writer.write(b"\x01\x00")
        else:
            writer.write(b"\x05\x00")
        _v, _c, _r, kind = await reader.readexactly(4)
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = ".".join(map(str, await reader.readexactly(4)))
        port = int.from_bytes(await reader.readexactly(2))
        self.asked.append(f"{host}:{port}")
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        await self._both(reader, writer, far_reader, far_writer)

    async def _both(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def proxy_server(kind: str, target: tuple[str, int]) -> AsyncIterator[ProxyServer]:
    """`kind`: http or socks."""
    proxy = ProxyServer(target)
    serve = proxy.http if kind == "http" else proxy.socks
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await asyncio.sleep(0)
