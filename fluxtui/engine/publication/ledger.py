"""Keeps who is held in each Environment, from touch to touch: a tally for the header, and whom to
look at again as time goes by.

Only what is suspended or pinned is remembered; an Environment is counted again when one of its
holds begins, ends or says something else. It judges nothing.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from fluxtui.domain import kinds
from fluxtui.domain.board import Mark
from fluxtui.domain.holdtally import tally_of
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.publication.store import Batch, Touch

if TYPE_CHECKING:
    from fluxtui.domain.freezing import Loose


class Ledger:
    """Called once per Snapshot, on the Engine's thread. `dated`: holds that say when they end.
    `loose`: by frozen Environment, what no freeze holds there."""

    def __init__(self) -> None:
        self._marks: dict[str, dict[Key, tuple[Mark, ...]]] = {}
        self._suspended: dict[str, set[Key]] = {}
        self.loose: dict[str, tuple[Loose, ...]] = {}
        self.dated: set[Key] = set()

    def keep(self, batch: Batch, snapshot: Snapshot) -> Snapshot:
        """With the tallies made anew where something is held otherwise."""
        from fluxtui.domain.marks import marks_of

        changed: set[str] = set()
        frozen = {name for name, held in snapshot.holds.items() if held.freezes}
        for touch in batch.touched:
            key = touch.key
            if key.environment in frozen and _may_move(touch):
                changed.add(key.environment)
            marks = marks_of(touch.after) if touch.after is not None else ()
            held = self._marks.setdefault(key.environment, {})
            if marks == held.get(key, ()):
                continue
            changed.add(key.environment)
            self.dated.discard(key)
            held.pop(key, None)
            suspended = self._suspended.setdefault(key.environment, set())
            suspended.discard(key)
            if marks:
                held[key] = marks
                if touch.after is not None and kinds.suspended(touch.after):
                    suspended.add(key)
                if any(mark.until for mark in marks):
                    self.dated.add(key)
        if not changed:
            return snapshot
        counted = {
            name: tally_of(
                (mark for marks in self._marks[name].values() for mark in marks),
                len(self._suspended.get(name, ())),
            )
            for name in changed
        }
        for name, tally in counted.items():
            self.loose[name] = _loose(snapshot, name) if tally.freezes else ()
            counted[name] = dataclasses.replace(tally, loose=len(self.loose[name]))
        return dataclasses.replace(snapshot, holds={**snapshot.holds, **counted})


def _may_move(touch: Touch) -> bool:
    """Whether what moves by itself may be another than before: not for every word of a status."""
    before, after = touch.before, touch.after
    if before is None or after is None:
        return True
    same = before.spec == after.spec and before.annotations == after.annotations
    return not same or any(
        of(before) != of(after) for of in (sources.revision, appliers.applied, kinds.suspended)
    )


def _loose(snapshot: Snapshot, environment: str) -> tuple[Loose, ...]:
    from fluxtui.domain.freezing import loose

    return loose(snapshot, environment)
