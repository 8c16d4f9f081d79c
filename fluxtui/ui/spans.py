"""Text as spans of (text, role): what panes compute, before anything is painted.

Object to text is a pure function here and in the panes, so that tests read it without a terminal.
Roles are names; the stylesheet gives them colours. Cluster text becomes visible and stays data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.cells import cell_len

from fluxtui.domain import shortening
from fluxtui.domain.safetext import visible

Span = tuple[str, str]
Line = tuple[Span, ...]

_DIGEST = re.compile(r"(sha256:[0-9a-f]{8})[0-9a-f]{56}")
_NAMED = re.compile(r"\b([A-Z]\w+)/[a-z0-9][a-z0-9.-]*/([a-z0-9][a-z0-9.-]*)")
_VERSION = re.compile(r"(?<![\w./-])v?\d+\.\d+\.\d+[-+.][-+.0-9A-Za-z]{8,}")
SUSPENDED = "‖"
PINNED = "◆"
PROTECTED = "◈"
ARROW = shortening.ARROW
VERSION = 16  # cells of a version in a sentence that is shortened
LEAST_NAME = 8  # cells of a name that is shortened


def safe(text: str) -> str:
    """One line of text in which control and bidi characters are visible."""
    if text.isprintable():
        return text
    return visible(" ".join(text.split("\n")))


def brief(text: str) -> str:
    """Digests as people compare them: `sha256:0123abcd`."""
    return _DIGEST.sub(r"\1", text)


def shorter_names(line: Line, cells: int) -> Line:
    """Where it does not fit: `Job/migrate` for `Job/apps/migrate`, so that the reason behind it
    stays."""
    if width(line) <= cells:
        return line
    return tuple((_NAMED.sub(r"\1/\2", text), role) for text, role in line)


def plain(line: Line) -> str:
    """The text alone."""
    return "".join(text for text, _role in line)


def width(line: Line) -> int:
    """Terminal cells it takes."""
    return sum(cell_len(safe(text)) for text, _role in line)


def cut(text: str, cells: int) -> str:
    """The longest beginning that fits into that many cells."""
    return shortening.cut(text, cells, cell_len)


def elide(text: str, cells: int) -> str:
    """Shorten at the end with an ellipsis."""
    return shortening.ended(safe(text), cells, cell_len)


def elide_middle(text: str, cells: int) -> str:
    """Shorten a version: the end of a tag is what tells it from its neighbours."""
    return shortening.shortened(safe(text), cells, cell_len)


def fit(
    line: Line, cells: int, *, middle: bool = False, right: bool = False, before: str = ""
) -> Line:
    """Exactly that many cells: shortened or padded. `before`: the text that it goes on from."""
    used = width(line)
    if used > cells:
        return _shorten(line, cells, middle=middle, before=before)
    pad = (" " * (cells - used), "")
    if used == cells:
        return line
    return (pad, *line) if right else (*line, pad)


def _shorten(line: Line, cells: int, *, middle: bool, before: str) -> Line:
    line = _shorten_name(line, cells) if middle else _shorter_versions(line, cells)
    whole = "".join(safe(text) for text, _role in line)
    if cell_len(whole) <= cells:
        return fit(tuple((safe(text), role) for text, role in line), cells)
    head, close = shortening.parted(whole, cells, cell_len, before)
    head = head.removesuffix("…")  # one is enough
    tail = ("…" + close if cells > 0 else "").ljust(cells - cell_len(head))
    out: list[Span] = []
    remaining = len(head)
    for text, role in line:
        text = safe(text)
        if len(text) > remaining:
            return (*out, (text[:remaining] + tail, role))
        out.append((text, role))
        remaining -= len(text)
    return tuple(out)


def _shorter_versions(line: Line, cells: int) -> Line:
    """A sentence that is cut at its end says all the same which version it tells of."""
    room = min(VERSION, cells * 3 // 5)

    def shorter(match: re.Match[str]) -> str:
        return shortening.shortened(match[0], room)

    return tuple((_VERSION.sub(shorter, text), role) for text, role in line)


def _shorten_name(line: Line, cells: int) -> Line:
    """The longest part without its middle: the signs and the kind beside a name stay, and the tail
    of the name tells it from its siblings."""
    at = max(range(len(line)), key=lambda i: cell_len(line[i][0]))
    text, role = line[at]
    room = cells - width((*line[:at], *line[at + 1 :]))
    if room < LEAST_NAME < cells:  # then of what stands before it, too
        head = fit(line[:at], max(0, cells - LEAST_NAME)) if at else ()
        return (*head, (elide_middle(text, cells - width(head)), role))
    return (*line[:at], (elide_middle(text, room), role), *line[at + 1 :])


def join(lines: Iterable[Line], gap: str = "  ") -> Line:
    """Lines one behind the other, empty ones left out."""
    out: list[Span] = []
    for line in lines:
        if not plain(line):
            continue
        if out:
            out.append((gap, "dim"))
        out.extend(line)
    return tuple(out)


def wrap(line: Line, cells: int, rows: int, hang: int = 0) -> tuple[Line, ...]:
    """Break at spaces into at most `rows` lines; the last one is shortened when there is more.

    Lines after the first begin `hang` cells to the right.
    """
    cells = max(cells, 8 + hang)
    words = [(w, role) for text, role in line for w in _words(safe(text), cells - hang)]
    out: list[Line] = []
    current: list[Span] = []
    used = 0
    for index, (word, role) in enumerate(words):
        if current and used + cell_len(word.rstrip(" ")) > cells:
            if len(out) == rows - 1:
                above = "".join(map(plain, out))
                out.append(fit((*current, *words[index:]), cells, before=above))
                return tuple(out)
            out.append(_closed(current))
            current, used = ([(" " * hang, "")], hang) if hang else ([], 0)
        current.append((word, role))
        used += cell_len(word)
    if current:
        out.append(_closed(current))
    return tuple(out)


def _closed(spans: list[Span]) -> Line:
    """Without the space at which the line was broken."""
    text, role = spans[-1]
    return (*spans[:-1], (text.rstrip(" "), role))


def _words(text: str, cells: int) -> list[str]:
    """Words with the space behind them; one that is too long for a line in pieces."""
    parts = text.split(" ")
    out: list[str] = []
    for number, part in enumerate(parts):
        while cell_len(part) > cells:
            piece = cut(part, cells)
            out.append(piece)
            part = part[len(piece) :]
        last = number == len(parts) - 1
        if part or not last:
            out.append(part if last else part + " ")
    return out
