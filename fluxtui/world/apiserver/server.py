"""The server: what is listening, who may come in, and the paths that are no resources.

`ApiServer` is the room's front door, for a process of its own (see __main__.py) and for tests that
want one in theirs. It listens on 127.0.0.1 and nothing else.
"""

from __future__ import annotations

import secrets
import socket
import socketserver
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from fluxtui.world.apiserver import reviews
from fluxtui.world.apiserver.crds import Definitions, flux_crds
from fluxtui.world.apiserver.decoding import decoded_object
from fluxtui.world.apiserver.faults import Faults
from fluxtui.world.apiserver.http.exchange import (
    Request,
    Response,
    User,
    answer,
)
from fluxtui.world.apiserver.http.handler import bound
from fluxtui.world.apiserver.http.routing import target
from fluxtui.world.apiserver.http.tls import make_tls
from fluxtui.world.apiserver.kinds import Catalog, builtin_kinds
from fluxtui.world.apiserver.kubeconfig import write_kubeconfig
from fluxtui.world.apiserver.read import discovery
from fluxtui.world.apiserver.read.paths import Paths, not_there
from fluxtui.world.apiserver.resources import Resources, verb_of
from fluxtui.world.apiserver.state import Options, State
from fluxtui.world.apiserver.status import (
    StatusError,
    forbidden,
    method_not_allowed,
    unknown_path,
)
from fluxtui.world.apiserver.store import Store
from fluxtui.world.apiserver.write import namespaces, writes
from fluxtui.world.apiserver.write.collector import Collector

_ADMIN = User("fluxtui-admin", ("system:masters", "system:authenticated"))
_READER = User("fluxtui-read-only", ("system:authenticated",), read_only=True)


class _Listener(socketserver.ThreadingTCPServer):
    """Accepts on loopback; the TLS handshake happens on the connection's own thread."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, api: ApiServer, port: int) -> None:
        self._api = api
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), bound(api))

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        secure = self._api.tls.context.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False
        )
        with self._lock:
            self._open.add(secure)
        return secure, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if isinstance(error, (ConnectionError, TimeoutError, OSError)):
            return  # a client that left in the middle of the handshake
        if isinstance(error, Exception):
            self._api.report(error)

    def accept_until_closed(self) -> None:
        """Accept connections; `serve_forever` would poll, and take its time to stop."""
        while not self._api.closing.is_set():
            try:
                connection, address = self.get_request()
            except OSError:
                continue  # the client left before it was accepted
            self.process_request(connection, address)

    def wake(self) -> None:
        """Make a blocked accept return."""
        with socket.create_connection(("127.0.0.1", self._api.port), timeout=1):
            return

    def cut_all(self) -> None:
        """End every open connection."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it was gone already


class ApiServer:
    """One environment's Kubernetes API.

    `token` is the admin's bearer token (random when None); `read_only_token` may only read. `crds`
    are created at the start; `clock` gives the seconds since the epoch that timestamps are made
    of. `ring` is how many events of a kind can be resumed from;
    `graceful_pods`: a bound pod stays until something like a kubelet deletes it with grace 0;
    `namespace_delay`: seconds from a namespace's deletion to that of its content.
    """

    def __init__(
        self,
        environment: str,
        *,
        token: str | None = None,
        crds: Iterable[Mapping[str, Any]] | None = None,
        clock: Callable[[], float] = time.time,
        port: int = 0,
        ring: int = 2000,
        graceful_pods: bool = False,
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
        self.state = State(Store(ring=ring), catalog, clock, environment, graceful_pods)
        self._definitions = Definitions(self.state)
        self._collector = Collector(self.state)
        self._ender = namespaces.NamespaceEnder(self.state, namespace_delay)
        self._resources = Resources(self.state, self.faults, self.closing)
        self._paths = Paths(self.state)
        self._seed(flux_crds() if crds is None else crds)
        self._listener = _Listener(self, port)
        self._thread: threading.Thread | None = None

    def _seed(self, crds: Iterable[Mapping[str, Any]]) -> None:
        catalog = self.state.catalog
        for each in catalog.stored():
            self.state.store.bucket(each.resource)  # can be watched from the first version on
        kind = catalog.find("", "v1", "namespaces")
        crd_kind = catalog.find("apiextensions.k8s.io", "v1", "customresourcedefinitions")
        assert kind is not None and crd_kind is not None
        namespaces.create_initial(self.state, kind)
        for crd in crds:
            options = Options(manager="fluxtui-world", validation="Ignore")
            writes.create(self.state, crd_kind, "", dict(crd), options)

    @property
    def port(self) -> int:
        return int(self._listener.server_address[1])

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
        self._thread = threading.Thread(
            target=self._listener.accept_until_closed,
            name=f"apiserver-{self.environment}",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """End every watch and connection and stop listening."""
        self.closing.set()
        self.state.store.wake()
        if self._thread is not None:
            self._listener.wake()
            self._thread.join(5)
        self._listener.cut_all()
        self._listener.server_close()
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

    def respond(self, request: Request) -> Response:
        """Answer any request. Raises StatusError."""
        path = request.path
        if path.startswith("/_world/"):
            return self._world(request)
        place = target(path)
        if place is None:
            reviews.check_path(request.user, request.method, path)
            return self._paths.respond(request)
        reviews.check(request.user, verb_of(request, place), place)
        if not discovery.served(self.state.catalog, place.group, place.version):
            return not_there()
        return self._resources.respond(request, place)

    def _world(self, request: Request) -> Response:
        """The private paths: faults, and forgetting all history."""
        if not request.user.trusted:
            raise forbidden(self.state.catalog.all()[0].named(""), "the token is read-only")
        if request.path != "/_world/faults":
            raise unknown_path()
        if request.method == "POST":
            data = decoded_object(request.body)
            self.faults.update(data)
            if data.get("compact"):
                self.compact()
            self.state.store.wake()
        elif request.method != "GET":
            raise method_not_allowed()
        return answer(self.faults.to_json())

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
