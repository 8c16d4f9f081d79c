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


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file. Digests are hex sha256, sizes bytes; those of an absent side are "" and 0.

    `lines`: a unified diff, empty for binary or very long files.
    """

    path: str
    kind: Literal["added", "removed", "changed"]
    before_sha256: str = ""
    after_sha256: str = ""
    before_size: int = 0
    after_size: int = 0
    lines: tuple[str, ...] = ()


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
    return FileChange(
        path,
        kind,
        "" if old is None else hashlib.sha256(old).hexdigest(),
        "" if new is None else hashlib.sha256(new).hexdigest(),
        len(old or b""),
        len(new or b""),
        _lines(path, old, new),
    )


def _lines(path: str, old: bytes | None, new: bytes | None) -> tuple[str, ...]:
    one, two = _text(old), _text(new)
    if one is None or two is None:
        return ()
    names = (
        "/dev/null" if old is None else f"a/{path}",
        "/dev/null" if new is None else f"b/{path}",
    )
    return tuple(difflib.unified_diff(one, two, *names, lineterm=""))


def _text(data: bytes | None) -> list[str] | None:
    """The lines, None for what is no text or too long to compare by lines."""
    if data is None:
        return []
    if len(data) > _LONGEST or b"\0" in data:
        return None
    try:
        lines = data.decode().splitlines()
    except UnicodeDecodeError:
        return None
    return lines if len(lines) <= _MOST_LINES else None
