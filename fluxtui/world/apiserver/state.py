"""What every operation of one API server shares: store, catalog, clock.

Also the options of a request, so that the operations need no HTTP. No rules live here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fluxtui.kit.moments import rfc3339
from fluxtui.world.apiserver.kinds import ApiKind, Catalog
from fluxtui.world.apiserver.status import Json
from fluxtui.world.apiserver.store import ObjectStore

# (kind, operation CREATE|UPDATE|DELETE, old, new); raises StatusError to deny. The Reconciler's
# tests let its writes fail half way by one.
Admission = Callable[[ApiKind, str, Json | None, Json | None], object]


@dataclass(slots=True)
class State:
    """One API server's memory. `clock` gives seconds since the epoch for all timestamps."""

    store: ObjectStore
    catalog: Catalog
    clock: Callable[[], float]
    environment: str = ""
    admission: tuple[Admission, ...] = ()

    def ask(self, kind: ApiKind, operation: str, old: Json | None, new: Json | None) -> None:
        """Have the admission hooks deny a write. Raises StatusError."""
        for hook in self.admission:
            hook(kind, operation, old, new)

    def now(self) -> str:
        return rfc3339(self.clock(), 0)


@dataclass(slots=True)
class ApiOptions:
    """How one write was asked for; `warnings` are collected for the response's
    headers; `replaces`: it is a PUT."""

    manager: str = ""
    dry_run: bool = False
    force: bool = False
    validation: str = "Warn"
    subresource: str = ""
    warnings: list[str] = field(default_factory=list)
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """The body and query of a delete."""

    uid: str = ""
    resource_version: str = ""
    dry_run: bool = False
