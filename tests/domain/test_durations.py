"""Durations are read and printed as Go does, ages as people do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.durations import age, format_duration, parse_duration
from fluxtui.domain.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds", "printed"),
    [
        ("1h", 3600, "1h0m0s"),
        ("5m0s", 300, "5m0s"),
        ("1.5h", 5400, "1h30m0s"),
        ("90s", 90, "1m30s"),
        ("250ms", 0.25, "250ms"),
        ("1.5s", 1.5, "1.5s"),
        ("0", 0, "0s"),
        ("-2m", -120, "-2m0s"),
        ("1h0.001s", 3600.001, "1h0m0.001s"),
    ],
)
def test_go_durations(text: str, seconds: float, printed: str) -> None:
    assert parse_duration(text) == pytest.approx(seconds)
    assert format_duration(seconds) == printed


@pytest.mark.parametrize("text", ["", "5", "m", "1d", "1h ", "--1h", "1h-2m", ".s", "9999999h"])
def test_what_go_refuses_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_duration(text)


@given(st.integers(0, 10**15))
def test_a_printed_duration_reads_back(nanos: int) -> None:
    seconds = nanos / 1e9
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"),
        (12.9, "12s"),
        (180, "3m"),
        (200, "3m20s"),
        (1805, "30m"),
        (7500, "2h5m"),
        (86400 * 4 + 5, "4d"),
        (86400 * 800, "2y"),
    ],
)
def test_ages(seconds: float, text: str) -> None:
    assert age(seconds) == text
