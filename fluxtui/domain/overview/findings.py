"""What a person should know without asking: one Finding per trouble, with the way out.

Pure; each function looks at one part of the Snapshot. The Engine adds what only it can see
(malformed objects).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from fluxtui.domain.board import ChainNode, Finding, Mark, Row, Severity
from fluxtui.domain.kinds import ALL, appliers
from fluxtui.domain.knowledge import FeedState, Knowing
from fluxtui.domain.known import not_live, place_known, told_there
from fluxtui.domain.picking import index_of, is_asked_for
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Feed, Snapshot, TagList
from fluxtui.kit.moments import rfc3339

FLUX = frozenset(kind.id for kind in ALL)
# Kinds of live objects whose health stands behind a Kustomization's.
LIVE = frozenset(
    {("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("batch", "Job")}
)
_NAMED = 3


def stamp(epoch: float) -> str:
    """RFC 3339 of epoch seconds; "" for none."""
    return rfc3339(epoch) if epoch > 0 else ""


def places(snapshot: Snapshot) -> Iterator[Finding]:
    """Environments that cannot be read at all, or are not read yet; each reason in its words."""
    for environment in snapshot.config.environments:
        name = environment.name
        knowledge = place_known(snapshot, name)
        if knowledge.state is Knowing.UNREACHABLE:
            last = "; what is shown of it is as it was last seen" if knowledge.seen else ""
            yield Finding(
                Severity.ERROR,
                "unreachable",
                name,
                f"{name} {knowledge.clause}",
                knowledge.step + last,
                since=stamp(knowledge.since),
                names_environment=True,
            )
        elif knowledge.pending:
            text = f"{name} {knowledge.clause}"
            step = knowledge.step
            yield Finding(Severity.INFO, "pending", name, text, step, names_environment=True)
        elif knowledge.known:
            yield from _unsettled(snapshot, name)


def _unsettled(snapshot: Snapshot, environment: str) -> Iterator[Finding]:
    """Live objects that are not listed yet: until they are, Ready is not believed."""
    live_feeds = (f for f in snapshot.feeds if f.environment == environment and f.kind in LIVE)
    kinds = dict.fromkeys(f.kind[1] for f in live_feeds if f.state is FeedState.STARTING)
    if kinds:
        text = f"{', '.join(kinds)} of {environment} being listed: health is not known before"
        yield Finding(Severity.INFO, "pending", environment, text, names_environment=True)


def feeds(snapshot: Snapshot) -> Iterator[Finding]:
    """Feeds that do not flow; those of an unreachable Environment are said once, elsewhere, and
    those with one and the same reason are said together.
    """
    alike: dict[tuple[object, ...], list[Feed]] = {}
    for feed in not_live(snapshot):
        if feed.environment not in snapshot.unreachable:
            why = told_there(feed.message, feed.environment)
            scope = () if why else feed.kind
            key = (feed.environment, feed.state, why, feed.next, scope)
            alike.setdefault(key, []).append(feed)
    for group in alike.values():
        yield from _alike(group)


def _alike(group: Sequence[Feed]) -> Iterator[Finding]:
    """The Finding of feeds that are in one state for one reason."""
    first = group[0]
    flux_feeds = [feed for feed in group if feed.kind in FLUX]
    kinds = _some(list(dict.fromkeys(feed.kind[1] for feed in (*flux_feeds, *group))), "kinds")
    places = sorted({feed.namespace for feed in group} - {""})
    where = f" in {_some(places, 'namespaces')}" if places else ""
    # Without Flux's own kinds nothing can be said about an Environment at all.
    severity = Severity.ERROR if flux_feeds else Severity.WARNING
    since = stamp(min(feed.since for feed in group))
    why = told_there(first.message, first.environment)
    if first.state == FeedState.FORBIDDEN:
        text = f"{kinds} may not be read{where}: {why}"
        way = "ask for list and watch on it"
        yield Finding(severity, "forbidden", first.environment, text, way, since=since)
    elif first.state == FeedState.ABSENT:  # of Flux's own kinds alone
        text = f"{kinds} is not served{where}: Flux's CRDs are not installed"
        way = "install Flux, or `fluxtui apply` them"
        yield Finding(severity, "absent", first.environment, text, way, since=since)
    else:
        text = f"{kinds} is not live{where}: {why}"
        way = first.next or "it is tried again by itself"
        yield Finding(severity, "feed", first.environment, text, way, since=since)


def _some(names: Sequence[str], what: str) -> str:
    """The first few names, and how many there are besides."""
    more = f" and {len(names) - _NAMED} more {what}" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def charts(keys_of: Mapping[str, Sequence[Key]]) -> Iterator[Finding]:
    """OCIRepositories that are no rows of the board, so that nobody looks for them there."""
    for environment, keys in keys_of.items():
        if keys:
            names = ", ".join(key.name for key in keys[:_NAMED])
            more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
            text = f"{len(keys)} OCIRepositories hold Helm charts, not bundles: {names}{more}"
            yield Finding(Severity.INFO, "charts", environment, text, "HelmReleases use them")


def registries(snapshot: Snapshot) -> Iterator[Finding]:
    """Repositories whose tags cannot be listed."""
    for subject, tags in _unlisted(snapshot):
        yield Finding(
            Severity.ERROR,
            "registry",
            "",
            f"{subject} cannot be listed: {tags.error}",
            "versions are shown as last listed"
            if tags.listed_at
            else "what would be picked is not known until they are",
            since=stamp(tags.listed_at),
        )


def _unlisted(snapshot: Snapshot) -> Iterator[tuple[str, TagList]]:
    """Lists that could not be had, and what they are of; an index once, whatever is in it."""
    indexes: dict[tuple[str, str], list[TagList]] = {}
    for repository, tags in sorted(snapshot.tags.items(), key=lambda pair: pair[0]):
        place = index_of(repository)
        if tags.on_demand:
            continue  # who looked is told
        if tags.error and place is not None:
            indexes.setdefault((place[0], tags.error), []).append(tags)
        elif tags.error:
            yield f"tags of {repository}", tags
    for (url, _error), lists in indexes.items():
        # Said of all of them: as old as the oldest.
        yield f"charts of {url}", min(lists, key=lambda tags: tags.listed_at)


def selections(snapshot: Snapshot) -> Iterator[Finding]:
    """Policies that pick nothing, and picks that are not what people expect."""
    for key, selection in sorted(snapshot.selections.items(), key=lambda pair: pair[0]):
        listed = snapshot.get(key)
        if listed is None or is_asked_for(key):
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


def holds(row: Row) -> Iterator[Finding]:
    """What of a row is suspended or pinned: often forgotten for months."""
    for lines in row.lines.values():
        for line in lines:
            yield from _held(line.key, line.suspended, "suspended")
            yield from _held(line.key, line.pinned, "pinned")
            for hold in line.held:
                if not appliers.is_applier(hold.key):  # of those the chain tells
                    yield from _held(hold.key, hold.mark, "suspended")


def nodes_held(nodes: Iterable[ChainNode]) -> Iterator[Finding]:
    """What is suspended in the chains."""
    for node in nodes:
        yield from _held(node.key, node.suspended, "suspended")


def _held(key: Key, mark: Mark | None, code: str) -> Iterator[Finding]:
    if mark is not None:
        word = mark.suspends if code == "suspended" else code
        by = f" by {mark.by}" if mark.by else ""
        why = f": {mark.reason}" if mark.reason else ""
        text = f"{key.label} is {word}{by}{why}"
        yield Finding(Severity.INFO, code, key.environment, text, "", key)
