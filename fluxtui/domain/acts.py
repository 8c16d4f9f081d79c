"""How an act stands: what is done, what is under way, what came of it. Pure.

Journal, time line, strip and the next start say it alike, because they ask here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from fluxtui.domain.counts import counted
from fluxtui.domain.plan import AnyStep, AwaitStep, Outcome, Plan, Receipt
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Act


def subjects(plan: Plan) -> tuple[Key | str, ...]:
    """Objects and repositories that the Steps of a Plan write to, each once."""
    targets: dict[Key | str, None] = {}
    for step in plan.steps:
        if not isinstance(step, AwaitStep):
            subject: Key | str = step.target if hasattr(step, "target") else step.repository
            targets[subject] = None
    return tuple(targets)


def succeeded(act: Act) -> bool:
    """Whether every Step came to what it wanted."""
    return all((r := act.receipt(s.id)) is not None and r.ok for s in act.plan.steps)


def ended(act: Act) -> int:
    """How many Steps have an outcome."""
    return sum(1 for step in act.plan.steps if act.receipt(step.id) is not None)


def under_way(act: Act) -> tuple[AnyStep, ...]:
    """Steps that were begun and have no outcome yet; of an act that is over, none."""
    if act.finished:
        return ()
    return tuple(s for s in act.plan.steps if s.id in act.started and act.receipt(s.id) is None)


def state(act: Act) -> str:
    """`done`, `not done`, `cut off`, or how far it is."""
    if act.cut:
        return "cut off"
    if act.finished:
        return "done" if succeeded(act) else "not done"
    where = " in another terminal" if act.elsewhere else ""
    return f"running{where}, {ended(act)} of {counted(len(act.plan.steps), 'step')}"


def cause(act: Act) -> Receipt | None:
    """The first Receipt that says why an act was not done."""
    return next((r for r in act.receipts if not r.ok and r.outcome is not Outcome.SKIPPED), None)


def trouble(act: Act) -> str:
    """Why it was not done, in one sentence; "" when it was, or still may be."""
    if act.cut:
        return f"{act.cut}; {tally(act)}"
    bad = cause(act)
    if bad is None:
        return ""
    step = next((s for s in act.plan.steps if s.id == bad.step), None)
    return f"{step.title if step else bad.step}: {bad.outcome}: {bad.message}"


def tally(act: Act) -> str:
    """`2 of 5 steps done, 1 with unknown outcome, 2 never ran`."""
    counts = Counter(_word(act.receipt(step.id)) for step in act.plan.steps)
    parts = [f"{counts.pop('done', 0)} of {counted(len(act.plan.steps), 'step')} done"]
    return ", ".join((*parts, *(f"{count} {word}" for word, count in counts.items())))


def _word(receipt: Receipt | None) -> str:
    if receipt is None:
        return "never ran"
    if receipt.ok:
        return "done"
    return "with unknown outcome" if receipt.outcome is Outcome.UNKNOWN else str(receipt.outcome)


def running(acts: Iterable[Act]) -> tuple[Act, ...]:
    """Acts of this fluxtui that are not over, oldest first: what leaving would cut off."""
    return tuple(act for act in acts if not act.finished and not act.elsewhere)
