"""What differs between two artifacts, file by file.

Pure: two mappings of path to bytes in, a tuple of changes out. It says nothing about what the files
render to; that is the renderer's business.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

_LONGEST = 256 << 10
_MOST_LINES = 5_000
MOST_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file. Digests are hex sha256, sizes bytes; those of an absent side are "" and 0.

    `lines`: a unified diff, at most `MOST_SHOWN` lines and a word about the rest.
    `why_no_lines`: `binary` or `too long to compare by lines`, "" when `lines` says it all.
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
    return tuple(
        _change(path, before.get(path), after.get(path))
        for path in paths
        if before.get(path) != after.get(path)
    )


def _change(path: str, old: bytes | None, new: bytes | None) -> FileChange:
    kind: Literal["added", "removed", "changed"] = "changed"
    if old is None:
        kind = "added"
    elif new is None:
        kind = "removed"
    lines, why = _lines(path, old, new)
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


def _lines(path: str, old: bytes | None, new: bytes | None) -> tuple[tuple[str, ...], str]:
    """The unified diff, or nothing and the reason."""
    why = _unlined(old) or _unlined(new)
    if why:
        return (), why
    names = (
        "/dev/null" if old is None else f"a/{path}",
        "/dev/null" if new is None else f"b/{path}",
    )
    hunks = difflib.unified_diff(_texts(old), _texts(new), *names, lineterm="")
    lines = [line for text in hunks for line in text.split("\n")]
    if len(lines) > MOST_SHOWN:
        more = len(lines) - MOST_SHOWN
        lines = [*lines[:MOST_SHOWN], f"... {more} more lines of the diff"]
    return tuple(lines), ""


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


def _texts(data: bytes | None) -> list[str]:
    """Lines without their ends; a last line that is not ended says so, as diff does."""
    if not data:
        return []
    lines = data.decode().split("\n")
    last = lines.pop()
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines
