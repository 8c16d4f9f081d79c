"""Which feeds an API needs: the permanent ones, and those that somebody looks at now.

Data and pure functions: the kinds of the registry, Flux's Events, workloads that carry Flux's owner
label (for live health), and, for the Kustomizations of Interest, what their workloads are made of.
The selectors of two Targets of one kind never overlap, so that closing one feed never takes objects
of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fluxtui.cluster.reflector import FeedTarget
from fluxtui.domain import kinds
from fluxtui.domain.board import EVENT
from fluxtui.domain.kinds import appliers
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Resource

OWNER_LABELS = tuple(kind.owner_label for kind in kinds.APPLIERS)
_CLAIMS = FeedTarget(("", "PersistentVolumeClaim"), "v1", plural="persistentvolumeclaims")
_EVENTS = FeedTarget(EVENT, "v1", plural="events")
_PODS = FeedTarget(("", "Pod"), "v1", plural="pods")
_REPLICA_SETS = FeedTarget(("apps", "ReplicaSet"), "v1", plural="replicasets")
_WORKLOADS = (
    FeedTarget(("apps", "Deployment"), "v1", plural="deployments"),
    FeedTarget(("apps", "StatefulSet"), "v1", plural="statefulsets"),
    FeedTarget(("apps", "DaemonSet"), "v1", plural="daemonsets"),
    FeedTarget(("batch", "Job"), "v1", plural="jobs"),
    _CLAIMS,
)


def permanent(namespaces: Iterable[str], *, events: bool = True) -> tuple[FeedTarget, ...]:
    """Feeds that are always open; no namespaces: one feed over all of them. `events`: Flux's."""
    scopes = tuple(namespaces) or ("",)
    flux = [of_kind(kind, ns) for kind in kinds.ALL for ns in scopes]
    workloads = [
        replace(target, namespace=ns, labels=label)
        for target in _WORKLOADS
        for label in OWNER_LABELS
        for ns in scopes
    ]
    told = [
        replace(_EVENTS, namespace=ns, fields=f"involvedObject.kind={kind.kind}")
        for kind in kinds.ALL
        for ns in scopes
    ]
    return (*flux, *workloads, *(told if events else ()))


def of_kind(kind: Kind, namespace: str) -> FeedTarget:
    """The feed of one of Flux's kinds; "": over all namespaces."""
    return FeedTarget(kind.id, kind.version, namespace, plural=kind.plural)


def of_interest(namespaces: Iterable[str]) -> tuple[FeedTarget, ...]:
    """Feeds for the workloads in these namespaces."""
    no_flux = ",".join(f"involvedObject.kind!={kind.kind}" for kind in kinds.ALL)
    return tuple(
        target
        for ns in sorted(set(namespaces))
        for target in (
            replace(_PODS, namespace=ns),
            replace(_REPLICA_SETS, namespace=ns),
            replace(_CLAIMS, namespace=ns, labels=",".join(f"!{label}" for label in OWNER_LABELS)),
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
