"""How health looks: one sign, one role and one word for each level; never colour alone."""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.board import Level
from fluxtui.ui.spans import Line, join

GLYPHS = {
    Level.OK: ("✓", "ok", "ready"),
    Level.PROGRESSING: ("◐", "busy", "rolling"),
    Level.WAITING: ("○", "wait", "waiting"),
    Level.UNKNOWN: ("?", "dim", "unknown"),
    Level.FAILED: ("✗", "bad", "failed"),
}


def health(level: Level, *, word: bool = True) -> Line:
    """A glyph and, when there is room, its word: never colour alone."""
    glyph, role, name = GLYPHS[level]
    return ((f"{glyph} {name}" if word else glyph, role),)


def summary(levels: Mapping[Level, int]) -> Line:
    """Counts by health, worst first."""
    return join(
        ((f"{GLYPHS[level][0]} {levels[level]} {GLYPHS[level][2]}", GLYPHS[level][1]),)
        for level in reversed(Level)
        if levels.get(level)
    )
