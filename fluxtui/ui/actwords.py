"""How an act and its Steps are said in a row: state, progress, time.

The Journal, Events and the strip say it alike; where it stands is theirs.
"""

from __future__ import annotations

from fluxtui.domain.acts import cause, ended, trouble, under_way
from fluxtui.domain.acts import succeeded as went_well
from fluxtui.domain.counts import counted
from fluxtui.domain.plan import AnyStep, Outcome, Plan
from fluxtui.domain.snapshot import Act
from fluxtui.ui.ages import age, epoch
from fluxtui.ui.spans import brief

OUTCOMES = {
    Outcome.INTENT: ("◐ running", "busy"),
    Outcome.DONE: ("✓ done", "ok"),
    Outcome.UNCHANGED: ("✓ unchanged", "ok"),
    Outcome.FAILED: ("✗ failed", "bad"),
    Outcome.UNKNOWN: ("? unknown", "bad"),
    Outcome.REFUSED: ("✗ refused", "bad"),
    Outcome.SKIPPED: ("– skipped", "dim"),
    Outcome.NEVER: ("– never ran", "dim"),
}
ActId = tuple[str, str]  # the Plan's id, and when it was begun: a Plan may run twice
_IDS: dict[int, tuple[Plan, str]] = {}
_KEPT = 2000
FOLDED, UNFOLDED = "▸ ", "▾ "


def act_id(act: Act) -> ActId:
    """What tells one run of a Plan from all others."""
    plan = act.plan
    # A Plan's id is a digest of all of it: taken once, and kept with the Plan that it is of.
    memo = _IDS.get(id(plan))
    if memo is None or memo[0] is not plan:
        if len(_IDS) >= _KEPT:
            _IDS.clear()
        memo = _IDS[id(plan)] = (plan, plan.id)
    return memo[1], act.began or plan.made_at


def act_state(act: Act) -> tuple[str, str]:
    """Glyph and word for the whole act."""
    if act.cut:
        return ("✗ cut off", "bad")
    if act.elsewhere:
        return ("◐ elsewhere", "busy")
    if not act.finished:
        failing = cause(act) is not None
        return ("✗ failing", "bad") if failing else ("◐ running", "busy")
    return ("✓ done", "ok") if went_well(act) else ("✗ not done", "bad")


def progress(act: Act, now: float) -> str:
    """How far it is and how long it has run; of one that is over, why it was not done, or why it
    was done."""
    if act.finished:
        return trouble(act) or act.plan.reason
    busy = under_way(act)
    doing = f": {busy[0].title}" if busy else ""
    more = f" and {len(busy) - 1} more" if len(busy) > 1 else ""
    ran = elapsed(act, now)
    so_far = f"{ended(act)} of {counted(len(act.plan.steps), 'step')}"
    return f"{so_far}{f', {ran}' if ran else ''}{doing}{more}"


def elapsed(act: Act, now: float) -> str:
    """`12s`: how long it has run, or ran; "" when that is not known."""
    began = epoch(act.began)
    return age(began, epoch(act.ended) or now) if began else ""


def step_row(act: Act, step: AnyStep, now: float) -> tuple[tuple[str, str], str, str]:
    """Of a Step: glyph and word, when (RFC 3339), and what there is to say."""
    receipt = act.receipt(step.id)
    if receipt is not None:
        return OUTCOMES[receipt.outcome], receipt.at, brief(receipt.message)
    since = act.started.get(step.id, "")
    if since and not act.finished:
        return OUTCOMES[Outcome.INTENT], since, f"for {age(epoch(since), now)}"
    return ("· to do", "dim"), "", ""
