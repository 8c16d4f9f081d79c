"""Everything that is held back, to be read over any view: the overdue first, with what waits.

Lines alone: what holds and what is behind it is the domain's to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.holds import LOOSE, HeldObject, holds
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import since
from fluxtui.ui.spans import PINNED, SUSPENDED, Line


def hold_lines(snapshot: Snapshot, now: float) -> tuple[Line, ...]:
    """Two lines a hold: what it is and how old; who, why, and what waits behind it."""
    every = holds(snapshot, now)
    if not every:
        return ((("Nothing is held.", "ok"),),)
    return tuple(line for hold in every for line in _lines(snapshot, hold, now))


def _lines(snapshot: Snapshot, hold: HeldObject, now: float) -> Iterator[Line]:
    mark, least = hold.mark, snapshot.config.ageing
    if hold.what == LOOSE:
        place: Line = ((f"{hold.key.environment} ", "accent"), (hold.key.label, "name"))
        yield ((f"✗ {LOOSE}", "bad"), ("  ", ""), *place)
        yield ((f"  by freeze {mark.freeze}: {mark.reason}", "dim"),)
        return
    ago = since(mark.since, now)
    state = f"{PINNED if hold.what == 'pinned' else SUSPENDED} {hold.what}"
    remarks: list[tuple[str, str]] = []
    if hold.expired(now):
        remarks.append(("  overdue", "bad"))
    elif mark.until:
        remarks.append((f"  until {mark.until}", "dim"))
    if hold.ageing(now, least):
        remarks.append(("  ageing", "wait"))
    yield (
        (state, "wait"),
        (f" {ago}" if ago else "", "wait"),
        ("  ", ""),
        (f"{hold.key.environment} ", "accent"),
        (hold.key.label, "name"),
        *remarks,
    )
    freeze = f"  freeze {mark.freeze}" if mark.freeze else ""
    yield (
        ("  ", ""),
        (f"{hold.behind} waits behind  " if hold.behind else "", "busy"),
        (f"by {mark.by or 'somebody'}: {mark.reason or 'no reason given'}{freeze}", "dim"),
    )
