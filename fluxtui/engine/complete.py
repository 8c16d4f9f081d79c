"""Completes a half-made Snapshot: Selections, board, findings, changes.

The rules are the domain's; this only calls them when something they read is new, and turns a fault
in one of them into a finding, so that a strange object cannot blind the screen.
"""

from __future__ import annotations

import dataclasses

from fluxtui.domain.board import Board, Finding, Severity
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.changes import Timeline
from fluxtui.engine.picks import Picks
from fluxtui.engine.store import Batch, Store


class Completer:
    """Called once per Snapshot, on the Engine's thread."""

    def __init__(self, store: Store, picks: Picks, timeline: Timeline) -> None:
        self._store = store
        self._picks = picks
        self._timeline = timeline
        self._judged: tuple[Finding, ...] = ()

    def __call__(self, batch: Batch) -> Snapshot:
        self._picks.update(batch)
        half = self._store.selections(batch.half)
        board, findings = half.board, half.findings
        if batch.overview or half.selections is not batch.half.selections:
            board, self._judged = self._overview(half)
            findings = (*self._judged, *self._store.notes())
        changes = self._timeline.update(batch)
        return dataclasses.replace(half, board=board, findings=findings, changes=changes)

    def _overview(self, half: Snapshot) -> tuple[Board, tuple[Finding, ...]]:
        from fluxtui.domain.overview import overview

        try:
            return overview(half)
        except Exception as error:
            # A rule tripped over an object: keep the last board, say so, go on with the next
            # Snapshot.
            fault = Finding(
                Severity.ERROR,
                "overview-failed",
                "",
                f"the overview could not be computed: {type(error).__name__}: {error}",
                "what is shown may be older than it looks; please report this",
            )
            return half.board, (*(f for f in self._judged if f.code != fault.code), fault)
