"""What a line and a node say when what they are made of is not known now: never that all is well.

Whatever was seen last stays readable behind the reason; its health is unknown. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain.board import ChainNode, HealthLine, Level, Line
from fluxtui.domain.knowledge import Knowledge


def line(seen: Line, known: Knowledge) -> Line:
    """The line as it may be told."""
    if known.known:
        return seen
    return replace(seen, health=_health(seen.health, known), behind=False, known=known)


def node(seen: ChainNode, known: Knowledge) -> ChainNode:
    """The node as it may be told."""
    if known.known:
        return seen
    return replace(seen, health=_health(seen.health, known), known=known)


def _health(last: HealthLine, known: Knowledge) -> HealthLine:
    seen = f"; last seen: {last.text}" if last.text else ""
    return HealthLine(Level.UNKNOWN, f"{known.word}: {known.reason}{seen}")
