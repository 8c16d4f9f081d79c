"""What a line and a node say when what they are made of is not known now: never that all is well.

Whatever was seen last stays readable behind the reason; its health is unknown. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain.board import ChainNode, HealthLine, Level, Line
from fluxtui.domain.knowledge import Knowledge


def line(last: Line, knowledge: Knowledge) -> Line:
    """The line as it may be told."""
    if knowledge.known:
        return last
    return replace(last, health=health(last.health, knowledge), behind=False, known=knowledge)


def node(last: ChainNode, knowledge: Knowledge) -> ChainNode:
    """The node as it may be told."""
    if knowledge.known:
        return last
    return replace(last, health=health(last.health, knowledge), known=knowledge)


def health(last: HealthLine, knowledge: Knowledge) -> HealthLine:
    """The health as it may be told."""
    if knowledge.known:
        return last
    memory = f"; last seen: {last.text}" if last.text else ""
    return HealthLine(Level.UNKNOWN, f"{knowledge.word}: {knowledge.reason}{memory}")
