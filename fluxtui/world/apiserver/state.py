"""What every operation of one API server shares: store, catalog, clock, admission hooks.

Also the options of a request, so that the operations need no HTTP. No rules live here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from fluxtui.world.apiserver.decoding import Decoded
from fluxtui.world.apiserver.kinds import Catalog, Kind
from fluxtui.world.apiserver.status import Json
from fluxtui.world.apiserver.store import Store

# (kind, operation CREATE|UPDATE|DELETE, old, new) -> the object to store; raises StatusError to
# deny. `new` is None for DELETE.
Admission = Callable[[Kind, str, Json | None, Json | None], Json | None]


class Reviews(Protocol):
    """What stored configurations say of a write; either answer is the object to go on with."""

    def mutated(self, kind: Kind, old: Json | None, new: Json | None) -> Json | None: ...

    def validated(self, kind: Kind, old: Json | None, new: Json | None) -> Json | None: ...


@dataclass(slots=True)
class State:
    """One API server's memory. `clock` gives seconds since the epoch for all timestamps.

    `reviews` are the stored webhooks and policies; `hosts` says where a webhook's Service listens
    (`name.namespace.svc` -> `127.0.0.1:port`).
    """

    store: Store
    catalog: Catalog
    clock: Callable[[], float]
    environment: str = ""
    admission: Sequence[Admission] = ()
    graceful_pods: bool = False
    reviews: Reviews | None = None
    hosts: dict[str, str] = field(default_factory=dict)

    def now(self) -> str:
        return datetime.fromtimestamp(self.clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class Options:
    """How one write was asked for; `warnings` are collected for the response's headers, `twice`
    says which fields the body holds more than once, `replaces` that it is a PUT."""

    manager: str = ""
    dry_run: bool = False
    force: bool = False
    validation: str = "Warn"
    subresource: str = ""
    warnings: list[str] = field(default_factory=list)
    twice: Decoded = field(default_factory=lambda: Decoded(None))
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """The body and query of a delete."""

    grace: int | None = None
    policy: str = ""
    uid: str = ""
    resource_version: str = ""
    dry_run: bool = False
