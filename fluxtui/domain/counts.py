"""How many of what, in words: the one place where a sentence learns its plural. Pure."""

from __future__ import annotations


def counted(number: int, thing: str, verb: str = "", things: str = "") -> str:
    """`1 row is`, `3 rows are`; `things` where the plural is not `thing` and an s.

    `verb` as it stands behind one thing (`is`, `has`, `was`, `applies`, `waits`), or "".
    """
    many = things or f"{thing}s"
    words = f"{number} {thing if number == 1 else many}"
    return f"{words} {agreed(number, verb)}" if verb else words


def agreed(number: int, verb: str) -> str:
    """The verb of one thing (`is`, `has`, `was`, `applies`, `waits`) as so many have it."""
    if number == 1:
        return verb
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    return f"{verb[:-3]}y" if verb.endswith("ies") else verb.removesuffix("s")


_IRREGULAR = {"is": "are", "has": "have", "was": "were", "does": "do", "goes": "go"}
