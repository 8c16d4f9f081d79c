"""Wait until what a verb prints is known, and no longer.

A verb asks once, so it has to know when the answer is whole: two runs on an unchanged cluster must
print the same. What does not answer in a bounded time is said, with the reason. Nothing is asked
here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from fluxtui.cli import patience
from fluxtui.cli.patience import FEEDS
from fluxtui.cli.session import SETTLED, environments_known
from fluxtui.domain.kinds import sources
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.picking import pickers, remotes_of
from fluxtui.domain.snapshot import Feed, Snapshot
from fluxtui.engine.port import EnginePort

RETRYING = 5.0
"""Seconds after which a feed that fails and is tried again is no longer waited for."""
LISTED = 8.0
"""Seconds for the registries to list their tags, once the environments have answered."""
READ = 15.0
"""Seconds for the manifests behind the names of versions."""
_TRIED = (*SETTLED, FeedState.RETRYING)


def settle(engine: EnginePort, *, tags: bool) -> list[str]:
    """Wait. Returns what is not known after all, one sentence each. `tags`: also the registries."""
    if not _waited(engine, _feeds_are(SETTLED), RETRYING):
        _waited(engine, _feeds_are(_TRIED), FEEDS - RETRYING)
    if tags:
        _waited(engine, lambda s: not any((*_unlisted(s), *_unasked(s))), LISTED)
        _waited(engine, lambda snapshot: not any(_half_read(snapshot)), READ)
    return list(dict.fromkeys(_unknown(engine.snapshot, tags=tags)))


def _waited(engine: EnginePort, condition: Callable[[Snapshot], bool], seconds: float) -> bool:
    bound = patience.at_most(seconds)
    try:
        engine.wait_for(condition, bound).result(bound + 5)
    except TimeoutError:
        return False
    return True


def _feeds_are(states: Collection[FeedState]) -> Callable[[Snapshot], bool]:
    return lambda snapshot: environments_known(snapshot, states)


def _unknown(snapshot: Snapshot, *, tags: bool) -> Iterator[str]:
    for environment in snapshot.config.environments:
        feeds = [f for f in snapshot.feeds if f.environment == environment.name]
        if environment.name in snapshot.unreachable:
            continue
        if all(feed.state is FeedState.STARTING for feed in feeds):
            yield f"{environment.name} is not known: no answer {patience.within(FEEDS)}"
            continue
        yield from (_silent(feed) for feed in feeds if feed.state not in SETTLED)
    if not tags:
        return
    for url in _unlisted(snapshot):
        yield f"the tags of {url} are not known: no answer {patience.within(LISTED)}"
    for url in dict.fromkeys(_unasked(snapshot)):
        yield f"what {url} holds is not known: no answer {patience.within(LISTED)}"
    for url in dict.fromkeys(_half_read(snapshot)):
        yield (
            f"not all manifests of {url} were read {patience.within(READ)}: digests may be without "
            "a name"
        )


def _silent(feed: Feed) -> str:
    where = f" in {feed.namespace}" if feed.namespace else ""
    why = feed.message or f"no answer {patience.within(FEEDS)}"
    return f"{feed.environment}: {feed.kind[1]}{where} is not known: {why}"


def _unlisted(snapshot: Snapshot) -> Iterator[str]:
    """Repositories that sources follow and that have neither been listed nor failed."""
    for url in sorted({picked.address for _source, picked in pickers(snapshot)}):
        listed = snapshot.tags.get(url)
        if listed is None or not (listed.listed_at or listed.error):
            yield url


def _unasked(snapshot: Snapshot) -> Iterator[str]:
    """Git remotes that are to be asked and have neither answered nor failed."""
    for resource in remotes_of(snapshot) if snapshot.config.ask_remotes else ():
        asked = sources.question(resource)
        if asked is not None and asked not in snapshot.remotes:
            yield asked.url


def _half_read(snapshot: Snapshot) -> Iterator[str]:
    """Repositories whose manifests are still being read for one of their sources."""
    for resource, picked in pickers(snapshot):
        listed = snapshot.tags.get(picked.address)
        if listed is None or listed.error or not listed.listed_at:
            continue
        if resource.key not in listed.read_for:
            yield listed.repository
