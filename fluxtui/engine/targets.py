"""Which feeds an API needs: the permanent ones, and those that somebody looks at now.

Data and pure functions: the kinds of the registry, Flux's Events, workloads that carry Flux's owner
label (for live health), and, for the Kustomizations of Interest, what their workloads are made of.
The selectors of two Targets of one kind never overlap, so that closing one feed never takes objects
of another.
"""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.domain import kinds
from fluxtui.domain.kinds import kustomization
from fluxtui.domain.resource import Resource
from fluxtui.engine.reflector import Target

OWNER_LABEL = f"{kustomization.KIND.group}/name"
EVENT = ("", "Event")
_WORKLOADS = (
    (("apps", "Deployment"), "v1"),
    (("apps", "StatefulSet"), "v1"),
    (("apps", "DaemonSet"), "v1"),
    (("batch", "Job"), "v1"),
    (("", "PersistentVolumeClaim"), "v1"),
)


def permanent(namespaces: Iterable[str]) -> tuple[Target, ...]:
    """Feeds that are always open; no namespaces: one feed over all of them."""
    scopes = tuple(namespaces) or ("",)
    flux = [Target(kind.id, kind.version, ns) for kind in kinds.ALL for ns in scopes]
    workloads = [
        Target(id_, version, ns, labels=OWNER_LABEL) for id_, version in _WORKLOADS for ns in scopes
    ]
    events = [
        Target(EVENT, "v1", ns, fields=f"involvedObject.kind={kind.kind}")
        for kind in kinds.ALL
        for ns in scopes
    ]
    return (*flux, *workloads, *events)


def of_interest(namespaces: Iterable[str]) -> tuple[Target, ...]:
    """Feeds for the workloads in these namespaces."""
    no_flux = ",".join(f"involvedObject.kind!={kind.kind}" for kind in kinds.ALL)
    return tuple(
        target
        for ns in sorted(set(namespaces))
        for target in (
            Target(("", "Pod"), "v1", ns),
            Target(("apps", "ReplicaSet"), "v1", ns),
            Target(("", "PersistentVolumeClaim"), "v1", ns, labels=f"!{OWNER_LABEL}"),
            Target(EVENT, "v1", ns, fields=no_flux),
        )
    )


def namespaces_of(resource: Resource) -> frozenset[str]:
    """Namespaces of a Kustomization's objects: by its inventory, else where it would put them."""
    # An inventory id is <namespace>_<name>_<group>_<kind> (flux-semantics B7).
    listed = {id_.partition("_")[0] for id_, _version in kustomization.inventory(resource)}
    listed.discard("")
    target = str(resource.spec.get("targetNamespace") or "")
    return frozenset(listed) or frozenset({target or resource.key.namespace})
