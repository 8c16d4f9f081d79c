"""Scale (`kubectl scale`) and binding (the simulator's scheduler): small translations into an
ordinary write, so that locking, ownership and watches hold."""

from __future__ import annotations

from dataclasses import replace as changed
from typing import Any

from fluxtui.world.apiserver.decoding import quoted, type_name
from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.print.cells import selector
from fluxtui.world.apiserver.state import ApiOptions, State
from fluxtui.world.apiserver.status import (
    ErrorSubject,
    Json,
    StatusError,
    bad_request,
    conflict,
    invalid,
    invalid_value,
    unknown_path,
)
from fluxtui.world.apiserver.store import Key
from fluxtui.world.apiserver.write import writes


def _paths(kind: ApiKind) -> tuple[list[str], list[str], list[str]]:
    """Where replicas, status replicas and selector are."""
    scale = kind.scale or {}
    return (
        str(scale.get("specReplicasPath", ".spec.replicas")).strip(".").split("."),
        str(scale.get("statusReplicasPath", ".status.replicas")).strip(".").split("."),
        str(scale.get("labelSelectorPath", ".spec.selector")).strip(".").split("."),
    )


def _get(obj: Any, path: list[str]) -> Any:
    for step in path:
        obj = obj.get(step) if isinstance(obj, dict) else None
    return obj


def _set(obj: Json, path: list[str], value: Any) -> Json:
    if len(path) == 1:
        return obj | {path[0]: value}
    return obj | {path[0]: _set(obj.get(path[0]) or {}, path[1:], value)}


def read_scale(state: State, kind: ApiKind, key: Key) -> Json:
    """The Scale of an object."""
    obj = writes.existing(state, kind, key).obj
    replicas, current, pods_path = _paths(kind)
    names = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    labels = _get(obj, pods_path)
    text = labels if isinstance(labels, str) else selector(labels)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {k: obj["metadata"][k] for k in names if k in obj["metadata"]},
        "spec": {"replicas": _get(obj, replicas) or 0},
        "status": {"replicas": _get(obj, current) or 0}
        | ({"selector": text} if text not in ("", "<none>") else {}),
    }


def write_scale(state: State, kind: ApiKind, key: Key, scale: Json, options: ApiOptions) -> Json:
    """Set the replicas of an object from a Scale. Raises 400, 404, 409, 422."""
    count = (scale.get("spec") or {}).get("replicas", 0)
    if not isinstance(count, int) or isinstance(count, bool):
        raise bad_request(f"spec.replicas: cannot unmarshal {type_name(count)} into an int32")
    if count < 0:
        text = "must be greater than or equal to 0"
        cause = invalid_value("spec.replicas", quoted(count), text)
        raise invalid(ErrorSubject("scales", "autoscaling", "Scale", key[1]), [cause])
    with state.store.lock:
        obj = writes.existing(state, kind, key).obj
        version = (scale.get("metadata") or {}).get("resourceVersion")
        if version and version != obj["metadata"]["resourceVersion"]:
            raise conflict(kind.named(key[1]))
        new = _set(obj, _paths(kind)[0], count)
        main = changed(options, subresource="scale", validation="Ignore")
        stored = writes.replace(state, kind, key, new, main)
        out = read_scale(state, kind, key)
        out["spec"] = {"replicas": _get(stored.obj, _paths(kind)[0])}
        return out


def create(state: State, kind: ApiKind, key: Key, sub: str, body: Json) -> tuple[int, Json]:
    """POST pods/x/binding: status code and answer. Raises 404, 409."""
    node = (body.get("target") or {}).get("name")
    if kind.plural != "pods" or sub != "binding" or not node:
        raise unknown_path()
    with state.store.lock:
        obj = writes.existing(state, kind, key).obj
        spec = obj.get("spec") or {}
        if spec.get("nodeName"):
            why = f'pod {key[1]} is already assigned to node "{spec["nodeName"]}"'
            raise conflict(ErrorSubject("pods/binding", kind="pods/binding", name=key[1]), why)
        if obj["metadata"].get("deletionTimestamp"):
            raise conflict(kind.named(key[1]), f"pod {key[1]} is being deleted, cannot be assigned")
        status: Json = dict(obj.get("status") or {})
        scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": state.now()}
        older = [c for c in status.get("conditions") or () if c.get("type") != "PodScheduled"]
        status["conditions"] = [*older, scheduled]
        new = obj | {"spec": spec | {"nodeName": node}, "status": status}
        state.store.put(kind.resource, key, new)
    return 201, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}


def unsupported(sub: str) -> StatusError:
    """The answer for pods/exec and the like: there is no node to talk to."""
    return StatusError(
        501, "", f"the World's API server has no nodes to run {sub} on; use logs and events instead"
    )
