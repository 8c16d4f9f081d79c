"""HTTP/1.1 on one connection: read a request, have it answered, send the answer or the stream.

A request parser of our own, because the standard one spends more time on headers than the API on
the answer. What goes wrong on purpose goes wrong here, for whoever answers.
Needed by all; its faults by the product's tests of bad networks.
"""

from __future__ import annotations

import socketserver
import ssl
import threading
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from fluxtui.world.faults import Faults, Rule, spoilt
from fluxtui.world.http.exchange import Request, Response

_MAX_LINE = 64 * 1024


class Site(Protocol):
    """Who answers. `closing` ends every wait; a body is at most `max_body` bytes."""

    max_body: int

    @property
    def faults(self) -> Faults: ...

    @property
    def closing(self) -> threading.Event: ...

    def respond(self, request: Request) -> Response:
        """The answer; raises nothing."""

    def broken(self, request: Request, rule: Rule) -> Response:
        """The error that a fault answers with, in the site's words."""

    def answered(self, request: Request, status: int) -> None:
        """A request was answered with this status, 0: not at all."""


class _Hangup(Exception):
    """The connection ends here: the client is gone, or a fault says so."""


class _Nonsense(Exception):
    """What came is no HTTP that we read."""


class Handler(socketserver.StreamRequestHandler):
    """Serves requests on one connection until either side ends it."""

    rbufsize = 64 * 1024
    wbufsize = 0
    site: Site

    def setup(self) -> None:
        self.request.settimeout(None)
        super().setup()

    def handle(self) -> None:
        try:
            while self._one():
                pass
        except (_Hangup, ConnectionError, ssl.SSLError, TimeoutError):
            return  # the peer is gone, or a fault ends the connection: nobody is left to tell
        except ValueError as error:
            if "closed file" not in str(error):  # stopping closed the socket under us
                raise

    def finish(self) -> None:
        try:
            super().finish()
        except (ConnectionError, ssl.SSLError, ValueError):
            return  # flushing to a peer that left

    def _one(self) -> bool:
        """One request; whether the connection goes on."""
        try:
            request, keep = self._request()
        except _Nonsense as nonsense:
            self._send(Response(400, str(nonsense).encode(), "text/plain"), "GET", False, None)
            return False
        rule = self._fault(request)
        if rule is not None and rule.status:
            response = self.site.broken(request, rule)
        else:
            response = self.site.respond(request)
        self.site.answered(request, response.status)
        if response.stream is not None:
            self._stream(response, keep, rule)
            return keep and not self.site.closing.is_set()
        self._send(response, request.method, keep, rule)
        return keep

    # -- what comes

    def _line(self) -> bytes:
        line = self.rfile.readline(_MAX_LINE + 1)
        if not line:
            raise _Hangup
        if len(line) > _MAX_LINE:
            raise _Nonsense("a line is too long")
        return line.rstrip(b"\r\n")

    def _request(self) -> tuple[Request, bool]:
        """The request, and whether another may follow on the connection."""
        parts = self._line().decode("latin-1").split(" ")
        # A TLS greeting has spaces and line ends where chance puts them: it waits for an answer.
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise _Nonsense("not a request")
        method, url, version = parts
        headers: dict[str, str] = {}
        while line := self._line():
            name, _, value = line.decode("latin-1").partition(":")
            name, value = name.strip().lower(), value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            body, split = self._body(headers), urlsplit(url)
        except ValueError as error:
            raise _Nonsense("the address or the length of the body makes no sense") from error
        keep = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
        query: dict[str, str] = {}
        if split.query:
            query = dict(reversed(parse_qsl(split.query, keep_blank_values=True)))
        return Request(method, split.path, query, headers, body, split.query), keep

    def _body(self, headers: dict[str, str]) -> bytes:
        """Raises ValueError for a length that is none."""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            chunks = bytearray()
            while size := int(self._line().split(b";")[0], 16):
                chunks += self._read(size, len(chunks))
                self._line()
            while self._line():
                pass
            return bytes(chunks)
        length = int(headers.get("content-length") or 0)
        return self._read(length) if length else b""

    def _read(self, size: int, before: int = 0) -> bytes:
        if size < 0 or before + size > self.site.max_body:
            raise _Nonsense("the body is too large")
        data = self.rfile.read(size)
        if len(data) < size:
            raise _Hangup
        return data

    def _fault(self, request: Request) -> Rule | None:
        """The rule that hits the request; what needs no answer is done with here."""
        faults, closing = self.site.faults, self.site.closing
        rule = None if faults.unreachable else faults.take(request.method, request.path)
        if rule is not None and rule.latency and not rule.hang:
            closing.wait(rule.latency)
        if faults.unreachable or (rule is not None and (rule.hang or rule.cut == "before")):
            self.site.answered(request, 0)
            if rule is not None and rule.hang:
                closing.wait()
            raise _Hangup
        return rule

    # -- what goes

    def _send(self, response: Response, method: str, keep: bool, rule: Rule | None) -> None:
        head = _head(response, f"Content-Length: {len(response.body)}", keep)
        body = b"" if method == "HEAD" else response.body
        if rule is not None and (rule.cut or rule.stall or rule.slow):
            self.wfile.write(head)
            if not spoilt(body, rule, self.wfile.write, self.site.closing.wait):
                raise _Hangup
            return
        self.wfile.write(head + body)

    def _stream(self, response: Response, keep: bool, rule: Rule | None) -> None:
        """Send a stream; a rule can make it fall silent (stall) or break it off (cut)."""
        self.wfile.write(_head(response, "Transfer-Encoding: chunked", keep))
        if rule is not None and rule.cut == "headers":
            raise _Hangup
        for batch in response.stream or ():
            chunk = b"%x\r\n%b\r\n" % (len(batch), batch)
            if rule is not None and (rule.stall or rule.slow):
                self.site.closing.wait(rule.stall or rule.slow)
            if rule is not None and rule.cut == "middle":
                self.wfile.write(chunk[: len(chunk) // 2])
                raise _Hangup
            self.wfile.write(chunk)
        if self.site.faults.unreachable:
            raise _Hangup
        self.wfile.write(b"0\r\n\r\n")


def _head(response: Response, length: str, keep: bool) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}"]
    if response.media:
        lines.append(f"Content-Type: {response.media}")
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    lines += [length] if keep else [length, "Connection: close"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
