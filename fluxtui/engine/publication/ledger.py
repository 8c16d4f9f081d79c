"""Keeps who is held in each Environment, from touch to touch: a tally for the header, and whom to
look at again as time goes by.

Only what is suspended or pinned is remembered; an Environment is counted again when one of its
holds begins, ends or says something else. It judges nothing.
"""

from __future__ import annotations

import dataclasses

from fluxtui.domain.board import Mark
from fluxtui.domain.holdtally import tally_of
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.publication.store import Batch


class Ledger:
    """Called once per Snapshot, on the Engine's thread. `dated`: holds that say when they end."""

    def __init__(self) -> None:
        self._marks: dict[str, dict[Key, tuple[Mark, ...]]] = {}
        self.dated: set[Key] = set()

    def keep(self, batch: Batch, snapshot: Snapshot) -> Snapshot:
        """With the tallies made anew where something is held otherwise."""
        from fluxtui.domain.marks import marks_of

        changed: set[str] = set()
        for touch in batch.touched:
            key = touch.key
            marks = marks_of(touch.after) if touch.after is not None else ()
            held = self._marks.setdefault(key.environment, {})
            if marks == held.get(key, ()):
                continue
            changed.add(key.environment)
            self.dated.discard(key)
            held.pop(key, None)
            if marks:
                held[key] = marks
                if any(mark.until for mark in marks):
                    self.dated.add(key)
        if not changed:
            return snapshot
        counted = {
            name: tally_of(mark for marks in self._marks[name].values() for mark in marks)
            for name in changed
        }
        return dataclasses.replace(snapshot, holds={**snapshot.holds, **counted})
