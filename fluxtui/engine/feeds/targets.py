"""Which feeds an API needs: the permanent ones, and those that somebody looks at now.

Data and pure functions: the kinds of the registry that the API serves, their Events, workloads that
carry an applier's owner label (for live health), and, for the appliers of Interest, what their
workloads are made of. The selectors of two Targets of one kind never overlap, so that closing one
feed never takes objects of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from fluxtui.cluster.reflector import FeedTarget
from fluxtui.domain import kinds
from fluxtui.domain.board import EVENT
from fluxtui.domain.kinds import appliers
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Resource

OWNER_LABELS = tuple(kind.owner_label for kind in kinds.APPLIERS)
Served = Mapping[tuple[str, str], str]
"""(group, kind) -> the version to ask for, of the kinds that an API serves."""
CORE: Served = MappingProxyType({kind.id: kind.version for kind in kinds.CORE})
_CLAIMS = FeedTarget(("", "PersistentVolumeClaim"), "v1", plural="persistentvolumeclaims")
_EVENTS = FeedTarget(EVENT, "v1", plural="events")
_PODS = FeedTarget(("", "Pod"), "v1", plural="pods")
_REPLICA_SETS = FeedTarget(("apps", "ReplicaSet"), "v1", plural="replicasets")
_JOBS = FeedTarget(("batch", "Job"), "v1", plural="jobs")
_NOBODYS = ",".join(f"!{label}" for label in OWNER_LABELS)
_WORKLOADS = (
    FeedTarget(("apps", "Deployment"), "v1", plural="deployments"),
    FeedTarget(("apps", "StatefulSet"), "v1", plural="statefulsets"),
    FeedTarget(("apps", "DaemonSet"), "v1", plural="daemonsets"),
    _JOBS,
    _CLAIMS,
)


def permanent(
    namespaces: Iterable[str],
    *,
    events: bool = True,
    served: Served = CORE,
    found: Iterable[Kind] = (),
) -> tuple[FeedTarget, ...]:
    """Feeds that are always open; no namespaces: one feed over all of them. `events`: Flux's;
    `found`: kinds besides the known ones."""
    scopes = tuple(namespaces) or ("",)
    here = [kind for kind in (*kinds.ALL, *found) if kind.id in served]
    flux = [of_kind(kind, ns, served[kind.id]) for kind in here for ns in scopes]
    workloads = [
        replace(target, namespace=ns, labels=labels)
        for labels in _owned(here)
        for target in _WORKLOADS
        for ns in scopes
    ]
    told = [
        replace(_EVENTS, namespace=ns, fields=f"involvedObject.kind={kind.kind}")
        for kind in here
        if kind.has_events
        for ns in scopes
    ]
    return (*flux, *workloads, *(told if events else ()))


def _owned(here: Iterable[Kind]) -> Iterator[str]:
    """A selector for each applier's objects; what names two of them is the first one's."""
    before = ""
    for kind in kinds.APPLIERS:
        if kind in here:
            yield f"{kind.owner_label}{before}"
        before += f",!{kind.owner_label}"


def of_kind(kind: Kind, namespace: str, version: str = "") -> FeedTarget:
    """The feed of one of Flux's kinds; "": over all namespaces."""
    return FeedTarget(kind.id, version or kind.version, namespace, plural=kind.plural)


def of_interest(namespaces: Iterable[str]) -> tuple[FeedTarget, ...]:
    """Feeds for the workloads in these namespaces."""
    no_flux = ",".join(f"involvedObject.kind!={kind.kind}" for kind in kinds.ALL)
    return tuple(
        target
        for ns in sorted(set(namespaces))
        for target in (
            replace(_PODS, namespace=ns),
            replace(_REPLICA_SETS, namespace=ns),
            replace(_CLAIMS, namespace=ns, labels=_NOBODYS),
            replace(_JOBS, namespace=ns, labels=_NOBODYS),  # older Flux: hooks bear no owner
            replace(_EVENTS, namespace=ns, fields=no_flux),
        )
    )


def namespaces_of(resource: Resource) -> frozenset[str]:
    """Namespaces of an applier's objects: by its inventory, else where it would put them."""
    # An inventory id is <namespace>_<name>_<group>_<kind> (docs/flux.md#inventory).
    listed = {id_.partition("_")[0] for id_, _version in appliers.inventory(resource)}
    listed.discard("")
    target = str(resource.spec.get("targetNamespace") or "")
    return frozenset(listed) or frozenset({target or resource.key.namespace})
