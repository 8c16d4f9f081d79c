"""What was done from here before: acts read back from the Journal, for a new session.

An act whose Steps have not all an outcome was cut off, unless another fluxtui is running it this
moment; for each Step it says what is known: done, never begun, or begun with an unknown outcome.
Lines that no longer parse are left out: the file itself is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from fluxtui.domain.acts import subjects, tally
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.keytokens import key_token
from fluxtui.domain.plan import AnyStep, AwaitStep, Outcome, Plan, Receipt
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Act, Snapshot
from fluxtui.domain.standing import read_back
from fluxtui.engine.acts.journal import Journal, JournalEntry
from fluxtui.engine.acts.overtaken import settled
from fluxtui.kit.moments import NANOSECONDS, order

NO_WORD = "fluxtui ended without a word (it was killed, or the machine went down)"
CLOSING = "a finding until each step is seen to be done or overtaken, or any act was done on it"
REMINDED = timedelta(days=7)  # so long a cut act is a finding, unless it was done again


@dataclass
class _Telling:
    """One run of a Plan, line by line."""

    plan: Plan
    began: str
    by: str
    receipts: list[Receipt] = field(default_factory=list)
    started: dict[str, str] = field(default_factory=dict)
    why: str = ""
    ended: str = ""

    def hear(self, entry: JournalEntry) -> None:
        """One more line. Raises ValueError, KeyError, TypeError for one that makes no sense."""
        if entry.type == "intent":
            self.started[str(entry.body["step"])] = entry.at
        elif entry.type == "interrupted":
            self.why, self.ended = str(entry.body["why"]), entry.at
        elif (receipt := entry.receipt()) is not None:
            self.receipts.append(receipt)

    def act(self, running: bool) -> Act:
        """What became of it."""
        receipted = {r.step for r in self.receipts}
        open_steps = [s for s in self.plan.steps if s.id not in receipted]
        heard = (self.began, *self.started.values(), *(r.at for r in self.receipts))
        last = self.ended or max(heard, key=order)
        act = Act(self.plan, tuple(self.receipts), True, self.began, last, dict(self.started))
        if not open_steps:
            return act
        if running and not self.why:
            return Act(self.plan, act.receipts, False, self.began, "", act.started, elsewhere=True)
        cut = self.why or NO_WORD
        closed = tuple(_unheard(self.plan.id, step, self.started, last) for step in open_steps)
        return Act(self.plan, (*act.receipts, *closed), True, self.began, last, act.started, cut)


def _unheard(plan: str, step: AnyStep, started: Mapping[str, str], at: str) -> Receipt:
    """What is known of a Step that has no outcome in the Journal."""
    if step.id not in started:
        return Receipt(plan, step.id, Outcome.NEVER, "the act was cut off before it", at)
    if isinstance(step, AwaitStep):
        text = "cut off while waiting: whether it came true was not seen"
    else:
        text = "cut off while it was being done: look whether it was"
    return Receipt(plan, step.id, Outcome.UNKNOWN, text, at)


def past_acts(journal: Journal, most: int) -> tuple[Act, ...]:
    """The last `most` acts, oldest first. Raises OSError."""
    runs: dict[str, _Telling] = {}
    for entry in journal.read():
        try:
            if entry.type == "plan":
                plan = Plan.from_json(entry.body)
                # The same Plan may run twice; the newest run counts and moves to the end.
                runs.pop(entry.plan, None)
                runs[entry.plan] = _Telling(plan, entry.at, entry.by)
            elif entry.plan in runs:
                runs[entry.plan].hear(entry)
        except (ValueError, KeyError, TypeError):
            continue
    newest = list(runs.values())[-most:]
    return tuple(run.act(journal.runs(run.by)) for run in newest)


def told(journal: Journal) -> tuple[JournalEntry, ...]:
    """All lines, oldest first, and what those of an act that was cut off leave unsaid: why it was,
    and of each Step without an outcome what is known (`interrupted` with its Step). Raises OSError.
    """
    lines: list[tuple[JournalEntry, ...]] = []
    runs: dict[str, tuple[_Telling, int]] = {}  # and where its last line stands
    for number, entry in enumerate(journal.read()):
        lines.append((entry,))
        try:
            if entry.type == "plan":
                run = _Telling(Plan.from_json(entry.body), entry.at, entry.by)
                if entry.plan in runs:
                    _close(lines, *runs[entry.plan], running=False)
                runs[entry.plan] = (run, number)
            elif entry.plan in runs:
                runs[entry.plan][0].hear(entry)
                runs[entry.plan] = (runs[entry.plan][0], number)
        except (ValueError, KeyError, TypeError):
            continue
    for run, number in runs.values():
        _close(lines, run, number, running=journal.runs(run.by))
    return tuple(entry for line in lines for entry in line)


def _close(lines: list[tuple[JournalEntry, ...]], run: _Telling, last: int, running: bool) -> None:
    """Put behind the last line of a run what became of its open Steps, if it was cut off."""
    act = run.act(running)
    if not act.cut:
        return
    more = (
        [] if run.why else [JournalEntry("interrupted", act.plan.id, act.ended, {"why": act.cut})]
    )
    for receipt in act.receipts[len(run.receipts) :]:
        body = {"step": receipt.step, "outcome": str(receipt.outcome), "message": receipt.message}
        more.append(JournalEntry("interrupted", act.plan.id, act.ended, body))
    lines[last] += tuple(more)


def interrupted_acts(journal: Journal, most: int = 50) -> tuple[Act, ...]:
    """Those of the last `most` acts that were cut off, oldest first. Raises OSError."""
    return tuple(act for act in past_acts(journal, most) if act.cut)


def reminders(acts: Iterable[Act], snapshot: Snapshot, now: float) -> tuple[Finding, ...]:
    """A finding for each act that was cut off lately (`now`: epoch seconds), newest first.

    Not for one that the Snapshot shows to be settled, nor for one whose objects were acted on again
    since: whoever did that has looked.
    """
    findings: list[Finding] = []
    since: set[object] = set()
    for act in reversed(tuple(acts)):
        touched = set(subjects(act.plan))
        fresh = order(act.ended) / NANOSECONDS > now - REMINDED.total_seconds()
        if act.cut and fresh and not touched & since and not settled(act, snapshot):
            findings.append(_reminder(act, snapshot))
        since |= touched
    return tuple(findings)


def _reminder(act: Act, snapshot: Snapshot) -> Finding:
    seen, id_ = read_back(act, snapshot), act.plan.id
    key = next((s for s in subjects(act.plan) if isinstance(s, Key)), None)
    place = key.environment if key else ", ".join(act.plan.environments)
    return Finding(
        Severity.WARNING,
        "interrupted",
        place,
        f"cut off: {act.plan.title} ({act.cut}): {tally(act)}{f'; {seen}' if seen else ''}",
        f"in the Journal {key_token('finish')} finishes it and {key_token('undo')} undoes it, or: "
        f"fluxtui plan finish {id_}, plan undo {id_}; this is {CLOSING}",
        key,
        names_environment=place in act.plan.title.replace(":", " ").split(),
    )
