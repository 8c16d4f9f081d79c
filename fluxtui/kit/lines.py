"""HTTP/1.1 over the standard library alone: one kept-alive connection, one request after another.

HTTP libraries cost a command that asks twenty short questions more than the questions do. A Line
asks and reads a whole answer; it follows no redirect, knows no proxy, keeps no cookie and tries
nothing again that may have been carried out: who needs that takes a library.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterable
from typing import BinaryIO, cast

from fluxtui.kit.replies import HungUp, Malformed, Reply, Severed, TooLong, read_reply

__all__ = ["HungUp", "Line", "Malformed", "Reply", "Severed", "TooLong"]

_SHORT = 0.3
"""Seconds for an address while others of the same name have not been tried."""
_STALE = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


class Line:
    """A connection to one server, for one thread at a time; it is opened by the first question.

    `tls` None: in clear text. `name`: whom the certificate is for, when it is not `host`.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, name: str = "") -> None:
        self._host, self._port, self._tls = host, port, tls
        self._name = _plain(name or host)
        self._socket: socket.socket | None = None
        self._stream: BinaryIO | None = None
        self._used = False
        self._lock = threading.Lock()
        self._busy = False
        self._cut = False

    def ask(
        self,
        method: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        *,
        connect: float | None,
        read: float | None,
        limit: int = 0,
    ) -> Reply:
        """The answer to a question that changes nothing there. `connect`, `read`: seconds to
        connect and between two reads (None: as long as it takes); `limit`: bytes of body (0: any).

        A kept connection that the server has hung up meanwhile is opened anew, once. Raises OSError
        (TimeoutError, ssl.SSLError, socket.gaierror, HungUp, Severed and Malformed among them),
        TooLong.
        """
        sent = self._request(method, target, headers)
        self._begin()
        try:
            try:
                reply = self._exchange(method, sent, (connect, read), limit)
            except _STALE:
                if not self._used or self._cut:
                    raise
                self._hang_up()
                reply = self._exchange(method, sent, (connect, read), limit)
        except BaseException:
            self.close()
            raise
        finally:
            self._end()
        if reply.last:
            self.close()
        return reply

    def cut(self) -> None:
        """Hang up for good, from any thread: one that is asking sees a broken connection."""
        with self._lock:
            self._cut = True
            line = self._socket
            if not self._busy:
                self.close()
            elif line is not None:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(line, socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up. The next question connects again."""
        self._used = False
        self._hang_up()

    def _hang_up(self) -> None:
        stream, line = self._stream, self._socket
        self._stream = self._socket = None
        if stream is not None:
            stream.close()
        if line is not None:
            line.close()

    def _begin(self) -> None:
        with self._lock:
            if self._cut:
                raise ConnectionAbortedError("the line was cut")
            self._busy = True

    def _end(self) -> None:
        with self._lock:
            self._busy = False
            if self._cut:
                self.close()

    def _request(self, method: str, target: str, headers: Iterable[tuple[str, str]]) -> bytes:
        if not target.isascii() or any(char <= " " or char == "\x7f" for char in target):
            raise Malformed(f"no address: {target[:80]!r}")
        host = f"[{self._host}]" if ":" in self._host else self._host
        port = "" if self._port == (443 if self._tls else 80) else f":{self._port}"
        name = host if host.isascii() else host.encode("idna").decode("ascii")
        lines = [f"{method} {target} HTTP/1.1", f"Host: {name}{port}"]
        lines += [f"{key}: {value}" for key, value in headers]
        if any("\r" in line or "\n" in line for line in lines):
            raise Malformed("a header with a line break")
        return "\r\n".join((*lines, "", "")).encode()

    def _exchange(
        self, method: str, request: bytes, limits: tuple[float | None, float | None], limit: int
    ) -> Reply:
        if self._socket is None or self._stream is None:
            line = self._opened(limits[0])
            with self._lock:
                self._socket, self._stream = line, cast(BinaryIO, line.makefile("rb"))
                if self._cut:  # while it connected, when there was nothing to shut
                    raise ConnectionAbortedError("the line was cut")
        self._socket.settimeout(limits[1])
        self._socket.sendall(request)
        reply = read_reply(method, self._stream, limit)
        self._used = True
        return reply

    def _opened(self, wait: float | None) -> socket.socket:
        line = _connected(self._host, self._port, wait)
        try:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                line = self._tls.wrap_socket(line, server_hostname=self._name)
        except BaseException:
            line.close()
            raise
        return line


def _plain(host: str) -> str | bytes:
    """As bytes a name of ASCII needs no module of international names."""
    return host.encode("ascii") if host.isascii() else host


def _connected(host: str, port: int, wait: float | None) -> socket.socket:
    """A socket to the first address that answers. One that is silent is not waited for while the
    name has another: half of a network may be down."""
    places = socket.getaddrinfo(_plain(host), port, type=socket.SOCK_STREAM)
    several = len(places) > 1 and (wait is None or wait > _SHORT)
    failure: OSError | None = None
    for limit in (_SHORT, wait) if several else (wait,):
        for family, kind, protocol, _name, address in places:
            line = socket.socket(family, kind, protocol)
            try:
                line.settimeout(limit)
                line.connect(address)
            except OSError as error:
                line.close()
                failure = error
            except BaseException:
                line.close()
                raise
            else:
                line.settimeout(wait)
                return line
        if not isinstance(failure, TimeoutError):
            break
    raise failure or OSError("the name has no address")
