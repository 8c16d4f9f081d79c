"""Wait until what a verb prints is known, and no longer.

A verb asks once, so it has to know when the answer is whole: two runs on an unchanged cluster must
print the same. What does not answer in a bounded time is said, with the reason. Nothing is asked
here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from fluxtui.cli.session import SETTLED, environments_known
from fluxtui.domain.kinds import ocirepository
from fluxtui.domain.snapshot import Feed, FeedState, Snapshot
from fluxtui.engine.port import EnginePort

FEEDS = 30.0
"""Seconds for the environments to answer."""
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
        _waited(engine, lambda snapshot: not any(_unlisted(snapshot)), LISTED)
        _waited(engine, lambda snapshot: not any(_half_read(snapshot)), READ)
    return list(dict.fromkeys(_unknown(engine.snapshot, tags=tags)))


def _waited(engine: EnginePort, condition: Callable[[Snapshot], bool], seconds: float) -> bool:
    try:
        engine.wait_for(condition, seconds).result(seconds + 5)
    except TimeoutError:
        return False
    return True


def _feeds_are(states: Collection[FeedState]) -> Callable[[Snapshot], bool]:
    return lambda snapshot: environments_known(snapshot, states)


def _unknown(snapshot: Snapshot, *, tags: bool) -> Iterator[str]:
    for feed in snapshot.feeds:
        if feed.state not in SETTLED and feed.environment not in snapshot.unreachable:
            yield _silent(feed)
    if not tags:
        return
    for url in _unlisted(snapshot):
        yield f"the tags of {url} are not known: no answer within {LISTED:.0f} s"
    for url in dict.fromkeys(_half_read(snapshot)):
        yield (
            f"not all manifests of {url} were read within {READ:.0f} s: digests may be without a "
            "name"
        )


def _silent(feed: Feed) -> str:
    where = f" in {feed.namespace}" if feed.namespace else ""
    why = feed.message or f"no answer within {FEEDS:.0f} s"
    return f"{feed.environment}: {feed.kind[1]}{where} is not known: {why}"


def _unlisted(snapshot: Snapshot) -> Iterator[str]:
    """Repositories that sources follow and that have neither been listed nor failed."""
    for url in sorted({ocirepository.url(r) for r in snapshot.of_kind(ocirepository.KIND)}):
        listed = snapshot.tags.get(url)
        if url and (listed is None or not (listed.listed_at or listed.error)):
            yield url


def _half_read(snapshot: Snapshot) -> Iterator[str]:
    """Repositories whose manifests are still being read for one of their sources."""
    for resource in snapshot.of_kind(ocirepository.KIND):
        listed = snapshot.tags.get(ocirepository.url(resource))
        if listed is None or listed.error or not listed.listed_at:
            continue
        if resource.key not in listed.read_for:
            yield listed.repository
