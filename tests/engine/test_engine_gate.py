"""The gate: one wake outstanding, the first at once, then at a bounded rate."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from fluxtui.engine.publication.gate import Gate


class HandLoop:
    """The part of an event loop that the gate uses, on a clock turned by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, call: Callable[[], None]) -> HandLoop:
        self.timers.append((self.now + delay, call))
        return self

    def cancel(self) -> None:
        self.timers.clear()

    def turn(self, seconds: float) -> None:
        self.now = round(self.now + seconds, 6)
        due = [timer for timer in self.timers if timer[0] <= self.now]
        self.timers = [timer for timer in self.timers if timer[0] > self.now]
        for _, call in due:
            call()


@pytest.fixture
def loop() -> HandLoop:
    return HandLoop()


@pytest.fixture
def wakes() -> list[float]:
    return []


@pytest.fixture
def gate(loop: HandLoop, wakes: list[float]) -> Gate:
    gate = Gate(loop, 0.1)  # type: ignore[arg-type]
    gate.reader(lambda: wakes.append(loop.now))
    return gate


def test_the_first_wake_goes_out_at_once(gate: Gate, wakes: list[float]) -> None:
    gate.knock()
    assert wakes == [0.0]


def test_while_one_wake_is_outstanding_no_other_goes_out(
    gate: Gate, loop: HandLoop, wakes: list[float]
) -> None:
    for _ in range(50):
        gate.knock()
        loop.turn(1)
    assert wakes == [0.0]
    gate.seen()
    assert wakes == [0.0, 50.0], "what came meanwhile is told as soon as the reader is back"


def test_a_quick_reader_is_woken_at_most_ten_times_a_second(
    gate: Gate, loop: HandLoop, wakes: list[float]
) -> None:
    for _ in range(1000):
        gate.knock()
        gate.seen()
        loop.turn(0.001)
    assert len(wakes) == 10
    assert all(later - sooner > 0.0999 for sooner, later in pairwise(wakes))


def test_no_news_no_wake(gate: Gate, loop: HandLoop, wakes: list[float]) -> None:
    gate.knock()
    gate.seen()
    loop.turn(10)
    assert wakes == [0.0]


def test_after_a_quiet_time_the_next_wake_goes_out_at_once(
    gate: Gate, loop: HandLoop, wakes: list[float]
) -> None:
    gate.knock()
    gate.seen()
    loop.turn(5)
    gate.knock()
    assert wakes == [0.0, 5.0]


def test_a_reader_that_comes_late_is_told_what_it_missed(loop: HandLoop) -> None:
    gate, wakes = Gate(loop, 0.1), []  # type: ignore[arg-type]
    gate.knock()
    gate.reader(lambda: wakes.append(loop.now))
    assert wakes == [0.0]


def test_a_closed_gate_wakes_nobody(gate: Gate, loop: HandLoop, wakes: list[float]) -> None:
    gate.knock()
    gate.seen()
    gate.knock()
    gate.close()
    loop.turn(1)
    assert wakes == [0.0]
