"""How a kind's file reads an object: whatever a field holds, it answers with the type it promised.

An API lets a wrong type through where a CRD is old or hand-made; that is a finding elsewhere
(`engine/feeds/shapes.py`), and nothing here may raise for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeGuard

from fluxtui.domain.kinds.kind import Run
from fluxtui.domain.resource import EMPTY, Key, Resource
from fluxtui.kit.lately import asked_in_a_row

SOURCES = "source.toolkit.fluxcd.io"


def text_at(mapping: Mapping[str, Any], *path: str) -> str:
    """The text under these names; "" when it is missing or something else."""
    value: Any = mapping
    for name in path:
        if type(value) is not dict and not _is_mapping(value):
            return ""
        value = value.get(name)
    return value if isinstance(value, str) else ""


def mapping_at(mapping: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """The mapping under these names; empty when it is missing or something else."""
    value = value_at(mapping, *path)
    return value if _is_mapping(value) else EMPTY


def mappings_at(mapping: Mapping[str, Any], *path: str) -> Iterator[Mapping[str, Any]]:
    """The mappings of the list under these names; what is none is left out."""
    value = value_at(mapping, *path)
    if not isinstance(value, list):
        return iter(())
    return iter([entry for entry in value if type(entry) is dict or _is_mapping(entry)])


def value_at(mapping: Mapping[str, Any], *path: str) -> Any:
    """Whatever stands under these names; None when nothing does."""
    value: Any = mapping
    for name in path:
        if type(value) is not dict and not _is_mapping(value):
            return None
        value = value.get(name)
    return value


def reference(
    resource: Resource, entry: Mapping[str, Any], group: str, kind: str = ""
) -> Key | None:
    """The key that `{kind, name, namespace}` names in the object's Environment; its own namespace
    where it says none, `kind` where it says none; None without a kind or a name."""
    kind, name = text_at(entry, "kind") or kind, text_at(entry, "name")
    if not kind or not name:
        return None
    namespace = text_at(entry, "namespace") or resource.key.namespace
    return Key(resource.key.environment, group, kind, namespace, name)


def group_of(entry: Mapping[str, Any], group: str) -> str:
    """The group in its apiVersion; `group` where it says none."""
    version = text_at(entry, "apiVersion")
    return version.rpartition("/")[0] if version else group


def dependencies(resource: Resource, group: str, kind: str) -> tuple[Key, ...]:
    """Keys of spec.dependsOn, in order; an entry may name another group and kind than these."""
    keys = (
        reference(resource, entry, group_of(entry, group), kind)
        for entry in mappings_at(resource.spec, "dependsOn")
    )
    return tuple(key for key in keys if key is not None)


def expressions(resource: Resource, group: str, kind: str) -> dict[Key, str]:
    """The readyExpr of those entries of spec.dependsOn that have one."""
    texts: dict[Key, str] = {}
    for entry in mappings_at(resource.spec, "dependsOn"):
        text = text_at(entry, "readyExpr")
        key = reference(resource, entry, group_of(entry, group), kind) if text else None
        if key is not None:
            texts[key] = text
    return texts


def is_among(resource: Resource, entries: Iterable[Mapping[str, Any]], other: Resource) -> bool:
    """Whether one of `{kind, name, namespace, matchLabels}` names the other object; a name of `*`
    means all, or all with these labels."""
    for entry in entries:
        key = reference(resource, entry, other.key.group)
        if key not in (other.key, other.key._replace(name="*")):
            continue
        labels = mapping_at(entry, "matchLabels")
        if all(other.labels.get(name) == value for name, value in labels.items()):
            return True
    return False


def whole_at(mapping: Mapping[str, Any], *path: str) -> int:
    """The whole number under these names; 0 when it is missing or something else."""
    value = value_at(mapping, *path)
    return value if isinstance(value, int) else 0


@asked_in_a_row
def inventory(resource: Resource) -> tuple[tuple[str, str], ...]:
    """status.inventory.entries as (id, version) pairs (docs/flux.md#inventory)."""
    return tuple(
        [
            (str(entry.get("id") or ""), str(entry.get("v") or ""))
            for entry in mappings_at(resource.status, "inventory", "entries")
        ]
    )


@asked_in_a_row
def history(resource: Resource) -> tuple[Run, ...]:
    """status.history of Flux's appliers, newest first (at most five entries)."""
    return tuple(
        Run(
            str(entry.get("digest") or ""),
            str(mapping_at(entry, "metadata").get("revision") or ""),
            str(entry.get("lastReconciledStatus") or ""),
            str(entry.get("firstReconciled") or ""),
            str(entry.get("lastReconciled") or ""),
            times=whole_at(entry, "totalReconciliations"),
        )
        for entry in mappings_at(resource.status, "history")
    )


def _is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    # What a parser made is a dict: that is asked first, at a tenth of what an abstract class costs.
    return type(value) is dict or (value is not None and isinstance(value, Mapping))
