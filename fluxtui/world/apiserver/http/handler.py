"""HTTP/1.1 on one connection: read a request, ask the API, write the answer or the watch.

A request parser of our own, because the standard one spends more time on headers than the API on
the answer. Nothing here knows Kubernetes beyond tokens, Status and content types.
Needed by all; its faults by the Engine's and the Reconciler's tests of bad networks.
"""

from __future__ import annotations

import hmac
import socketserver
import ssl
import threading
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Protocol, cast
from urllib.parse import parse_qsl, urlsplit

from fluxtui.world.apiserver.faults import Faults, Rule, spoilt
from fluxtui.world.apiserver.http.exchange import ANONYMOUS, Request, Response, User, failure
from fluxtui.world.apiserver.http.negotiation import rendered
from fluxtui.world.apiserver.status import Details, StatusError, unauthorized

_NOBODY = User(ANONYMOUS, ("system:unauthenticated",), read_only=True)
_MAX_BODY = 8 * 1024 * 1024
_MAX_LINE = 64 * 1024


class Api(Protocol):
    """Who answers: the server, whose door this is."""

    @property
    def faults(self) -> Faults: ...

    @property
    def users(self) -> Mapping[str, User]: ...

    @property
    def closing(self) -> threading.Event: ...

    def respond(self, request: Request) -> Response: ...

    def report(self, error: Exception) -> None: ...


class _Hangup(Exception):
    """The connection ends here: the client is gone, spoke nonsense, or a fault says so."""


class Handler(socketserver.StreamRequestHandler):
    """Serves requests on one connection until either side ends it."""

    rbufsize = 64 * 1024
    wbufsize = 0
    disable_nagle_algorithm = True
    api: Api

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
            if "closed file" not in str(error):  # stop() closed the socket under us
                raise

    def finish(self) -> None:
        try:
            super().finish()
        except (ConnectionError, ssl.SSLError, ValueError):
            return  # flushing to a peer that left

    def _line(self) -> bytes:
        line = self.rfile.readline(_MAX_LINE + 1)
        if not line or len(line) > _MAX_LINE:
            raise _Hangup
        return line.rstrip(b"\r\n")

    def _one(self) -> bool:
        """One request; whether the connection goes on."""
        parts = self._line().decode("latin-1").split(" ")
        if len(parts) != 3:
            raise _Hangup
        method, url, version = parts
        headers: dict[str, str] = {}
        while line := self._line():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._body(headers)
        keep = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
        split = urlsplit(url)
        query: dict[str, str] = {}
        if split.query:
            query = dict(reversed(parse_qsl(split.query, keep_blank_values=True)))
        rule = self._fault(method, split.path)
        response = self._respond(method, split.path, query, headers, body, rule)
        if response.stream is not None:
            self._stream(response, keep, rule)
            return keep and not self.api.closing.is_set()
        self._send(response, method, keep, rule)
        return keep

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            chunks = bytearray()
            while size := int(self._line().split(b";")[0], 16):
                if len(chunks) + size > _MAX_BODY:
                    raise _Hangup
                chunks += self.rfile.read(size)
                self._line()
            while self._line():
                pass
            return bytes(chunks)
        length = int(headers.get("content-length") or 0)
        if length > _MAX_BODY:
            raise _Hangup
        return self.rfile.read(length) if length else b""

    def _fault(self, method: str, path: str) -> Rule | None:
        faults = self.api.faults
        if path.startswith("/_world/"):
            return None
        if faults.unreachable:
            raise _Hangup
        rule = faults.take(method, path)
        if rule is not None:
            if rule.hang:
                self.api.closing.wait()
                raise _Hangup
            if rule.latency:
                self.api.closing.wait(rule.latency)
            if rule.cut == "before":
                raise _Hangup
        return rule

    def _user(self, path: str, headers: dict[str, str]) -> User:
        """Whose token it is; nobody's where there is none. Raises 401 for a wrong one."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return _NOBODY
        private = path.startswith("/_world/")
        if private or not self.api.faults.token_expired:
            for known, user in self.api.users.items():
                if hmac.compare_digest(known.encode(), token.strip().encode()):
                    return user
        raise unauthorized()

    def _respond(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        headers: dict[str, str],
        body: bytes,
        rule: Rule | None,
    ) -> Response:
        request = Request(method, path, query, headers, body, _NOBODY)
        try:
            request = replace(request, user=self._user(path, headers))
            if rule is not None and rule.status:
                raise _broken(rule)
            return rendered(request, self.api.respond(request))
        except StatusError as error:
            return rendered(request, failure(error))
        except Exception as error:  # a bug of ours must reach the client, not end the thread
            self.api.report(error)
            text = f"Internal error occurred: {type(error).__name__}: {error}"
            return failure(StatusError(500, "InternalError", text))

    def _head(self, response: Response) -> list[str]:
        headers = {"Cache-Control": "no-cache, private"} | response.headers
        lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}"]
        if response.media:
            lines.append(f"Content-Type: {response.media}")
        lines += [f"{k}: {v}" for k, v in headers.items()]
        for warning in dict.fromkeys(response.warnings):
            quoted = warning.replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'Warning: 299 - "{quoted}"')
        return lines

    def _send(self, response: Response, method: str, keep: bool, rule: Rule | None) -> None:
        lines = self._head(response)
        lines.append(f"Content-Length: {len(response.body)}")
        if not keep:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        body = b"" if method == "HEAD" else response.body
        if rule is not None and (rule.cut or rule.stall or rule.slow):
            self.wfile.write(head)
            if not spoilt(body, rule, self.wfile.write, self.api.closing.wait):
                raise _Hangup
            return
        self.wfile.write(head + body)

    def _stream(self, response: Response, keep: bool, rule: Rule | None) -> None:
        """Send a watch; a rule can make it fall silent (stall) or break it off (cut)."""
        lines = [*self._head(response), "Transfer-Encoding: chunked"]
        if not keep:
            lines.append("Connection: close")
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        if rule is not None and rule.cut == "headers":
            raise _Hangup
        for batch in response.stream or ():
            chunk = b"%x\r\n%b\r\n" % (len(batch), batch)
            if rule is not None and (rule.stall or rule.slow):
                self.api.closing.wait(rule.stall or rule.slow)
            if rule is not None and rule.cut == "middle":
                self.wfile.write(chunk[: len(chunk) // 2])
                raise _Hangup
            self.wfile.write(chunk)
        if self.api.faults.unreachable:
            raise _Hangup
        self.wfile.write(b"0\r\n\r\n")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


_REASONS = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


def _broken(rule: Rule) -> StatusError:
    """The Status a fault answers with."""
    reason = rule.reason or _REASONS.get(rule.status, "")
    headers = {"Retry-After": str(rule.retry_after)} if rule.retry_after else {}
    text = rule.message or "the server is currently unable to handle the request"
    if rule.status == 429 and not rule.message:
        text = "the server has received too many requests and has asked us to try again later"
    details = Details(retry_after=rule.retry_after)
    return StatusError(rule.status, reason, text, details, headers=headers)


def bound(api: Api) -> type[Handler]:
    """The handler class of one server."""
    return cast(type[Handler], type("BoundHandler", (Handler,), {"api": api}))
