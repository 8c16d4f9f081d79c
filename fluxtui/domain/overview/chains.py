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
from fluxtui.domain.naming import Tables
from fluxtui.domain.overview.facts import Facts
from fluxtui.domain.overview.judgement import blamed_object
from fluxtui.domain.resource import Key
from fluxtui.domain.revision import version_text


def chain_of(
    members: Sequence[Facts],
    health: Mapping[Key, HealthLine],
    objects: Mapping[Key, tuple[ObjectLine, ...]],
    services: Mapping[Key, str],
    names: Mapping[Key, Tables] = MappingProxyType({}),
    stored: Mapping[Key, str] = MappingProxyType({}),
    faults: Mapping[Key, str] = MappingProxyType({}),
) -> tuple[ChainNode, ...]:
    """Nodes of one Environment, in drawing order.

    `services`: source key -> Service name; `names`: source key -> where its digests are
    looked up; `stored`: source key -> revision of its artifact; `faults`: Kustomization -> why its
    source gives it nothing: then that source is the root.
    """
    by_key = {m.key: m for m in sorted(members, key=_place)}
    late = {
        key: version_text(stored[source], names.get(source, ()))
        for key, source in _late(by_key, stored)
    }
    nodes_in = {
        key: _node(m, objects.get(key, ()), late.get(key, ""), faults.get(key, ""))
        for key, m in by_key.items()
    }
    analysis = analyse(nodes_in.values(), label=lambda key: key.name)
    cycles = {key: cycle for cycle in analysis.cycles for key in cycle}
    nodes = []
    for key, depth in _draw(by_key, analysis):
        member = by_key[key]
        roots: tuple[Root, ...] = analysis.roots.get(key, ())
        waits = tuple(d for d in member.depends_on if d not in nodes_in or not nodes_in[d].ready)
        source = member.source
        nodes.append(
            ChainNode(
                key=key,
                depth=depth,
                health=health[key],
                running=version_text(member.running, names.get(source, ()) if source else ()),
                service=services.get(source, "") if source else "",
                waits_for=waits,
                missing=analysis.missing.get(key, ()),
                cycle=cycles.get(key, ()),
                root=_root(roots[0], by_key, faults) if roots else None,
                because=roots[0].sentence if roots else "",
                suspended=member.suspended,
                objects=objects.get(key, ()),
                origin=member.origin,
                since=member.since,
            )
        )
    return tuple(nodes)


def _root(root: Root, by_key: Mapping[Key, Facts], faults: Mapping[Key, str]) -> Key:
    """Where the blockage starts: a source that gives nothing stands behind its Kustomization."""
    source = by_key[root.key].origin if root.kind == "self" and root.key in faults else None
    return source or root.key


def _place(member: Facts) -> tuple[bool, str, str]:
    key = member.key
    return (key.namespace != "flux-system", key.namespace, key.name)


def _late(by_key: Mapping[Key, Facts], stored: Mapping[Key, str]) -> list[tuple[Key, Key]]:
    """Dependencies that are Ready, but not yet with the artifact that a waiting dependent has.

    Flux compares revisions between users of one source (flux-semantics B3, 5): to the dependent
    such a dependency is not ready, whatever its own condition says. Pairs of (key, source).
    """
    found: dict[Key, Key] = {}
    for member in by_key.values():
        source = member.source
        if member.flux.level != Level.WAITING or source is None or not stored.get(source):
            continue
        for key in member.depends_on:
            dependency = by_key.get(key)
            if dependency is None or dependency.source != source:
                continue
            if dependency.applied != stored[source]:
                found[key] = source
    return list(found.items())


def _node(member: Facts, objects: tuple[ObjectLine, ...], late: str, fault: str) -> Node:
    """How a dependent sees it (flux-semantics B3): live objects explain, they do not decide."""
    flux, said = member.flux, member.said
    failed = said is not None and said.status != "Unknown" and flux.level == Level.FAILED
    # A build that fails is not the fault of an object that happens to roll out.
    by_objects = True
    if failed:
        ready = member.resource.condition("Ready")
        by_objects = ready is not None and ready.reason in kustomization.HEALTH_PHASE
    culprit = blamed_object(objects)
    if flux.level == Level.WAITING or not by_objects:
        culprit = None
    blocker, why = "", ""
    if fault and member.origin is not None:
        blocker, why = member.origin.label, fault
    elif culprit is not None:
        blocker, why = culprit.key.label, culprit.message or culprit.status
    is_late = bool(late) and flux.level == Level.OK
    text = f"has not applied {late} yet" if is_late else flux.text
    return Node(
        member.key,
        member.depends_on,
        flux.level == Level.OK and not is_late,
        said.reason if said is not None and failed else "",
        said.message if said is not None and failed else text,
        member.suspended is not None,
        blocker,
        why,
        label=member.key.name,
    )


def _draw(by_key: Mapping[Key, Facts], analysis: Chain) -> list[tuple[Key, int]]:
    """(key, depth) in drawing order: parents first, siblings in place order."""
    wave = {key: number for number, keys in enumerate(analysis.waves) for key in keys}
    parent: dict[Key, Key | None] = {}
    for key, member in by_key.items():
        known = [d for d in member.depends_on if d in wave and key in wave]
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
