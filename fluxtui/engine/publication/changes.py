"""The Changes time line: what happened lately in all Environments, newest first, bounded.

Occurrences in, lines out. Trouble that is told again and again is one line with a count, an act of
ours is one line whatever its Steps, and what the objects say of that act is not told beside it. It
must not ask anything of a cluster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fluxtui.domain.acts import state, subjects, succeeded, trouble
from fluxtui.domain.echoes import essence
from fluxtui.domain.plan import AwaitStep
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Act, Change, Snapshot
from fluxtui.engine.publication.occurrences import (
    OURS,
    Occurrence,
    Telling,
    of_touch,
    ready_turn,
    worn_text,
)
from fluxtui.engine.publication.store import FLUX, Batch, Touch
from fluxtui.kit.moments import NANOSECONDS, order, rfc3339

KEPT = 500
_EACH = 100  # Occurrences kept of one object before those told together become one
_NEAR = 3 * NANOSECONDS  # managedFields know whole seconds, and clocks differ
Subject = tuple[str, str]


@dataclass(slots=True)
class _Told:
    """A line in the making: Occurrences of one object that say the same."""

    first: Occurrence
    at: int
    last: int
    what: str
    severity: str
    counts: dict[Telling, int]
    stamps: tuple[str, str]
    made: Change | None = None

    @property
    def bare(self) -> bool:
        """Whether a digest is in it that may get a name, or another one."""
        return "sha256:" in self.what

    def change(self, snapshot: Snapshot) -> Change:
        """The line; the same object as long as it says the same."""
        if self.made is None or self.bare:
            about = self.first.about
            line = self._change(worn_text(self.what, about, snapshot) if about else self.what)
            if line != self.made:
                self.made = line
        return self.made

    def _change(self, text: str) -> Change:
        count = max(self.counts.values())
        at, last = self.stamps
        first = self.first
        return Change(
            at, first.environment, first.subject, text, self.severity,
            last if count > 1 and last != at else "", count,
        )  # fmt: skip


class Timeline:
    """Keeps the newest `kept` Changes."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._changes: tuple[Change, ...] = ()
        self._happened: dict[Subject, list[Occurrence]] = {}
        self._told: dict[Subject, list[_Told]] = {}
        self._decided: dict[Key, tuple[str, str]] = {}
        self._acts: tuple[Act, ...] = ()
        self._act_lines: list[tuple[int, Change]] = []
        self._windows: list[_Window] = []
        self._bare = False

    def update(self, batch: Batch, latest: Snapshot | None = None) -> tuple[Change, ...]:
        """The time line after `batch`; the same tuple when nothing happened. `latest`: what is
        known by now, where the batch was held back."""
        latest = latest or batch.half
        now = rfc3339(batch.half.taken_at)
        occurrences: list[Occurrence] = []
        for touch in batch.touched:
            occurrences += of_touch(touch, latest, now)
            occurrences += self._ready(touch, now)
        acts, before = batch.half.acts, self._acts
        acted = len(acts) != len(before) or any(
            a is not b for a, b in zip(acts, before, strict=True)
        )
        if acted:
            self._acts = acts
            self._windows = [_window(act) for act in acts]
            self._act_lines = [(order(a.began or a.plan.made_at), of_act(a)) for a in acts]
        news = self._take(_newest(occurrences, 4 * self._kept))
        if news or acted or (batch.tags and self._bare):
            changes = self._lines(batch.half)
            if changes != self._changes:
                self._changes = changes
        return self._changes

    def _ready(self, touch: Touch, now: str) -> Iterator[Occurrence]:
        """A turn of Ready. It is Unknown during every run, so the last decided one counts."""
        ready = touch.after.condition("Ready") if touch.after else None
        if touch.after is None or (touch.key.group, touch.key.kind) not in FLUX:
            self._decided.pop(touch.key, None)
            return
        if ready is None or ready.status not in ("True", "False"):
            return
        was, is_ = self._decided.get(touch.key), (ready.status, ready.reason)
        self._decided[touch.key] = is_
        if ready.status == "False" and was != is_:
            yield ready_turn(touch, now, good=False)
        elif ready.status == "True" and was is not None and was[0] == "False":
            yield ready_turn(touch, now, good=True)

    def _take(self, occurrences: Iterable[Occurrence]) -> bool:
        """Whether there was anything new among them."""
        fresh: dict[Subject, list[Occurrence]] = defaultdict(list)
        for entry in occurrences:
            subject = (entry.environment, entry.subject)
            if entry not in self._happened.get(subject, ()) and entry not in fresh[subject]:
                fresh[subject].append(entry)
        for subject, news in fresh.items():
            if news:
                happened = [*self._happened.get(subject, ()), *news]
                lines = self._told[subject] = _folded(happened)
                if len(happened) > _EACH:
                    happened = [_as_one(line) for line in lines]
                self._happened[subject] = happened
        return any(fresh.values())

    def _lines(self, snapshot: Snapshot) -> tuple[Change, ...]:
        """All lines, newest first; what is older than the last one kept is forgotten."""
        lines: list[tuple[int, _Told | Change]] = [
            (line.at, line)
            for subject, lines_of in self._told.items()
            for line in reversed(lines_of)  # stays so within a second
            if not _is_ours(subject, line, lines_of, self._windows)
        ]
        lines += self._act_lines
        # Within a second by name: what arrived first must not decide.
        lines.sort(key=_place, reverse=True)
        if len(lines) > self._kept:
            self._forget(lines[self._kept - 1][0])
        recent = [line for _at, line in lines[: self._kept]]
        self._bare = any(isinstance(line, _Told) and line.bare for line in recent)
        return tuple(line if isinstance(line, Change) else line.change(snapshot) for line in recent)

    def _forget(self, before: int) -> None:
        for subject, lines in list(self._told.items()):
            if all(line.last < before for line in lines):
                del self._told[subject], self._happened[subject]


def _place(line: tuple[int, _Told | Change]) -> tuple[int, str, str]:
    at, entry = line
    about = entry if isinstance(entry, Change) else entry.first
    return at, about.environment, about.subject


def _newest(occurrences: list[Occurrence], most: int) -> list[Occurrence]:
    """At the start, ten thousand objects tell all they remember: most of it is of long ago."""
    if len(occurrences) <= most:
        return occurrences
    # Whole seconds of one zone compare as text, which is ten times cheaper than as times.
    plain = [entry for entry in occurrences if entry.at.endswith("Z")]
    zoned = [entry for entry in occurrences if not entry.at.endswith("Z")]
    return sorted(plain, key=lambda entry: entry.at[:19], reverse=True)[:most] + zoned


def _folded(happened: Sequence[Occurrence]) -> list[_Told]:
    """Oldest first in and out of one object: what says the same between two turns is one line."""
    # Events come by a feed of their own, sooner or later: of one second they are the first.
    ordered = sorted(
        happened, key=lambda entry: (order(entry.at), entry.origin is not Telling.EVENT)
    )
    out: list[_Told] = []
    open_lines: dict[str, _Told] = {}
    for entry in ordered:
        if entry.turn:
            open_lines.clear()
        words = essence(entry.what) if len(ordered) > 1 and not entry.turn else entry.what
        line = open_lines.get(words)
        at, last = order(entry.at), order(entry.last or entry.at)
        if line is None or entry.origin in (Telling.MARK, Telling.EDIT):
            line = _Told(
                entry, at, last, entry.what, entry.severity, {entry.origin: entry.count},
                (entry.at, entry.last or entry.at),
            )  # fmt: skip
            out.append(line)
            open_lines[words] = line
            continue
        line.counts[entry.origin] = line.counts.get(entry.origin, 0) + entry.count
        if last >= line.last:
            line.last, line.what = last, entry.what
            line.stamps = (line.stamps[0], entry.last or entry.at)
        if entry.severity == "error":
            line.severity = "error"
    return out


def _as_one(line: _Told) -> Occurrence:
    first = line.first
    return Occurrence(
        line.stamps[0], first.environment, first.subject, line.what, line.severity, first.origin,
        line.stamps[1], max(line.counts.values()), first.manager, first.about,
    )  # fmt: skip


# -- acts


def of_act(act: Act) -> Change:
    """One line for an act, however many Steps it has."""
    plan = act.plan
    about = next(iter(subjects(plan)), None)
    by = f" by {plan.user}" if plan.user else ""
    why = f" ({plan.reason})" if plan.reason else ""
    if isinstance(about, Key) and len(plan.environments) <= 1:
        environment = about.environment
    else:
        environment = ", ".join(plan.environments)
    return Change(
        act.began or plan.made_at,
        environment,
        about.label if isinstance(about, Key) else about or plan.title,
        f"{plan.title}: {state(act)}{by}{why}" + (f": {bad}" if (bad := trouble(act)) else ""),
        "info" if not act.finished or succeeded(act) else "error",
        plan=plan.id,
    )


@dataclass(frozen=True, slots=True)
class _Window:
    """The time of an act of ours, and what it wrote to."""

    begin: int
    end: int
    subjects: frozenset[Subject]


def _window(act: Act) -> _Window:
    begin = min(order(act.plan.made_at), order(act.began or act.plan.made_at))
    end = order(act.ended) + _NEAR if act.ended else 2**63
    targets = {
        (s.target.environment, s.target.label)
        for s in act.plan.steps
        if not isinstance(s, AwaitStep) and hasattr(s, "target")
    }
    return _Window(begin - _NEAR, end, frozenset(targets))


def _is_ours(
    subject: Subject, line: _Told, lines: Sequence[_Told], windows: Iterable[_Window]
) -> bool:
    """Whether it tells once more what an act of ours, or a mark of somebody's, tells better."""
    origin = line.first.origin
    if origin not in (Telling.MARK, Telling.EDIT):
        return False
    by_us = origin is Telling.MARK or line.first.manager in OURS
    if by_us and any(
        subject in window.subjects and window.begin <= line.at <= window.end for window in windows
    ):
        return True
    return (
        origin is Telling.EDIT
        and line.first.manager in OURS
        and any(o.first.origin is Telling.MARK and abs(o.at - line.at) <= _NEAR for o in lines)
    )
