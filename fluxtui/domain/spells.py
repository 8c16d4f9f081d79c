"""How long a build was well at a stretch, as far as history is sure of it.

An entry has the first and the last of its runs and not the breaks between them: where another
entry's lie within, it is no stretch (docs/flux.md#history). A build that leaves no entry, as one
does whose checks are cancelled, is seen by its source alone: what that stored again is sure from
then on. Nothing is guessed here. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.kinds.kind import Run
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import digest_of
from fluxtui.kit.moments import order, seconds


@dataclass(frozen=True, slots=True)
class Spell:
    """For how many seconds it has been well: `least` is sure, more than `most` it cannot be."""

    least: float
    most: float

    @property
    def sure(self) -> bool:
        """Whether it is known."""
        return self.least == self.most


def unbroken(member: Resource, run: Run) -> bool:
    """Whether nothing else ran from the first of that entry's runs to its last, nor, of what it
    tries now, later."""
    begin, end = seconds(run.first), seconds(run.last)
    if begin is None or end is None:
        return False
    digest = digest_of(run.revision)
    if digest == digest_of(appliers.attempted(member)):
        end = float("inf")
    return not any(last > begin and first < end for first, last in _others(member, digest))


def came_again(feed: Resource | None, digest: str, begun: str) -> str:
    """When its source stored that build again after it had `begun` (RFC 3339); "" when it did not.

    It may have had another before that, or only lost its store: nobody noted which.
    """
    if feed is None or not digest or digest_of(sources.revision(feed)) != digest:
        return ""
    stored = sources.stored_at(feed)
    return stored if begun and order(stored) > order(begun) else ""


def spell_of(
    member: Resource, digest: str, now: float, feed: Resource | None = None
) -> Spell | None:
    """How long it has been well on that build, to its last good run or to `now` (epoch seconds);
    None when nobody noted it. `feed`: its source."""
    runs = [
        run
        for run in appliers.history(member)
        if digest_of(run.revision) == digest and appliers.is_good(member.key, run.status)
    ]
    begins = [at for run in runs if (at := seconds(run.first)) is not None]
    ends = [at for run in runs if (at := seconds(run.last)) is not None]
    ready = member.condition("Ready")
    is_well = ready is not None and ready.status == "True"
    is_now = is_well and digest_of(appliers.applied(member)) == digest
    if not begins or not (ends or is_now):
        return None
    begin, end = min(begins), now if is_now else max(ends)
    others = [(a, b) for a, b in _others(member, digest) if b > begin and a < end]
    within = [at for other in others for at in other if begin < at < end]
    most = max(0.0, end - max((begin, *within)))
    # Well again since one of its good runs at the latest; of what has moved on not even that.
    least = max(0.0, end - max(ends)) if is_now and ends else 0.0
    first = min((run.first for run in runs if run.first), key=order)
    again = seconds(came_again(feed, digest, first)) if is_now else None
    if again is not None and again >= max(within, default=begin):
        least = max(least, end - again)
    return Spell(min(least, most) if others or again is not None else most, most)


def _others(member: Resource, digest: str) -> Iterator[tuple[float, float]]:
    """First and last (epoch seconds) of what ran besides that build being well."""
    for run in appliers.history(member):
        if digest_of(run.revision) == digest and appliers.is_good(member.key, run.status):
            continue
        first, last = seconds(run.first), seconds(run.last)
        known = [at for at in (first, last) if at is not None]
        if known:
            yield known[0], known[-1]
