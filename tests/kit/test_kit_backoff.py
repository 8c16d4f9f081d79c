"""Delays after failures: doubled, spread, bounded, and forgotten after a healthy life."""

from __future__ import annotations

import pytest

from fluxtui.kit.backoff import Backoff


def test_delays_double_up_to_the_limit_and_begin_again_after_a_healthy_life() -> None:
    delays = Backoff(0.5, 3.0, lambda: 0.0)
    assert [delays.next() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    delays.reset()
    assert delays.next() == 0.5
    for _ in range(5000):
        assert delays.next() <= 3.0, "however long it has failed"


def test_jitter_spreads_the_delays_but_never_beyond_the_limit() -> None:
    spread = Backoff(0.8, 30.0, lambda: 1.0)
    delays = [spread.next() for _ in range(8)]
    assert delays[0] == pytest.approx(1.2)
    assert max(delays) == 30.0
