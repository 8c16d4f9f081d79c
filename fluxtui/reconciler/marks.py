"""Marks that people put on objects to steer apply and prune (docs/flux.md#marks).

Pure. Looked for among annotations and labels, values without regard to case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.reconciler.objects import KUSTOMIZE_GROUP, Name, mapping, metadata

RECONCILE = f"{KUSTOMIZE_GROUP}/reconcile"
SSA = f"{KUSTOMIZE_GROUP}/ssa"
FORCE = f"{KUSTOMIZE_GROUP}/force"
DECRYPT = f"{KUSTOMIZE_GROUP}/decrypt"
PRUNE = f"{KUSTOMIZE_GROUP}/prune"
OWNER_NAME = f"{KUSTOMIZE_GROUP}/name"
OWNER_NAMESPACE = f"{KUSTOMIZE_GROUP}/namespace"


def marked(obj: Mapping[str, Any] | None, key: str, value: str) -> bool:
    """Whether annotation or label `key` has that value."""
    if obj is None:
        return False
    meta = metadata(obj)
    return any(
        str(mapping(meta.get(place)).get(key, "")).lower() == value.lower()
        for place in ("annotations", "labels")
    )


def left_alone(manifest: Mapping[str, Any], live: Mapping[str, Any] | None) -> bool:
    """Whether the object is not to be applied."""
    return (
        any(marked(o, RECONCILE, "disabled") or marked(o, SSA, "Ignore") for o in (manifest, live))
    ) or (live is not None and marked(manifest, SSA, "IfNotPresent"))


def kept(live: Mapping[str, Any]) -> bool:
    """Whether the live object is never to be deleted as stale."""
    return (
        marked(live, PRUNE, "disabled")
        or marked(live, RECONCILE, "disabled")
        or marked(live, SSA, "Ignore")
    )


def owner_labels(owner: Name) -> dict[str, str]:
    """The labels that say which Kustomization applies an object."""
    return {OWNER_NAME: owner.name, OWNER_NAMESPACE: owner.namespace}


def owned_by(live: Mapping[str, Any], owner: Name) -> bool:
    """Whether the live object's labels still name this Kustomization."""
    labels = mapping(metadata(live).get("labels"))
    return all(labels.get(key) == value for key, value in owner_labels(owner).items())
