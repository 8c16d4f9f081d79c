"""The Wire for whatever an API can be asked: streams, writes, proxies, redirects. By aiohttp.

aiohttp used directly: the kubernetes package's client around it costs four hundred modules and
gives nothing that is wanted here. One pool that has no limit of its own. Imported when the first
request wants it.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

from fluxtui.cluster.kubeconfig import Access
from fluxtui.cluster.proxies import Proxy
from fluxtui.cluster.resolver import Lookups
from fluxtui.cluster.wire import Answer, Broken, Headers, Timeouts, Wire

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession
    from aiohttp.connector import BaseConnector

_BUFFER = 2 << 20


class SocksProxyError(OSError):
    """A SOCKS proxy did not answer, or did not lead to the server."""


class FullWire(Wire):
    """One session of aiohttp."""

    def __init__(self, access: Access, user: Mapping[str, Any], proxy: Proxy | None) -> None:
        super().__init__(access, user, proxy)
        self._session: ClientSession | None = None
        self._closed = False
        self._ending: set[asyncio.Future[None]] = set()

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
        if self._session is None:
            # It reads the machine's certificates, a tenth of a second without the interpreter.
            await asyncio.to_thread(importlib.import_module, "aiohttp")
        from aiohttp import ClientError, ClientTimeout
        from multidict import CIMultiDict
        from yarl import URL

        words = f"?{urlencode(query, quote_via=quote)}" if query else ""
        through: dict[str, Any] = {}
        if self._proxy is not None and not self._proxy.socks:
            through = {"proxy": self._proxy.url, "proxy_headers": dict(self._proxy.headers)}
            if self._tls is None:  # no CONNECT goes before: the request itself is the proxy's
                headers = [*headers, *self._proxy.headers.items()]
        sending = self._connected().request(
            method,
            URL(f"{self.server}{path}{words}", encoded=True),
            headers=CIMultiDict(headers),
            data=body,
            timeout=ClientTimeout(
                total=limits.total, sock_connect=limits.connect, sock_read=limits.read
            ),
            ssl=self._tls or True,
            server_hostname=self._name,
            **through,
        )
        try:
            if self._proxy is None or not self._proxy.socks:
                return FullAnswer(await sending, self._ending)
            return FullAnswer(await _through_socks(sending), self._ending)
        except ClientError as error:
            raise _broken(error) from error

    async def close(self) -> None:
        self._closed = True
        if self._session is not None:
            await self._session.close()
        if self._ending:
            await asyncio.wait(self._ending)
        await asyncio.sleep(0)  # the loop closes aborted sockets on its next turn

    def _connected(self) -> ClientSession:
        if self._closed:  # while the library was imported: nobody would close another session
            raise ConnectionAbortedError("the connection was closed meanwhile")
        if self._session is None:
            from aiohttp import ClientSession, DummyCookieJar

            self._session = ClientSession(
                connector=self._connector(),
                cookie_jar=DummyCookieJar(),
                # Its switch for proxies would also read ~/.netrc and send what it finds there.
                trust_env=False,
                read_bufsize=_BUFFER,  # events of a watch may be long
                headers={"User-Agent": "fluxtui"},
            )
        return self._session

    def _connector(self) -> BaseConnector:
        if self._proxy is not None and self._proxy.socks:
            return _socks(self._proxy)
        from aiohttp import TCPConnector, ThreadedResolver

        return TCPConnector(limit=0, resolver=ThreadedResolver(cast(Any, Lookups())))


class FullAnswer:
    """A response of aiohttp. `ending`: where connections are kept until they are closed."""

    def __init__(self, response: ClientResponse, ending: set[asyncio.Future[None]]) -> None:
        self._response = response
        self._ending = ending

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._response.headers

    async def read(self) -> bytes:
        from aiohttp import ClientError

        try:
            async with self._response as response:
                try:
                    return await response.read()
                except BaseException:
                    self.cut()
                    raise
        except ClientError as error:
            raise _broken(error) from error

    async def chunks(self) -> AsyncIterator[bytes]:
        from aiohttp import ClientError

        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except ClientError as error:
            raise _broken(error) from error

    def cut(self) -> None:
        """Closing it politely would wait for the server's TLS farewell, which may outlive our
        loop."""
        connection = self._response.connection
        if connection is not None and connection.protocol is not None:
            ended = connection.protocol.closed
            if ended is not None:
                self._ending.add(ended)
                ended.add_done_callback(self._ending.discard)
            connection.protocol.abort()
        self._response.close()

    def release(self) -> None:
        self._response.release()


def _broken(error: Exception) -> OSError:
    """Some of aiohttp's errors are OSErrors already, and say more as they are."""
    return error if isinstance(error, OSError) else Broken(error)


async def _through_socks(sending: Any) -> ClientResponse:
    from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

    try:
        return cast("ClientResponse", await sending)
    except (ProxyError, ProxyConnectionError, ProxyTimeoutError) as error:
        raise SocksProxyError(str(error)) from error


def _socks(proxy: Proxy) -> BaseConnector:
    from urllib.parse import urlsplit

    from aiohttp_socks import ProxyConnector, ProxyType

    parts = urlsplit(proxy.url)
    # As Go, whether it says socks5 or socks5h: the proxy resolves the names.
    connector: BaseConnector = ProxyConnector(
        host=str(parts.hostname),
        port=parts.port or 1080,
        proxy_type=ProxyType.SOCKS5,
        username=proxy.user or None,
        password=proxy.password or None,
        rdns=True,
        limit=0,
    )
    return connector
