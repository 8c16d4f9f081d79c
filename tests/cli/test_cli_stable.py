"""Two runs on an unchanged cluster print the same bytes, in whatever order their answers come.

Nothing sleeps: every list of a cluster and every answer of the registry is held, and one at a time
is let through, by chance.
"""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest
from cli_delivery import Shell

from fluxtui.artifacts.client import RegistryClient
from fluxtui.cluster.client import KubeCluster

RUNS = 8
PATIENCE = 60.0
VIEWS = (
    "versions -o json",
    "versions",
    "status -o json",
    "status",
    "chain -o json",
    "tags app -o json --facts 0",
    "tags app --what-if v2.0.0 -o json",
    "events -o json",
    "diff app --env staging --env production -o json",
)
TIMES = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)")


class Turns:
    """Whose turn it is: one of those that wait, by chance, once the last one has its answer."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._waiting: list[Future[None]] = []
        self._busy = False
        self._inside = threading.local()

    def wanted(self) -> Future[None]:
        """Done when it is this one's turn; then `over` is to be called."""
        turn: Future[None] = Future()
        with self._lock:
            self._waiting.append(turn)
            self._give()
        return turn

    def over(self, turn: Future[None]) -> None:
        """The answer is there, or nobody waits for it any more."""
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif not turn.cancelled():
                self._busy = False
                self._give()

    def _give(self) -> None:
        while self._waiting and not self._busy:
            turn = self._waiting.pop(self._chance.randrange(len(self._waiting)))
            self._busy = turn.set_running_or_notify_cancel()
            if self._busy:
                turn.set_result(None)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A turn of this thread; a call within a call has it already."""
        if getattr(self._inside, "turn", False):
            yield
            return
        turn = self.wanted()
        self._inside.turn = True
        try:
            turn.result(PATIENCE)
            yield
        finally:
            self._inside.turn = False
            self.over(turn)


@pytest.fixture
def shuffled(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Begin a run whose answers come in the order of that seed."""
    now = [Turns(0)]

    def held(name: str) -> None:
        real = getattr(RegistryClient, name)

        def answer(self: Any, *args: Any, **kwargs: Any) -> Any:
            with now[0].taken():
                return real(self, *args, **kwargs)

        monkeypatch.setattr(RegistryClient, name, answer)

    for name in ("list_tags", "manifest", "signature"):
        held(name)
    listed = KubeCluster.list

    async def answer(self: KubeCluster, *args: Any, **kwargs: Any) -> Any:
        turns = now[0]
        turn = turns.wanted()
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.wrap_future(turn)
            return await listed(self, *args, **kwargs)
        finally:
            turns.over(turn)

    monkeypatch.setattr(KubeCluster, "list", answer)
    return lambda seed: now.__setitem__(0, Turns(seed))


@pytest.mark.parametrize("words", VIEWS)
def test_the_same_question_has_the_same_answer(
    blocked: Shell, words: str, shuffled: Callable[[int], None]
) -> None:
    answers: dict[str, int] = {}
    for seed in range(RUNS):
        shuffled(seed)
        printed = blocked(*words.split())
        text = TIMES.sub("TIME", f"{printed.code}\n{printed.out}\n{printed.err}")
        answers.setdefault(text, seed)
    assert len(answers) == 1, f"seeds {list(answers.values())} answer differently"
