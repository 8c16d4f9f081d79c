"""A signal that comes anywhere in a wait ends it, and breaks nothing on its way."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import Future

import pytest

from fluxtui.cli.ending import Ending


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_of_news_ends_the_wait(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    for burst in range(400):
        with Ending() as ending:

            def tell(ending: Ending = ending, burst: int = burst) -> None:
                for _ in range(burst % 7):
                    done: Future[None] = Future()
                    done.add_done_callback(ending.tell)
                    done.set_result(None)
                os.kill(os.getpid(), number)

            thread = threading.Thread(target=tell)
            thread.start()
            told = 0
            while ending.wait():
                told += 1
            thread.join()
            assert told <= burst % 7
            assert not ending.wait()  # and stays so
    assert signal.getsignal(number) is before


def test_a_second_signal_is_not_listened_to() -> None:
    with Ending() as ending:
        os.kill(os.getpid(), signal.SIGTERM)
        assert not ending.wait()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_signal_that_does_not_interrupt_the_wait_is_heard_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As one that another thread catches, or that comes a moment before the wait begins."""
    monkeypatch.setattr("fluxtui.cli.ending._GLANCE", 0.05)
    main = threading.get_ident()

    def catch() -> None:
        while sys._current_frames()[main].f_code is not Ending.wait.__code__:
            pass
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    for _ in range(20):
        with Ending() as ending:
            thread = threading.Thread(target=catch)
            thread.start()
            assert not ending.wait()
            thread.join()


def test_a_wait_for_so_long_ends_without_news() -> None:
    with Ending() as ending:
        assert ending.wait(0.01) and ending.wait(0)
        ending.tell()
        assert ending.wait(60)


def test_a_signal_that_was_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with Ending() as ending:
            os.kill(os.getpid(), signal.SIGTERM)
            ending.tell()
            assert ending.wait()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)
