"""Runs one question for many things in a few threads that nobody has to wait for at the end.

Not a pool of the standard library: the interpreter waits for such threads at its exit, and a
registry that hangs would hold up whoever quits.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def each_in_threads(ask: Callable[[T], R], things: Sequence[T], threads: int) -> list[R]:
    """The answers in the order of `things`. Raises what the first failing question raised."""
    waiting: queue.SimpleQueue[tuple[int, T]] = queue.SimpleQueue()
    for numbered in enumerate(things):
        waiting.put(numbered)
    answers: queue.SimpleQueue[tuple[int, R | None, Exception | None]] = queue.SimpleQueue()

    def work() -> None:
        with suppress(queue.Empty):
            while True:
                number, thing = waiting.get_nowait()
                try:
                    answers.put((number, ask(thing), None))
                except Exception as error:
                    answers.put((number, None, error))

    for _ in range(min(threads, len(things))):
        threading.Thread(target=work, name="fluxtui-registry", daemon=True).start()
    results: dict[int, R] = {}
    for _ in things:
        number, answer, failure = answers.get()
        if failure is not None:
            with suppress(queue.Empty):
                while True:
                    waiting.get_nowait()
            raise failure
        results[number] = answer  # type: ignore[assignment]
    return [results[number] for number in range(len(things))]
