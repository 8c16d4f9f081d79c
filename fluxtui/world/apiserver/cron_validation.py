"""When a CronJob runs: what robfig/cron and apiserver say of schedules and time zones.

Only their texts; nothing here knows when the next run is. Pure.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from functools import cache

from fluxtui.world.apiserver.container_validation import shown
from fluxtui.world.apiserver.status import Cause, Json, invalid_value, required

_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
# The least, the most, and the names of each field's numbers.
_FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, {name: i + 1 for i, name in enumerate(_MONTHS)}),
    (0, 6, {name: i for i, name in enumerate(_DAYS)}),
)
_DURATION = re.compile(r"[-+]?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+|[-+]?0")
_EXPLICIT = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _known(zone: str) -> bool:
    """On a machine without time zone data nothing can be said against any."""
    return zone == "UTC" or not _zones() or zone in _zones()


def _number(text: str, names: dict[str, int]) -> int:
    """Raises ValueError with the text of cron's parser."""
    if text.lower() in names:
        return names[text.lower()]
    if not re.fullmatch(r"[-+]?[0-9]+", text):
        told = f'strconv.Atoi: parsing "{text}": invalid syntax'
        raise ValueError(f"failed to parse int from {text}: {told}")
    if int(text) < 0:
        raise ValueError(f"negative number ({int(text)}) not allowed: {text}")
    return int(text)


def _range(text: str, least: int, most: int, names: dict[str, int]) -> None:
    """Raises ValueError as `_number` does."""
    span, *steps = text.split("/")
    ends = span.split("-")
    if ends[0] in ("*", "?"):
        low, high = least, most
    else:
        low = high = _number(ends[0], names)
        if len(ends) == 2:
            high = _number(ends[1], names)
        elif len(ends) > 2:
            raise ValueError(f"too many hyphens: {text}")
    step = 1
    if len(steps) == 1:
        step = _number(steps[0], {})
        if len(ends) == 1:
            high = most
    elif len(steps) > 1:
        raise ValueError(f"too many slashes: {text}")
    if low < least:
        raise ValueError(f"beginning of range ({low}) below minimum ({least}): {text}")
    if high > most:
        raise ValueError(f"end of range ({high}) above maximum ({most}): {text}")
    if low > high:
        raise ValueError(f"beginning of range ({low}) beyond end of range ({high}): {text}")
    if step == 0:
        raise ValueError(f"step of range should be a positive number: {text}")


def _check(schedule: str) -> None:
    """Raises ValueError where the schedule does not parse."""
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        head, _, rest = schedule.partition(" ")
        zone = head.partition("=")[2]
        if zone not in ("", "Local") and not _known(zone):
            raise ValueError(f"provided bad location {zone}: unknown time zone {zone}")
        schedule = rest.strip()
    if schedule.startswith("@every "):
        amount = schedule.removeprefix("@every ")
        if not _DURATION.fullmatch(amount):
            raise ValueError(
                f'failed to parse duration {schedule}: time: invalid duration "{amount}"'
            )
        return
    if schedule.startswith("@"):
        if schedule not in _DESCRIPTORS:
            raise ValueError(f"unrecognized descriptor: {schedule}")
        return
    parts = schedule.split()
    if len(parts) != 5:
        raise ValueError(f"expected exactly 5 fields, found {len(parts)}: [{' '.join(parts)}]")
    for part, (least, most, names) in zip(parts, _FIELDS, strict=True):
        for each in filter(None, part.split(",")):
            _range(each, least, most, names)


def cron_times(spec: Json, old: Json | None) -> Iterator[Cause]:
    """What is wrong with `spec.schedule` and `spec.timeZone`; `old` is the spec before."""
    schedule, zone = str(spec.get("schedule") or ""), spec.get("timeZone")
    if not schedule:
        yield required("spec.schedule")
    else:
        try:
            _check(schedule)
        except ValueError as error:
            yield invalid_value("spec.schedule", shown(schedule), str(error))
        kept = old is not None and old.get("schedule") == schedule
        if "TZ" in schedule and not kept:
            told = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
            yield invalid_value("spec.schedule", shown(schedule), told)
    if zone is None or (old is not None and old.get("timeZone") == zone):
        return
    if zone == "":
        yield invalid_value("spec.timeZone", '""', "timeZone must be nil or non-empty string")
    elif str(zone).lower() == "local":
        yield invalid_value("spec.timeZone", shown(zone), _EXPLICIT)
    elif not _known(str(zone)):
        yield invalid_value("spec.timeZone", shown(zone), f"unknown time zone {zone}")
