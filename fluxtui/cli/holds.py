"""`fluxtui holds`: everything that is held back on purpose, the overdue first."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from fluxtui.cli import output
from fluxtui.cli.forms.envelope import Document, listing, mark, maybe
from fluxtui.cli.looking import look, short_name
from fluxtui.cli.output import conclude
from fluxtui.domain.durations import age
from fluxtui.domain.holds import HeldObject, holds
from fluxtui.engine.port import EnginePort
from fluxtui.kit.moments import seconds

_HEADER = ("ENVIRONMENT", "OBJECT", "HELD", "SINCE", "UNTIL", "BY", "BEHIND", "WHY")


def held(engine: EnginePort, args: argparse.Namespace) -> int:
    """Print it; 1 when something is overdue, or could not be read."""
    view = look(engine, args, tags=True)
    now = time.time()
    items = [
        hold
        for hold in holds(view.snapshot, now)
        if hold.key.environment in view.environments and view.has_labels(hold.key)
    ]
    overdue = [f"{h.key} should not be {h.what} any more" for h in items if h.expired(now)]
    problems = tuple(dict.fromkeys(view.problems))
    least = engine.snapshot.config.ageing
    text = _table(items, now, least) if items else "" if problems else "nothing is held"
    names = [short_name(hold.key) for hold in items]
    document = listing("Holds", (_item(hold, now, least) for hold in items), problems)
    output.emit(text, document, args.output, names=names)
    return conclude(problems) or int(bool(overdue))


def _table(items: Sequence[HeldObject], now: float, least: float) -> str:
    return output.table(_HEADER, [_cells(hold, now, least) for hold in items])


def _cells(hold: HeldObject, now: float, least: float) -> tuple[str, ...]:
    note = hold.mark
    old = " ageing" if hold.ageing(now, least) else ""
    until = "overdue" if hold.expired(now) else _ahead(note.until, now)
    place = (hold.key.environment, short_name(hold.key), hold.what)
    return (*place, _ago(note.since, now) + old, until, note.by, hold.behind, note.reason)


def _ago(moment: str, now: float) -> str:
    at = seconds(moment)
    return age(now - at) if at is not None else ""


def _ahead(moment: str, now: float) -> str:
    at = seconds(moment)
    return f"in {age(at - now)}" if at is not None else ""


def _item(hold: HeldObject, now: float, least: float) -> Document:
    return {
        "environment": hold.key.environment,
        "held": hold.what,
        "overdue": hold.expired(now),
        "ageing": hold.ageing(now, least),
        **mark(hold.key, hold.mark),
        **maybe("freeze", hold.mark.freeze, "no freeze holds it"),
        **maybe("behind", hold.behind, "nothing is known to wait behind it"),
    }
