"""A signal that comes anywhere in a wait ends it, and breaks nothing on its way."""

from __future__ import annotations

import os
import signal
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
