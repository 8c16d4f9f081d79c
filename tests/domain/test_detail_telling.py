"""How one object is told, line by line: what is there is said, and what is not leaves no hole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain.board import HealthLine, Level, Mark, ObjectLine
from fluxtui.domain.chartvalues import ChartValues, ReadReference, ValueLine
from fluxtui.domain.detail.telling import Readings, told
from fluxtui.domain.detail.values import (
    ConditionLine,
    Detail,
    EventLine,
    HistoryLine,
    InventoryReading,
    ObjectReading,
    StoredArtifact,
    Use,
    WaitLine,
)
from fluxtui.domain.kinds.kind import Run
from fluxtui.domain.resource import Key

WEB = Key("staging", "kustomize.toolkit.fluxcd.io", "Kustomization", "apps", "web")
POD = Key("staging", "", "Pod", "apps", "web-1")
BARE = Detail(WEB, "", 0, True, HealthLine(), None, None, None, "")


class Plain:
    def ago(self, stamp: str) -> str:
        return stamp

    def lasting(self, stamp: str) -> str:
        return f"since {stamp}"


def lines(detail: Detail, readings: Readings | None = None) -> list[str]:
    every = told(detail, readings or Readings(), Plain())
    return ["".join(part for part, _role in line).rstrip() for line in every]


def section(title: str, detail: Detail, readings: Readings | None = None) -> list[str]:
    """The lines below a title, to the next empty one."""
    found = lines(detail, readings)
    if title not in found:
        return []
    after = found[found.index(title) + 1 :]
    return [line.strip() for line in after[: after.index("")] if line] if "" in after else [
        line.strip() for line in after
    ]  # fmt: skip


def roles(detail: Detail, readings: Readings, text: str) -> set[str]:
    every = told(detail, readings, Plain())
    return {role for line in every for part, role in line if text in part}


def head(**more: Any) -> list[str]:
    every = lines(replace(BARE, **more))
    return every[: every.index("")]


def test_of_what_nobody_judged_only_the_name_is_told() -> None:
    assert head() == ["Kustomization/apps/web  staging", "? its health is not judged"]


def test_the_head_says_what_there_is_in_one_order() -> None:
    owner = WEB._replace(name="root")
    assert head(
        health=HealthLine(Level.OK, "Applied revision"),
        created="monday",
        generation=3,
        applied_by=owner,
        suspended=Mark("anna", "audit", "tuesday", "2026-11-27T18:00:00Z"),
        pinned=Mark(),
        revision="1.4.2",
        facts=(("Interval", "5m"),),
    ) == [
        "Kustomization/apps/web  staging",
        "✓ Applied revision",
        "created monday   generation 3",
        "applied by Kustomization/apps/root",
        "‖ suspended by anna tuesday until 2026-11-27 18:00Z: audit",
        "◆ pinned: no reason given",
        "revision 1.4.2",
        "interval 5m",
    ]


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"created": "monday"}, ["created monday"]),
        ({"generation": 2}, ["generation 2"]),
        ({"generation": 2, "observed": False}, ["generation 2, not acted on yet"]),
        ({"observed": False}, []),
        ({"generation": 2, "unsettled": "a run goes on"}, ["generation 2, a run goes on"]),
    ],
)
def test_generation_and_age_are_told_where_they_are_known(
    more: dict[str, Any], line: list[str]
) -> None:
    assert head(**more)[2:] == line


def condition(since: str) -> ConditionLine:
    return ConditionLine("Ready", "True", "ready", Level.OK, "Succeeded", "Applied", since)


def test_a_condition_says_since_when_where_it_says_so() -> None:
    told_of = section("CONDITIONS", replace(BARE, conditions=(condition("monday"), condition(""))))
    assert told_of == [
        "✓ ready since monday  Ready=True Succeeded  Applied",
        "✓ ready  Ready=True Succeeded  Applied",
    ]
    assert section("CONDITIONS", BARE) == ["it has none"]
    static = replace(BARE, health=HealthLine(Level.OK, "static"))
    assert section("CONDITIONS", static) == ["static"]


ARTIFACT = StoredArtifact("1.4.2", "", "", 0, "", "", "")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, []),
        ({"at": "monday"}, ["stored monday"]),
        ({"size": 7}, ["7 bytes"]),
        ({"digest": "sha256:1"}, ["sha256:1"]),
        (
            {"at": "monday", "size": 7, "digest": "sha256:1"},
            ["stored monday   7 bytes   sha256:1"],
        ),
        ({"url": "oci://r"}, ["from oci://r"]),
        ({"origin": "main@sha1:1"}, ["made of main@sha1:1"]),
        ({"whence": "https://git"}, ["out of https://git"]),
    ],
)
def test_an_artifact_says_what_was_noted_of_it(more: dict[str, Any], says: list[str]) -> None:
    source = replace(BARE, is_source=True, artifact=replace(ARTIFACT, **more))
    assert section("ARTIFACT", source) == ["revision 1.4.2", *says]


def test_a_source_without_an_artifact_says_so_and_who_is_none_is_not_asked() -> None:
    assert section("ARTIFACT", replace(BARE, is_source=True)) == ["nothing is stored"]
    assert section("ARTIFACT", replace(BARE, artifact=ARTIFACT)) == []


def test_what_it_waits_for_says_until_when_where_somebody_wrote_that() -> None:
    plain = WaitLine(WEB, "", True, Level.OK, "Applied")
    until = replace(plain, expression="dep.x == 1", met=None, level=Level.UNKNOWN, words="unknown")
    waiting = replace(BARE, waits=(plain, until), stands_on=(plain,))
    assert section("WAITS FOR", waiting) == [
        "✓ Kustomization/apps/web  Applied",
        "? Kustomization/apps/web  until dep.x == 1  unknown",
    ]
    assert section("STANDS ON", waiting) == ["✓ Kustomization/apps/web  Applied"]
    assert section("WAITS FOR", BARE) == section("STANDS ON", BARE) == []


@pytest.mark.parametrize(
    ("run", "version", "says"),
    [
        (Run("", "", "Failed", "", "tue"), "", "no revision  Failed  tue"),
        (Run("", "", "Good", "mon", "tue", times=1), "1.4.2", "1.4.2  Good  tue, first mon"),
        (Run("", "", "Good", "tue", "tue", times=2), "1.4.2", "1.4.2  Good  ×2  tue"),
        (
            Run("", "", "deployed", "", "tue", number=3, chart="web", app="2.0"),
            "1.4.2",
            "3  web 1.4.2 (app 2.0)  deployed  tue",
        ),
    ],
)
def test_a_run_says_what_its_history_noted(run: Run, version: str, says: str) -> None:
    told_of = replace(BARE, has_history=True, history=(HistoryLine(run, version, True),))
    assert section("HISTORY (newest first)", told_of) == [says]


def test_a_run_is_good_bad_or_neither() -> None:
    def role(good: bool | None) -> set[str]:
        line = HistoryLine(Run("", "", "its word", "", ""), "", good)
        return roles(replace(BARE, has_history=True, history=(line,)), Readings(), "its word")

    assert (role(True), role(False), role(None)) == ({"ok"}, {"bad"}, {"wait"})


def test_who_keeps_a_history_and_has_none_says_so() -> None:
    title = "HISTORY (newest first)"
    assert section(title, replace(BARE, has_history=True)) == ["its controller has written none"]
    assert section(title, BARE) == []


def test_who_uses_it_is_looked_for_then_told_or_nobody() -> None:
    assert section("USED BY", BARE) == ["looking …"]
    assert section("USED BY", BARE, Readings(uses=())) == ["nothing of Flux that is known here"]
    use = Use(WEB, "needs", "stands on it")
    assert section("USED BY", BARE, Readings(uses=(use,))) == [
        "Kustomization/apps/web  stands on it"
    ]


def inventory(*of: ObjectLine, readings: Readings | None = None) -> list[str]:
    keeper = replace(BARE, has_inventory=True, inventory=of)
    title = f"INVENTORY ({len(of)} object{'' if len(of) == 1 else 's'})"
    return section(title, keeper, readings)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (ObjectLine(POD, "Current", "fine"), "✓ Pod/apps/web-1  current"),
        (ObjectLine(POD, "InProgress", "1 of 3"), "◐ Pod/apps/web-1  in progress  1 of 3"),
        (ObjectLine(POD, "NotFound", "gone"), "? Pod/apps/web-1  not found  gone"),
        (ObjectLine(POD, "Failed", "no"), "✗ Pod/apps/web-1  failed  no"),
        (ObjectLine(POD, "InProgress", "crashes", True), "✗ Pod/apps/web-1  failing  crashes"),
        (ObjectLine(POD, ""), "? Pod/apps/web-1  reading …"),
    ],
)
def test_an_entry_says_how_it_is_and_why_where_it_is_not_well(line: ObjectLine, says: str) -> None:
    assert inventory(line) == [says]


def test_an_inventory_says_what_was_not_read_and_that_it_is_empty() -> None:
    assert inventory() == ["it has applied nothing"]
    silent = replace(BARE, has_inventory=True, no_inventory="nobody has written one")
    assert section("INVENTORY", silent) == ["nobody has written one"], "none is not known as 0"
    fault = Readings(inventory_fault="403")
    assert inventory(ObjectLine(POD, ""), readings=fault) == ["? Pod/apps/web-1  not read: 403"]
    some = Readings(inventory=InventoryReading(fault="3 were not read"))
    assert inventory(readings=some) == ["3 were not read"]


def event(about: Key, message: str = "m", **more: Any) -> EventLine:
    values = {"type": "Warning", "reason": "BackOff", "last": "tue", "count": 1, "reporter": ""}
    return EventLine(about, message=message, **{**values, **more})


def test_an_entry_brings_its_newest_three_events_along() -> None:
    events = (*(event(POD, f"m{n}") for n in range(5)), event(WEB, "of another"))
    said = inventory(
        ObjectLine(POD, "Current", ""),
        readings=Readings(inventory=InventoryReading(events=events)),
    )
    assert said[1:] == ["tue  BackOff  m0", "tue  BackOff  m1", "tue  BackOff  m2"]


def test_events_are_pending_refused_none_or_told() -> None:
    def events(reading: ObjectReading | None, **more: Any) -> list[str]:
        return section("EVENTS", BARE, Readings(object=reading, **more))

    assert events(None) == ["reading …"]
    assert events(None, object_fault="403") == ["not read: 403"]
    assert events(ObjectReading(events_fault="no")) == ["not read: no"]
    assert events(ObjectReading()) == ["none is kept"]
    anybody = list(told(BARE, Readings(object=ObjectReading(events=(event(WEB),))), Plain()))
    assert not any(part == "  " for line in anybody for part, role in line if role)
    many = event(WEB, count=2, reporter="kubelet", type="Normal")
    assert events(ObjectReading(events=(event(WEB), many))) == [
        "tue  BackOff  m", "tue  BackOff ×2  m  kubelet",
    ]  # fmt: skip


def test_owners_are_pending_refused_or_nobody() -> None:
    def owners(reading: ObjectReading | None, **more: Any) -> list[str]:
        return section("WHO OWNS WHICH FIELD", BARE, Readings(object=reading, **more))

    assert owners(None) == ["reading …"]
    assert owners(None, object_fault="403") == ["not read: 403"]
    assert owners(ObjectReading(owned_fault="no")) == ["not read: no"]
    assert owners(ObjectReading()) == ["the API has noted nobody"]


def values(of: ChartValues | None = None, **more: Any) -> list[str]:
    release = replace(BARE, has_values=True, value_sources=("ConfigMap apps/c",))
    return section("VALUES", release, Readings(values=of, **more))


def test_values_that_are_not_read_say_where_they_come_from_and_why() -> None:
    assert values() == ["from ConfigMap apps/c", "reading …"]
    assert values(values_fault="403") == ["from ConfigMap apps/c", "not read: 403"]
    assert values(values_wanted="v reads them") == ["from ConfigMap apps/c", "v reads them"]
    assert section("VALUES", BARE) == [], "no release, no values"


def test_values_are_told_with_what_came_of_each_place() -> None:
    lines_ = (ValueLine("a.b", 1, "spec.values"), ValueLine("p", "x", "Secret s", secret=True))
    read = ReadReference("ConfigMap c", "a.b")
    assert values(ChartValues({}, lines_, (read,))) == [
        "from ConfigMap c at a.b", "a.b: 1  spec.values", "p: (masked)  Secret s",
    ]  # fmt: skip
    assert values(ChartValues({}, ())) == ["none: the chart's own are used"]
    stops = ReadReference("Secret s", "", "it is not there", stops=True)
    unknown = ReadReference("Secret t", "", "403", unknown=True)
    optional = ReadReference("Secret u", "", "it is not there, and optional")
    assert values(ChartValues({}, (), (unknown, stops, optional))) == [
        "from Secret t: 403",
        "from Secret s: it is not there",
        "from Secret u: it is not there, and optional",
        "with these nothing is rendered until that is mended",
    ]
    release = replace(BARE, has_values=True)
    shown = Readings(values=ChartValues({}, (), (unknown, stops, optional)))
    assert roles(release, shown, ": 403") == {"bad"}
    assert roles(release, Readings(values=ChartValues({}, (), (stops,))), ": it is") == {"bad"}
    assert roles(release, shown, ": it is not there, and") == {"dim"}
