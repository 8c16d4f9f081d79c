"""What was done from here before: acts read back from the Journal, for a new session.

A Plan without an outcome in the Journal was cut off; it is shown with the Receipts it has. Lines
that no longer parse are left out: the file itself is never changed.
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain.plan import Plan
from fluxtui.domain.snapshot import Act
from fluxtui.engine.journal import Journal


def past_acts(journal: Journal, most: int) -> tuple[Act, ...]:
    """The last `most` acts, oldest first, all of them finished. Raises OSError."""
    acts: dict[str, Act] = {}
    for entry in journal.read():
        if entry.type == "plan":
            try:
                plan = Plan.from_json(entry.body)
            except (ValueError, KeyError, TypeError):
                continue
            # The same Plan may run twice; the newest run counts and moves to the end.
            acts.pop(entry.plan, None)
            acts[entry.plan] = Act(plan, finished=True)
        elif entry.type == "receipt" and entry.plan in acts:
            try:
                receipt = entry.receipt()
            except (ValueError, KeyError, TypeError):
                continue
            if receipt is not None:
                act = acts[entry.plan]
                acts[entry.plan] = replace(act, receipts=(*act.receipts, receipt))
    return tuple(acts.values())[-most:]
