"""The files of a checkout as they lie on this machine, and at which commit it is.

Only read: links are not followed, what git keeps for itself is left out, and what is large is no
manifest. Blocking, for a thread.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from fluxtui.artifacts.unpacking import Limits
from fluxtui.domain.errors import ArtifactError

LIMITS = Limits(max_bytes=64 << 20, max_entries=20_000)
LARGEST = 1 << 20
"""Bytes of one file: what is larger is left out."""


class WorkTree(NamedTuple):
    """`root`: the folder that paths are from; `commit`: 40 hex digits, "" where git has none."""

    root: str
    commit: str
    files: Mapping[str, bytes]


def work_tree(folder: str, limits: Limits = LIMITS) -> WorkTree:
    """Of the checkout that the folder is in, else of the folder itself. Raises ArtifactError."""
    root, commit = _checkout_of(folder)
    if not Path(root).is_dir():
        raise ArtifactError("there is no such folder", where=root)
    files: dict[str, bytes] = {}
    size = seen = 0
    for place, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted(names):
            path = Path(place) / name
            seen += 1
            if seen > limits.max_entries:
                raise ArtifactError(f"it has more than {limits.max_entries} files", where=root)
            if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
                continue
            data = _read(path)
            size += len(data)
            if size > limits.max_bytes:
                raise ArtifactError(f"it has more than {limits.max_bytes} bytes", where=root)
            files[path.relative_to(root).as_posix()] = data
    return WorkTree(root, commit, files)


def _read(path: Path) -> bytes:
    """At most what a manifest takes; b"" of what may not be read."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError:
        return b""


def _checkout_of(folder: str) -> tuple[str, str]:
    """(root, commit) of the checkout that a folder is in; (folder, "") where it is in none."""
    from dulwich.repo import Repo

    try:
        with Repo.discover(folder) as repo:
            root = folder if repo.bare else repo.path
            return str(Path(root).resolve()), repo.head().decode()
    except Exception:  # whatever lies there, git makes nothing of it
        return folder, ""
