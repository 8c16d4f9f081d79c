"""The stages by which what has arrived becomes a whole Snapshot, one after the other.

The Engine lists them once, in their order; a stage takes the Snapshot as it is so far and gives it
on. The rules are the domain's; a fault in one of them becomes a finding and leaves the Snapshot as
it was, so that a strange object cannot blind the screen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from math import inf
from typing import TYPE_CHECKING

from fluxtui.domain.board import ChainNode, Finding, Severity
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.publication.ledger import Ledger
from fluxtui.engine.publication.store import Batch, Store
from fluxtui.kit.records import NamedTuple

if TYPE_CHECKING:
    from fluxtui.domain.overview import Overview
    from fluxtui.engine.publication.changes import Timeline

Work = Callable[[Batch, Snapshot], Snapshot]
"""`batch`: what is new since the last Snapshot; returns the Snapshot to go on with."""
MANY = 1000
MOST_HELD = 8
Reminders = Callable[[Snapshot], tuple[Finding, ...]]


class Stage(NamedTuple):
    """One of them; `name` is what could not be computed, in a sentence, when it trips. `asks`:
    whether more is asked for because of it, so that it need not wait for what is under way;
    `reads`: what of its work can be done while more of the same is on its way."""

    name: str
    work: Work
    asks: bool = False
    reads: Work | None = None


class Stages:
    """Called once per Snapshot, on the Engine's thread."""

    def __init__(self, store: Store, stages: Sequence[Stage]) -> None:
        self._store = store
        self._each = tuple(stages)

    def __call__(self, batch: Batch) -> Snapshot:
        """The whole Snapshot of what has arrived."""
        snapshot = batch.half
        for stage in self._each:
            snapshot = self._safely(stage, batch, snapshot)
        return snapshot

    def ahead(self, batch: Batch) -> Snapshot:
        """With those stages alone that ask for more: nothing is judged yet."""
        snapshot = batch.half
        for stage in self._each:
            if stage.asks:
                snapshot = self._safely(stage, batch, snapshot)
        return snapshot

    def reading(self, batch: Batch) -> Snapshot:
        """As it is, and read: nothing is judged yet."""
        snapshot = batch.half
        for stage in self._each:
            if stage.reads is not None:
                snapshot = self._safely(stage._replace(work=stage.reads), batch, snapshot)
        return snapshot

    def _safely(self, stage: Stage, batch: Batch, snapshot: Snapshot) -> Snapshot:
        try:
            after = stage.work(batch, snapshot)
        except Exception as error:
            fault = Finding(
                Severity.ERROR,
                "engine-fault",
                "",
                f"the {stage.name} could not be computed: {type(error).__name__}: {error}",
                "what is shown may be older than it looks; please report this",
            )
            self._store.note(("fault", stage.name), fault)
            return snapshot
        self._store.note(("fault", stage.name), None)
        return after


class Judge:
    """Board and findings: `board` is a stage, and `findings` a later one.

    `reminders`: what is to be said of acts that were cut off, for as long as the cluster does not
    show them settled.
    """

    def __init__(self, store: Store, reminders: Reminders) -> None:
        self._store = store
        self._reminders = reminders
        self._judged: tuple[Finding, ...] = ()
        self._ledger = Ledger()
        self._releasing: dict[str, tuple[object, tuple[ChainNode, ...]]] = {}
        self._due = [inf]  # when time alone will say more, by whom that is known
        self._overview: Overview | None = None

    def board(self, batch: Batch, snapshot: Snapshot) -> Snapshot:
        """With the board made anew, where something that it stands on is new."""
        if not batch.overview and snapshot.selections is batch.half.selections:
            return snapshot
        board, self._judged = self._overseen()(snapshot)
        return dataclasses.replace(snapshot, board=board)

    def read(self, _batch: Batch, snapshot: Snapshot) -> Snapshot:
        """What each object says by itself is read, ahead of the board that is made of all."""
        self._overseen().read(snapshot)
        return snapshot

    def _overseen(self) -> Overview:
        if self._overview is None:
            # Imported late: it pulls the version rules, and first paint must not wait for them.
            from fluxtui.domain.overview import Overview

            self._overview = Overview()
        return self._overview

    def _overdue(self, snapshot: Snapshot) -> tuple[Finding, ...]:
        """What is held for longer than was said; only the few that say it are looked at."""
        if not self._ledger.dated:
            return ()
        from fluxtui.domain.holds import expired_holds, next_expiry

        self._due.append(next_expiry(snapshot, self._ledger.dated, snapshot.taken_at))
        return expired_holds(snapshot, self._ledger.dated, snapshot.taken_at)

    def _not_held(self) -> tuple[Finding, ...]:
        """What moves on where all should stand still."""
        if not any(self._ledger.loose.values()):
            return ()
        from fluxtui.domain.freezing import not_held

        places = sorted(self._ledger.loose.items())
        return tuple(finding for name, out in places for finding in not_held(name, out))

    def _overruns(self, snapshot: Snapshot) -> tuple[Finding, ...]:
        """Releases that take too long; who is being released is looked for where a chain is new."""
        from fluxtui.domain.overview.hooks import releasing

        for name, nodes in snapshot.board.chains.items():
            if self._releasing.get(name, (None,))[0] is not nodes:
                self._releasing[name] = nodes, releasing(nodes, snapshot)
        subjects = {finding.subject for finding in self._judged}
        chains = snapshot.board.chains.keys() & self._releasing.keys()
        busy = [node for name in sorted(chains) for node in self._releasing[name][1]]
        if not busy:
            return ()
        from fluxtui.domain.overview.overrun import next_overrun, overruns

        self._due.append(next_overrun(busy, snapshot, snapshot.taken_at))
        return tuple(overruns(busy, snapshot, snapshot.taken_at, subjects))

    def findings(self, batch: Batch, snapshot: Snapshot) -> Snapshot:
        """With the tally of what is held, and everything that a person should know, worst first."""
        snapshot = self._ledger.keep(batch, snapshot)
        from fluxtui.domain.overview.ranking import ordered

        self._due = [inf]
        cut = any(act.cut for act in snapshot.acts)
        everything = (
            *self._judged,
            *self._store.notes(),
            *(self._reminders(snapshot) if cut else ()),
            *self._overdue(snapshot),
            *self._not_held(),
            *self._overruns(snapshot),
        )
        self._store.due_at(min(self._due))
        findings = ordered(everything, snapshot.config)
        if findings == snapshot.findings:
            return snapshot
        return dataclasses.replace(snapshot, findings=findings)


def changes(
    timeline: Timeline,
    later: Callable[[], None] | None = None,
    starting: Callable[[], bool] = lambda: False,
) -> Work:
    """The stage that keeps the time line. What thousands of objects remember at first sight is told
    with the next Snapshot, which `later` asks for: their rows do not wait for it; and while first
    lists arrive (`starting`), with that of the last one. `later` None: at once."""
    held: list[Batch] = []

    def work(batch: Batch, snapshot: Snapshot) -> Snapshot:
        held.append(batch)
        if later is not None and len(held) <= MOST_HELD:
            if starting():
                return snapshot  # the end of the last list makes one more
            if batch.touched and sum(len(each.touched) for each in held) > MANY:
                later()
                return snapshot
        for each in held:
            now = timeline.update(each, snapshot)
        held.clear()
        return snapshot if now is snapshot.changes else dataclasses.replace(snapshot, changes=now)

    return work
