"""How well an Environment, a kind in it, or a repository's tags are known, by what a Snapshot says.

The one place that reads feeds for it: board, chain, findings, strips and exit codes ask here. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.domain.kinds import APPLIERS, CORE, TAGGED
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import KNOWN, FeedState, Knowing, Knowledge, Trouble
from fluxtui.domain.snapshot import Feed, KindId, Snapshot, TagList


def place_known(snapshot: Snapshot, environment: str) -> Knowledge:
    """The worst of what the board stands on there: sources with tags, and appliers."""
    return max(
        tagged_known(snapshot, environment),
        appliers_known(snapshot, environment),
        key=lambda known: known.state,
    )


def appliers_known(snapshot: Snapshot, environment: str) -> Knowledge:
    """How well what applies revisions there is known."""
    return _role_known(snapshot, environment, APPLIERS)


def tagged_known(snapshot: Snapshot, environment: str) -> Knowledge:
    """How well the sources there are known whose versions are tags."""
    return _role_known(snapshot, environment, TAGGED)


def _role_known(snapshot: Snapshot, environment: str, kinds: Iterable[Kind]) -> Knowledge:
    asked = {feed.kind for feed in snapshot.feeds if feed.environment == environment}
    here = [kind for kind in kinds if kind.core or kind.id in asked]
    return worst_served((kind, kind_known(snapshot, environment, kind.id)) for kind in here)


def worst_served(each: Iterable[tuple[Kind, Knowledge]]) -> Knowledge:
    """The worst of several kinds of one role. A kind that is not served hides nothing, unless none
    of them is; nor does one that is no core kind and may not be read: that is told for itself."""
    every = [(kind, known) for kind, known in each]
    served = [
        known
        for kind, known in every
        if known.state is not Knowing.ABSENT and (kind.core or known.state is not Knowing.FORBIDDEN)
    ]
    return max(served or [known for _kind, known in every], key=lambda known: known.state)


def kind_known(
    snapshot: Snapshot, environment: str, kind: KindId, namespace: str = ""
) -> Knowledge:
    """How well objects of that kind are known; `namespace` "": in all that are looked at."""
    mine = [f for f in snapshot.feeds if f.environment == environment]
    seen = bool(snapshot.table(environment, kind))
    if environment in snapshot.unreachable:
        return _unreachable(environment, mine, snapshot.unreachable[environment], seen)
    ours = [f for f in mine if f.kind == kind and _covers(f, namespace)]
    if not ours:
        # What is there was read, whoever read it; an empty place without a feed says nothing.
        there = any(snapshot.resources.get(environment, {}).values())
        return KNOWN if there else Knowledge(Knowing.CONNECTING)
    worst = max(ours, key=lambda feed: _STATES[feed.state])
    state = _STATES[worst.state]
    if state is Knowing.KNOWN:
        return KNOWN
    if state is Knowing.LISTING and not any(_answered(f) for f in mine):
        state = Knowing.CONNECTING
    trouble = Trouble(worst.trouble)
    return Knowledge(
        state, told_there(worst.message, environment), worst.next, worst.since, trouble, seen
    )


def not_live(snapshot: Snapshot) -> tuple[Feed, ...]:
    """Feeds that fail, or whose kind is missed: a core one that is not served is, where the board
    stands on its role and no other kind of that is served (docs/flux.md#other-sources)."""
    served = {(f.environment, f.kind) for f in snapshot.feeds if f.state is not FeedState.ABSENT}

    def missed(feed: Feed) -> bool:
        roles_of = (ids for ids in _BOARD if feed.kind in _CORE & ids)
        return any(not any((feed.environment, one) in served for one in ids) for ids in roles_of)

    failing = (FeedState.RETRYING, FeedState.FORBIDDEN)
    return tuple(
        feed
        for feed in snapshot.feeds
        if feed.state in failing or (feed.state is FeedState.ABSENT and missed(feed))
    )


def tags_known(tags: TagList | None) -> Knowledge:
    """How well the tags of a repository are known."""
    if tags is None or not (tags.listed_at or tags.error):
        return Knowledge(Knowing.LISTING, "its tags are being listed")
    if not tags.error:
        return KNOWN
    state = Knowing.STALE if tags.listed_at else Knowing.UNREACHABLE
    return Knowledge(state, tags.error, since=tags.listed_at, seen=bool(tags.listed_at))


_CORE = frozenset(kind.id for kind in CORE)
_TAGGED = frozenset(kind.id for kind in TAGGED)
_BOARD = (_TAGGED, frozenset(kind.id for kind in APPLIERS))
_STATES = {
    FeedState.LIVE: Knowing.KNOWN,
    FeedState.STARTING: Knowing.LISTING,
    FeedState.RETRYING: Knowing.STALE,
    FeedState.ABSENT: Knowing.ABSENT,
    FeedState.FORBIDDEN: Knowing.FORBIDDEN,
}


def told_there(message: str, environment: str) -> str:
    """An error's words without `ENVIRONMENT what:` before them: the name stands there already."""
    place, colon, rest = message.partition(": ")
    return rest if colon and place.partition(" ")[0] == environment else message


def _unreachable(environment: str, feeds: Iterable[Feed], message: str, seen: bool) -> Knowledge:
    retrying = [f for f in feeds if f.state is FeedState.RETRYING]
    first = next((f for f in retrying if f.message == message), None)
    since = min((f.since for f in retrying if f.since), default=0.0)
    return Knowledge(
        Knowing.UNREACHABLE,
        told_there(message, environment),
        first.next if first else "",
        since,
        Trouble(first.trouble) if first else Trouble.NONE,
        seen,
    )


def _covers(feed: Feed, namespace: str) -> bool:
    return not namespace or feed.namespace in ("", namespace)


def _answered(feed: Feed) -> bool:
    return feed.state not in (FeedState.STARTING, FeedState.RETRYING)


def unread_environments(snapshot: Snapshot) -> dict[str, str]:
    """Environments whose sources cannot be read now, and why; also before they have answered."""
    unread = dict(snapshot.unreachable)
    for feed in snapshot.feeds:
        blind = feed.state not in (FeedState.LIVE, FeedState.ABSENT)
        if feed.kind in _TAGGED and blind and feed.environment not in unread:
            unread[feed.environment] = feed.message or f"its sources are {feed.state.value}"
    for name in (e.name for e in snapshot.config.environments if e.name not in unread):
        if tagged_known(snapshot, name).state is Knowing.CONNECTING:
            unread[name] = "it has not answered yet"
    return unread
