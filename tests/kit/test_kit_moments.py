"""Times are compared as times: fractions, zones and nanoseconds count, texts do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.kit.moments import instant, order, rfc3339, seconds

MOMENTS = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1))


def test_a_whole_second_comes_before_its_fractions() -> None:
    texts = ["2026-11-23T10:00:10.9Z", "2026-11-23T10:00:10Z", "2026-11-23T10:00:10.10Z"]
    assert sorted(texts, key=order) == [texts[1], texts[2], texts[0]]


def test_nanoseconds_are_not_rounded_away() -> None:
    early, late = "2026-11-23T10:00:10.123456788Z", "2026-11-23T10:00:10.123456789Z"
    assert order(late) - order(early) == 1


@given(MOMENTS, MOMENTS, st.integers(-23, 23))
def test_whatever_zone_a_time_is_written_in_it_is_the_same_moment(
    one: datetime, other: datetime, hours: int
) -> None:
    zone = timezone(timedelta(hours=hours))
    there = one.replace(tzinfo=UTC).astimezone(zone).isoformat()
    here = one.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
    assert instant(there) == instant(here)
    assert (order(there) < order(other.isoformat() + "Z")) == (one < other)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-23T10:00:10", "2026-13-01T00:00:00Z"])
def test_what_is_no_time_comes_before_all_times(text: str) -> None:
    assert instant(text) is None and seconds(text) is None
    assert order(text) < order("1970-01-01T00:00:00Z")


def test_a_time_without_a_zone_is_read_as_utc_only_where_that_is_said() -> None:
    assert instant("2026-11-23T10:00:10", zone=False) == instant("2026-11-23t10:00:10z")


@pytest.mark.parametrize(("digits", "ends"), [(0, ":07Z"), (3, ":07.250Z"), (6, ":07.250000Z")])
def test_what_is_written_is_read_as_the_same_moment(digits: int, ends: str) -> None:
    at = 1_795_435_207.25
    written = rfc3339(at, digits)
    assert written.endswith(ends)
    assert seconds(written) == (at if digits else 1_795_435_207)
