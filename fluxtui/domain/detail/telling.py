"""A Detail in words, line by line: what the sheet shows and `describe` prints, the same for both.

A line is made of (text, role) parts; how a role looks is not known here, nor how wide a line may
be. Text of a cluster is handed on as it is: who shows it makes it safe. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from fluxtui.domain.board import SIGNS, Level, Mark, ObjectLine
from fluxtui.domain.chartvalues import ChartValues, as_text
from fluxtui.domain.counts import counted
from fluxtui.domain.detail.values import (
    Detail,
    EventLine,
    HistoryLine,
    InventoryReading,
    ObjectReading,
    StoredArtifact,
    Use,
    WaitLine,
)
from fluxtui.domain.marks import until_text
from fluxtui.domain.overview.judgement import level_of
from fluxtui.domain.resource import Key

Part = tuple[str, str]
Words = tuple[Part, ...]
_GOOD: Mapping[bool | None, str] = {True: "ok", False: "bad", None: "wait"}
_STATUS = {"InProgress": "in progress", "NotFound": "not found"}


class Times(Protocol):
    """How moments are said; each takes RFC 3339 and gives "" for ""."""

    def ago(self, stamp: str) -> str:
        """`3h ago`, or the moment itself."""

    def lasting(self, stamp: str) -> str:
        """`for 3h`, or since when."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What takes its time. None while it is not there; `..._fault`: why the API gives no answer."""

    uses: tuple[Use, ...] | None = None

    object: ObjectReading | None = None
    object_fault: str = ""
    inventory: InventoryReading | None = None
    inventory_fault: str = ""
    values: ChartValues | None = None
    values_fault: str = ""
    values_wanted: str = ""
    """How a person has them read, where that takes a Secret and nobody has asked for it."""


def told(detail: Detail, readings: Readings, times: Times) -> Iterator[Words]:
    """All of it. What the API has not answered yet stands at the end, so that nothing that is read
    moves when it comes."""
    yield from _head(detail, times)
    yield from _section("CONDITIONS", _conditions(detail, times))
    if detail.is_source:
        yield from _section("ARTIFACT", _artifact(detail.artifact, times))
    yield from _section("STANDS ON", map(_wait, detail.stands_on))
    yield from _section("WAITS FOR", map(_wait, detail.waits))
    if detail.has_history:
        nothing = ((("its controller has written none", "dim"),),)
        lines = [_history(line, times) for line in detail.history]
        yield from _section("HISTORY (newest first)", lines or nothing)
    if detail.has_inventory:
        yield from _inventory(detail, readings, times)
    yield from _section("USED BY", _uses(readings))
    if detail.has_values:
        yield from _section("VALUES", _values(detail, readings))
    yield from _section("EVENTS", _events_of(readings, times))
    yield from _section("WHO OWNS WHICH FIELD", _owners(readings, times))


def _section(title: str, lines: Iterable[Words]) -> Iterator[Words]:
    body = list(lines)
    if body:
        yield ()
        yield ((title, "dim"),)
        yield from ((("  ", ""), *line) for line in body)


def _head(detail: Detail, times: Times) -> Iterator[Words]:
    yield ((detail.key.label, "strong"), (f"  {detail.key.environment}", "accent"))
    sign, role = SIGNS[detail.health.level]
    yield ((f"{sign} ", role), (detail.health.text or "its health is not judged", role))
    facts = [f"created {times.ago(detail.created)}"] if detail.created else []
    behind = detail.unsettled if detail.observed else "not acted on yet"
    unseen = f", {behind}" if behind else ""
    facts += [f"generation {detail.generation}{unseen}"] if detail.generation else []
    if facts:
        yield (("   ".join(facts), "dim"),)
    if detail.applied_by is not None:
        yield (("applied by ", "dim"), (detail.applied_by.label, ""))
    if detail.suspended is not None:
        yield _mark("‖ suspended", detail.suspended, times)
    if detail.pinned is not None:
        yield _mark("◆ pinned", detail.pinned, times)
    if detail.revision:
        yield (("revision ", "dim"), (detail.revision, "version"))
    for title, text in detail.facts:
        yield ((f"{title.lower()} ", "dim"), (text, ""))


def _mark(word: str, mark: Mark, times: Times) -> Words:
    when = times.ago(mark.since)
    until = f" {until_text(mark.until)}" if mark.until else ""
    head = word + (f" by {mark.by}" if mark.by else "") + (f" {when}" if when else "") + until
    return ((head, "wait"), (f": {mark.reason}" if mark.reason else ": no reason given", "dim"))


def _conditions(detail: Detail, times: Times) -> Iterator[Words]:
    if not detail.conditions:
        yield ((detail.health.text or "it has none", "dim"),)
    for line in detail.conditions:
        sign, role = SIGNS[line.level]
        yield (
            (f"{sign} {line.words} ", role),
            (f"{times.lasting(line.since)}  " if line.since else " ", "dim"),
            (f"{line.type}={line.status} {line.reason}  ", "name"),
            (line.message, ""),
        )


def _artifact(artifact: StoredArtifact | None, times: Times) -> Iterator[Words]:
    if artifact is None:
        yield (("nothing is stored", "wait"),)
        return
    yield (("revision ", "dim"), (artifact.revision, "version"))
    stored = [f"stored {times.ago(artifact.at)}"] if artifact.at else []
    stored += [f"{artifact.size} bytes"] if artifact.size else []
    stored += [artifact.digest] if artifact.digest else []
    if stored:
        yield (("   ".join(stored), "dim"),)
    if artifact.url:
        yield (("from ", "dim"), (artifact.url, ""))
    if artifact.origin:
        yield (("made of ", "dim"), (artifact.origin, "version"))
    if artifact.whence:
        yield (("out of ", "dim"), (artifact.whence, ""))


def _wait(line: WaitLine) -> Words:
    sign, role = SIGNS[line.level]
    until: Words = ((f"until {line.expression}  ", "name"),) if line.expression else ()
    return ((f"{sign} ", role), (f"{line.key.label}  ", ""), *until, (line.words, "dim"))


def _history(line: HistoryLine, times: Times) -> Words:
    run = line.run
    number = f"{run.number}  " if run.number else ""
    chart = f"{run.chart} " if run.chart else ""
    app = f" (app {run.app})" if run.app else ""
    often = f"  ×{run.times}" if run.times > 1 else ""
    first = f", first {times.ago(run.first)}" if run.first and run.first != run.last else ""
    return (
        (number, "dim"),
        (chart, "name"),
        (line.version or "no revision", "version"),
        (f"{app}  ", "dim"),
        (run.status, _GOOD[line.good]),
        (f"{often}  {times.ago(run.last)}{first}", "dim"),
    )


def _uses(readings: Readings) -> Iterator[Words]:
    if readings.uses is None:
        yield (("looking …", "dim"),)
    elif not readings.uses:
        yield (("nothing of Flux that is known here", "dim"),)
    for use in readings.uses or ():
        yield ((f"{use.key.label}  ", ""), (use.words, "dim"))


def _inventory(detail: Detail, readings: Readings, times: Times) -> Iterator[Words]:
    events: dict[Key, list[EventLine]] = {}
    for event in readings.inventory.events if readings.inventory is not None else ():
        events.setdefault(event.about, []).append(event)
    lines: list[Words] = []
    for line in detail.inventory:
        lines.append(_entry(line, readings))
        lines += [(("    ", ""), *_event(e, times)) for e in events.get(line.key, ())[:3]]
    fault = readings.inventory.fault if readings.inventory is not None else ""
    if fault:
        lines.append(((fault, "wait"),))
    if not lines:
        lines.append(((detail.no_inventory or "it has applied nothing", "dim"),))
    number = "" if detail.no_inventory else f" ({counted(len(detail.inventory), 'object')})"
    yield from _section(f"INVENTORY{number}", lines)


def _entry(line: ObjectLine, readings: Readings) -> Words:
    name: Part = (f"{line.key.label}  ", "")
    if not line.status:
        fault = readings.inventory_fault
        return (("? ", "dim"), name, (f"not read: {fault}" if fault else "reading …", "dim"))
    sign, role = SIGNS[level_of(line)]
    word = "failing" if line.fails else _STATUS.get(line.status, line.status.lower())
    message = "" if level_of(line) is Level.OK else f"  {line.message}"
    return ((f"{sign} ", role), name, (word, role), (message, ""))


def _values(detail: Detail, readings: Readings) -> Iterator[Words]:
    values = readings.values
    if values is None:
        for place in detail.value_sources:
            yield (("from ", "dim"), (place, ""))
        if readings.values_fault:
            yield ((f"not read: {readings.values_fault}", "wait"),)
        else:
            yield ((readings.values_wanted or "reading …", "dim"),)
        return
    for read in values.references:
        at = f" at {read.target}" if read.target else ""
        bad = read.stops or read.unknown
        yield (
            ("from ", "dim"),
            (f"{read.by}{at}", ""),
            (f": {read.outcome}" if read.outcome else "", "bad" if bad else "dim"),
        )
    for line in values.lines:
        shown = ("(masked)", "wait") if line.secret else (as_text(line.value), "")
        yield ((f"{line.path}: ", "version"), shown, (f"  {line.by}", "dim"))
    if any(read.stops for read in values.references):
        yield (("with these nothing is rendered until that is mended", "bad"),)
    elif not values.lines:
        yield (("none: the chart's own are used", "dim"),)


def _events_of(readings: Readings, times: Times) -> Iterator[Words]:
    reading = readings.object
    if reading is None:
        yield _pending(readings)
    elif reading.events_fault:
        yield ((f"not read: {reading.events_fault}", "wait"),)
    elif not reading.events:
        yield (("none is kept", "dim"),)
    else:
        yield from (_event(event, times) for event in reading.events)


def _event(event: EventLine, times: Times) -> Words:
    often = f" ×{event.count}" if event.count > 1 else ""
    return (
        (f"{times.ago(event.last)}  ", "dim"),
        (f"{event.reason}{often}  ", "busy" if event.type == "Warning" else "name"),
        (event.message, ""),
        (f"  {event.reporter}" if event.reporter else "", "dim"),
    )


def _pending(readings: Readings) -> Words:
    fault = readings.object_fault
    return ((f"not read: {fault}", "wait"),) if fault else (("reading …", "dim"),)


def _owners(readings: Readings, times: Times) -> Iterator[Words]:
    reading = readings.object
    if reading is None:
        yield _pending(readings)
        return
    if reading.owned_fault:
        yield ((f"not read: {reading.owned_fault}", "wait"),)
        return
    if not reading.owned:
        yield (("the API has noted nobody", "dim"),)
    for owned in reading.owned:
        part = f" of {owned.subresource}" if owned.subresource else ""
        yield (
            (owned.manager or "somebody", "name"),
            (f"  {owned.operation}{part} {times.ago(owned.at)}  ", "dim"),
            (", ".join(owned.fields), ""),
        )
    for field in reading.shared:
        owners = " and ".join(field.managers)
        yield (("! ", "busy"), (field.path, ""), (f" is owned by {owners}", "dim"))
