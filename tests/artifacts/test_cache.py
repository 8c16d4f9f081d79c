"""The cache: verified, private, bounded, and shared by processes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fluxtui.artifacts import BlobCache
from fluxtui.domain.errors import ConfigError


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def stored(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file()]


def test_what_is_put_comes_back_and_is_private(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path / "c")
    cache.put(digest(b"hello"), b"hello")
    assert cache.get(digest(b"hello")) == b"hello"
    for path in [tmp_path / "c", *(tmp_path / "c").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_what_was_never_put_is_absent(tmp_path: Path) -> None:
    assert BlobCache(tmp_path).get(digest(b"x")) is None
    assert BlobCache(tmp_path).get("../../etc/passwd") is None


def test_a_damaged_file_counts_as_absent_and_goes(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path)
    cache.put(digest(b"hello"), b"hello")
    (path,) = stored(tmp_path)
    path.write_bytes(b"hullo")
    assert cache.get(digest(b"hello")) is None
    assert stored(tmp_path) == []


def test_the_least_recently_used_gives_way(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, max_bytes=25)
    blobs = [bytes([n]) * 10 for n in range(3)]
    for age, blob in enumerate(blobs[:2]):
        cache.put(digest(blob), blob)
        path = next(p for p in stored(tmp_path) if p.name == digest(blob)[7:])
        os.utime(path, (1000 + age, 1000 + age))
    assert cache.get(digest(blobs[0])) == blobs[0]  # used again: now the younger of the two
    cache.put(digest(blobs[2]), blobs[2])
    assert [cache.get(digest(b)) for b in blobs] == [blobs[0], None, blobs[2]]
    assert sum(p.stat().st_size for p in stored(tmp_path)) <= 25


def test_a_blob_larger_than_the_cache_is_not_kept(tmp_path: Path) -> None:
    BlobCache(tmp_path, max_bytes=3).put(digest(b"hello"), b"hello")
    assert stored(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigError, match="cache"):
        BlobCache(tmp_path / "file").put(digest(b"x"), b"x")


WORK = """
import hashlib, sys
from pathlib import Path
from fluxtui.artifacts.cache import BlobCache
cache = BlobCache(Path(sys.argv[1]), max_bytes=40_000)
for n in range(150):
    data = str(n % 30).encode() * 2000
    name = "sha256:" + hashlib.sha256(data).hexdigest()
    found = cache.get(name)
    assert found in (None, data), n
    cache.put(name, data)
print("done")
"""


def test_processes_share_it_without_ever_reading_half_a_file(tmp_path: Path) -> None:
    workers = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WORK, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for _ in range(3)
    ]
    assert [worker.communicate(timeout=180)[0] for worker in workers] == ["done\n"] * 3
    assert sum(p.stat().st_size for p in stored(tmp_path)) <= 40_000
