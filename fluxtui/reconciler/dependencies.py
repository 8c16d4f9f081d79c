"""When a Kustomization may run (docs/flux.md#dependencies), and in which order many do.

Dependencies are read from the API anew each time; only the order is computed from what is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import ClusterError
from fluxtui.reconciler.expressions import BadExpression, evaluate
from fluxtui.reconciler.objects import (
    Name,
    condition,
    generation,
    items,
    mapping,
    name_of,
    spec_of,
    status_of,
    text,
)


class NotReady(Exception):
    """A dependency is not ready yet; the text is Flux's."""


def source_kind(obj: Mapping[str, Any]) -> str:
    """Of which kind that source is."""
    return text(mapping(spec_of(obj).get("sourceRef")).get("kind"))


def source_name(obj: Mapping[str, Any]) -> Name:
    """Which source a Kustomization uses."""
    reference = mapping(spec_of(obj).get("sourceRef"))
    return Name(
        text(reference.get("namespace")) or name_of(obj).namespace, text(reference.get("name"))
    )


def dependency_names(obj: Mapping[str, Any]) -> list[Name]:
    """The Kustomizations that this one depends on, in the order written."""
    return [
        Name(text(item.get("namespace")) or name_of(obj).namespace, text(item.get("name")))
        for item in items(spec_of(obj).get("dependsOn"))
    ]


async def check_dependencies(
    cluster: Cluster, type_: ApiResource, obj: Json, revision: str
) -> None:
    """Return when all are ready. Raises NotReady, BadExpression, NotEvaluated."""
    entries = items(spec_of(obj).get("dependsOn"))
    for entry, name in zip(entries, dependency_names(obj), strict=True):
        try:
            dependency = await cluster.get(type_, name.namespace, name.name)
        except ClusterError as error:
            raise NotReady(f"dependency '{name}' not found: {error.what}") from error
        expression = text(entry.get("readyExpr"))
        if expression:
            if not _judged(expression, name, dependency, obj):
                raise NotReady(f"dependency '{name}' is not ready according to readyExpr eval")
            continue
        if not is_ready(dependency):
            raise NotReady(f"dependency '{name}' is not ready")
        same_source = source_name(dependency) == source_name(obj) and (
            source_kind(dependency) == source_kind(obj)
        )
        if same_source and status_of(dependency).get("lastAppliedRevision") != revision:
            raise NotReady(f"dependency '{name}' revision is not up to date")


def _judged(expression: str, name: Name, dependency: Json, obj: Json) -> bool:
    try:
        return evaluate(expression, {"dep": dependency, "self": obj}, declared=True)
    except BadExpression as error:
        raise BadExpression(f"failed to evaluate dependency {name.name}: {error}") from error


def is_ready(obj: Mapping[str, Any]) -> bool:
    """Whether a Kustomization's Ready is True for its present spec."""
    observed = status_of(obj).get("observedGeneration")
    return observed == generation(obj) and condition(obj, "Ready").get("status") == "True"


def in_order(kustomizations: Iterable[Mapping[str, Any]]) -> list[Name]:
    """Names with dependencies first; as given when there is a cycle (each then says so itself)."""
    by_name = {name_of(obj): obj for obj in kustomizations}
    sorter: TopologicalSorter[Name] = TopologicalSorter()
    for name, obj in by_name.items():
        sorter.add(name, *(d for d in dependency_names(obj) if d in by_name))
    try:
        return list(sorter.static_order())
    except CycleError:
        return list(by_name)
