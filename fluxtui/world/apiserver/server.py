"""The server: what is listening, who may come in, and the paths that are no resources.

`ApiServer` is the room's front door, for a process of its own (see __main__.py) and for tests that
want one in theirs. It listens on 127.0.0.1 and nothing else.
"""

from __future__ import annotations

import hmac
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from fluxtui.world.apiserver import reviews
from fluxtui.world.apiserver.crds import Definitions, flux_crds
from fluxtui.world.apiserver.http.exchange import NOBODY, ApiRequest, User, failure
from fluxtui.world.apiserver.http.negotiation import rendered
from fluxtui.world.apiserver.http.routing import target
from fluxtui.world.apiserver.http.tls import make_tls
from fluxtui.world.apiserver.kinds import Catalog, builtin_kinds
from fluxtui.world.apiserver.kubeconfig import write_kubeconfig
from fluxtui.world.apiserver.read import discovery
from fluxtui.world.apiserver.read.paths import Discovery, not_there
from fluxtui.world.apiserver.resources import Resources, verb_of
from fluxtui.world.apiserver.state import ApiOptions, State
from fluxtui.world.apiserver.status import (
    Details,
    StatusError,
    unauthorized,
)
from fluxtui.world.apiserver.store import ObjectStore
from fluxtui.world.apiserver.write import namespaces, writes
from fluxtui.world.apiserver.write.collector import Collector
from fluxtui.world.faults import Faults, Rule
from fluxtui.world.http import exchange as http
from fluxtui.world.http.exchange import Response
from fluxtui.world.http.server import HttpServer

_ADMIN = User("fluxtui-admin", ("system:masters", "system:authenticated"))
_READER = User("fluxtui-read-only", ("system:authenticated",), read_only=True)


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


class ApiServer:
    """One environment's Kubernetes API, as a Site of the World's HTTP.

    `token` is the admin's bearer token (random when None); `read_only_token` may only read. `crds`
    are created at the start; `clock` gives the seconds since the epoch that timestamps are made
    of. `ring` is how many events of a kind can be resumed from;
    `namespace_delay`: seconds from a namespace's deletion to that of its content.
    """

    max_body = 8 << 20

    def __init__(
        self,
        environment: str,
        *,
        token: str | None = None,
        crds: Iterable[Mapping[str, Any]] | None = None,
        clock: Callable[[], float] = time.time,
        port: int = 0,
        ring: int = 2000,
        namespace_delay: float = 0.3,
    ) -> None:
        self.environment = environment
        self.token = token or secrets.token_urlsafe(24)
        self.read_only_token = secrets.token_urlsafe(24)
        self.users = {self.token: _ADMIN, self.read_only_token: _READER}
        self.faults = Faults()
        self.closing = threading.Event()
        self.errors: list[Exception] = []
        self.tls = make_tls()
        catalog = Catalog(builtin_kinds())
        self.state = State(ObjectStore(ring=ring), catalog, clock, environment)
        self._definitions = Definitions(self.state)
        self._collector = Collector(self.state)
        self._ender = namespaces.NamespaceEnder(self.state, namespace_delay)
        self._resources = Resources(self.state, self.faults, self.closing)
        self._paths = Discovery(self.state)
        self._seed(flux_crds() if crds is None else crds)
        self._listener = HttpServer(self, port=port, tls=self.tls.context)

    def _seed(self, crds: Iterable[Mapping[str, Any]]) -> None:
        catalog = self.state.catalog
        for served in catalog.stored():
            self.state.store.bucket(served.resource)  # can be watched from the first version on
        kind = catalog.find("", "v1", "namespaces")
        crd_kind = catalog.find("apiextensions.k8s.io", "v1", "customresourcedefinitions")
        assert kind is not None and crd_kind is not None
        namespaces.create_initial(self.state, kind)
        for crd in crds:
            options = ApiOptions(manager="fluxtui-world", validation="Ignore")
            writes.create(self.state, crd_kind, "", dict(crd), options)

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def ca_pem(self) -> bytes:
        return self.tls.ca_pem

    def start(self) -> None:
        """Serve on a thread of its own; returns when the server listens."""
        self._collector.start()
        self._ender.start()
        self._listener.start()

    def stop(self) -> None:
        """End every watch and connection and stop listening."""
        self.closing.set()
        self.state.store.wake()
        self._listener.stop()
        self._collector.stop()
        self._ender.stop()

    def __enter__(self) -> ApiServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def write_kubeconfig(
        self, path: Path | str, *, namespace: str = "", read_only: bool = False
    ) -> None:
        """Write a private kubeconfig whose context is named after the environment."""
        write_kubeconfig(
            Path(path),
            name=self.environment,
            url=self.url,
            ca_pem=self.ca_pem,
            token=self.read_only_token if read_only else self.token,
            namespace=namespace,
        )

    def report(self, error: Exception) -> None:
        """Keep and print an error of our own: a 500 that a client saw."""
        self.errors.append(error)
        traceback.print_exception(error, file=sys.stderr)

    # requests

    def respond(self, request: http.Request) -> Response:
        """Answer any request; what we cannot answer, and why, as a Status."""
        try:
            response = self._answered(request)
        except StatusError as error:
            response = failure(error)
        except Exception as error:  # a bug of ours must reach the client, not end the thread
            self.report(error)
            text = f"Internal error occurred: {type(error).__name__}: {error}"
            response = failure(StatusError(500, "InternalError", text))
        response.headers.setdefault("Cache-Control", "no-cache, private")
        return rendered(request, response)

    def broken(self, request: http.Request, rule: Rule) -> Response:
        """The Status that a fault answers with."""
        text = rule.message or "the server is currently unable to handle the request"
        if rule.status == 429 and not rule.message:
            text = "the server has received too many requests and has asked us to try again later"
        headers = {"Retry-After": str(rule.retry_after)} if rule.retry_after else {}
        reason = rule.reason or _REASONS.get(rule.status, "")
        details = Details(retry_after=rule.retry_after)
        error = StatusError(rule.status, reason, text, details, headers=headers)
        return rendered(request, failure(error))

    def answered(self, request: http.Request, status: int) -> None:
        """Nobody asks what was answered."""

    def _user(self, request: http.Request) -> User:
        """Whose token it is; nobody's where there is none. Raises 401 for a wrong one."""
        scheme, token = request.authorization
        if scheme != "bearer" or not token:
            return NOBODY
        if not self.faults.token_expired:
            for secret, user in self.users.items():
                if hmac.compare_digest(secret.encode(), token.encode()):
                    return user
        raise unauthorized()

    def _answered(self, plain: http.Request) -> Response:
        """The answer to somebody's request. Raises StatusError."""
        path, method, user = plain.path, plain.method, self._user(plain)
        request = ApiRequest(method, path, plain.query, plain.headers, plain.body, user=user)
        place = target(path)
        if place is None:
            reviews.check_path(user, method, path)
            return self._paths.respond(request)
        reviews.check(user, verb_of(request, place), place)
        if not discovery.served(self.state.catalog, place.group, place.version):
            return not_there()
        return self._resources.respond(request, place)

    def compact(self) -> None:
        """Forget all history and end every watch with 410."""
        self.state.store.compact()
        self.faults.expire_watches()
        self.state.store.wake()

    def set_unreachable(self, unreachable: bool) -> None:
        """From now on every connection is cut without an answer (or served again)."""
        self.faults.unreachable = unreachable
        self.state.store.wake()
        if unreachable:
            self._listener.cut_all()


__all__ = ["ApiServer", "StatusError"]
