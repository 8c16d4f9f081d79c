"""What an act's review had shown when it was confirmed, put into its Plan: the Journal keeps that.

A Plan knows the dangers of its act; those of what it brings are rendered beside it. An audit asks
what whoever said yes could see, so both are recorded, and so is what was not looked at. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fluxtui.domain.ask import Delivery
from fluxtui.domain.danger import ordered
from fluxtui.domain.plan import Plan

UNASKED = "what it changes: --yes asks for no review; --dry-run shows it"
"""Of a Plan that moves builds, run by somebody who has said yes before anything was rendered."""
_RENDERING = "what it changes: it was still being rendered when it was confirmed"
_ASKING = "what the clusters have of it: they were still being asked when it was confirmed"


def recorded(plan: Plan, rendered: Delivery | str | None, more: Iterable[str] = ()) -> Plan:
    """The Plan (its id stays) with all dangers that were shown and all that was not looked at.

    `rendered`: what would change; a text while it was being rendered, None where nothing was to be.
    `more`: what else was not looked at, one sentence each.
    """
    unread: tuple[str, ...] = ()
    if isinstance(rendered, Delivery):
        unread = (*rendered.unread, *((_ASKING,) if rendered.wanted else ()))
    elif rendered is not None:
        unread = (_RENDERING,)
    brought = rendered.dangers if isinstance(rendered, Delivery) else ()
    unseen = tuple(dict.fromkeys((*plan.unseen, *unread, *more)))
    return replace(plan, dangers=ordered((*plan.dangers, *brought)), unseen=unseen)


def unasked(plan: Plan) -> Plan:
    """The Plan of somebody who looks at none: it says so, where there was something to look at."""
    return replace(plan, unseen=(*plan.unseen, UNASKED)) if plan.moves else plan
