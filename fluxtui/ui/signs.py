"""How health looks: one sign, one role and one word for each level; never colour alone."""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.board import SIGNS, Level
from fluxtui.ui.spans import Line, join

_WORDS = {
    Level.OK: "ready",
    Level.PROGRESSING: "rolling",
    Level.WAITING: "waiting",
    Level.UNKNOWN: "unknown",
    Level.FAILED: "failed",
}
GLYPHS = {level: (*SIGNS[level], _WORDS[level]) for level in Level}


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
