"""Where fetched artifacts lie between the source reconciler and the Kustomizations: a folder.

Files are named by their content's digest and checked on every read, so a damaged or vanished file
is noticed and fetched again. Bundles may hold secrets: the folder is private. No network, no API.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from pathlib import Path

from fluxtui.artifacts.unpacking import unpack_files
from fluxtui.domain.errors import ArtifactMissing

_UNPACKED_KEPT = 4
_AGE_KEPT = 60.0


class Storage:
    """Artifacts of one environment, by digest (`sha256:<hex>`)."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._lock = threading.Lock()
        self._unpacked: OrderedDict[str, Mapping[str, bytes]] = OrderedDict()

    def put(self, data: bytes) -> str:
        """Store and give the digest."""
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        path = self._path(digest)
        try:
            os.utime(path)  # young again: not to be removed before it is advertised
        except FileNotFoundError:
            new = path.with_suffix(f".{os.getpid()}.new")
            new.touch(mode=0o600)
            new.write_bytes(data)
            new.replace(path)
        return digest

    def has(self, digest: str) -> bool:
        """Whether the artifact is there and whole."""
        try:
            self.get(digest)
        except ArtifactMissing:
            return False
        return True

    def get(self, digest: str) -> bytes:
        """The bytes stored. Raises ArtifactMissing (also when the file was damaged)."""
        path = self._path(digest)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ArtifactMissing("the artifact is not in storage", where=digest) from error
        if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
            path.unlink(missing_ok=True)
            raise ArtifactMissing("the stored artifact was damaged and is removed", where=digest)
        return data

    def files(self, digest: str) -> Mapping[str, bytes]:
        """The files of an artifact by path. Raises ArtifactMissing, ArtifactError."""
        with self._lock:  # many Kustomizations want the same artifact at once
            unpacked = self._unpacked.get(digest)
            if unpacked is None:
                unpacked = unpack_files(self.get(digest))
                self._unpacked[digest] = unpacked
                while len(self._unpacked) > _UNPACKED_KEPT:
                    self._unpacked.popitem(last=False)
            return unpacked

    def keep_only(self, digests: Collection[str], now: float) -> None:
        """Remove what no source advertises any more, but a minute old (a reader may be at it)."""
        names = {self._path(digest).name for digest in digests}
        for path in self._folder.glob("*.tar.gz"):
            try:
                if path.name not in names and now - path.stat().st_mtime > _AGE_KEPT:
                    path.unlink()
            except FileNotFoundError:
                continue

    def _path(self, digest: str) -> Path:
        name = digest.removeprefix("sha256:")
        if not name.isalnum():
            raise ArtifactMissing("no digest of an artifact", where=digest)
        return self._folder / f"{name}.tar.gz"
