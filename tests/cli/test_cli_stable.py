"""Two runs on an unchanged cluster print the same bytes, however slow registry and feeds are."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from cli_delivery import Shell

from fluxtui.artifacts.client import RegistryClient
from fluxtui.cluster.client import KubeCluster

RUNS = 8
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


@pytest.fixture
def delays(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Every list of a cluster and every answer of the registry comes late, by chance."""
    chance = random.Random()
    never = threading.Event()

    def late(owner: type[Any], name: str) -> None:
        real = getattr(owner, name)

        def slowed(self: Any, *args: Any, **kwargs: Any) -> Any:
            never.wait(chance.random() * 0.08)
            return real(self, *args, **kwargs)

        monkeypatch.setattr(owner, name, slowed)

    for name in ("list_tags", "manifest", "signature"):
        late(RegistryClient, name)
    listed = KubeCluster.list

    async def slow_list(self: KubeCluster, *args: Any, **kwargs: Any) -> Any:
        import asyncio

        await asyncio.sleep(chance.random() * 0.15)
        return await listed(self, *args, **kwargs)

    monkeypatch.setattr(KubeCluster, "list", slow_list)
    return chance.seed


@pytest.mark.parametrize("words", VIEWS)
def test_the_same_question_has_the_same_answer(
    blocked: Shell, words: str, delays: Callable[[int], None]
) -> None:
    answers: dict[str, int] = {}
    for seed in range(RUNS):
        delays(seed)
        said = blocked(*words.split())
        text = TIMES.sub("TIME", f"{said.code}\n{said.out}\n{said.err}")
        answers.setdefault(text, seed)
    assert len(answers) == 1, f"seeds {list(answers.values())} answer differently"
