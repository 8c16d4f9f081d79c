"""The dependsOn tree of one Environment in drawing order, each node with its *root* blocker.

Every Kustomization is drawn once, below the deepest of its dependencies, so that a reader sees the
whole wait above it. Cycles and missing dependencies are states, never a hang.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from fluxtui.domain.board import ChainNode, HealthLine, Level, ObjectLine
from fluxtui.domain.chain import Chain, Node, Root, analyse
from fluxtui.domain.kinds import kustomization
from fluxtui.domain.marks import suspension
from fluxtui.domain.overview.judgement import FAULTS, flux_health
from fluxtui.domain.overview.naming import Tables
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import version_text


def chain_of(
    members: Sequence[Resource],
    health: Mapping[Key, HealthLine],
    objects: Mapping[Key, tuple[ObjectLine, ...]],
    services: Mapping[Key, str],
    names: Mapping[Key, Tables] = MappingProxyType({}),
    stored: Mapping[Key, str] = MappingProxyType({}),
) -> tuple[ChainNode, ...]:
    """Nodes of one Environment, in drawing order.

    `services`: source key -> Service name; `names`: source key -> where its digests are
    looked up; `stored`: source key -> revision of its artifact.
    """
    by_key = {r.key: r for r in sorted(members, key=_place)}
    late = {
        key: version_text(stored[source], names.get(source, ()))
        for key, source in _late(by_key, stored)
    }
    nodes_in = {key: _node(r, objects.get(key, ()), late.get(key, "")) for key, r in by_key.items()}
    analysis = analyse(nodes_in.values(), label=lambda key: key.name)
    cycles = {key: cycle for cycle in analysis.cycles for key in cycle}
    nodes = []
    for key, depth in _draw(by_key, analysis):
        resource = by_key[key]
        roots: tuple[Root, ...] = analysis.roots.get(key, ())
        depends = kustomization.depends_on(resource)
        waits = tuple(d for d in depends if d not in nodes_in or not nodes_in[d].ready)
        source = kustomization.source(resource)
        nodes.append(
            ChainNode(
                key=key,
                depth=depth,
                health=health[key],
                running=version_text(
                    kustomization.running(resource), names.get(source, ()) if source else ()
                ),
                service=services.get(source, "") if source else "",
                waits_for=waits,
                missing=analysis.missing.get(key, ()),
                cycle=cycles.get(key, ()),
                root=roots[0].key if roots else None,
                because=roots[0].sentence if roots else "",
                suspended=suspension(resource),
                objects=objects.get(key, ()),
            )
        )
    return tuple(nodes)


def _place(resource: Resource) -> tuple[bool, str, str]:
    return (resource.key.namespace != "flux-system", resource.key.namespace, resource.key.name)


def _late(by_key: Mapping[Key, Resource], stored: Mapping[Key, str]) -> list[tuple[Key, Key]]:
    """Dependencies that are Ready, but not yet with the artifact that a waiting dependent has.

    Flux compares revisions between users of one source (flux-semantics B3, 5): to the dependent
    such a dependency is not ready, whatever its own condition says. Pairs of (key, source).
    """
    found: dict[Key, Key] = {}
    for resource in by_key.values():
        source = kustomization.source(resource)
        if source is None or not stored.get(source):
            continue
        if flux_health(resource).level != Level.WAITING:
            continue
        for key in kustomization.depends_on(resource):
            dependency = by_key.get(key)
            if dependency is None or kustomization.source(dependency) != source:
                continue
            if kustomization.applied(dependency) != stored[source]:
                found[key] = source
    return list(found.items())


def _node(resource: Resource, objects: tuple[ObjectLine, ...], late: str) -> Node:
    """How a dependent sees it (flux-semantics B3): live objects explain, they do not decide."""
    flux = flux_health(resource)
    ready, stalled = resource.condition("Ready"), resource.condition("Stalled")
    said = stalled if stalled is not None and stalled.status == "True" else ready
    failed = said is not None and flux.level == Level.FAILED
    # A build that fails is not the fault of an object that happens to roll out.
    by_objects = not failed or (ready is not None and ready.reason in kustomization.HEALTH_PHASE)
    culprit = next((o for word in FAULTS for o in objects if o.status == word), None)
    if flux.level == Level.WAITING or not by_objects:
        culprit = None
    is_late = bool(late) and flux.level == Level.OK
    text = f"has not applied {late} yet" if is_late else flux.text
    return Node(
        resource.key,
        kustomization.depends_on(resource),
        flux.level == Level.OK and not is_late,
        said.reason if said is not None and failed else "",
        said.message if said is not None and failed else text,
        suspension(resource) is not None,
        culprit.key.label if culprit else "",
        (culprit.message or culprit.status) if culprit else "",
        label=resource.key.name,
    )


def _draw(by_key: Mapping[Key, Resource], analysis: Chain) -> list[tuple[Key, int]]:
    """(key, depth) in drawing order: parents first, siblings in place order."""
    wave = {key: number for number, keys in enumerate(analysis.waves) for key in keys}
    parent: dict[Key, Key | None] = {}
    for key, resource in by_key.items():
        known = [d for d in kustomization.depends_on(resource) if d in wave and key in wave]
        parent[key] = max(known, key=lambda d: wave[d]) if known else None
    children: dict[Key | None, list[Key]] = {}
    for key in by_key:
        children.setdefault(parent[key], []).append(key)
    drawn: list[tuple[Key, int]] = []
    stack = [(key, 0) for key in reversed(children.get(None, []))]
    while stack:
        key, depth = stack.pop()
        drawn.append((key, depth))
        stack += [(child, depth + 1) for child in reversed(children.get(key, []))]
    return drawn
