"""Create, update, patch and apply: from a request's body to a stored object.

Here are the rules that hold for every kind: identity, optimistic locking, subresource isolation,
generation, managedFields, no-op detection. Reading bodies and answering belong to handler files.
"""

from __future__ import annotations

import uuid
from typing import Any

from fluxtui.world.apiserver.apply import managers
from fluxtui.world.apiserver.apply.managers import Manager
from fluxtui.world.apiserver.decoding import quoted
from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.state import ApiOptions, State
from fluxtui.world.apiserver.status import (
    Cause,
    ErrorSubject,
    Json,
    StatusError,
    already_exists,
    bad_request,
    conflict,
    invalid,
    invalid_value,
    not_found,
    required,
)
from fluxtui.world.apiserver.store import Key, Stored, dumps
from fluxtui.world.apiserver.write import admit, deletes, naming, patches
from fluxtui.world.apiserver.write.identity import check_metadata, identified

_KEPT = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")


def create(state: State, kind: ApiKind, namespace: str, body: Json, options: ApiOptions) -> Stored:
    """POST to a collection. Raises StatusError (400, 404, 409, 422)."""
    body = identified(kind, namespace, "", body)
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
    with state.store.lock:
        return _insert(state, kind, body | {"metadata": metadata}, manager, options, None)


def _insert(
    state: State,
    kind: ApiKind,
    body: Json,
    manager: Manager,
    options: ApiOptions,
    managed: list[Json] | None,
) -> Stored:
    """Store a new object; `managed` is given by an apply, worked out for any other write."""
    metadata: Json = dict(body["metadata"])
    name, namespace = metadata["name"], metadata.get("namespace", "")
    key = (namespace, name)
    if kind.namespaced:
        admit.namespace_open(state, kind, namespace, name)
    live = state.store.get(kind.resource, key)
    if live is not None:
        raise already_exists(
            kind.named(name), deleting=bool(live.obj["metadata"].get("deletionTimestamp"))
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
    decoded, obj = admit.finish(kind, None, obj)
    state.ask(kind, "CREATE", None, obj)
    now = state.now()
    if managed is None:
        managed = managers.after_update(kind, None, decoded, manager, now)
    obj = _with_managed(obj, managed)
    if options.dry_run:
        return Stored(_ordered(kind, obj), 0)
    return state.store.put(kind.resource, key, _ordered(kind, obj))


def replace(state: State, kind: ApiKind, key: Key, body: Json, options: ApiOptions) -> Stored:
    """PUT. Raises StatusError (400, 404, 409, 422)."""
    body = identified(kind, key[0], key[1], body)
    admit.check_fields(kind, body, options)
    exists = state.store.get(kind.resource, key) is not None
    if exists and not body["metadata"].get("resourceVersion") and kind.needs_version:
        cause = invalid_value("metadata.resourceVersion", "0", "must be specified for an update")
        raise invalid(ErrorSubject(kind.plural, kind.group, kind.plural, key[1]), [cause])
    options.replaces = True
    manager = Manager(options.manager, "Update", kind.api_version, options.subresource)
    with state.store.lock:
        old = existing(state, kind, key)
        return _store_update(state, kind, key, old, body, manager, options, None)


def existing(state: State, kind: ApiKind, key: Key) -> Stored:
    old = state.store.get(kind.resource, key)
    if old is None:
        raise not_found(kind.named(key[1]))
    return old


def patch(
    state: State, kind: ApiKind, key: Key, media: str, body: Any, options: ApiOptions
) -> tuple[Stored, bool]:
    """PATCH by media type; the flag says whether an apply created the object."""
    if media == patches.APPLY_PATCH:
        return _apply(state, kind, key, body, options)
    manager = Manager(options.manager, "Update", kind.api_version, options.subresource)
    with state.store.lock:
        old = existing(state, kind, key)
        current = _as_version(kind, old.obj)
        new = _patched(kind, key, media, current, body, options)
        return _store_update(state, kind, key, old, new, manager, options, None), False


def _patched(
    kind: ApiKind, key: Key, media: str, current: Json, body: Any, options: ApiOptions
) -> Json:
    """The patched object. What does not decode any more is the patch's fault: 422, not 400."""
    new = patches.changed(current, media, body, kind.shape)
    try:
        admit.check_fields(kind, new, options)
        check_metadata(kind, new)
    except StatusError as error:
        cause = invalid_value("patch", quoted(dumps(body).decode()), error.message)
        raise invalid(ErrorSubject(""), [cause]) from error
    return identified(kind, key[0], key[1], new)


def _as_version(kind: ApiKind, obj: Json) -> Json:
    """A stored object as the version written to shows it: versions differ in their name alone."""
    current = obj.get("apiVersion") == kind.api_version
    return obj if current else obj | {"apiVersion": kind.api_version}


def _apply(
    state: State, kind: ApiKind, key: Key, body: Any, options: ApiOptions
) -> tuple[Stored, bool]:
    kinds = (body.get("apiVersion") or "", body.get("kind") or "")
    if kinds != (kind.api_version, kind.kind):
        group_version = kinds[0] if "/" in kinds[0] else f"/{kinds[0]}"
        raise bad_request(f"invalid object type: {group_version}, Kind={kinds[1]}")
    metadata = body.get("metadata")
    if metadata is None or isinstance(metadata, dict):
        metadata = metadata or {}
        if metadata.get("managedFields") is not None:
            raise bad_request("metadata.managedFields must be nil")
        body = body | {"metadata": {"name": key[1]} | metadata}
    admit.check_applied(kind, body, str((metadata or {}).get("namespace") or ""))
    config = identified(kind, key[0], key[1], body)
    manager = Manager(options.manager, "Apply", kind.api_version, options.subresource)
    with state.store.lock:
        old = state.store.get(kind.resource, key)
        if old is None:
            if options.subresource:
                raise not_found(kind.named(key[1]))
            applied = managers.apply(kind, None, config, manager, state.now(), force=True)
            stored = _insert(state, kind, applied.obj, manager, options, applied.managed)
            return stored, True
        live = _as_version(kind, old.obj)
        _check_version(kind, key, live, config, replaces=False)
        now = state.now()
        applied = managers.apply(kind, live, config, manager, now, force=options.force)
        managed = applied.managed
        stored = _store_update(state, kind, key, old, applied.obj, manager, options, managed)
        return stored, False


def _store_update(
    state: State,
    kind: ApiKind,
    key: Key,
    old: Stored,
    body: Json,
    manager: Manager,
    options: ApiOptions,
    managed: list[Json] | None,
) -> Stored:
    """Store a changed object, or answer the stored one where nothing changed."""
    live = _as_version(kind, old.obj)
    _check_version(kind, key, live, body, replaces=options.replaces)
    new = _isolated(kind, live, body, options.subresource)
    decoded, new = admit.finish(kind, live, new)
    state.ask(kind, "UPDATE", live, new)
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
    if ending and deletes.may_go(kind, new):
        return deletes.finish(state, kind.resource, key, new)
    return state.store.put(kind.resource, key, new)


def _check_version(kind: ApiKind, key: Key, live: Json, body: Json, *, replaces: bool) -> None:
    metadata = body["metadata"]
    uid = metadata.get("uid")
    if uid and uid != live["metadata"]["uid"]:
        if replaces:
            text = f"Precondition failed: UID in precondition: {uid}, UID in object meta: "
            raise conflict(kind.named(key[1]), text + live["metadata"]["uid"])
        # Both the generic and the kind's own validation look at metadata.
        cause = invalid_value("metadata.uid", quoted(uid), "field is immutable")
        raise invalid(kind.named(key[1]), [cause, cause])
    version = metadata.get("resourceVersion")
    if version == "0":
        version = ""
    if version and version != live["metadata"]["resourceVersion"]:
        raise conflict(kind.named(key[1]))


def _isolated(kind: ApiKind, live: Json, body: Json, subresource: str) -> Json:
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
        return new | {"metadata": metadata}
    new = dict(body)
    if "status" in kind.subresources:
        new.pop("status", None)
        if "status" in live:
            new["status"] = live["status"]
    metadata = {k: v for k, v in body["metadata"].items() if v is not None}
    metadata.pop("selfLink", None)
    for field in (*_KEPT, "generation"):
        metadata.pop(field, None)
        if field in live["metadata"]:
            metadata[field] = live["metadata"][field]
    if kind.kind == "Namespace":  # its finalizers are changed through `finalize` alone
        names = (live.get("spec") or {}).get("finalizers")
        new["spec"] = dict(new.get("spec") or {}) | ({"finalizers": names} if names else {})
    if live["metadata"].get("generateName") and "generateName" not in metadata:
        metadata["generateName"] = live["metadata"]["generateName"]
    if metadata.get("deletionTimestamp"):
        added = set(metadata.get("finalizers") or ()) - set(
            live["metadata"].get("finalizers") or ()
        )
        if added:
            text = (
                "Forbidden: no new finalizers can be added if the object is being deleted, found "
                f"new finalizers []string{{{', '.join(quoted(x) for x in sorted(added))}}}"
            )
            cause = Cause("FieldValueForbidden", text, "metadata.finalizers")
            raise invalid(kind.named(live["metadata"]["name"]), [cause])
    return new | {"metadata": metadata}


def _count_generation(kind: ApiKind, live: Json, new: Json) -> None:
    """A new generation for a change of anything but metadata and status."""
    before = live["metadata"].get("generation")
    if before is None:
        return
    aside = ("metadata", "status") if "status" in kind.subresources else ("metadata",)
    changed = any(new.get(k) != live.get(k) for k in {*new, *live} if k not in aside)
    if kind.resource == ("apps", "deployments"):  # theirs count annotations, which revisions use
        notes = [m.get("annotations") or {} for m in (new["metadata"], live["metadata"])]
        changed = changed or notes[0] != notes[1]
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


def _ordered(kind: ApiKind, obj: Json) -> Json:
    """apiVersion, kind and metadata first, the storage version, then the rest as it came."""
    api_version = kind.api_version
    if kind.storage_version and kind.storage_version != kind.version:
        api_version = f"{kind.group}/{kind.storage_version}"
    body = {k: v for k, v in obj.items() if k not in ("apiVersion", "kind", "metadata")}
    return {"apiVersion": api_version, "kind": kind.kind, "metadata": obj["metadata"]} | body
