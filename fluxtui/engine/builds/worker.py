"""One process for parse-heavy work, started at the first job: builds and diffs never run in our
threads.

The parent sends (function name, arguments) as pickles over a pipe and gets a value or an error of
ours back, one job at a time. A worker that dies costs the job that killed it; the next job starts a
new one. It gets no terminal: its standard error is kept for the message. It lives as long as that
pipe, which the system closes however the parent ends: in the middle of a job, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import pickle
import queue
import signal
import struct
import sys
import threading
from typing import IO, Any

from fluxtui.domain.errors import FluxtuiError

_LENGTH = struct.Struct(">Q")
_GRACE = 2.0


class WorkerDied(FluxtuiError):
    """The worker process ended in the middle of a job."""


class Worker:
    """Lives on the Engine's loop. A job that takes longer than `limit` seconds is given up."""

    def __init__(self, limit: float = 120.0) -> None:
        self._limit = limit
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._errors: asyncio.Task[bytes] | None = None
        self._closed = False

    async def call(self, function: str, *arguments: Any) -> Any:
        """The result of `module:name` with these arguments. Raises what it raised, WorkerDied."""
        frame = pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL)
        async with self._turn:
            process = await self._running()
            try:
                async with asyncio.timeout(self._limit):
                    ok, value = await self._exchange(process, frame)
            except TimeoutError as error:
                await self._end()
                raise WorkerDied(
                    f"given up after {self._limit:g} s", where=function, next="try a smaller bundle"
                ) from error
            except (OSError, EOFError, asyncio.IncompleteReadError) as error:
                raise WorkerDied(await self._last_words(), where=function) from error
            except asyncio.CancelledError:
                # Whoever asked has gone; an answer that comes now would be taken for the next
                # one's.
                await self._end()
                raise
        if ok:
            return value
        raise value

    async def close(self) -> None:
        """End the process for good: who waits for a turn gets WorkerDied, not a process that
        nobody would end."""
        self._closed = True
        await self._end()

    async def _end(self) -> None:
        """End the process; it is killed when it does not go by itself."""
        process, words = self._taken()
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        try:
            # Not wait_for: until Python 3.12 it could swallow a cancellation that comes at its end.
            async with asyncio.timeout(_GRACE):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        await _said(words)

    def _taken(self) -> tuple[asyncio.subprocess.Process | None, asyncio.Task[bytes] | None]:
        """The process and what it complains of, both at once: the next has its own."""
        process, words = self._process, self._errors
        self._process = self._errors = None
        return process, words

    async def _running(self) -> asyncio.subprocess.Process:
        self._check_open()
        if self._process is not None and self._process.returncode is None:
            return self._process
        # The same search path as ours, so that the worker finds the same fluxtui wherever it lies.
        path = f"import sys; sys.path[:] = {sys.path!r}"
        code = f"{path}; from fluxtui.engine.builds.worker import serve; serve()"
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            code,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # What the terminal sends to a job (Ctrl-C, hang-up) is for the screen, which ends us.
            start_new_session=True,
        )
        assert self._process.stderr is not None
        # Read as it comes: a full pipe would stop the worker.
        self._errors = asyncio.create_task(_tail(self._process.stderr))
        if self._closed:  # while it was being started
            await self._end()
        self._check_open()
        return self._process

    def _check_open(self) -> None:
        if self._closed:
            raise WorkerDied("fluxtui is being left")

    @staticmethod
    async def _exchange(process: asyncio.subprocess.Process, frame: bytes) -> tuple[bool, Any]:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(_LENGTH.pack(len(frame)))
        process.stdin.write(frame)
        await process.stdin.drain()
        (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
        ok, value = pickle.loads(await process.stdout.readexactly(length))
        return bool(ok), value

    async def _last_words(self) -> str:
        process, words = self._taken()
        if process is None:
            return "the worker process is gone"
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        lines = (await _said(words)).splitlines()
        tail = f": {lines[-1]}" if lines else ""
        return f"the worker process died ({process.returncode}){tail}"


async def _said(words: asyncio.Task[bytes] | None) -> str:
    return (await words).decode(errors="replace").strip() if words is not None else ""


async def _tail(stream: asyncio.StreamReader, size: int = 4096) -> bytes:
    """The last bytes of a stream, once it has ended."""
    tail = b""
    while chunk := await stream.read(size):
        tail = (tail + chunk)[-size:]
    return tail


def serve() -> None:
    """The worker process: answer jobs from standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A review that renders must not slow the screen (docs/architecture.md#costs).
    os.nice(5)
    jobs, answers = sys.stdin.buffer, sys.stdout.buffer
    # Whatever a library prints must not get between the answers.
    sys.stdout = sys.stderr
    waiting: queue.SimpleQueue[tuple[str, tuple[Any, ...]]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs, waiting), name="jobs", daemon=True).start()
    while True:
        function, arguments = waiting.get()
        _write(answers, _attempt(function, arguments))


def _listen(jobs: IO[bytes], waiting: queue.SimpleQueue[tuple[str, tuple[Any, ...]]]) -> None:
    """Take jobs; nobody waits for an answer any more once there can be none."""
    try:
        while (job := _read(jobs)) is not None:
            waiting.put(job)
    finally:
        os._exit(0)


def _attempt(function: str, arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        module, _, name = function.partition(":")
        return True, getattr(importlib.import_module(module), name)(*arguments)
    except FluxtuiError as error:
        return False, error
    except Exception as error:
        return False, FluxtuiError(f"unexpected {type(error).__name__}: {error}", where=function)


def _read(stream: IO[bytes]) -> tuple[str, tuple[Any, ...]] | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    job: tuple[str, tuple[Any, ...]] = pickle.loads(stream.read(length))
    return job


def _write(stream: IO[bytes], answer: tuple[bool, Any]) -> None:
    frame = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(frame)))
    stream.write(frame)
    stream.flush()
