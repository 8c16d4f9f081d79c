"""What differs between two artifacts, file by file.

Pure: two mappings of path to bytes in, a tuple of changes out. It says nothing about what the files
render to; that is the renderer's business. No line of it holds a Secret's value.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from fluxtui.artifacts.concealing import SecretPlaces, differing, labelled, secret_places

_LONGEST = 256 << 10
_MOST_LINES = 5_000
MOST_SHOWN = 2_000
_Sides: TypeAlias = tuple[SecretPlaces, SecretPlaces]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file. Digests are hex sha256, sizes bytes; those of an absent side are "" and 0.

    `lines`: a unified diff, at most `MOST_SHOWN` lines and a word about the rest.
    `why_no_lines`: `binary`, `too long to compare by lines` or that it holds a Secret's values, ""
    when `lines` says it all.
    """

    path: str
    kind: Literal["added", "removed", "changed"]
    before_sha256: str = ""
    after_sha256: str = ""
    before_size: int = 0
    after_size: int = 0
    lines: tuple[str, ...] = ()
    why_no_lines: str = ""


def diff_files(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[FileChange, ...]:
    """The files that differ, in byte order of their paths; empty when none does."""
    paths = sorted(before.keys() | after.keys(), key=lambda path: path.encode("utf-8", "replace"))
    paths = [path for path in paths if before.get(path) != after.get(path)]
    sides = secret_places(before, paths), secret_places(after, paths)
    return tuple(_change(path, before.get(path), after.get(path), sides) for path in paths)


def _change(path: str, old: bytes | None, new: bytes | None, sides: _Sides) -> FileChange:
    kind: Literal["added", "removed", "changed"] = "changed"
    if old is None:
        kind = "added"
    elif new is None:
        kind = "removed"
    lines, why = _lines(path, old, new, sides)
    return FileChange(
        path,
        kind,
        "" if old is None else hashlib.sha256(old).hexdigest(),
        "" if new is None else hashlib.sha256(new).hexdigest(),
        len(old or b""),
        len(new or b""),
        lines,
        why,
    )


def _lines(
    path: str, old: bytes | None, new: bytes | None, sides: _Sides
) -> tuple[tuple[str, ...], str]:
    """The unified diff, or nothing and the reason."""
    why = _unlined(old) or _unlined(new) or _secret(path, sides)
    if why:
        return (), why
    names = (
        "/dev/null" if old is None else f"a/{path}",
        "/dev/null" if new is None else f"b/{path}",
    )
    texts = [(data or b"").decode() for data in (old, new)]
    places = [side.spans.get(path, ()) for side in sides]
    changed = differing(texts[0], places[0], texts[1], places[1])
    before = _texts(labelled(texts[0], places[0], frozenset()))
    after = _texts(labelled(texts[1], places[1], changed if old is not None else frozenset()))
    hunks = difflib.unified_diff(before, after, *names, lineterm="")
    lines = [line for text in hunks for line in text.split("\n")]
    if len(lines) > MOST_SHOWN:
        more = len(lines) - MOST_SHOWN
        lines = [*lines[:MOST_SHOWN], f"... {more} more lines of the diff"]
    return tuple(lines), ""


def _secret(path: str, sides: _Sides) -> str:
    """Why a file is not shown, though it is text."""
    if any(path in side.whole for side in sides):
        return "a Secret's values, not shown"
    if any(path in side.unparsed for side in sides):
        return "not YAML, and it speaks of a Secret: not shown"
    return ""


def _unlined(data: bytes | None) -> str:
    """Why a file is not compared by lines, "" when it is."""
    if data is None:
        return ""
    if b"\0" in data[:8192]:
        return "binary"
    if len(data) > _LONGEST or data.count(b"\n") > _MOST_LINES:
        return "too long to compare by lines"
    try:
        data.decode()
    except UnicodeDecodeError:
        return "binary"
    return ""


def _texts(text: str) -> list[str]:
    """Lines without their ends; a last line that is not ended says so, as diff does."""
    if not text:
        return []
    lines = text.split("\n")
    last = lines.pop()
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines
