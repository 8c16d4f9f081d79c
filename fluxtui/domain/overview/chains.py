"""The dependsOn tree of one Environment in drawing order, each node with its *root* blocker.

Every Kustomization is drawn once, below the deepest of its dependencies, so that a reader sees the
whole wait above it. Cycles and missing dependencies are states, never a hang.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fluxtui.domain.board import ChainNode, HealthLine, Level, ObjectLine
from fluxtui.domain.chain import Chain, Node, Root, analyse
from fluxtui.domain.kinds import kustomization
from fluxtui.domain.marks import suspension
from fluxtui.domain.overview.judgement import FAULTS
from fluxtui.domain.overview.lines import remembered
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import version_text
from fluxtui.domain.snapshot import TagFacts


def chain_of(
    members: Sequence[Resource],
    health: Mapping[Key, HealthLine],
    objects: Mapping[Key, tuple[ObjectLine, ...]],
    services: Mapping[Key, str],
    facts: Sequence[Mapping[str, TagFacts]] = (),
) -> tuple[ChainNode, ...]:
    """Nodes of one Environment, in drawing order.

    `services`: source key -> Service name; `facts`: what is known of tags, for digest-only revisions.
    """
    by_key = {r.key: r for r in sorted(members, key=_place)}
    nodes_in = (_node(r, health[r.key], objects.get(r.key, ())) for r in by_key.values())
    analysis = analyse(nodes_in, label=lambda key: key.name)
    cycles = {key: cycle for cycle in analysis.cycles for key in cycle}
    known = (*facts, remembered(members))
    nodes = []
    for key, depth in _draw(by_key, analysis):
        resource = by_key[key]
        roots: tuple[Root, ...] = analysis.roots.get(key, ())
        waits = tuple(d for d in kustomization.depends_on(resource) if not _is_ready(d, health))
        source = kustomization.source(resource)
        nodes.append(
            ChainNode(
                key=key,
                depth=depth,
                health=health[key],
                running=version_text(kustomization.running(resource), known),
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


def _is_ready(key: Key, health: Mapping[Key, HealthLine]) -> bool:
    line = health.get(key)
    return line is not None and line.level == Level.OK


def _node(resource: Resource, line: HealthLine, objects: tuple[ObjectLine, ...]) -> Node:
    ready = resource.condition("Ready")
    culprit = next((o for word in FAULTS for o in objects if o.status == word), None)
    return Node(
        resource.key,
        kustomization.depends_on(resource),
        line.level == Level.OK,
        ready.reason if ready else "",
        line.text,
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
