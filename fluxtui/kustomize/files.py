"""The file systems the renderer may read: why a build sees a bundle and nothing beside it.

A `Files` is a read-only tree with one root. Paths are posix, relative to that root, normalised
(`.` is the root itself) and never lead above it. Nothing here may write or reach a network.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from fluxtui.domain.errors import BuildError

LARGEST_FILE = 20 * 1024 * 1024
OUTSIDE = "leads out of the bundle"


class Files(Protocol):
    """A read-only tree. Every method raises BuildError for a path above the root."""

    def read(self, path: str) -> bytes:
        """Bytes of the file; BuildError when it is missing or larger than LARGEST_FILE."""

    def is_file(self, path: str) -> bool:
        """Whether the path is a file."""

    def is_dir(self, path: str) -> bool:
        """Whether the path is a folder."""

    def list(self, path: str) -> list[str]:
        """Names in the folder, sorted by bytes."""


def normalise(path: str) -> str:
    """The path relative to the root without `.`, `..` and doubled slashes.

    Raises BuildError for a path that is absolute or leads above the root.
    """
    if path.startswith("/"):
        raise BuildError(f"an absolute path {OUTSIDE}", file=path)
    clean = posixpath.normpath(path) if path else "."
    if clean == ".." or clean.startswith("../"):
        raise BuildError(f"the path {OUTSIDE}", file=path)
    return clean


def _too_large(path: str) -> BuildError:
    """It is not read, so that all there is to point at is its beginning."""
    return BuildError(f"the file is larger than {LARGEST_FILE >> 20} MiB", file=path, line=1)


class MemoryFiles:
    """A tree held in memory: posix path -> bytes."""

    def __init__(self, mapping: Mapping[str, bytes]) -> None:
        self._files = {normalise(path): data for path, data in mapping.items()}
        self._folders: dict[str, set[str]] = {".": set()}
        for path in self._files:
            self._add_parents(path)

    def _add_parents(self, path: str) -> None:
        while path != ".":
            parent, name = posixpath.split(path)
            parent = parent or "."
            listed = parent in self._folders
            self._folders.setdefault(parent, set()).add(name)
            if listed:
                return
            path = parent

    def read(self, path: str) -> bytes:
        data = self._files.get(normalise(path))
        if data is None:
            raise BuildError("no such file", file=path)
        if len(data) > LARGEST_FILE:
            raise _too_large(path)
        return data

    def is_file(self, path: str) -> bool:
        return normalise(path) in self._files

    def is_dir(self, path: str) -> bool:
        return normalise(path) in self._folders

    def list(self, path: str) -> list[str]:
        names = self._folders.get(normalise(path))
        if names is None:
            raise BuildError("no such folder", file=path)
        return sorted(names, key=str.encode)


class FolderFiles:
    """A folder on disk. Symbolic links are followed as long as they end inside of it."""

    def __init__(self, root: Path) -> None:
        self._root = Path(root).resolve()

    def _at(self, path: str) -> Path:
        clean = normalise(path)
        if "\0" in clean:
            raise BuildError("a path cannot hold a NUL character", file=path)
        try:
            real = (self._root / clean).resolve()
        except (OSError, RuntimeError) as problem:
            raise BuildError(f"the path cannot be followed: {problem}", file=path) from problem
        if not real.is_relative_to(self._root):
            raise BuildError(f"the path {OUTSIDE} by a link", file=path)
        return real

    def read(self, path: str) -> bytes:
        real = self._at(path)
        try:
            if real.stat().st_size > LARGEST_FILE:
                raise _too_large(path)
            return real.read_bytes()
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise BuildError(f"cannot be read: {reason}", file=path) from problem

    def is_file(self, path: str) -> bool:
        return self._at(path).is_file()

    def is_dir(self, path: str) -> bool:
        return self._at(path).is_dir()

    def list(self, path: str) -> list[str]:
        try:
            return sorted((p.name for p in self._at(path).iterdir()), key=str.encode)
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise BuildError(f"cannot be listed: {reason}", file=path) from problem


class OverlaidFiles:
    """Another tree with some files put on top: how Flux's merge changes no bundle on disk."""

    def __init__(self, below: Files, top: Mapping[str, bytes]) -> None:
        self._below = below
        self._top = {normalise(path): data for path, data in top.items()}

    def read(self, path: str) -> bytes:
        data = self._top.get(normalise(path))
        return self._below.read(path) if data is None else data

    def is_file(self, path: str) -> bool:
        return normalise(path) in self._top or self._below.is_file(path)

    def is_dir(self, path: str) -> bool:
        return self._below.is_dir(path)

    def list(self, path: str) -> list[str]:
        clean = normalise(path)
        files = {p for p in self._top if (posixpath.dirname(p) or ".") == clean}
        names = {posixpath.basename(p) for p in files} | set(self._below.list(path))
        return sorted(names, key=str.encode)
