"""Blobs kept on disk by their digest, for many processes at once.

A file is complete or absent (written aside, then renamed), verified whenever it is read, and only
its owner may read it, because bundles may hold secrets. Least recently used files give way.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from pathlib import Path

from fluxtui.artifacts.reference import is_digest
from fluxtui.domain.errors import ConfigError

_ASIDE = ".new-"
_ABANDONED = 3600.0
"""Seconds after which a file set aside belongs to nobody any more."""


class BlobCache:
    """At most `max_bytes` of blobs below `folder`."""

    def __init__(self, folder: Path, max_bytes: int = 512 << 20) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        # Looking at every file costs time: done at the first put and whenever a good part of the
        # bound has been written since.
        self._unlooked = max_bytes

    def get(self, digest: str) -> bytes | None:
        """The blob, verified; a damaged file is removed and counts as absent."""
        path = self._path(digest)
        if path is None:
            return None
        try:
            data = path.read_bytes()
        except OSError:
            return None  # not there, or not readable: either way it is fetched again
        algorithm, _, expected = digest.partition(":")
        if hashlib.new(algorithm, data).hexdigest() != expected:
            path.unlink(missing_ok=True)
            return None
        try:
            os.utime(path)
        except OSError:
            return data  # evicted by another process just now; what was read is good
        return data

    def put(self, digest: str, data: bytes) -> None:
        """Keep `data`, which the caller has verified. Too large a blob is not kept.

        Raises ConfigError when the folder cannot be written.
        """
        path = self._path(digest)
        if path is None or len(data) > self._max_bytes:
            return
        try:
            self._make(path.parent)
            handle, name = tempfile.mkstemp(prefix=_ASIDE, dir=path.parent)
            aside = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                aside.replace(path)
            except BaseException:
                aside.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise ConfigError(
                f"the cache cannot be written: {error.strerror}",
                where=str(self._folder),
                next="free space, or name another cache folder",
            ) from error
        self._unlooked += len(data)
        if self._unlooked > self._max_bytes // 20:
            self._unlooked = 0
            self._evict(keep=path)

    def _path(self, digest: str) -> Path | None:
        if not is_digest(digest):
            return None
        algorithm, _, value = digest.partition(":")
        return self._folder / algorithm / value[:2] / value

    def _make(self, folder: Path) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (folder.parent, folder):
            path.mkdir(mode=0o700, exist_ok=True)

    def _evict(self, keep: Path) -> None:
        """Remove the oldest until the bound holds; another process may be doing the same."""
        blobs: list[tuple[float, int, Path]] = []
        for path in self._folder.glob("sha*/*/*"):
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue
            if path.name.startswith(_ASIDE) and time.time() - facts.st_mtime < _ABANDONED:
                continue  # another process is writing it
            blobs.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in blobs)
        for _, size, path in sorted(blobs):
            if total <= self._max_bytes:
                return
            if path != keep:
                path.unlink(missing_ok=True)
                total -= size
