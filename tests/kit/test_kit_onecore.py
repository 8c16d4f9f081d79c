"""One core: threads that are begun meanwhile stay on it, and all is as it was afterwards."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from fluxtui.kit import onecore

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="there is one core, or no way to say which",
)


def allowed_in_a_thread() -> set[int]:
    seen: list[set[int]] = []
    thread = threading.Thread(target=lambda: seen.append(set(os.sched_getaffinity(0))))
    thread.start()
    thread.join()
    return seen[0]


def test_threads_stay_on_one_core_as_long_as_that_is_wanted() -> None:
    before = os.sched_getaffinity(0)
    with pytest.raises(KeyError), onecore.one_core():
        assert len(allowed_in_a_thread()) == 1 and allowed_in_a_thread() <= before
        raise KeyError
    assert os.sched_getaffinity(0) == before == allowed_in_a_thread()


@pytest.mark.parametrize("text", ["", "1 (a) S", "1 (a b) c) S " + "x " * 50])
def test_where_the_core_is_not_known_nothing_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "stat").write_text(text)
    monkeypatch.setattr(onecore, "_NOW", tmp_path / "stat")
    before = os.sched_getaffinity(0)
    with onecore.one_core():
        assert os.sched_getaffinity(0) == before
