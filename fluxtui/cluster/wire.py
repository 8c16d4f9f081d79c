"""The HTTP connections to one API: its TLS, its proxy, and one pool that has no limit of its own.

aiohttp used directly: the kubernetes package's client around it costs four hundred modules and
gives nothing that is wanted here. How many requests may run at once is `transport`'s business;
errors of the library pass through.
"""

from __future__ import annotations

import base64
import binascii
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

from fluxtui.cluster.kubeconfig import Access
from fluxtui.cluster.proxies import Proxy
from fluxtui.cluster.resolver import Lookups
from fluxtui.domain.errors import ConfigError
from fluxtui.domain.proxies import is_loopback_url

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession, ClientTimeout
    from aiohttp.connector import BaseConnector

Headers = list[tuple[str, str]]
_BUFFER = 2 << 20


class SocksProxyError(OSError):
    """A SOCKS proxy did not answer, or did not lead to the server."""


class Wire:
    """Connections made with one certificate (or none) through one way."""

    def __init__(self, access: Access, user: Mapping[str, Any], proxy: Proxy | None) -> None:
        """Raises ConfigError when a certificate of the context does not load."""
        self.server = access.server
        self._proxy = proxy
        self._name = str(access.cluster.get("tls-server-name") or "") or None
        self._tls = _tls(access, user) if self.server.startswith("https:") else None
        self._session: ClientSession | None = None

    @property
    def may_carry_secrets(self) -> bool:
        """Whether credentials may be sent: with TLS, or when clear text stays on this machine."""
        local = is_loopback_url(self.server) and (self._proxy is None or self._proxy.local)
        return self._tls is not None or local

    async def request(
        self,
        method: str,
        path: str,
        query: Headers,
        headers: Headers,
        body: bytes | None,
        timeout: ClientTimeout,
    ) -> ClientResponse:
        """The response, its body unread. Raises aiohttp.ClientError, OSError, TimeoutError."""
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
            timeout=timeout,
            ssl=self._tls or True,
            server_hostname=self._name,
            **through,
        )
        if self._proxy is None or not self._proxy.socks:
            return await sending
        from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

        try:
            return await sending
        except (ProxyError, ProxyConnectionError, ProxyTimeoutError) as error:
            raise SocksProxyError(str(error)) from error

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def _connected(self) -> ClientSession:
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


def _socks(proxy: Proxy) -> BaseConnector:
    from urllib.parse import urlsplit

    from aiohttp_socks import ProxyConnector, ProxyType

    parts = urlsplit(proxy.url)
    # As Go, whether it says socks5 or socks5h: the proxy resolves the names.
    made: BaseConnector = ProxyConnector(
        host=str(parts.hostname),
        port=parts.port or 1080,
        proxy_type=ProxyType.SOCKS5,
        username=proxy.user or None,
        password=proxy.password or None,
        rdns=True,
        limit=0,
    )
    return made


def certificate_of(user: Mapping[str, Any]) -> tuple[str, ...]:
    """What distinguishes one client certificate from another."""
    names = ("client-certificate-data", "client-certificate", "client-key-data", "client-key")
    return tuple(str(user.get(name, "")) for name in names)


def _tls(access: Access, user: Mapping[str, Any]) -> ssl.SSLContext:
    try:
        made = _trusting(access.cluster)
        with tempfile.TemporaryDirectory(prefix="fluxtui-") as folder:
            # Python loads keys from files only; ours lies in a private folder while it is read.
            certificate = _pem(user, "client-certificate", Path(folder))
            key = _pem(user, "client-key", Path(folder))
            if certificate:
                # A password would be asked for on the terminal, across the screen.
                made.load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, OSError, binascii.Error, ValueError) as error:
        raise ConfigError(
            f"a certificate of the context does not load: {error}", where=access.server
        ) from error
    return made


def _trusting(cluster: Mapping[str, Any]) -> ssl.SSLContext:
    if cluster.get("insecure-skip-tls-verify"):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
        return made
    data, name = cluster.get("certificate-authority-data"), cluster.get("certificate-authority")
    made = ssl.create_default_context(
        cafile=str(name) if name and not data else None,
        cadata=base64.b64decode(data).decode("ascii") if data else None,
    )
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT  # as client-go: older CAs lack fields
    return made


def _pem(user: Mapping[str, Any], key: str, folder: Path) -> str | None:
    data = user.get(f"{key}-data")
    if data:
        path = folder / key
        path.touch(mode=0o600)
        path.write_bytes(base64.b64decode(data))
        return str(path)
    name = user.get(key)
    return str(name) if name else None
