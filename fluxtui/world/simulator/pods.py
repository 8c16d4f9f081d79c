"""What a Pod made from a template looks like, and what can be read off a Pod. Pure."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping

from fluxtui.cluster.port import ApiResource, Json
from fluxtui.world.simulator.cache import key_of, uid_of

_HASH_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def template_hash(template: Json) -> str:
    """Ten letters that are equal for equal templates."""
    text = json.dumps(template, sort_keys=True, separators=(",", ":"))
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    letters = ""
    for _ in range(10):
        number, at = divmod(number, len(_HASH_LETTERS))
        letters += _HASH_LETTERS[at]
    return letters


def controller_reference(type_: ApiResource, owner: Json) -> Json:
    """The ownerReference of what `owner` controls."""
    return {
        "apiVersion": type_.api_version,
        "kind": type_.kind,
        "name": key_of(owner)[1],
        "uid": uid_of(owner),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def pod_from(
    template: Json,
    type_: ApiResource,
    owner: Json,
    name: str,
    *,
    labels: Mapping[str, str] | None = None,
) -> Json:
    """The Pod that `owner` makes from `template`."""
    meta = template.get("metadata") or {}
    metadata: Json = {
        "name": name,
        "namespace": key_of(owner)[0],
        "labels": {**(meta.get("labels") or {}), **(labels or {})},
        "ownerReferences": [controller_reference(type_, owner)],
    }
    if meta.get("annotations"):
        metadata["annotations"] = dict(meta["annotations"])
    spec: Json = copy.deepcopy(template.get("spec") or {})
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def condition(obj: Json, type_: str) -> Json | None:
    """A status condition by its type."""
    for entry in (obj.get("status") or {}).get("conditions") or ():
        if entry.get("type") == type_:
            return dict(entry)
    return None


def is_ready(pod: Json) -> bool:
    """Its Ready condition is True."""
    ready = condition(pod, "Ready")
    return ready is not None and ready.get("status") == "True"


def phase(pod: Json) -> str:
    """Pending, Running, Succeeded, Failed."""
    return str((pod.get("status") or {}).get("phase") or "Pending")


def is_ending(pod: Json) -> bool:
    """It is being deleted."""
    return bool(pod["metadata"].get("deletionTimestamp"))


def is_active(pod: Json) -> bool:
    """It counts for its controller: neither finished nor on its way out."""
    return phase(pod) not in ("Succeeded", "Failed") and not is_ending(pod)


def restarts(pod: Json) -> int:
    """How often its containers were restarted, all together."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    return sum(int(entry.get("restartCount") or 0) for entry in statuses)


def set_condition(
    conditions: list[Json],
    type_: str,
    status: str,
    now: str,
    *,
    reason: str = "",
    message: str = "",
    extra: Mapping[str, str] | None = None,
) -> list[Json]:
    """`conditions` with one replaced or added; the transition time moves with the status only."""
    new: Json = {"type": type_, "status": status, "lastTransitionTime": now, **(extra or {})}
    if reason:
        new["reason"] = reason
    if message:
        new["message"] = message
    result: list[Json] = []
    old = False
    for entry in conditions:
        if entry.get("type") != type_:
            result.append(entry)
            continue
        old = True
        if entry.get("status") == status:
            new["lastTransitionTime"] = entry.get("lastTransitionTime", now)
        result.append(new)
    return result if old else [*result, new]
