"""Who is running an act right now: a locked file beside the Journal, one per fluxtui.

The kernel lets go of the lock when the process ends, however it ends; so an act without an outcome
whose file is locked by nobody was cut off, and one whose file is locked runs in another terminal.
It says nothing about what was done.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path


class Holding:
    """The file of this fluxtui; `token` names it in the Journal. May be used from any thread that
    also writes the Journal (one at a time)."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self.token = os.urandom(4).hex()
        self._handle = -1

    def take(self) -> None:
        """From now on acts of `token` are running. Raises OSError."""
        if self._handle >= 0:
            return
        handle = os.open(self._path(self.token), os.O_RDWR | os.O_CREAT, 0o600)
        with contextlib.suppress(OSError):  # a file system without locks: nobody can be asked
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._handle = handle

    def drop(self) -> None:
        """Nothing of `token` runs any more."""
        if self._handle < 0:
            return
        with contextlib.suppress(OSError):
            self._path(self.token).unlink(missing_ok=True)
        os.close(self._handle)
        self._handle = -1

    def alive(self, token: str) -> bool:
        """Whether whoever wrote `token` into the Journal still runs something."""
        if token == self.token:
            return self._handle >= 0
        if not token or not token.isalnum():
            return False
        try:
            handle = os.open(self._path(token), os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        else:
            # Left behind by one that was killed.
            with contextlib.suppress(OSError):
                self._path(token).unlink(missing_ok=True)
            return False
        finally:
            os.close(handle)

    def _path(self, token: str) -> Path:
        return self._journal.with_name(f".{self._journal.name}.{token}.running")
