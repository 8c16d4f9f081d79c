"""What a person should know without asking: one Finding per trouble, with the way out.

Pure; each function looks at one part of the Snapshot. The Engine adds what only it can see
(malformed objects).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from fluxtui.domain.board import ChainNode, Finding, Mark, Row, Severity
from fluxtui.domain.kinds import ALL
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Feed, FeedState, Snapshot

FLUX = frozenset(kind.id for kind in ALL)


def unreachable(snapshot: Snapshot) -> Iterator[Finding]:
    """Environments that cannot be reached at all."""
    for environment, message in snapshot.unreachable.items():
        yield Finding(
            Severity.ERROR,
            "unreachable",
            environment,
            f"{environment} cannot be reached: {message}",
            "what is shown of it is as it was last seen",
        )


def feeds(all_feeds: Iterable[Feed], known: frozenset[str]) -> Iterator[Finding]:
    """Feeds that do not flow; those of an unreachable Environment are said once, elsewhere."""
    for feed in all_feeds:
        if feed.environment in known:
            continue
        kind, ours = feed.kind[1], feed.kind in FLUX
        where = f" in {feed.namespace}" if feed.namespace else ""
        if feed.state == FeedState.FORBIDDEN:
            # Without Flux's own kinds nothing can be said about an Environment at all.
            yield Finding(
                Severity.ERROR if ours else Severity.WARNING,
                "forbidden",
                feed.environment,
                f"{kind} may not be read{where}: {feed.message}",
                "ask for list and watch on it",
            )
        elif feed.state == FeedState.ABSENT and ours:
            yield Finding(
                Severity.WARNING,
                "absent",
                feed.environment,
                f"{kind} is not served: Flux's CRDs are not installed",
                "install Flux, or `fluxtui apply` them",
            )
        elif feed.state == FeedState.RETRYING:
            yield Finding(
                Severity.WARNING,
                "feed",
                feed.environment,
                f"{kind} is not live: {feed.message}",
                "it is tried again by itself",
            )


def registries(snapshot: Snapshot) -> Iterator[Finding]:
    """Repositories whose tags cannot be listed."""
    for repository, tags in snapshot.tags.items():
        if tags.error:
            yield Finding(
                Severity.ERROR,
                "registry",
                "",
                f"tags of {repository} cannot be listed: {tags.error}",
                "versions are shown as last listed",
            )


def selections(snapshot: Snapshot) -> Iterator[Finding]:
    """Policies that pick nothing, and picks that are not what people expect."""
    for key, selection in snapshot.selections.items():
        listed = snapshot.get(key)
        if listed is None:
            continue
        if selection.error:
            yield Finding(
                Severity.ERROR,
                "no-pick",
                key.environment,
                f"{key.label}: {selection.error}",
                "see the Tags pane for the reason of every tag",
                key,
            )
        for warning in selection.warnings:
            yield Finding(
                Severity.WARNING, "pick", key.environment, f"{key.name}: {warning}", "", key
            )


def chains(nodes: Iterable[ChainNode], namespaces: Collection[str] = ()) -> Iterator[Finding]:
    """Dependencies that are not there, and circles, each circle once.

    `namespaces`: those that are looked at (empty: all); what lies outside is not called missing.
    """
    told: set[frozenset[object]] = set()
    for node in nodes:
        for gone in node.missing:
            if namespaces and gone.namespace not in namespaces:
                continue
            yield Finding(
                Severity.ERROR,
                "missing-dependency",
                node.key.environment,
                f"{node.key.label} depends on {gone.label}, which is not there",
                "create it, or take it out of dependsOn",
                node.key,
            )
        members = frozenset(node.cycle)
        if members and members not in told:
            told.add(members)
            names = " -> ".join(k.name for k in (*node.cycle, node.cycle[0]))
            yield Finding(
                Severity.ERROR,
                "cycle",
                node.key.environment,
                f"dependsOn goes in a circle: {names}",
                "none of them will ever reconcile; break the circle",
                node.key,
            )


def holds(rows: Iterable[Row], nodes: Iterable[ChainNode]) -> Iterator[Finding]:
    """What is suspended or pinned: often forgotten for months."""
    for row in rows:
        for lines in row.lines.values():
            for line in lines:
                yield from _held(line.source, line.suspended, "suspended")
                yield from _held(line.source, line.pinned, "pinned")
    for node in nodes:
        yield from _held(node.key, node.suspended, "suspended")


def _held(key: Key, mark: Mark | None, word: str) -> Iterator[Finding]:
    if mark is not None:
        by = f" by {mark.by}" if mark.by else ""
        why = f": {mark.reason}" if mark.reason else ""
        text = f"{key.label} is {word}{by}{why}"
        yield Finding(Severity.INFO, word, key.environment, text, "", key)
