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
        ("7ns", 7e-9, "7ns"),
        ("-7ns", -7e-9, "-7ns"),
        ("1us", 1e-6, "1µs"),
        ("1.05µs", 1.05e-6, "1.05µs"),
        ("-0.5ms", -0.0005, "-500µs"),
        ("1ms", 0.001, "1ms"),
        ("1s", 1, "1s"),
        ("60s", 60, "1m0s"),
        ("-90m", -5400, "-1h30m0s"),
        ("0h", -0.0, "0s"),
    ],
)
def test_go_durations(text: str, seconds: float, printed: str) -> None:
    assert parse_duration(text) == pytest.approx(seconds)
    assert format_duration(seconds) == printed


@pytest.mark.parametrize(
    "text", ["", "5", "m", "1d", "1h ", "--1h", "1h-2m", ".s", "9999999h", "+", "-"]
)
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
        (59, "59s"),
        (60, "1m"),
        (61, "1m1s"),
        (180, "3m"),
        (601, "10m"),
        (3600, "1h"),
        (3660, "1h1m"),
        (36060, "10h"),
        (3600 * 47, "47h"),
        (3600 * 48, "2d"),
        (86400 * 729, "729d"),
        (86400 * 730, "2y"),
        (200, "3m20s"),
        (1805, "30m"),
        (7500, "2h5m"),
        (86400 * 4 + 5, "4d"),
        (86400 * 800, "2y"),
    ],
)
def test_ages(seconds: float, text: str) -> None:
    assert age(seconds) == text
