"""Deleting: finalizers, preconditions, propagation, and what removal sets off.

Objects with finalizers are marked and stay; the last finalizer's removal removes them. What depends
on a removed object is collected by collector.py, the content of a namespace by namespaces.py.
Needed by the Reconciler's finalizers and prunes, and by `kubectl delete`.
"""

from __future__ import annotations

from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.state import DeleteOptions, State
from fluxtui.world.apiserver.status import (
    Details,
    ErrorSubject,
    Json,
    StatusError,
    conflict,
    not_found,
)
from fluxtui.world.apiserver.store import Key, Stored


def delete(state: State, kind: ApiKind, key: Key, options: DeleteOptions) -> tuple[Stored, bool]:
    """DELETE one object: its last state, and whether it is gone. Raises 404, 409, 422."""
    with state.store.lock:
        stored = state.store.get(kind.resource, key)
        if stored is None:
            raise not_found(kind.named(key[1]))
        _check(kind, key, stored, options)
        if kind.kind == "Namespace" and key[1] in ("default", "kube-system", "kube-public"):
            raise StatusError(
                403,
                "Forbidden",
                f'namespaces "{key[1]}" is forbidden: this namespace may not be deleted',
                Details(key[1], kind="namespaces"),
            )
        state.ask(kind, "DELETE", stored.obj, None)
        return _mark_or_remove(state, kind, key, stored, options)


def _check(kind: ApiKind, key: Key, stored: Stored, options: DeleteOptions) -> None:
    metadata = stored.obj["metadata"]
    about = ErrorSubject(
        kind.kind, kind.group, kind.kind, key[1]
    )  # its kind, as BeforeDelete has it
    if options.uid and options.uid != metadata["uid"]:
        raise conflict(
            about,
            f"the UID in the precondition ({options.uid}) does not match the UID in record "
            f"({metadata['uid']}). The object might have been deleted and then recreated",
        )
    if options.resource_version and options.resource_version != metadata["resourceVersion"]:
        raise conflict(
            about,
            f"the ResourceVersion in the precondition ({options.resource_version}) does not match "
            f"the ResourceVersion in record ({metadata['resourceVersion']}). The object might have "
            "been modified",
        )


def _mark_or_remove(
    state: State, kind: ApiKind, key: Key, stored: Stored, options: DeleteOptions
) -> tuple[Stored, bool]:
    metadata = stored.obj["metadata"]
    finalizers = list(metadata.get("finalizers") or ())
    if not finalizers and may_go(kind, stored.obj):
        return (stored if options.dry_run else finish(state, kind.resource, key)), True
    marked = {k: v for k, v in metadata.items() if k != "finalizers"}
    if finalizers:
        marked["finalizers"] = finalizers
    if not marked.get("deletionTimestamp"):
        marked["deletionTimestamp"] = state.now()
        if kind.kind not in ("Namespace", "CustomResourceDefinition"):
            marked["deletionGracePeriodSeconds"] = 0
        if "generation" in marked and kind.kind != "CustomResourceDefinition":
            marked["generation"] += 1
    obj = stored.obj | {"metadata": marked}
    if kind.kind == "Namespace":
        obj["status"] = (obj.get("status") or {}) | {"phase": "Terminating"}
    if obj == stored.obj:
        return stored, False
    if options.dry_run:
        return Stored(obj, stored.rv), False
    return state.store.put(kind.resource, key, obj), False


def may_go(kind: ApiKind, obj: Json) -> bool:
    """Whether an object without metadata.finalizers may be removed now."""
    return kind.kind != "Namespace" or not (obj.get("spec") or {}).get("finalizers")


def finish(state: State, resource: tuple[str, str], key: Key, obj: Json | None = None) -> Stored:
    """Remove an object for good."""
    return state.store.remove(resource, key, obj)
