"""Takes over what people set with kubectl, as Flux does before it looks for drift.

Fields set by kubectl and not in the manifests must go, so their managers' entries are merged into
our own; fields of any other manager stay. Pure: gives the JSON patch for a live object.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from fluxtui.cluster.port import Json, JsonPatch
from fluxtui.reconciler.objects import items, mapping, metadata, text

FIELD_MANAGER = "kustomize-controller"
_ANNOTATIONS = (
    "kubectl.kubernetes.io/last-applied-configuration",
    "kustomize.toolkit.fluxcd.io/checksum",
    "fluxcd.io/sync-checksum",
)
_LABELS = ("fluxcd.io/sync-gc-mark",)
# Manager name prefixes and the operations that are taken over.
_TAKEN = (
    ("kubectl", ("Apply", "Update")),
    ("before-first-apply", ("Update",)),
    (FIELD_MANAGER, ("Update",)),
)


def clean_up(live: Json) -> JsonPatch:
    """Operations that clean the live object's metadata; empty when there is nothing to do."""
    meta = metadata(live)
    patch: JsonPatch = []
    for place, keys in (("annotations", _ANNOTATIONS), ("labels", _LABELS)):
        present = mapping(meta.get(place))
        patch += [
            {"op": "remove", "path": f"/metadata/{place}/{key.replace('/', '~1')}"}
            for key in keys
            if key in present
        ]
    managers = _merged(items(meta.get("managedFields")))
    if managers is not None:
        patch.append({"op": "replace", "path": "/metadata/managedFields", "value": managers})
    if patch:
        patch.append(
            {
                "op": "replace",
                "path": "/metadata/resourceVersion",
                "value": text(meta.get("resourceVersion")),
            }
        )
    return patch


def _merged(entries: list[Mapping[str, Any]]) -> list[Json] | None:
    """The entries with the taken ones merged into ours; None when there are none to take."""
    foreign = [entry for entry in entries if _is_taken(entry)]
    if not foreign:
        return None
    own = next((entry for entry in entries if _is_ours(entry)), None)
    remaining = [dict(entry) for entry in entries if not _is_taken(entry) and entry is not own]
    merged = copy.deepcopy(dict(own if own is not None else foreign[0]))
    merged |= {"manager": FIELD_MANAGER, "operation": "Apply"}
    for entry in foreign:
        merged["fieldsV1"] = _union(mapping(merged.get("fieldsV1")), mapping(entry.get("fieldsV1")))
    return [*remaining, merged]


def _is_ours(entry: Mapping[str, Any]) -> bool:
    return (
        entry.get("manager") == FIELD_MANAGER
        and entry.get("operation") == "Apply"
        and not entry.get("subresource")
    )


def _is_taken(entry: Mapping[str, Any]) -> bool:
    if entry.get("subresource"):
        return False
    manager, operation = text(entry.get("manager")), entry.get("operation")
    return any(
        manager.startswith(prefix) and operation in operations for prefix, operations in _TAKEN
    )


def _union(first: Mapping[str, Any], second: Mapping[str, Any]) -> Json:
    result = dict(first)
    for key, value in second.items():
        nested = result.get(key)
        result[key] = (
            _union(nested, value)
            if isinstance(nested, Mapping) and isinstance(value, Mapping)
            else (nested if key in result else value)
        )
    return result
