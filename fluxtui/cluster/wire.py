"""How requests to one API go out: its TLS, its proxy, and whom the connections are made for.

`Wire` is what both ways share: the full one (`fullwire`, aiohttp: streams, proxies, writes) and the
brief one (`briefwire`, the standard library: whole answers to a command that asks a few things).
How many requests may run at once is `transport`'s business.
"""

from __future__ import annotations

import base64
import binascii
import ssl
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

from fluxtui.cluster.kubeconfig import Access
from fluxtui.domain.errors import ConfigError
from fluxtui.domain.proxies import is_loopback_url
from fluxtui.kit.records import NamedTuple

if TYPE_CHECKING:
    from fluxtui.cluster.proxies import Proxy

Headers = list[tuple[str, str]]


class Timeouts(NamedTuple):
    """Seconds: to connect, between two reads, for a whole answer, of a silent watch. None: as long
    as it takes.
    """

    connect: float | None = 5.0
    read: float | None = 30.0
    total: float | None = 120.0
    idle: float = 90.0

    def within(self, request: float | None) -> Timeouts:
        """With `request` seconds for a whole answer, 0 for no limit; None changes nothing."""
        if request is None:
            return self
        if not request:
            return self._replace(connect=None, read=None, total=None)
        connect = min(self.connect or request, request)
        return self._replace(connect=connect, read=request, total=request)


class Broken(OSError):
    """An exchange broke off; the cause is the library's own error. `host`, `port`: who did not
    let us in, where that is known."""

    def __init__(self, cause: BaseException, host: str = "", port: int = 0) -> None:
        super().__init__(str(cause))
        self.host = host
        self.port = port
        self.__cause__ = cause


class Answer(Protocol):
    """A response. Everything that reads raises OSError when it breaks off (TimeoutError and Broken
    among them)."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]:
        """By name, in any case."""

    async def read(self) -> bytes:
        """The whole body; the connection is free for others then."""

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes."""

    def cut(self) -> None:
        """End the connection in the middle of the answer, at once."""

    def release(self) -> None:
        """The body is not wanted."""


class Wire(ABC):
    """Connections made with one certificate (or none) through one way."""

    def __init__(self, access: Access, user: Mapping[str, Any], proxy: Proxy | None) -> None:
        """Raises ConfigError when a certificate of the context does not load."""
        self.server = access.server
        self._proxy = proxy
        self._name = str(access.cluster.get("tls-server-name") or "") or None
        self._tls = _tls(access, user) if self.server.startswith("https:") else None

    @property
    def may_carry_secrets(self) -> bool:
        """Whether credentials may be sent: with TLS, or when clear text stays on this machine."""
        local = is_loopback_url(self.server) and (self._proxy is None or self._proxy.local)
        return self._tls is not None or local

    @abstractmethod
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
        """The response, its body unread. `stream`: it comes piece by piece, for as long as it
        takes. Raises OSError (TimeoutError and Broken among them).
        """

    @abstractmethod
    async def close(self) -> None:
        """Close every connection, and wait until the sockets are closed."""


def certificate_of(user: Mapping[str, Any]) -> tuple[str, ...]:
    """What distinguishes one client certificate from another."""
    names = ("client-certificate-data", "client-certificate", "client-key-data", "client-key")
    return tuple(str(user.get(name, "")) for name in names)


def _tls(access: Access, user: Mapping[str, Any]) -> ssl.SSLContext:
    try:
        context = _trusting(access.cluster)
        with ExitStack() as files:
            certificate = _pem(user, "client-certificate", files)
            key = _pem(user, "client-key", files)
            if certificate:
                # A password would be asked for on the terminal, across the screen.
                context.load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, OSError, binascii.Error, ValueError) as error:
        raise ConfigError(
            f"a certificate of the context does not load: {error}", where=access.server
        ) from error
    return context


def _trusting(cluster: Mapping[str, Any]) -> ssl.SSLContext:
    if cluster.get("insecure-skip-tls-verify"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context
    data, name = cluster.get("certificate-authority-data"), cluster.get("certificate-authority")
    context = ssl.create_default_context(
        cafile=str(name) if name and not data else None,
        cadata=base64.b64decode(data).decode("ascii") if data else None,
    )
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # as client-go: older CAs lack fields
    return context


def _pem(user: Mapping[str, Any], key: str, files: ExitStack) -> str | None:
    """The file with it: Python loads keys from files only; ours is private, and gone with
    `files`."""
    data = user.get(f"{key}-data")
    if data:
        from pathlib import Path
        from tempfile import TemporaryDirectory

        path = Path(files.enter_context(TemporaryDirectory(prefix="fluxtui-"))) / key
        path.touch(mode=0o600)
        path.write_bytes(base64.b64decode(data))
        return str(path)
    name = user.get(key)
    return str(name) if name else None
