"""Requests and responses of the World's registry as values, and the socket end of them.

The routes are plain functions from Request to Response; only this file touches sockets. The two
class attributes on the handler make the standard library's server a hundred times faster (no Nagle,
one write per answer).
"""

from __future__ import annotations

import json
import logging
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fluxtui.world.faults import Rule, spoilt

MAX_BODY = 256 << 20
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """Names in lower case; a header that came several times is joined by commas."""
    body: bytes = b""

    def asked(self, name: str) -> str:
        """The first value of a query parameter, or empty."""
        return (self.query.get(name) or [""])[0]


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None
    """Content-Length when it differs from the body's (HEAD)."""
    fault: Rule | None = None
    """How the body is spoilt on its way."""
    silent: bool = False
    """The connection is closed unanswered."""


def json_response(status: int, value: object, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps(value).encode()
    return Response(status, {"Content-Type": "application/json", **(headers or {})}, body)


def error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """An error body of the distribution spec."""
    return json_response(status, {"errors": [{"code": code, "message": message}]}, headers)


class BadRequest(Exception):
    """The request's framing cannot be read."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: HttpServer

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing goes to stderr: the World runs behind a full-screen application."""

    def _chunked(self) -> bytes:
        body = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(80).split(b";")[0], 16)
            except ValueError:
                raise BadRequest("bad chunk") from None
            if len(body) + size > MAX_BODY:
                raise BadRequest("body too large")
            if not size:
                while self.rfile.readline(1000).strip():
                    continue
                return bytes(body)
            body += self.rfile.read(size)
            self.rfile.readline(4)

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunked()
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            raise BadRequest("bad Content-Length") from None
        if not 0 <= length <= MAX_BODY:
            raise BadRequest("body too large")
        body = self.rfile.read(length)
        if len(body) != length:
            raise BadRequest("the body ended early")
        return body

    def _serve(self) -> None:
        try:
            body = self._body()
        except BadRequest as problem:
            self.close_connection = True
            self._answer(error(400, "UNSUPPORTED", str(problem)))
            return
        parts = urlsplit(self.path)
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        request = Request(
            self.command,
            unquote(parts.path),
            parse_qs(parts.query, keep_blank_values=True),
            headers,
            body,
        )
        try:
            response = self.server.respond(request)
        except Exception:
            _log.exception("%s %s failed", request.method, request.path)
            response = error(500, "UNKNOWN", "the registry failed; its log says why")
        self._answer(response)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _serve

    def _answer(self, response: Response) -> None:
        if response.silent:
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        length = len(response.body) if response.length is None else response.length
        self.send_header("Content-Length", str(length))
        self.end_headers()
        body = b"" if self.command == "HEAD" else response.body
        if response.fault is None:
            self.wfile.write(body)
        elif not spoilt(body, response.fault, self._send_now, self.server.stopping.wait):
            self.close_connection = True
        self.wfile.flush()

    def _send_now(self, part: bytes) -> None:
        self.wfile.write(part)
        self.wfile.flush()

    def version_string(self) -> str:
        return "fluxtui-world-registry"


class HttpServer(ThreadingHTTPServer):
    """Threads around `respond`; remembers its connections so that stopping ends them."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        respond: Callable[[Request], Response],
        tls: ssl.SSLContext | None = None,
        stopping: threading.Event | None = None,
    ) -> None:
        self.respond = respond
        self.stopping = stopping or threading.Event()
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake belongs to the connection's thread: a silent client must not stop others.
        if self._tls is not None:
            request = self._tls.wrap_socket(request, server_side=True)
        with self._lock:
            self._open.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            with self._lock:
                self._open.discard(request)
            if self._tls is not None:
                self.shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is nothing to report; anything else is."""
        if not isinstance(sys.exception(), OSError):
            _log.exception("a connection failed")

    def hang_up(self) -> None:
        """End every open connection."""
        with self._lock:
            sockets = list(self._open)
        for connection in sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # already gone: that is what was wanted
