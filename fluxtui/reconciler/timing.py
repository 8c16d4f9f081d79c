"""The times of a Flux spec as seconds: interval, retryInterval, timeout; and delays between runs.

Pure but for jitter. Rules: docs/flux.md#timing.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from fluxtui.domain.durations import format_duration, parse_duration
from fluxtui.domain.errors import UsageError

DEPENDENCY_DELAY = 30.0
JITTER = 0.05
_SHORTEST_TIMEOUT = 30.0
_FIRST_BACKOFF, _LONGEST_BACKOFF = 0.75, 900.0


class BadSpec(Exception):
    """A field that no run can make sense of; the text names it."""


def seconds(spec: Mapping[str, Any], field: str, default: float | None = None) -> float:
    """A duration field. Raises BadSpec when it is missing without default, or no duration."""
    value = spec.get(field)
    if value is None and default is not None:
        return default
    try:
        parsed = parse_duration(value) if isinstance(value, str) else -1.0
    except UsageError:
        parsed = -1.0
    if parsed < 0:
        raise BadSpec(f"spec.{field}: {value!r} is no duration such as 10m or 1h30m")
    return parsed


def kustomization_timeout(spec: Mapping[str, Any]) -> float:
    """spec.timeout, else interval - 30 s; never below 30 s."""
    return max(
        _SHORTEST_TIMEOUT, seconds(spec, "timeout", max(0.0, seconds(spec, "interval") - 30.0))
    )


def jittered(interval: float) -> float:
    """The interval, up to 5 % shorter or longer."""
    return interval * random.uniform(1 - JITTER, 1 + JITTER)


def backoff(failures: int) -> float:
    """Seconds after that many failures in a row (1 for the first)."""
    return min(_FIRST_BACKOFF * 2.0 ** min(failures - 1, 20), _LONGEST_BACKOFF)


def show(value: float) -> str:
    """As Go prints a duration, rounded to the millisecond."""
    return format_duration(round(value, 3))
