"""The Wire of a command that asks a few things and ends: whole answers, by the standard library.

aiohttp costs such a command more than all it asks. Reads go over a few kept-alive HttpLines, each
in a thread while it is busy; what these cannot do (writes, streams, proxies, redirects) goes over
the full Wire, with the same certificates.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import zlib
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from fluxtui.cluster.kubeconfig import Access
from fluxtui.cluster.wire import Answer, Broken, Headers, Timeouts, Wire
from fluxtui.kit.answers import NoAnswer, RemoteDisconnected, Reply
from fluxtui.kit.lines import HttpLine

if TYPE_CHECKING:
    from fluxtui.cluster.proxies import Proxy

LINES_AT_ONCE = 3
"""A handshake costs more than several questions; over a slow network a few still save turns."""
_LEADING_ON = frozenset({301, 302, 303, 307, 308})
_ALWAYS = [("User-Agent", "fluxtui"), ("Accept-Encoding", "gzip")]


class BriefWire(Wire):
    """Lines to one API, and the full Wire once it is needed."""

    lines_at_once = LINES_AT_ONCE
    stays_brief = True  # False: once the full Wire is needed it has everything

    def __init__(self, access: Access, user: Mapping[str, Any], proxy: Proxy | None) -> None:
        super().__init__(access, user, proxy)
        self._reasons = (access, user, proxy)
        self._full: Wire | None = None
        self._places = asyncio.Semaphore(self.lines_at_once)
        self._idle: list[HttpLine] = []
        self._busy: set[HttpLine] = set()
        self._closed = False

    async def request(
        self,
        method: str,
        path: str,
        query: Headers,
        headers: Headers,
        body: bytes | None,
        limits: Timeouts,
        *,
        stream: bool = False,
    ) -> Answer:
        if self._full is not None and not self.stays_brief:
            self._hang_up()
        elif method == "GET" and not stream and self._proxy is None:
            words = f"?{urlencode(query, quote_via=quote)}" if query else ""
            reply = await self._asked(f"{path}{words}", [*_ALWAYS, *headers], limits)
            if reply.status not in _LEADING_ON:
                return BriefAnswer(reply)
        return await self._whole().request(
            method, path, query, headers, body, limits, stream=stream
        )

    async def close(self) -> None:
        self._closed = True
        for line in self._busy:
            line.cut()
        self._hang_up()
        if self._full is not None:
            await self._full.close()

    def _hang_up(self) -> None:
        """End the lines that nobody is asking over."""
        while self._idle:
            self._idle.pop().cut()

    def _whole(self) -> Wire:
        if self._closed:  # while it was asked by lines: nobody would close a full Wire made now
            raise ConnectionAbortedError("the connection was closed meanwhile")
        if self._full is None:
            from fluxtui.cluster.fullwire import FullWire

            self._full = FullWire(*self._reasons)
        return self._full

    async def _asked(self, target: str, headers: Headers, limits: Timeouts) -> Reply:
        server = urlsplit(self.server)
        host, port = server.hostname or "", server.port or (443 if self._tls else 80)
        async with self._places:
            line = (
                self._idle.pop()
                if self._idle
                else HttpLine(host, port, self._tls, self._name or "")
            )
            self._busy.add(line)
            try:
                async with asyncio.timeout(limits.total):
                    reply = await _in_a_thread(line, f"{server.path}{target}", headers, limits)
            except NoAnswer as error:
                raise Broken(error) from error
            except OSError as error:
                own_words = isinstance(error, TimeoutError | RemoteDisconnected)
                raise error if own_words else Broken(error, host, port) from error
            finally:
                self._busy.discard(line)
            if not self._closed:
                self._idle.append(line)
            return reply


class BriefAnswer:
    """What came over an HttpLine: all of it is here already."""

    def __init__(self, reply: Reply) -> None:
        self.status = reply.status
        self.headers: Mapping[str, str] = _Headers(reply.headers)
        self._body = reply.body

    async def read(self) -> bytes:
        if self.headers.get("Content-Encoding") != "gzip":
            return self._body
        try:
            return zlib.decompress(self._body, wbits=31)
        except zlib.error as error:
            raise Broken(error) from error

    async def chunks(self) -> AsyncIterator[bytes]:
        yield await self.read()

    def cut(self) -> None:
        """The HttpLine is free already."""

    release = cut


class _Headers(dict[str, str]):
    """Names in any case."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


async def _in_a_thread(line: HttpLine, target: str, headers: Headers, limits: Timeouts) -> Reply:
    """The answer to a GET, asked in a thread of its own: one that nobody has to wait for, at the
    end of the program either. Cancelled, it cuts the line. Raises as `Line.ask`.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Reply] = loop.create_future()

    def deliver(reply: Reply | None, error: Exception | None) -> None:
        if answer.done():
            return
        if reply is None:
            answer.set_exception(error or OSError("no answer"))
        else:
            answer.set_result(reply)

    def body() -> None:
        reply: Reply | None = None
        failure: Exception | None = None
        try:
            reply = line.ask("GET", target, headers, connect=limits.connect, read=limits.read)
        except Exception as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(deliver, reply, failure)

    threading.Thread(target=body, name="fluxtui-api", daemon=True).start()
    try:
        return await answer
    except asyncio.CancelledError:
        line.cut()
        raise
