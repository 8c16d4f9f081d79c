"""What an object of a Kustomization is called in Flux's inventory (docs/flux.md#inventory)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.errors import UsageError
from fluxtui.kit.values import frozen

RBAC = "rbac.authorization.k8s.io"
_RBAC_KINDS = frozenset({"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"})


@frozen
class ObjectId:
    """What Flux tells objects apart by: no version, so a new apiVersion is the same object.

    `namespace` is '' for cluster-scoped objects, `group` '' for the core group.
    """

    namespace: str
    name: str
    group: str
    kind: str

    @classmethod
    def of(cls, obj: Mapping[str, Any]) -> ObjectId:
        """The id of an object (a dict with apiVersion, kind and metadata)."""
        metadata = obj.get("metadata") or {}
        group = str(obj.get("apiVersion") or "").rpartition("/")[0]
        return cls(
            str(metadata.get("namespace") or ""),
            str(metadata.get("name") or ""),
            group,
            str(obj.get("kind") or ""),
        )

    @classmethod
    def parse(cls, text: str) -> ObjectId:
        """Read `<namespace>_<name>_<group>_<kind>`. Raises UsageError."""
        parts = parts_of(text)
        if parts is None:
            raise UsageError(
                f"{text!r} is no inventory id", next="an id is <namespace>_<name>_<group>_<kind>"
            )
        return cls(*parts)

    def format(self) -> str:
        """As Flux writes it in `status.inventory.entries[].id`."""
        name = self.name
        if self.group == RBAC and self.kind in _RBAC_KINDS:
            name = name.replace(":", "__")
        return f"{self.namespace}_{name}_{self.group}_{self.kind}"

    def __str__(self) -> str:
        """For people: `Deployment/team/web`, `Namespace/team`."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


def parts_of(text: str) -> tuple[str, str, str, str] | None:
    """Namespace, name, group and kind of `<namespace>_<name>_<group>_<kind>`; None of what is no
    id. For whoever reads tens of thousands: a value of each would cost more than the reading."""
    namespace, _first, tail = text.partition("_")
    tail, _last, kind = tail.rpartition("_")
    name, _middle, group = tail.rpartition("_")
    if not (name and kind):
        return None
    if group == RBAC and kind in _RBAC_KINDS:
        name = name.replace("__", ":")
    return namespace, name, group, kind
