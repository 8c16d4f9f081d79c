"""HTTP/1.1 over the standard library alone: one kept-alive connection, one request after another.

HTTP libraries cost a command that asks twenty short questions more than the questions do. An
HttpLine asks and reads a whole answer; it follows no redirect, knows no proxy, keeps no cookie and
tries nothing again that may have been carried out: who needs that takes a library.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterable
from typing import BinaryIO

from fluxtui.kit import answers
from fluxtui.kit.answers import Reply

_SHORT = 0.3
"""Seconds for an address while others of the same name have not been tried."""
_STALE = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


class HttpLine:
    """A connection to one server, for one thread at a time; it is opened by the first question.

    `tls` None: in clear text. `name`: whom the certificate is for, when it is not `host`.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, name: str = "") -> None:
        self._connection = _Connection(host, port, tls, name)
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
        (TimeoutError, ssl.SSLError and socket.gaierror among them), NoAnswer, TooLong.
        """
        all_headers = tuple(headers)
        self._connection.limits = (connect, read)
        self._begin()
        try:
            try:
                reply = self._exchange(method, target, all_headers, limit)
            except _STALE:
                if not self._used or self._cut:
                    raise
                self._connection.close()
                reply = self._exchange(method, target, all_headers, limit)
        except BaseException:
            self.close()
            raise
        finally:
            self._end()
        return reply

    def cut(self) -> None:
        """Hang up for good, from any thread: one that is asking sees a broken connection."""
        with self._lock:
            self._cut = True
            line = self._connection.sock
            if not self._busy:
                self.close()
            elif line is not None:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(line, socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up. The next question connects again."""
        self._used = False
        self._connection.close()

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

    def _exchange(
        self, method: str, target: str, headers: Iterable[tuple[str, str]], limit: int
    ) -> Reply:
        connection = self._connection
        if connection.sock is None:
            connection.connect()
            with self._lock:
                if self._cut:  # while it connected, when there was nothing to shut
                    raise ConnectionAbortedError("the line was cut")
        assert connection.sock is not None and connection.file is not None
        named = (("Host", connection.named), *headers)
        connection.sock.sendall(answers.written(method, target, named))
        reply = answers.read(connection.file, bodiless=method == "HEAD", limit=limit)
        self._used = reply.kept
        if not reply.kept:
            connection.close()
        return reply


class _Connection:
    """A socket with TLS under another name where that is wanted, and two time limits. `file`: what
    comes over it; `named`: whom it is to, as a request says."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, name: str) -> None:
        self._host, self._port = host.strip("[]"), port
        self._tls = tls
        self._name = name or self._host
        self.limits: tuple[float | None, float | None] = (None, None)
        self.sock: socket.socket | None = None
        self.file: BinaryIO | None = None
        named = self._host if self._host.isascii() else self._host.encode("idna").decode("ascii")
        named = f"[{named.partition('%')[0]}]" if ":" in named else named
        self.named = named if port == (443 if tls is not None else 80) else f"{named}:{port}"

    def connect(self) -> None:
        """Raises OSError."""
        wait, read = self.limits
        line = _connected(self._host, self._port, wait)
        try:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                line = self._tls.wrap_socket(line, server_hostname=_plain(self._name))
            line.settimeout(read)
            self.file = line.makefile("rb")
        except BaseException:
            line.close()
            raise
        self.sock = line

    def close(self) -> None:
        """Hang up."""
        file, line, self.file, self.sock = self.file, self.sock, None, None
        for each in (file, line):
            if each is not None:
                with contextlib.suppress(OSError):
                    each.close()


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


def _plain(host: str) -> str | bytes:
    """As bytes a name of ASCII needs no module of international names."""
    return host.encode("ascii") if host.isascii() else host
