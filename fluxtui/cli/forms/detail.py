"""All that is known of objects, as data: `describe`. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.cli.forms.envelope import LEVELS, Document, listing, mark, maybe, reference
from fluxtui.domain.board import ObjectLine
from fluxtui.domain.chartvalues import as_text
from fluxtui.domain.detail.telling import Readings
from fluxtui.domain.detail.values import (
    ConditionLine,
    Detail,
    EventLine,
    HistoryLine,
    StoredArtifact,
    WaitLine,
)

_SAYS_NO_TIME = "nobody noted it"


def details(found: Iterable[tuple[Detail, Readings]], problems: Iterable[str]) -> Document:
    """One item an object."""
    return listing("Details", (_detail(*one) for one in found), dict.fromkeys(problems))


def _detail(detail: Detail, readings: Readings) -> Document:
    marks = (("suspended", detail.suspended), ("pinned", detail.pinned))
    by = reference(detail.applied_by) if detail.applied_by is not None else None
    return {
        "environment": detail.key.environment,
        "object": reference(detail.key),
        "health": {"level": LEVELS[detail.health.level], "message": detail.health.text},
        **maybe("createdAt", detail.created, _SAYS_NO_TIME),
        "generation": detail.generation,
        "observed": detail.observed,
        **maybe("appliedBy", by, "its labels name nobody who applies it"),
        **{name: [mark(detail.key, one)] if one is not None else [] for name, one in marks},
        **maybe("revision", detail.revision, detail.no_revision),
        "facts": [{"title": title, "text": text} for title, text in detail.facts],
        "conditions": [_condition(line) for line in detail.conditions],
        **maybe("artifact", _artifact(detail.artifact), _no_artifact(detail)),
        "standsOn": [_wait(line) for line in detail.stands_on],
        "waitsFor": [_wait(line) for line in detail.waits],
        "history": [_history(line) for line in detail.history],
        **maybe("inventory", _inventory(detail, readings), detail.no_inventory),
        "inventoryEvents": [
            _event(e) for e in (readings.inventory.events if readings.inventory else ())
        ],
        "usedBy": [
            {"object": reference(use.key), "relation": use.relation, "says": use.words}
            for use in readings.uses or ()
        ],
        **_read(readings),
        "valuesFrom": list(detail.value_sources),
        **maybe("values", _values(readings), _no_values(detail, readings)),
    }


def _inventory(detail: Detail, readings: Readings) -> list[Document] | None:
    if detail.no_inventory:
        return None
    return [_entry(line, readings) for line in detail.inventory]


def _no_values(detail: Detail, readings: Readings) -> str:
    if not detail.has_values:
        return "it makes no releases of a chart"
    return readings.values_fault or readings.values_wanted or "they were not read"


def _values(readings: Readings) -> list[Document] | None:
    if readings.values is None:
        return None
    return [
        {
            "path": line.path,
            "value": str(line.value) if line.secret else as_text(line.value),
            "from": line.by,
            "secret": line.secret,
        }
        for line in readings.values.lines
    ]


def _no_artifact(detail: Detail) -> str:
    return "nothing is stored" if detail.is_source else "it is no source"


def _condition(line: ConditionLine) -> Document:
    return {
        "type": line.type,
        "status": line.status,
        "level": LEVELS[line.level],
        "says": line.words,
        "reason": line.reason,
        "message": line.message,
        **maybe("since", line.since, _SAYS_NO_TIME),
    }


def _artifact(artifact: StoredArtifact | None) -> Document | None:
    if artifact is None:
        return None
    return {
        "revision": artifact.revision,
        **maybe("digest", artifact.digest, "it says no digest"),
        **maybe("storedAt", artifact.at, _SAYS_NO_TIME),
        **maybe("bytes", artifact.size or None, "it says no size"),
        **maybe("url", artifact.url, "its kind names no address"),
        **maybe("originRevision", artifact.origin, "whoever made it noted none"),
        **maybe("origin", artifact.whence, "whoever made it noted none"),
    }


def _wait(line: WaitLine) -> Document:
    return {
        "object": reference(line.key),
        "readyExpr": line.expression,
        **maybe("met", line.met, line.words),
        "says": line.words,
    }


def _history(line: HistoryLine) -> Document:
    run = line.run
    return {
        "release": run.number,
        "chart": run.chart,
        "appVersion": run.app,
        **maybe("version", line.version, "it says no revision"),
        **maybe("revision", run.revision, "it says no revision"),
        "digest": run.digest,
        "status": run.status,
        **maybe("good", line.good, "its status says neither"),
        "times": run.times,
        **maybe("firstAt", run.first, _SAYS_NO_TIME),
        **maybe("lastAt", run.last, _SAYS_NO_TIME),
    }


def _entry(line: ObjectLine, readings: Readings) -> Document:
    why = readings.inventory_fault or "it was not read"
    return {
        "object": reference(line.key),
        **maybe("status", line.status, why),
        "message": line.message,
        "fails": line.fails,
    }


def _event(event: EventLine) -> Document:
    return {
        "object": reference(event.about),
        "type": event.type,
        "reason": event.reason,
        "message": event.message,
        "reporter": event.reporter,
        "count": event.count,
        **maybe("lastAt", event.last, _SAYS_NO_TIME),
    }


def _read(readings: Readings) -> Document:
    """Events and owners, each null with its reason where it could not be read."""
    reading = readings.object
    if reading is None:
        why = readings.object_fault or "it was not read"
        return {**maybe("events", None, why), **maybe("owners", None, why), "shared": []}
    owners = [
        {
            "manager": one.manager,
            "operation": one.operation,
            "subresource": one.subresource,
            **maybe("at", one.at, _SAYS_NO_TIME),
            "fields": list(one.fields),
        }
        for one in reading.owned
    ]
    events, no_events = [_event(event) for event in reading.events], reading.events_fault
    return {
        **maybe("events", None if no_events else events, no_events),
        **maybe("owners", None if reading.owned_fault else owners, reading.owned_fault),
        "shared": [{"path": f.path, "managers": list(f.managers)} for f in reading.shared],
    }
