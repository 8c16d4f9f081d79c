"""The World's registry as a server that can be started, stopped and disturbed.

It joins store, credentials and knobs, and decides per request which endpoint answers. Threads only;
loopback only. It must not grow endpoint logic: that belongs to `routes` and `blobs`.
Needed by the demo's publishing, and by the artifact client's tests.
"""

from __future__ import annotations

import dataclasses
import logging
import re
import secrets
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal
from urllib.parse import unquote

from fluxtui.world.faults import Faults, Rule
from fluxtui.world.http.exchange import Request, Response
from fluxtui.world.http.server import HttpServer
from fluxtui.world.registry import blobs, routes
from fluxtui.world.registry.answers import error, json_response
from fluxtui.world.registry.auth import TokenGate
from fluxtui.world.registry.knobs import Knobs
from fluxtui.world.registry.store import OciStore, StoreError

_MANIFEST = re.compile(r"^/v2/(.+)/manifests/([^/]+)$")
_TAGS = re.compile(r"^/v2/(.+)/tags/list$")
_REFERRERS = re.compile(r"^/v2/(.+)/referrers/([^/]+)$")
_UPLOADS = re.compile(r"^/v2/(.+)/blobs/uploads/?$")
_UPLOAD = re.compile(r"^/v2/(.+)/blobs/uploads/([^/]+)$")
_BLOB = re.compile(r"^/v2/(.+)/blobs/([^/]+)$")
_STORE = re.compile(r"^/_store/([^/]+)$")
_LOG = logging.getLogger(__name__)
_CODES = {401: "UNAUTHORIZED", 403: "DENIED", 404: "NOT_FOUND", 429: "TOOMANYREQUESTS"}


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """One request as it was answered; `authorization` is its scheme only."""

    method: str
    path: str
    status: int
    authorization: str
    headers: Mapping[str, str]


class RegistryServer:
    """An OCI registry on `host`:`port` (0: any free port).

    `credentials`: user and password; `"random"` makes them up, None lets everybody in.
    Stopping keeps the content and the port, so that a stopped registry can come back.
    """

    max_body = 256 << 20

    def __init__(
        self,
        *,
        credentials: tuple[str, str] | Literal["random"] | None = "random",
        knobs: Knobs | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        store: OciStore | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if credentials == "random":
            credentials = ("fluxtui", secrets.token_urlsafe(18))
        self.username, self.password = credentials or ("", "")
        self.store = store or OciStore()
        self.knobs = knobs or Knobs()
        self.faults = Faults()
        self.gate = TokenGate(credentials, lambda: self.knobs, clock)
        self.served: deque[ServedRequest] = deque(maxlen=1000)
        self._host, self._port, self._tls = host, port, tls
        self.closing = threading.Event()
        self._server: HttpServer | None = None

    # -- life

    def start(self) -> RegistryServer:
        """Listen and serve in threads. Raises OSError when the port is taken."""
        if self._server is None:
            self.closing.clear()
            self._server = HttpServer(self, host=self._host, port=self._port, tls=self._tls)
            self._port = self._server.port
            self._server.start()
        return self

    def stop(self) -> None:
        """Stop listening and end all connections."""
        server, self._server = self._server, None
        if server is not None:
            self.closing.set()
            server.stop()

    def __enter__(self) -> RegistryServer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`; the port is known once started."""
        return f"{self._host}:{self._port}"

    @property
    def url(self) -> str:
        return f"{'http' if self._tls is None else 'https'}://{self.address}"

    def turn(self, **changes: Any) -> None:
        """Turn knobs while running; TypeError for an unknown one."""
        self.knobs = dataclasses.replace(self.knobs, **changes)

    # -- answering

    def respond(self, request: Request) -> Response:
        """One request's answer. Called from the connection's thread."""
        request = dataclasses.replace(request, path=unquote(request.path))
        try:
            return self._route(request)
        except StoreError as problem:
            return error(problem.status, problem.code, problem.message)
        except Exception:
            _LOG.exception("%s %s failed", request.method, request.path)
            return error(500, "UNKNOWN", "the registry failed; its log says why")

    def broken(self, request: Request, rule: Rule) -> Response:
        """The error that a fault answers with."""
        code = rule.reason or _CODES.get(rule.status, "UNKNOWN")
        headers = {"Retry-After": str(rule.retry_after)} if rule.retry_after else {}
        return error(rule.status, code, rule.message or "out of order", headers)

    def answered(self, request: Request, status: int) -> None:
        """Remember it, without the secret."""
        fields = {k: v for k, v in request.headers.items() if k != "authorization"}
        scheme = request.authorization[0]
        self.served.append(
            ServedRequest(request.method, unquote(request.path), status, scheme, fields)
        )

    def _route(self, request: Request) -> Response:
        path = request.path
        if path == "/token":
            return self.gate.token(request)
        if match := _STORE.match(path):
            # Object stores refuse a second way of signing, as a forwarded header would be.
            if "authorization" in request.headers:
                return error(400, "UNSUPPORTED", "a signed address takes no Authorization")
            return blobs.download(self.knobs, request, match[1], self.store.content(match[1]))
        if not (path == "/v2" or path.startswith("/v2/")):
            return error(404, "NOT_FOUND", "nothing here")
        scopes = _scopes(request)
        if self.faults.token_expired or not self.gate.allows(request, scopes):
            return self.gate.challenge(request, scopes, self._base(request))
        return self._endpoint(request)

    def _base(self, request: Request) -> str:
        scheme = "http" if self._tls is None else "https"
        return f"{scheme}://{request.headers.get('host') or self.address}"

    def _endpoint(self, request: Request) -> Response:
        path, knobs, store = request.path, self.knobs, self.store
        if path in {"/v2", "/v2/"}:
            return json_response(200, {}, {"Docker-Distribution-Api-Version": "registry/2.0"})
        if path == "/v2/_catalog":
            return routes.catalog(store, knobs, request)
        if match := _MANIFEST.match(path):
            return routes.manifests(store, knobs, request, match[1], match[2])
        if match := _TAGS.match(path):
            return routes.tags(store, knobs, request, match[1])
        if match := _REFERRERS.match(path):
            return routes.referrers(store, knobs, request, match[1], match[2])
        if match := _UPLOADS.match(path):
            if request.method != "POST":
                return error(405, "UNSUPPORTED", f"no {request.method} here")
            source = request.query.get("from", "")
            # Without `from` any repository may give the blob, unless scopes keep them apart.
            readable = self.gate.allows(request, [f"repository:{source}:pull"])
            if knobs.bearer and not source:
                readable = False
            return blobs.begin(store, request, match[1], readable)
        if match := _UPLOAD.match(path):
            return blobs.upload(store, request, match[1], match[2])
        if match := _BLOB.match(path):
            return blobs.blob(store, knobs, request, match[1], match[2])
        return error(404, "NOT_FOUND", "nothing here")


def _scopes(request: Request) -> list[str]:
    """What a token must grant, as the distribution project asks for it."""
    if request.path == "/v2/_catalog":
        return ["registry:catalog:*"]
    match = re.match(r"^/v2/(.+)/(?:manifests|tags|blobs|referrers)/", request.path)
    if not match:
        return []
    resource = f"repository:{match[1]}"
    # The greedy group runs into ".../blobs/uploads/": a repository ends before "blobs" itself.
    resource = re.sub(r"/blobs$", "", resource)
    if request.method in {"GET", "HEAD"}:
        return [f"{resource}:pull"]
    if request.method == "DELETE" and "/blobs/uploads/" not in request.path:
        return [f"{resource}:delete"]
    scopes = [f"{resource}:pull", f"{resource}:push"]
    source = request.query.get("from", "")
    if request.query.get("mount", "") and source:
        scopes.append(f"repository:{source}:pull")
    return scopes
