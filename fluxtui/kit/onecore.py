"""Keep the threads of a short program on one core while it waits for answers.

One interpreter serves all threads, so a second core gives a program of Python next to nothing; but
each thread that is woken on another core takes the interpreter from afar: a verb that asks forty
questions over a dozen threads pays a seventh of its time for that. Processes that it starts
meanwhile stay on that core too, so this is not for what builds.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

_NOW = Path("/proc/self/stat")
_CORE = 36
"""Where the core stands behind the name of the program, which may have blanks in it."""


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """This thread, and those that it starts, on the core where it is now; where a system does not
    say or let do that, as they were."""
    before = _allowed()
    if len(before) > 1:
        _stay({_core()} & before)
    try:
        yield
    finally:
        if len(before) > 1:
            _stay(before)


def _allowed() -> set[int]:
    return set(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else set()


def _core() -> int:
    """-1 where it is not known."""
    try:
        return int(_NOW.read_text().rpartition(")")[2].split()[_CORE])
    except (OSError, ValueError, IndexError):
        return -1


def _stay(cores: set[int]) -> None:
    with contextlib.suppress(OSError, ValueError):
        if cores:
            os.sched_setaffinity(0, cores)
