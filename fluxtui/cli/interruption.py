"""An act that waits, headless, and what ends it before its time, a signal or `--timeout`: written
down and said, as on the screen.

The Engine gives the act up (a write that is on its way gets a moment to be answered) and tells the
Journal why; what came of each Step is read back from there, as the next start would read it. It
must not end the process: whoever called returns 128+n.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Callable, Iterable

from fluxtui.cli.ending import Ending
from fluxtui.cli.output import visible_text
from fluxtui.domain.acts import tally
from fluxtui.domain.plan import Outcome, Plan, Receipt
from fluxtui.domain.protection import Confirmed
from fluxtui.domain.snapshot import Act
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.past import past_acts
from fluxtui.engine.port import EnginePort
from fluxtui.kit.records import NamedTuple

ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)


class Ran(NamedTuple):
    """The Receipts of an act; `code`: 128+n when signal n ended it before its Steps had, 1 when its
    time was over, else 0."""

    receipts: tuple[Receipt, ...]
    code: int = 0


def run(
    engine: EnginePort,
    plan: Plan,
    confirmed: Confirmed,
    timeout: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Ran:
    """Have it run, and wait, `timeout` seconds at most. A signal gives it up, and so does the end
    of that time; stderr says what was done and what not.

    Raises FluxtuiError, and RefusedError before anything was written.
    """
    with Ending(ENDS) as ending:
        late = None if timeout is None else clock() + timeout
        future = engine.run(plan, confirmed=confirmed)
        future.add_done_callback(ending.tell)
        rest = timeout
        while not future.done() and (rest is None or rest > 0) and ending.wait(rest):
            rest = None if late is None else late - clock()
        if future.done():
            return Ran(future.result())
        if ending.number is not None:
            why, code = f"fluxtui was ended by {ending.number.name}", 128 + ending.number
        else:
            why, code = f"not done within {timeout:g} s (--timeout)", 1
        engine.stop(why)
        if future.done() and not future.cancelled() and future.exception() is None:
            return Ran(future.result())  # what was on its way was the last of it
        return Ran(_given_up(engine, plan, why), code)


def _given_up(engine: EnginePort, plan: Plan, why: str) -> tuple[Receipt, ...]:
    """What is known of each Step; stderr says it, and what finishes or undoes it."""
    journal = engine.snapshot.config.journal
    act = _kept(journal, plan)
    if act is not None:
        receipts = tuple(r for step in plan.steps if (r := act.receipt(step.id)) is not None)
    else:
        outcome = Outcome.NEVER if journal else Outcome.UNKNOWN
        receipts = tuple(Receipt(plan.id, step.id, outcome, why, "") for step in plan.steps)
    print(_cut(act, journal, plan, why), file=sys.stderr)
    titles = {step.id: visible_text(step.title) for step in plan.steps}
    for receipt in receipts:
        print(f"fluxtui:   {receipt.outcome}: {titles[receipt.step]}", file=sys.stderr)
    return receipts


def tell_cut(journal: str, plans: Iterable[Plan], why: str) -> None:
    """Say on stderr what a screen that was left had running, once each."""
    with contextlib.suppress(OSError):  # a terminal that is gone
        for plan in plans:
            print(_cut(_kept(journal, plan), journal, plan, why), file=sys.stderr)


def _cut(act: Act | None, journal: str, plan: Plan, why: str) -> str:
    if act is not None:
        says = f"{tally(act)}; fluxtui plan finish {plan.id}, or plan undo {plan.id}"
    else:
        says = "nothing was begun" if journal else "no Journal is kept: look what was done"
    return f"fluxtui: {why}: {visible_text(plan.title)}: {says}"


def _kept(journal: str, plan: Plan) -> Act | None:
    """The act as the Journal has it; None where it has none of it, or cannot be read."""
    try:
        acts = past_acts(Journal(journal), 50)
    except OSError:
        return None
    return next((act for act in reversed(acts) if act.plan.id == plan.id), None)
