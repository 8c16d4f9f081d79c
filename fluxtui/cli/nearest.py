"""The word that was meant: for every answer to a word that is not there. Light to import."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def nearest(word: str, words: Sequence[str], least: float = 0.55) -> str:
    """The word of `words` that was meant, or "": none is alike by `least` (0..1)."""
    from difflib import get_close_matches

    starts = [w for w in words if len(word) > 1 and w.startswith(word.lower())]
    close = get_close_matches(word.lower(), words, n=1, cutoff=least)
    return (starts[:1] if len(starts) == 1 else close or starts[:1] or [""])[0]
