"""Work aside: its result or its fault, and no end that waits for it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from fluxtui.kit.asides import aside


async def test_what_it_returns_or_raises_comes_back() -> None:
    assert await aside(lambda _over: threading.current_thread().name, "beside") == "beside"

    def fails(_over: Callable[[], bool]) -> None:
        raise LookupError("not here")

    with pytest.raises(LookupError, match="not here"):
        await aside(fails, "beside")


async def test_it_is_told_when_nobody_waits_any_more() -> None:
    begun, told = threading.Event(), threading.Event()

    def work(over: Callable[[], bool]) -> None:
        begun.set()
        while not over():
            pass
        told.set()

    task = asyncio.create_task(aside(work, "beside"))
    await asyncio.to_thread(begun.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(told.wait, 30)


def test_a_program_ends_while_it_still_works() -> None:
    code = (
        "import asyncio, threading\n"
        "from fluxtui.kit.asides import aside\n"
        "async def main():\n"
        "    task = asyncio.create_task(aside(lambda _: threading.Event().wait(), 'stuck'))\n"
        "    await asyncio.sleep(0)\n"
        "asyncio.run(main())\n"
        "print('over')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "over\n", done.stderr
