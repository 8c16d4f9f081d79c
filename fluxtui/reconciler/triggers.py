"""What a change in the API makes run (docs/flux.md#triggers).

Pure questions about an object before and after, and who refers to whom.
"""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.cluster.port import Json
from fluxtui.reconciler.dependencies import (
    dependency_names,
    in_order,
    is_ready,
    source_kind,
    source_name,
)
from fluxtui.reconciler.objects import (
    Name,
    condition,
    generation,
    is_deleting,
    items,
    mapping,
    name_of,
    requested_at,
    revision_of,
    spec_of,
    status_of,
)


def wants_run(old: Json | None, new: Json) -> bool:
    """Whether the object itself asks for a run: created, changed, requested, being deleted."""
    return (
        old is None
        or generation(old) != generation(new)
        or requested_at(old) != requested_at(new)
        or is_deleting(old) != is_deleting(new)
    )


def users_of_source(kind: str, source: Json, kustomizations: Iterable[Json]) -> list[Name]:
    """Kustomizations to run for the new revision of that kind's source, dependencies first."""
    name, revision = name_of(source), revision_of(source)
    users = [obj for obj in kustomizations if source_name(obj) == name and source_kind(obj) == kind]
    skipped = {name_of(obj) for obj in users if _is_at(obj, revision)}
    return [user for user in in_order(users) if user not in skipped]


def _is_at(obj: Json, revision: str) -> bool:
    busy = condition(obj, "Reconciling").get("status") == "True"
    ready = condition(obj, "Ready").get("status") == "True"
    return (busy or ready) and status_of(obj).get("lastAttemptedRevision") == revision


def released(
    old: Json | None, new: Json, waiting: Iterable[Name], kustomizations: dict[Name, Json]
) -> list[Name]:
    """The waiting Kustomizations that the change of this one may let go on.

    It is ready, or a dependent judges it by an expression of its own.
    """
    name = name_of(new)
    if old is not None and status_of(old) == status_of(new):
        return []
    ready = is_ready(new)
    waiters = []
    for waiter in waiting:
        obj = kustomizations.get(waiter)
        if obj is None or name not in dependency_names(obj):
            continue
        judged = any(
            entry.get("readyExpr") and dependency == name
            for entry, dependency in zip(
                items(spec_of(obj).get("dependsOn")), dependency_names(obj), strict=True
            )
        )
        if ready or judged:
            waiters.append(waiter)
    return waiters


def users_of_variables(kind: str, name: Name, kustomizations: Iterable[Json]) -> list[Name]:
    """Kustomizations that read that ConfigMap or Secret, dependencies first.

    They substitute from it, or it says how to reach the cluster they apply to.
    """
    reference = {"ConfigMap": "configMapRef", "Secret": "secretRef"}.get(kind, "")
    return in_order(
        obj
        for obj in kustomizations
        if name_of(obj).namespace == name.namespace
        and (
            mapping(mapping(spec_of(obj).get("kubeConfig")).get(reference)).get("name") == name.name
            or any(
                item.get("kind") == kind and item.get("name") == name.name
                for item in items(mapping(spec_of(obj).get("postBuild")).get("substituteFrom"))
            )
        )
    )
