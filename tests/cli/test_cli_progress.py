"""The bar of a long transfer: only on a terminal, only when it is long, and gone afterwards."""

from __future__ import annotations

import io

from fluxtui.cli.progress import SHOWN_AFTER, Bar, bar


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Hands:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_long_transfer_is_shown_and_leaves_nothing_behind() -> None:
    screen, hands = Screen(), Hands()
    with Bar(screen, hands) as shown:
        shown.moved(1 << 20, 4 << 20)
        assert screen.getvalue() == "", "a quick one needs no bar"
        hands.now += SHOWN_AFTER + 0.5
        shown.moved(2 << 20, 4 << 20)
        assert " 50%  2.0 of 4.0 MiB" in screen.getvalue()
        before = screen.getvalue()
        shown.moved(2 << 20, 4 << 20)
        assert screen.getvalue() == before, "drawn at a bounded rate"
        shown.moved(4 << 20, 4 << 20)
        assert "100%" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_a_program_that_reads_along_gets_no_bar() -> None:
    pipe, hands = io.StringIO(), Hands()
    with Bar(pipe, hands) as shown:
        hands.now = 100
        shown.moved(1, 2)
    assert pipe.getvalue() == ""


def test_without_a_total_only_what_has_come_is_told() -> None:
    assert bar(3 << 20, -1) == "3.0 MiB"
    assert bar(1, 1).startswith("[" + "#" * 30)
