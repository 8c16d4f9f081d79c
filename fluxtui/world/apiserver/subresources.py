"""The subresources that are more than a part of the object: scale, binding, eviction, token.

Each is a small translation into an ordinary write, so that locking, ownership and watches hold.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace as changed
from typing import Any

from fluxtui.world.apiserver import deletes, evictions, managers, writes
from fluxtui.world.apiserver.cells import selector
from fluxtui.world.apiserver.decoding import quoted, type_name
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.managers import Manager
from fluxtui.world.apiserver.outcalls import outside_the_lock
from fluxtui.world.apiserver.state import Options, State
from fluxtui.world.apiserver.status import (
    Json,
    Resource,
    StatusError,
    bad_request,
    conflict,
    invalid,
    invalid_value,
    not_found,
    unknown_path,
)
from fluxtui.world.apiserver.store import Key, Stored, dumps


def _existing(state: State, kind: Kind, key: Key) -> Stored:
    stored = state.store.get(kind.resource, key)
    if stored is None:
        raise not_found(kind.named(key[1]))
    return stored


def _paths(kind: Kind) -> tuple[list[str], list[str], list[str]]:
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


def read_scale(state: State, kind: Kind, key: Key) -> Json:
    """The Scale of an object."""
    obj = _existing(state, kind, key).obj
    replicas, current, chosen = _paths(kind)
    metadata = obj["metadata"]
    meta = {
        k: metadata[k]
        for k in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
        if k in metadata
    }
    labels = _get(obj, chosen)
    text = labels if isinstance(labels, str) else selector(labels)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": meta,
        "spec": {"replicas": _get(obj, replicas) or 0},
        "status": {"replicas": _get(obj, current) or 0}
        | ({"selector": text} if text not in ("", "<none>") else {}),
    }


@outside_the_lock
def write_scale(state: State, kind: Kind, key: Key, scale: Json, options: Options) -> Json:
    """Set the replicas of an object from a Scale. Raises 400, 404, 409."""
    name = (scale.get("metadata") or {}).get("name")
    if name and name != key[1]:
        raise bad_request(
            f"the name of the object ({name}) does not match the name on the URL ({key[1]})"
        )
    wanted = (scale.get("spec") or {}).get("replicas", 0)
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        text = (
            f"json: cannot unmarshal {type_name(wanted)} into Go struct field "
            "ScaleSpec.spec.replicas of type int32"
        )
        cause = invalid_value("patch", quoted(dumps(scale).decode()), text)
        raise invalid(Resource(""), [cause])
    if wanted < 0 and kind.custom:
        where = str((kind.scale or {}).get("specReplicasPath"))
        cause = invalid_value(where, str(wanted), "should be a non-negative integer")
        raise invalid(kind.named(key[1]), [cause])
    if wanted < 0:
        cause = invalid_value("spec.replicas", str(wanted), "must be greater than or equal to 0")
        raise invalid(Resource("scales", "autoscaling", "Scale", key[1]), [cause])
    return _store_scale(state, kind, key, scale, wanted, options)


def apply_scale(state: State, kind: Kind, key: Key, config: Json, options: Options) -> Json:
    """Server-side apply of a Scale: replicas conflict as they do on the object itself."""
    sent = (config.get("apiVersion") or "", config.get("kind") or "")
    if sent != ("autoscaling/v1", "Scale"):
        version = sent[0] if "/" in sent[0] else f"/{sent[0]}"
        raise bad_request(f"invalid object type: {version}, Kind={sent[1]}")
    wanted = (config.get("spec") or {}).get("replicas")
    path = _paths(kind)[0]
    with state.store.lock:
        obj = _existing(state, kind, key).obj
        if wanted is None or _get(obj, path) == wanted:
            return read_scale(state, kind, key)
        fields: Json = {}
        for step in reversed(path):
            fields = {f"f:{step}": fields}
        me = Manager(options.manager, "Apply", kind.api_version, "scale")
        now, force = state.now(), options.force
        managed = managers.apply_path(obj, fields, me, "autoscaling/v1", now, force=force)
        stored = writes.store_owned(state, kind, key, _set(obj, path, wanted), managed, options)
        return _answered(state, kind, key, stored, options)


def _answered(state: State, kind: Kind, key: Key, stored: Stored, options: Options) -> Json:
    out = read_scale(state, kind, key)
    if options.dry_run:
        out["spec"] = {"replicas": _get(stored.obj, _paths(kind)[0])}
    return out


def _store_scale(
    state: State, kind: Kind, key: Key, scale: Json, wanted: int, options: Options
) -> Json:
    with state.store.lock:
        obj = _existing(state, kind, key).obj
        version = (scale.get("metadata") or {}).get("resourceVersion")
        if version and version != obj["metadata"]["resourceVersion"]:
            raise conflict(kind.named(key[1]))
        new = _set(obj, _paths(kind)[0], wanted)
        main = changed(options, subresource="scale", validation="Ignore")
        stored = writes.replace(state, kind, key, new, main)
        return _answered(state, kind, key, stored, options)


def create(
    state: State, kind: Kind, key: Key, sub: str, body: Json, options: Options
) -> tuple[int, Json]:
    """POST to a subresource: status code and answer."""
    if kind.plural == "pods" and sub == "binding":
        return _bind(state, kind, key, body, options)
    if kind.plural == "pods" and sub == "eviction":
        return evictions.evict(state, kind, key, body, options)
    if kind.plural == "serviceaccounts" and sub == "token":
        _existing(state, kind, key)
        return 201, body | {"status": _token(state, key)}
    raise unknown_path()


def _done() -> Json:
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def _token(state: State, key: Key) -> Json:
    """A token nobody accepts: nothing in the World authenticates as a ServiceAccount."""
    subject = base64.urlsafe_b64encode(":".join(key).encode()).decode()
    return {"token": f"world.{subject}.{secrets.token_urlsafe(16)}", "expirationTimestamp": None}


def _bind(state: State, kind: Kind, key: Key, body: Json, options: Options) -> tuple[int, Json]:
    if (body.get("metadata") or {}).get("name") != key[1]:
        raise bad_request("name in URL does not match name in Binding object")
    node = (body.get("target") or {}).get("name")
    if not node:
        raise StatusError(500, "", "target.name: Required value")
    with state.store.lock:
        obj = _existing(state, kind, key).obj
        spec = obj.get("spec") or {}
        if spec.get("nodeName"):
            why = f'pod {key[1]} is already assigned to node "{spec["nodeName"]}"'
            raise conflict(Resource("pods/binding", kind="pods/binding", name=key[1]), why)
        if obj["metadata"].get("deletionTimestamp"):
            raise conflict(kind.named(key[1]), f"pod {key[1]} is being deleted, cannot be assigned")
        status: Json = dict(obj.get("status") or {})
        scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": state.now()}
        others = [c for c in status.get("conditions") or () if c.get("type") != "PodScheduled"]
        status["conditions"] = [*others, scheduled]
        if not options.dry_run:
            new = obj | {"spec": spec | {"nodeName": node}, "status": status}
            state.store.put(kind.resource, key, new)
    return 201, _done()


def finalize(state: State, kind: Kind, key: Key, body: Json, options: Options) -> Stored:
    """PUT namespaces/x/finalize: the only way to change spec.finalizers."""
    if kind.plural != "namespaces":
        raise unknown_path()
    with state.store.lock:
        obj = _existing(state, kind, key).obj
        finalizers = (body.get("spec") or {}).get("finalizers") or []
        spec = {k: v for k, v in (obj.get("spec") or {}).items() if k != "finalizers"}
        new = obj | {"spec": spec | ({"finalizers": finalizers} if finalizers else {})}
        if options.dry_run:
            return Stored(new, 0)
        ending = obj["metadata"].get("deletionTimestamp") and not finalizers
        if ending and not obj["metadata"].get("finalizers"):
            return deletes.finish(state, kind.resource, key, new)
        return state.store.put(kind.resource, key, new)


def unsupported(sub: str) -> StatusError:
    """The answer for pods/exec and the like: there is no node to talk to."""
    return StatusError(
        501, "", f"the World's API server has no nodes to run {sub} on; use logs and events instead"
    )
