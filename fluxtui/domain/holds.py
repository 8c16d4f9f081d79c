"""Everything that is held back on purpose: suspended, frozen or pinned, by whom, why, until when.

A suspension that nobody remembers is an outage that waits for its day. What has passed its own
deadline comes first, then what has been held longest. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from fluxtui.domain.board import Finding, Mark, Severity
from fluxtui.domain.deadlines import has_passed, next_of
from fluxtui.domain.freezing import loose
from fluxtui.domain.kinds import ALL, appliers, sources
from fluxtui.domain.marks import mark_text, marks_of, pin, suspension
from fluxtui.domain.moves import picked_anew
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import same_build, version_text
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.moments import order, seconds

SUSPENDED, FROZEN, PINNED = "suspended", "frozen", "pinned"
LOOSE = "not held"
_WAYS_OUT = {SUSPENDED: "resume it", FROZEN: "unfreeze it", PINNED: "unpin it"}


@dataclass(frozen=True, slots=True)
class HeldObject:
    """One object that is held, or LOOSE where its Environment is frozen: then the mark names the
    freeze, and how it came to be out of it. `behind`: what would come if it were not held, ""
    when nothing would."""

    key: Key
    what: str
    mark: Mark
    behind: str = ""

    def expired(self, now: float) -> bool:
        """Whether it has outlived what was said when it was made (epoch seconds)."""
        return has_passed(self.mark.until, now)

    def ageing(self, now: float, least: float) -> bool:
        """Whether it is at least so old, in seconds; not where nobody noted since when."""
        since = seconds(self.mark.since)
        return since is not None and now - since >= least


def holds(snapshot: Snapshot, now: float) -> tuple[HeldObject, ...]:
    """All of them: what a freeze does not hold, the expired, then the oldest; what nobody dated
    comes last."""
    held = [hold for kind in ALL for r in snapshot.of_kind(kind) for hold in _of(snapshot, r)]
    for name in {hold.key.environment for hold in held if hold.mark.freeze}:
        out = loose(snapshot, name)
        held += [HeldObject(o.key, LOOSE, Mark(reason=o.why, freeze=o.freeze)) for o in out]
    return tuple(
        sorted(
            held,
            key=lambda hold: (
                hold.what != LOOSE,
                not hold.expired(now),
                not hold.mark.since,
                order(hold.mark.since),
                hold.key,
            ),
        )
    )


def _of(snapshot: Snapshot, resource: Resource) -> Iterator[HeldObject]:
    held = suspension(resource)
    if held is not None:
        yield HeldObject(resource.key, held.suspends, held, _behind(snapshot, resource))
    mark = pin(resource)
    if mark is not None:
        yield HeldObject(resource.key, PINNED, mark, _behind(snapshot, resource))


def _behind(snapshot: Snapshot, resource: Resource) -> str:
    """The version that waits behind it, as far as that is known."""
    if sources.is_source(resource.key):
        return picked_anew(snapshot, resource, replace(sources.policy(resource), digest=""))
    source = appliers.source(resource)
    holder = snapshot.get(source) if source is not None else None
    if holder is None:
        return ""
    stored, applied = sources.revision(holder), appliers.applied(resource)
    return version_text(stored) if stored and not same_build(stored, applied) else ""


def next_expiry(snapshot: Snapshot, keys: Iterable[Key], now: float) -> float:
    """When the next of these outlives its own deadline (epoch seconds); infinity for never."""
    resources = (r for key in keys if (r := snapshot.get(key)) is not None)
    return next_of((seconds(mark.until) for r in resources for mark in marks_of(r)), now)


def expired_holds(snapshot: Snapshot, keys: Iterable[Key], now: float) -> tuple[Finding, ...]:
    """A Finding for each of these that has outlived its own deadline."""
    resources = (r for key in sorted(keys) if (r := snapshot.get(key)) is not None)
    return tuple(
        Finding(
            Severity.WARNING,
            "held-too-long",
            hold.key.environment,
            f"{hold.key.label} should not be {hold.what} any more{mark_text(hold.mark)}",
            _WAYS_OUT[hold.what],
            subject=hold.key,
            since=hold.mark.until,
        )
        for resource in resources
        for hold in _of(snapshot, resource)
        if hold.expired(now)
    )
