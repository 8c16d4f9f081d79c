"""Completes a half-made Snapshot: Selections, board, findings, changes.

The rules are the domain's; this only calls them when something they read is new, and turns a fault
in one of them into a finding, so that a strange object cannot blind the screen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from fluxtui.domain.board import Board, Finding, Severity
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.picks import Picks
from fluxtui.engine.store import Batch, Store

if TYPE_CHECKING:
    from fluxtui.engine.changes import Timeline

T = TypeVar("T")


class Completer:
    """Called once per Snapshot, on the Engine's thread. `timeline` None: nobody looks at it."""

    def __init__(self, store: Store, picks: Picks, timeline: Timeline | None) -> None:
        self._store = store
        self._picks = picks
        self._timeline = timeline
        self._judged: tuple[Finding, ...] = ()
        self._overview: Callable[[Snapshot], tuple[Board, tuple[Finding, ...]]] | None = None

    def __call__(self, batch: Batch) -> Snapshot:
        self._safely("Selections", lambda: self._picks.update(batch), None)
        half = self._store.selections(batch.half)
        board = half.board
        if batch.overview or half is not batch.half:
            board, self._judged = self._safely(
                "overview", lambda: self._look(half), (half.board, self._judged)
            )
        changes, timeline = half.changes, self._timeline
        if timeline is not None:
            changes = self._safely("changes", lambda: timeline.update(batch), half.changes)
        told = (*self._judged, *self._store.notes(), *self._reminders(half))
        findings = self._ordered(told, half)
        if findings == half.findings:
            findings = half.findings
        return dataclasses.replace(half, board=board, findings=findings, changes=changes)

    def _reminders(self, half: Snapshot) -> tuple[Finding, ...]:
        """Acts that were cut off, for as long as the cluster does not show them settled."""
        if not any(act.cut for act in half.acts):
            return ()
        from fluxtui.engine.past import reminders

        return self._safely("reminders", lambda: reminders(half.acts, half, half.taken_at), ())

    def _ordered(self, told: tuple[Finding, ...], half: Snapshot) -> tuple[Finding, ...]:
        from fluxtui.domain.overview.ranking import ordered

        return ordered(told, half.config)

    def _look(self, half: Snapshot) -> tuple[Board, tuple[Finding, ...]]:
        if self._overview is None:
            # Imported late: it pulls the version rules, and first paint must not wait for them.
            from fluxtui.domain.overview import Overview

            self._overview = Overview()
        return self._overview(half)

    def _safely(self, what: str, work: Callable[[], T], otherwise: T) -> T:
        """The result of `work`; when it trips over something, `otherwise` and a finding."""
        try:
            result = work()
        except Exception as error:
            fault = Finding(
                Severity.ERROR,
                "engine-fault",
                "",
                f"the {what} could not be computed: {type(error).__name__}: {error}",
                "what is shown may be older than it looks; please report this",
            )
            self._store.note(("fault", what), fault)
            return otherwise
        self._store.note(("fault", what), None)
        return result
