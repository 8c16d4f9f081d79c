"""What fails in one Environment, one Finding each: the root, with its object, reason and start.

Who waits for a root is counted, not told again. Findings are put in order elsewhere. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from fluxtui.domain import kinds
from fluxtui.domain.board import ChainNode, Finding, HealthLine, Level, Severity
from fluxtui.domain.config import Environment
from fluxtui.domain.kinds import sources
from fluxtui.domain.known import appliers_known
from fluxtui.domain.overview.chains import unmet
from fluxtui.domain.overview.judgement import flat
from fluxtui.domain.overview.lines import headline
from fluxtui.domain.overview.remedies import SEE_DRIFT, remedy
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot


def of_place(
    environment: Environment,
    nodes: Collection[ChainNode],
    failing: Mapping[Key, HealthLine],
    snapshot: Snapshot,
    drifted: Mapping[Key, str] = MappingProxyType({}),
) -> Iterator[Finding]:
    """All of one Environment. `nodes`: those that are not well or wait, as they were seen;
    `failing`: what applies nothing and is not; `snapshot` the Snapshot that they were made from;
    `drifted`: what differs of those that are otherwise in the cluster than they are to be."""
    knowledge = appliers_known(snapshot, environment.name)
    last = "" if knowledge.known else "as last seen, "
    yield from _failed(nodes, last)
    yield from _held(nodes)
    yield from _others(nodes, failing, snapshot, last)
    yield from _broken_names(nodes, environment.namespaces)
    yield from _drifted(drifted, nodes, snapshot, last)


def _failed(nodes: Collection[ChainNode], last: str) -> Iterator[Finding]:
    """Every Kustomization that fails by itself, and those for which others wait."""
    behind = Counter(n.root for n in nodes if not n.to_blame)
    of_source = Counter(n.root for n in nodes if n.root == n.origin)
    covered: set[Key] = set()
    for node in nodes:
        if node.health.level is Level.OK or node.cycle or node.missing:
            continue
        # Names of its own namespace say less than the reason, which must not be cut off.
        text = headline(node).replace(f"/{node.key.namespace}/", "/")
        waits = behind[node.key]
        source = node.origin if node.root == node.origin else None
        if source is not None:
            if source in covered:
                continue
            covered.add(source)
            waits = behind[source] + of_source[source] - 1
        fails = node.health.level is Level.FAILED
        if not fails and not waits:
            continue
        yield Finding(
            Severity.ERROR if fails else Severity.WARNING,
            "last-seen" if last else "failed" if fails else "not-ready",
            node.key.environment,
            last + text,
            remedy(text, origin=node.origin, of_source=source is not None, waits=waits),
            node.key,
            node.since,
            waits,
        )


def _held(nodes: Collection[ChainNode]) -> Iterator[Finding]:
    """What is ready and yet waited for: an expression is not true of it, says who waits."""
    unwell = {node.key for node in nodes if node.health.level is not Level.OK}
    behind = Counter(n.root for n in nodes if not n.to_blame)
    reported: set[Key] = set()
    for node in nodes:
        for each in node.until:
            if each.met is False and each.key not in unwell and each.key not in reported:
                reported.add(each.key)
                waiting, name = kinds.title(node.key), kinds.title(each.key)
                yield Finding(
                    Severity.WARNING,
                    "not-ready",
                    node.key.environment,
                    f"{waiting} waits for {name}, which is ready: {unmet(each)}",
                    f"mend what it asks of {name}, or the expression",
                    node.key,
                    node.since,
                    behind[each.key],
                )


def _others(
    nodes: Iterable[ChainNode], failing: Mapping[Key, HealthLine], snapshot: Snapshot, last: str
) -> Iterator[Finding]:
    """What applies nothing and fails: sources whose users run on what was fetched before, and
    objects that nobody uses. Who stands on another that fails is counted with that."""
    counted = {node.root for node in nodes}
    behind: Counter[Key] = Counter()
    for key in failing:
        resource = snapshot.get(key)
        roots = [need for need in (kinds.needs(resource) if resource else ()) if need in failing]
        if roots:
            counted.add(key)
            behind[roots[0]] += 1
    for key, health in failing.items():
        if key not in counted:
            text, waits = f"{last}{key.label}: {health.text}", behind[key]
            way = remedy(text, of_source=sources.is_source(key), waits=waits)
            yield Finding(Severity.ERROR, "source", key.environment, text, way, key, behind=waits)


def _drifted(
    drifted: Mapping[Key, str], nodes: Iterable[ChainNode], snapshot: Snapshot, last: str
) -> Iterator[Finding]:
    """What is live otherwise than it was released, and stays so. Of what fails that is told."""
    failing = {node.key for node in nodes if node.health.level is Level.FAILED}
    for key in sorted(drifted.keys() - failing):
        resource = snapshot.get(key)
        condition = resource.condition("Drifted") if resource is not None else None
        yield Finding(
            Severity.WARNING,
            "drifted",
            key.environment,
            f"{last}{kinds.title(key)} has drifted: {flat(drifted[key])}",
            SEE_DRIFT,
            key,
            condition.last_transition if condition is not None else "",
        )


def _broken_names(nodes: Iterable[ChainNode], namespaces: Collection[str]) -> Iterator[Finding]:
    """Dependencies that are not there, and circles, each circle once.

    `namespaces`: those that are looked at (empty: all); what lies outside is not called missing.
    """
    covered: set[frozenset[object]] = set()
    for node in nodes:
        for dependency in node.missing:
            if namespaces and dependency.namespace not in namespaces:
                continue
            yield Finding(
                Severity.ERROR,
                "missing-dependency",
                node.key.environment,
                f"{node.key.label} depends on {dependency.label}, which is not there",
                "create it, or take it out of dependsOn",
                node.key,
                node.since,
            )
        members = frozenset(node.cycle)
        if members and members not in covered:
            covered.add(members)
            names = " -> ".join(k.name for k in (*node.cycle, node.cycle[0]))
            yield Finding(
                Severity.ERROR,
                "cycle",
                node.key.environment,
                f"dependsOn goes in a circle: {names}",
                "none of them will ever reconcile; break the circle",
                node.key,
                node.since,
            )
