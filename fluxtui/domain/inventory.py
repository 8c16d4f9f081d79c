"""Inventory and order of the objects of a Kustomization (docs/flux.md#inventory).

What became stale, in which stages and order objects are applied
and deleted. Pure; must not know how an object is applied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fluxtui.domain.objectid import RBAC
from fluxtui.domain.objectid import ObjectId as ObjectId

_FIRST = (
    "CustomResourceDefinition",
    "Namespace",
    "ClusterRole",
    "ClusterClass",
    "RuntimeClass",
    "PriorityClass",
    "StorageClass",
    "VolumeSnapshotClass",
    "IngressClass",
    "GatewayClass",
    "ClusterRoleBinding",
    "ResourceQuota",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ConfigMap",
    "Secret",
    "Service",
    "LimitRange",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
)
_LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_RANK = {kind: i for i, kind in enumerate(_FIRST)} | {
    kind: len(_FIRST) + 1 + i for i, kind in enumerate(_LAST)
}
_DEFINITIONS = frozenset(
    {
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("", "Namespace"),
        (RBAC, "ClusterRole"),
    }
)

T = TypeVar("T", bound=Mapping[str, Any])


@dataclass(frozen=True, slots=True)
class InventoryEntry:
    """One inventory entry: the id and the version (without the group) it was applied with."""

    id: ObjectId
    version: str

    @classmethod
    def of(cls, obj: Mapping[str, Any]) -> InventoryEntry:
        return cls(ObjectId.of(obj), str(obj.get("apiVersion") or "").rpartition("/")[2])

    def to_json(self) -> dict[str, str]:
        return {"id": self.id.format(), "v": self.version}


def entries(inventory: Mapping[str, Any] | None) -> tuple[InventoryEntry, ...]:
    """The entries of `status.inventory`, in their order. Raises UsageError for a broken id."""
    items = (inventory or {}).get("entries") or []
    return tuple(InventoryEntry(ObjectId.parse(str(i["id"])), str(i.get("v") or "")) for i in items)


def to_inventory(new: Iterable[InventoryEntry]) -> dict[str, list[dict[str, str]]]:
    """The value of `status.inventory`, in the order given, each id once."""
    by_id = {entry.id: entry for entry in new}
    return {"entries": [entry.to_json() for entry in by_id.values()]}


def stale(
    old: Iterable[InventoryEntry], new: Iterable[InventoryEntry]
) -> tuple[InventoryEntry, ...]:
    """Entries whose id is in `old` only, in the order to delete them; versions play no part."""
    current = {entry.id for entry in new}
    obsolete = {entry.id: entry for entry in old if entry.id not in current}
    return tuple(sorted(obsolete.values(), key=lambda e: sort_key(e.id), reverse=True))


def sort_key(id: ObjectId) -> tuple[int, str, str, str, str]:
    """Order of applying: by kind as Flux lists kinds, then group, kind, namespace, name."""
    rank = _RANK.get(id.kind, len(_FIRST))
    return (rank, id.group, id.kind, id.namespace, id.name)


def apply_order(objects: Iterable[T]) -> list[T]:
    """Objects in the order in which Flux applies them within one stage."""
    return sorted(objects, key=lambda obj: sort_key(ObjectId.of(obj)))


def delete_order(objects: Iterable[T]) -> list[T]:
    """The reverse: dependents go before what they stand on."""
    return sorted(objects, key=lambda obj: sort_key(ObjectId.of(obj)), reverse=True)


@dataclass(frozen=True, slots=True)
class ApplyStage:
    """Objects applied together, in order. `wait`: all must be Current before the next stage."""

    name: str
    objects: tuple[Mapping[str, Any], ...]
    wait: bool


def stages(
    objects: Sequence[Mapping[str, Any]], custom_kinds: Collection[tuple[str, str]] = ()
) -> tuple[ApplyStage, ...]:
    """Split into Flux's stages, empty ones left out.

    Definitions (CRDs, Namespaces, ClusterRoles), then kinds ending in `Class`, then
    `custom_kinds` as (group, kind), then the rest.
    """
    parts: dict[str, list[Mapping[str, Any]]] = {
        "definitions": [],
        "classes": [],
        "custom": [],
        "rest": [],
    }
    for obj in objects:
        id = ObjectId.of(obj)
        if (id.group, id.kind) in _DEFINITIONS:
            parts["definitions"].append(obj)
        elif id.kind.endswith("Class"):
            parts["classes"].append(obj)
        elif (id.group, id.kind) in custom_kinds:
            parts["custom"].append(obj)
        else:
            parts["rest"].append(obj)
    return tuple(
        ApplyStage(name, tuple(apply_order(part)), wait=name in ("definitions", "classes"))
        for name, part in parts.items()
        if part
    )
