"""Connections to registries, lent to one thread at a time and kept for the next.

Neither a Line nor requests' session is safe for several threads; tokens and credentials are
shared between all of them. No knowledge of manifests or tags here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fluxtui.artifacts.certificates import certificates
from fluxtui.artifacts.credentials import Keychain
from fluxtui.artifacts.reference import Reference, is_loopback
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.artifacts.tokens import Tokens
from fluxtui.domain.proxies import environment_proxy

if TYPE_CHECKING:
    from fluxtui.artifacts.paths import Paths
    from fluxtui.artifacts.transport import Cancel, FluxRegistry


_REMEMBERED = 1000


class Connections:
    """As many connections per host as are used at once."""

    def __init__(
        self,
        settings: RegistrySettings,
        environ: Mapping[str, str],
        clock: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._pause = pause
        self.keychain = Keychain(settings, environ)
        self._tokens = Tokens(settings, self.keychain, clock)
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, str], list[FluxRegistry]] = {}
        self._schemes: dict[str, str] = {}
        self._certified: dict[str, bool] = {}
        self._seen: dict[tuple[str, str], str] = {}
        self._closed = 0

    @contextmanager
    def at(self, reference: Reference) -> Iterator[tuple[FluxRegistry, Paths]]:
        """A connection to the host that serves `reference` (its mirror, if it has one), for this
        thread alone; and where the repository's parts are there.
        """
        host, repository = self._settings.located(reference.registry, reference.repository)
        with self.to(host, self._scheme(host)) as registry:
            yield registry, registry.paths(repository)

    @contextmanager
    def to(self, host: str, scheme: str) -> Iterator[FluxRegistry]:
        """A connection to that very host, for this thread alone."""
        with self._lock:
            idle = self._idle.setdefault((host, scheme), [])
            registry = idle.pop() if idle else None
            closed = self._closed
        if registry is None:
            from fluxtui.artifacts.transport import FluxRegistry

            registry = FluxRegistry(
                host, self._settings, self._tokens, self._environ, self._pause, scheme
            )
        try:
            yield registry
        finally:
            with self._lock:
                reusable = closed == self._closed
                if reusable:
                    self._idle.setdefault((host, scheme), []).append(registry)
            if not reusable:
                registry.close()

    def saw(self, reference: Reference, digest: str) -> None:
        """A blob is in that repository: pushed elsewhere on its host, it can be mounted."""
        host, repository = self._settings.located(reference.registry, reference.repository)
        with self._lock:
            if len(self._seen) >= _REMEMBERED:
                self._seen.pop(next(iter(self._seen)))
            self._seen[host, digest] = repository

    def has_seen(self, reference: Reference, digest: str) -> str:
        """Another repository of the host that has the blob, "" when none is known."""
        host, repository = self._settings.located(reference.registry, reference.repository)
        with self._lock:
            holder = self._seen.get((host, digest), "")
        return "" if holder == repository else holder

    def _scheme(self, host: str) -> str:
        """http or https. Where Flux's library would take http unasked for a private address, it
        tries TLS first; so do we, once, unless the user listed the host or it is loopback.
        """
        scheme = self._settings.scheme(host)
        if self._named(host):
            return "https"  # who keeps certificates for a host means TLS, also on loopback
        if scheme == "https" or host in self._settings.plain_http or is_loopback(host):
            return scheme
        if environment_proxy(f"https://{host}", self._environ, others="ALL_PROXY"):
            return "https"  # a greeting of our own would not go where the requests go
        with self._lock:
            spoken = self._schemes.get(host)
        if spoken is None:
            from fluxtui.artifacts.transport import speaks_tls

            answer = speaks_tls(host, min(5.0, self._settings.timeout))
            spoken = "http" if answer is False else "https"
            if answer is not None:
                with self._lock:
                    self._schemes[host] = spoken
        return spoken

    def _named(self, host: str) -> bool:
        """Whether there are certificates for the host; looked for once, and again by each new
        connection."""
        with self._lock:
            certified = self._certified.get(host)
        if certified is None:
            certified = bool(certificates(host, self._settings, self._environ))
            with self._lock:
                self._certified[host] = certified
        return certified

    def close(self) -> None:
        """End the idle ones, and those that are lent when they come back."""
        with self._lock:
            self._closed += 1
            idle, self._idle = self._idle, {}
        for registries in idle.values():
            for registry in registries:
                registry.close()


def good(
    registry: FluxRegistry,
    method: str,
    url: str,
    *,
    accept: str = "",
    data: Any = None,
    headers: Mapping[str, str] | None = None,
    cancel: Cancel | None = None,
) -> Any:
    """A request that must succeed. Raises RegistryError and its kin."""
    from fluxtui.artifacts.faults import refusal

    all_headers = {**(headers or {}), **({"Accept": accept} if accept else {})}
    response = registry.do_request(url, method, data=data, headers=all_headers, cancel=cancel)
    if not 200 <= response.status_code < 300:
        raise refusal(response, registry.host)
    return response
