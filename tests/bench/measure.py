"""How a figure is taken and told: medians of five, one `Row` a line; it knows no fluxtui."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

RUNS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line.

    `figure` and `budget` are in `unit`; a `budget` of None is a figure that nothing limits, with
    `note` saying why. `floor`: the figure must be at least the budget. `beside` names what the
    budget comes from: a peer's figure.
    """

    what: str
    figure: float
    unit: str = "ms"
    budget: float | None = None
    floor: bool = False
    beside: str = ""
    note: str = ""

    @property
    def ratio(self) -> float:
        """The share of the budget that is used up; over 1 is too much."""
        assert self.budget is not None
        return self.budget / self.figure if self.floor else self.figure / self.budget

    @property
    def kept(self) -> bool:
        """Whether the budget holds."""
        return self.budget is None or self.ratio <= 1

    def text(self) -> str:
        """`what  figure  budget  ratio  (beside)`."""
        head = f"{self.what:<46}{self.figure:>9,.1f} {self.unit:<5}"
        if self.budget is None:
            return f"{head} {self.note}".rstrip()
        sign = ">=" if self.floor else "<="
        limit = f"budget {sign}{self.budget:>9,.1f} {self.unit:<5} ratio {self.ratio:5.2f}"
        more = "; ".join(part for part in (self.beside, self.note) if part)
        mark = "" if self.kept else "  OVER"
        return f"{head} {limit}{mark}{f'  ({more})' if more else ''}"


def median(work: Callable[[], object], runs: int = RUNS) -> float:
    """Milliseconds, median of so many runs after one to warm up."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:]) * 1000


def in_turns(works: Sequence[Callable[[], object]], runs: int = RUNS) -> list[float]:
    """Milliseconds of each, median of so many rounds in which all run, after one to warm up."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(runs + 1):
        for work, own in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            own.append(time.perf_counter() - start)
    return [statistics.median(own[1:]) * 1000 for own in times]


def percentile(values: list[float], share: float) -> float:
    """What `share` (0..1) of them do not exceed. Raises IndexError when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def program(*words: str) -> Callable[[], object]:
    """A program run to its end."""
    return lambda: subprocess.run(words, check=True, capture_output=True)


def against(what: str, ours: float, peer: str, theirs: float, times: float) -> Row:
    """A line whose budget is so many times a peer's milliseconds."""
    return Row(what, ours, budget=theirs * times, beside=f"{times:g} x {peer}, {theirs:,.0f} ms")
