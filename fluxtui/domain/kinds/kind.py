"""What fluxtui knows of one Flux kind, as data.

A kind is declared in one file beside this one; everything that treats kinds alike (feeds, tables,
commands) iterates over the registry instead of naming kinds.
"""

from __future__ import annotations

from fluxtui.domain.resource import Resource
from fluxtui.kit.frozen import frozen

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"


@frozen
class Kind:
    """One kind: its API names, and the short name people type (`ks`, `ocirepo`)."""

    group: str
    version: str
    kind: str
    plural: str
    short: str

    @property
    def id(self) -> tuple[str, str]:
        """(group, kind): how Snapshots index resources."""
        return (self.group, self.kind)

    @property
    def api_version(self) -> str:
        """`group/version`."""
        return f"{self.group}/{self.version}"


def suspended(resource: Resource) -> bool:
    """spec.suspend: a mark, not a health (docs/flux.md#suspension)."""
    return resource.spec.get("suspend") is True


def handled_request(resource: Resource) -> str:
    """status.lastHandledReconcileAt: which reconcile request was last acknowledged."""
    return str(resource.status.get("lastHandledReconcileAt") or "")


def requested_at(resource: Resource) -> str:
    """The reconcile request annotation's value."""
    return resource.annotations.get(REQUESTED_AT, "")
