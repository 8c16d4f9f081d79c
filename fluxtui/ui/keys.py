"""Which keys a Command has on this screen, and how a key is written for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fluxtui.commands.command import Command

_WORDS = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "exclamation_mark": "!",
    "enter": "⏎",
    "escape": "esc",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}


def shown_key(key: str) -> str:
    """`^l` for ctrl+l, `?` for question_mark; the first of several."""
    first = key.split(",")[0].strip()
    if first.startswith("ctrl+"):
        return "^" + shown_key(first[5:])
    return _WORDS.get(first, first)


def key_table(commands: Sequence[Command], remapped: Mapping[str, str]) -> dict[str, str]:
    """Command id -> comma-separated keys, as Textual's bindings want them."""
    return {c.id: remapped.get(c.id) or ",".join(c.keys) for c in commands}
