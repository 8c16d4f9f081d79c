"""Create, update, patch and apply: from a request's body to a stored object.

Here are the rules that hold for every kind: identity, optimistic locking, subresource isolation,
generation, managedFields, no-op detection. Reading bodies and answering belong to handler files.
"""

from __future__ import annotations

import uuid
from typing import Any

from fluxtui.world.apiserver import admit, deletes, managers, naming, patches
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.managers import Manager
from fluxtui.world.apiserver.outcalls import outside_the_lock
from fluxtui.world.apiserver.state import Options, State
from fluxtui.world.apiserver.status import (
    Cause,
    Json,
    Resource,
    StatusError,
    already_exists,
    bad_request,
    conflict,
    invalid,
    invalid_options,
    invalid_value,
    not_found,
    required,
)
from fluxtui.world.apiserver.store import Key, Stored

PATCH_TYPES = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
)
_KEPT = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")


def create(state: State, kind: Kind, namespace: str, body: Json, options: Options) -> Stored:
    """POST to a collection. Raises StatusError (400, 404, 409, 422)."""
    body = _identified(kind, namespace, "", body)
    admit.check_fields(kind, body, options)
    metadata: Json = dict(body["metadata"])
    if not metadata.get("name"):
        prefix = metadata.get("generateName")
        if not prefix:
            cause = required("metadata.name", "name or generateName is required")
            raise invalid(kind.named(""), [cause])
        metadata["name"] = naming.generated(prefix)
    if metadata.get("resourceVersion"):
        raise StatusError(500, "", "resourceVersion should not be set on objects to be created")
    manager = Manager(options.manager, "Update", kind.api_version, options.subresource)
    return _create(state, kind, body | {"metadata": metadata}, manager, options)


@outside_the_lock
def _create(state: State, kind: Kind, body: Json, manager: Manager, options: Options) -> Stored:
    """The name is made by now: an attempt that is begun anew must not make another."""
    with state.store.lock:
        return _insert(state, kind, body, manager, options, None)


def _insert(
    state: State,
    kind: Kind,
    body: Json,
    manager: Manager,
    options: Options,
    managed: list[Json] | None,
) -> Stored:
    """Store a new object; `managed` is given by an apply, worked out for any other write."""
    metadata: Json = dict(body["metadata"])
    name, namespace = metadata["name"], metadata.get("namespace", "")
    key = (namespace, name)
    if kind.namespaced:
        admit.namespace_open(state, kind, namespace, name)
    there = state.store.get(kind.resource, key)
    if there is not None:
        raise already_exists(
            kind.named(name), deleting=bool(there.obj["metadata"].get("deletionTimestamp"))
        )
    for field in ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion"):
        metadata.pop(field, None)
    metadata["uid"] = str(uuid.uuid4())
    metadata["creationTimestamp"] = state.now()
    metadata.pop("generation", None)
    if kind.counts_generation:
        metadata["generation"] = 1
    obj = body | {"metadata": metadata}
    if "status" in kind.subresources:
        obj = managers.drop_status(obj)
    decoded, obj = admit.finish(state, kind, None, obj, options)
    now = state.now()
    if managed is None:
        managed = managers.after_update(kind, None, decoded, manager, now)
    obj = _with_managed(obj, managed)
    if options.dry_run:
        return Stored(_ordered(kind, obj), 0)
    return state.store.put(kind.resource, key, _ordered(kind, obj))


@outside_the_lock
def replace(state: State, kind: Kind, key: Key, body: Json, options: Options) -> Stored:
    """PUT. Raises StatusError (400, 404, 409, 422)."""
    body = _identified(kind, key[0], key[1], body)
    admit.check_fields(kind, body, options)
    if not body["metadata"].get("resourceVersion") and kind.needs_version:
        cause = invalid_value("metadata.resourceVersion", "0", "must be specified for an update")
        raise invalid(Resource(kind.plural, kind.group, kind.plural, key[1]), [cause])
    manager = Manager(options.manager, "Update", kind.api_version, options.subresource)
    with state.store.lock:
        old = _existing(state, kind, key)
        return _store_update(state, kind, key, old, body, manager, options, None)


def _existing(state: State, kind: Kind, key: Key) -> Stored:
    old = state.store.get(kind.resource, key)
    if old is None:
        raise not_found(kind.named(key[1]))
    return old


@outside_the_lock
def patch(
    state: State, kind: Kind, key: Key, media: str, body: Any, options: Options
) -> tuple[Stored, bool]:
    """PATCH by media type; the flag says whether an apply created the object."""
    if media == "application/apply-patch+yaml":
        return _apply(state, kind, key, body, options)
    manager = Manager(options.manager, "Update", kind.api_version, options.subresource)
    with state.store.lock:
        old = _existing(state, kind, key)
        current = _as_version(kind, old.obj)
        if media == "application/json-patch+json":
            new = patches.json_patch(current, body)
        elif media == "application/strategic-merge-patch+json":
            new = patches.strategic_merge_patch(current, body, kind.shape)
        else:
            if not isinstance(body, dict):
                text = "cannot unmarshal array into Go value of type map[string]interface {}"
                raise bad_request(f"error decoding patch: json: {text}")
            new = patches.merge_patch(current, body)
        if not isinstance(new, dict):
            raise bad_request("the patched document is not an object")
        new = _identified(kind, key[0], key[1], new)
        if new["metadata"].get("managedFields") is None and "managedFields" in current["metadata"]:
            new = new | {"metadata": dict(new["metadata"]) | {"managedFields": []}}
        admit.check_fields(kind, new, options)
        return _store_update(state, kind, key, old, new, manager, options, None), False


def _as_version(kind: Kind, obj: Json) -> Json:
    return (
        obj if obj.get("apiVersion") == kind.api_version else obj | {"apiVersion": kind.api_version}
    )


def _apply(state: State, kind: Kind, key: Key, body: Any, options: Options) -> tuple[Stored, bool]:
    if not isinstance(body, dict):
        raise bad_request("error decoding YAML: the configuration is not an object")
    if not options.manager:
        cause = required("fieldManager", "is required for apply patch")
        raise invalid_options("PatchOptions", cause)
    config = admit.without_nulls(_identified(kind, key[0], key[1], body))
    if (config["metadata"] or {}).get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    own = body.get("metadata") if isinstance(body.get("metadata"), dict) else {}
    admit.check_applied(kind, config, str((own or {}).get("namespace") or ""))
    manager = Manager(options.manager, "Apply", kind.api_version, options.subresource)
    with state.store.lock:
        old = state.store.get(kind.resource, key)
        if old is None:
            uid = config["metadata"].get("uid")
            if options.subresource:
                raise not_found(kind.named(key[1]))
            if uid:
                raise conflict(
                    kind.named(key[1]),
                    f"uid mismatch: the provided object specified uid {uid}, and no existing "
                    "object was found",
                )
            applied = managers.apply(kind, None, config, manager, state.now(), force=True)
            stored = _insert(state, kind, applied.obj, manager, options, applied.managed)
            return stored, True
        live = _as_version(kind, old.obj)
        _check_version(kind, key, live, config)
        now = state.now()
        applied = managers.apply(kind, live, config, manager, now, force=options.force)
        new = applied.obj
        stored = _store_update(state, kind, key, old, new, manager, options, applied.managed)
        return stored, False


def _store_update(
    state: State,
    kind: Kind,
    key: Key,
    old: Stored,
    body: Json,
    manager: Manager,
    options: Options,
    managed: list[Json] | None,
) -> Stored:
    """Store a changed object, or answer the stored one where nothing changed."""
    live = _as_version(kind, old.obj)
    _check_version(kind, key, live, body)
    new = _isolated(kind, live, body, options.subresource)
    decoded, new = admit.finish(state, kind, live, new, options)
    if managed is None:
        managed = managers.after_update(kind, live, decoded, manager, state.now())
    new = _with_managed(new, managed)
    new["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"]
    _count_generation(kind, live, new)
    if _unchanged(live, new):
        return old
    new = _ordered(kind, new)
    if options.dry_run:
        return Stored(new, old.rv)
    ending = new["metadata"].get("deletionTimestamp") and not new["metadata"].get("finalizers")
    if ending and deletes.may_go(state, kind, new):
        return deletes.finish(state, kind.resource, key, new)
    return state.store.put(kind.resource, key, new)


def _check_version(kind: Kind, key: Key, live: Json, body: Json) -> None:
    metadata = body["metadata"]
    uid = metadata.get("uid")
    if uid and uid != live["metadata"]["uid"]:
        raise conflict(
            kind.named(key[1]),
            "StorageError: invalid object, Code: 4, Key: "
            f"/registry/{kind.plural}/{'/'.join(k for k in key if k)}, ResourceVersion: 0, "
            f"AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object "
            f"meta: {live['metadata']['uid']}",
        )
    version = metadata.get("resourceVersion")
    if version and not str(version).isdigit():
        text = f'strconv.ParseUint: parsing "{version}": invalid syntax'
        raise StatusError(500, "", text)
    if version and version != live["metadata"]["resourceVersion"]:
        raise conflict(kind.named(key[1]))


def _isolated(kind: Kind, live: Json, body: Json, subresource: str) -> Json:
    """Main endpoints do not write status, the status endpoint writes nothing else."""
    if subresource == "status":
        new = dict(live)
        if "status" in body:
            new["status"] = body["status"]
        else:
            new.pop("status", None)
        metadata = dict(live["metadata"])
        if "managedFields" in body["metadata"]:
            metadata["managedFields"] = body["metadata"]["managedFields"]
        if not kind.custom:
            for field in ("labels", "annotations", "finalizers", "ownerReferences"):
                if kind.kind in ("Pod", "Node", "Namespace") and field in body["metadata"]:
                    metadata[field] = body["metadata"][field]
        return new | {"metadata": metadata}
    new = dict(body)
    if "status" in kind.subresources:
        new.pop("status", None)
        if "status" in live:
            new["status"] = live["status"]
    metadata = {k: v for k, v in body["metadata"].items() if v is not None}
    for field in (*_KEPT, "generation"):
        metadata.pop(field, None)
        if field in live["metadata"]:
            metadata[field] = live["metadata"][field]
    if live["metadata"].get("generateName") and "generateName" not in metadata:
        metadata["generateName"] = live["metadata"]["generateName"]
    if metadata.get("deletionTimestamp"):
        added = set(metadata.get("finalizers") or ()) - set(
            live["metadata"].get("finalizers") or ()
        )
        if added:
            names = ", ".join(f'"{x}"' for x in sorted(added))
            text = (
                "Forbidden: no new finalizers can be added if the object is being deleted, found "
                f"new finalizers []string{{{names}}}"
            )
            cause = Cause("FieldValueForbidden", text, "metadata.finalizers")
            raise invalid(kind.named(live["metadata"]["name"]), [cause])
    return new | {"metadata": metadata}


def _count_generation(kind: Kind, live: Json, new: Json) -> None:
    """A new generation for a change of anything but metadata and status."""
    before = live["metadata"].get("generation")
    if before is None:
        return
    aside = ("metadata", "status") if "status" in kind.subresources else ("metadata",)
    changed = any(new.get(k) != live.get(k) for k in {*new, *live} if k not in aside)
    new["metadata"]["generation"] = before + 1 if changed else before


def _unchanged(live: Json, new: Json) -> bool:
    """Equal but for the times in managedFields."""
    if any(new.get(k) != live.get(k) for k in {*new, *live} if k != "metadata"):
        return False
    old_meta, new_meta = live["metadata"], new["metadata"]
    if any(
        new_meta.get(k) != old_meta.get(k)
        for k in {*old_meta, *new_meta}
        if k != "managedFields" and (old_meta.get(k) or new_meta.get(k))
    ):
        return False

    def timeless(entries: Any) -> list[Json]:
        return [{k: v for k, v in e.items() if k != "time"} for e in entries or ()]

    return timeless(old_meta.get("managedFields")) == timeless(new_meta.get("managedFields"))


def _with_managed(obj: Json, managed: list[Json] | None) -> Json:
    metadata = {k: v for k, v in obj["metadata"].items() if k != "managedFields"}
    if managed:
        metadata["managedFields"] = managed
    return obj | {"metadata": metadata}


def _ordered(kind: Kind, obj: Json) -> Json:
    """apiVersion, kind and metadata first, the storage version, then the rest as it came."""
    api_version = kind.api_version
    if kind.storage_version and kind.storage_version != kind.version:
        api_version = f"{kind.group}/{kind.storage_version}"
    rest = {k: v for k, v in obj.items() if k not in ("apiVersion", "kind", "metadata")}
    return {"apiVersion": api_version, "kind": kind.kind, "metadata": obj["metadata"]} | rest


def _identified(kind: Kind, namespace: str, name: str, body: Any) -> Json:
    """The body with its apiVersion, kind, name and namespace checked against the URL."""
    if not isinstance(body, dict):
        raise bad_request("the body of the request is not an object")
    sent = (body.get("apiVersion") or "", body.get("kind") or "")
    if not sent[1] and not sent[0]:
        body = body | {"apiVersion": kind.api_version, "kind": kind.kind}
    elif not sent[1]:
        raise bad_request("Object 'Kind' is missing in the body of the request")
    elif sent != (kind.api_version, kind.kind):
        raise bad_request(_wrong_kind(kind, *sent))
    metadata = body.get("metadata")
    if metadata is None:
        metadata = {}
    if not isinstance(metadata, dict):
        raise bad_request(
            f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: json: '
            f"cannot unmarshal into Go struct field {kind.kind}.metadata of type v1.ObjectMeta"
        )
    metadata = dict(metadata)
    if name:
        if metadata.get("name") not in (None, "", name):
            raise bad_request(
                f"the name of the object ({metadata['name']}) does not match the name on the URL "
                f"({name})"
            )
        metadata["name"] = name
    if kind.namespaced:
        if metadata.get("namespace") not in (None, "", namespace):
            raise bad_request(
                "the namespace of the provided object does not match the namespace sent on the "
                "request"
            )
        metadata["namespace"] = namespace
    else:
        metadata.pop("namespace", None)
    out: Json = body | {"metadata": metadata}
    return out


def _wrong_kind(kind: Kind, api_version: str, sent: str) -> str:
    version = api_version.rpartition("/")[2]
    why = f"converting (v1.{sent}) to ({kind.group or 'core'}.{kind.kind}): unknown conversion"
    if sent == kind.kind:
        why = f'no kind "{sent}" is registered for version "{api_version}"'
    return f'{sent} in version "{version}" cannot be handled as a {kind.kind}: {why}'
