"""Make text from a cluster or a registry safe to show: nothing in it may move, hide or reorder.

Control, bidirectional and zero-width characters become visible escapes. Must not know markup: the
screen shows text as text and never parses it.
"""

from __future__ import annotations

import functools
import re

# C0 and C1 controls and DEL; soft hyphen; Arabic and Mongolian format characters; zero-width and
# bidirectional marks, embeddings and isolates; line and paragraph separators; invisible operators;
# fillers that draw nothing; variation selectors; interlinear marks; tags; lone surrogates.
_UNSAFE = (
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ud800-\udfff]"
)
_UNSAFE_BUT_BREAKS = rf"(?![\n\t]){_UNSAFE}"
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e", "\x00": "\\0"}


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    """Compiled once it is needed: a program may be told nothing that has to be made safe."""
    return re.compile(text)


def visible(text: str) -> str:
    """One line of safe text: `\\n`, `\\e`, `\\x07`, `\\u202e` stand for what they name."""
    return _pattern(_UNSAFE).sub(_escape, text)


def visible_lines(text: str) -> str:
    """As `visible`, but line breaks and tabs stay; for logs, messages and YAML."""
    return _pattern(_UNSAFE_BUT_BREAKS).sub(_escape, text.replace("\r\n", "\n"))


def is_safe(text: str) -> bool:
    """Whether `visible` would leave the text as it is."""
    return _pattern(_UNSAFE).search(text) is None


def shorten(text: str, width: int) -> str:
    """Safe text of at most `width` characters, cut at the end with an ellipsis."""
    safe = visible(text[: width * 2 + 1])
    return safe if len(safe) <= width else safe[: max(0, width - 1)] + "…"[: max(0, width)]


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
