"""One line at the end of a file that several processes write: whole and on the disk, or not at all.

A line that a crash cut is ended first, so that the next one can be read; one that does not fit is
taken back. What a line says is the caller's.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import resource
import stat
import time
from pathlib import Path

TRIES, PAUSE = 40, 0.025  # for the lock, seconds: whoever holds it may be stopped


def append(path: Path, line: bytes, *, room: int = 0) -> None:
    """Put `line` (with its newline) there, readable by the owner alone. `room`: bytes that must be
    free behind it, for the lines that will follow. Raises OSError, and nothing is written then."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            os.fchmod(handle, 0o600)
        _lock(handle)
        size = os.fstat(handle).st_size
        data = (b"" if _is_ended(handle, size) else b"\n") + line
        if room:
            _look_for_room(handle, size + len(data) + room, len(data) + room, path)
        _write(handle, data, size, path)
        os.fsync(handle)
    finally:
        os.close(handle)  # and with it the lock


def _lock(handle: int) -> None:
    """One writer at a time. Without the lock lines are still appended by one call each."""
    for _try in range(TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)
        except OSError:
            return  # a file system without locks
        else:
            return


def _is_ended(handle: int, size: int) -> bool:
    return not size or os.pread(handle, 1, size - 1) == b"\n"


def _look_for_room(handle: int, end: int, more: int, path: Path) -> None:
    """Raises OSError where a limit of this process or the disk is nearer than that."""
    limit, _hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if limit != resource.RLIM_INFINITY and end > limit:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    disk = os.fstatvfs(handle)
    if disk.f_blocks and disk.f_bavail * disk.f_frsize < more:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _write(handle: int, data: bytes, size: int, path: Path) -> None:
    try:
        written = os.write(handle, data)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    if written < len(data):
        # As much as fitted: half a line would be taken for one that a crash cut.
        with contextlib.suppress(OSError):
            os.ftruncate(handle, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
