"""A release that is at it for too long is said with what it waits for, and since when."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from fluxtui.domain.board import ChainNode, Finding, HealthLine, Level, ObjectLine
from fluxtui.domain.kinds import by_short
from fluxtui.domain.overview.hooks import hook_lines, releasing
from fluxtui.domain.overview.overrun import next_overrun, overruns
from fluxtui.domain.resource import Key, Resource
from fluxtui.kit.moments import seconds
from tests.builders import NS, condition, snapshot

SINCE = "2026-11-23T03:00:00Z"
BEGAN = seconds(SINCE) or 0.0
MAKING = {**condition("Ready", "Unknown", "Progressing"), "lastTransitionTime": SINCE}
WEB = Key("staging", "apps", "Deployment", NS, "web")


def release(ready: Any = MAKING, **spec: Any) -> Resource:
    kind = by_short("hr")
    assert kind is not None
    meta = {"name": "web", "namespace": NS, "generation": 1}
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta}
    told = {"observedGeneration": 1, "conditions": [ready]}
    return Resource.from_object("staging", {**body, "spec": spec, "status": told})


def hook(**status: Any) -> Resource:
    meta = {"name": "migrate", "namespace": NS, "creationTimestamp": SINCE,
            "annotations": {"helm.sh/hook": "pre-upgrade"},
            "labels": {"app.kubernetes.io/instance": "web"}}  # fmt: skip
    body = {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": {}}
    return Resource.from_object("staging", {**body, "status": status})


def said(
    one: Resource, *more: Resource, at: float, lines: Any = (), told: Any = ()
) -> list[Finding]:
    where = snapshot(one, *more)
    objects = (*lines, *hook_lines(one, where))
    node = ChainNode(one.key, 0, HealthLine(Level.PROGRESSING, "m"), objects=objects)
    return list(overruns(releasing([node], where), where, BEGAN + at, told))


def test_a_hook_that_does_not_end_is_named_after_a_minute_with_its_pods() -> None:
    assert said(release(), hook(active=1), at=59) == []
    (finding,) = said(release(), hook(active=1), at=90)
    assert finding.message.startswith("hr/web: Job/migrate: hook pre-upgrade: ")
    assert "no Pod" not in finding.message
    assert finding.subject == release().key and finding.since == SINCE
    (alone,) = said(release(), hook(), at=90)
    assert alone.message.endswith("; it has no Pod now")
    assert said(release(), hook(), at=5000) == [alone], "no sentence that is another every second"


def job(name: str, made: str, *, is_hook: bool = True) -> Resource:
    notes = {"helm.sh/hook": "pre-upgrade"} if is_hook else {}
    meta = {"name": name, "namespace": NS, "creationTimestamp": made, "annotations": notes}
    body = {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": {}}
    return Resource.from_object("staging", body)


def test_of_several_hooks_the_oldest_is_named_and_one_without_a_date_never() -> None:
    def lines(*jobs: Resource) -> tuple[ObjectLine, ...]:
        return tuple(ObjectLine(one.key, "InProgress", "waits") for one in jobs)

    old, young = job("old", SINCE), job("young", "2026-11-23T03:00:30Z")
    (finding,) = said(release(), young, old, at=120, lines=lines(young, old))
    assert "Job/old" in finding.message and finding.since == SINCE
    undated, plain = job("undated", ""), job("plain", SINCE, is_hook=False)
    assert said(release(), undated, plain, at=120, lines=lines(undated, plain)) == []
    (finding,) = said(release(), undated, old, at=120, lines=lines(undated, old))
    assert "Job/old" in finding.message
    gone = job("gone", SINCE)
    assert said(release(), at=120, lines=lines(gone)) == [], "nothing is known of it"
    pod = ObjectLine(Key("staging", "", "Pod", NS, "old"), "InProgress", "waits")
    assert said(release(), at=120, lines=(pod,)) == []


def test_the_minute_and_the_second_timeout_end_sharply() -> None:
    assert said(release(), hook(), at=60) != []
    assert said(release(), at=599.9) == [] != said(release(), at=600)
    (finding,) = said(release(), at=600)
    assert finding.message.endswith("it takes more than twice its timeout of 5m")
    (silent,) = said(release(), at=600, lines=(ObjectLine(WEB, "InProgress"),))
    assert silent.message.endswith(": Deployment/web: InProgress")


@pytest.mark.parametrize(
    ("spec", "at", "late"),
    [({}, 599, False), ({}, 601, True), ({"timeout": "1m"}, 121, True),
     ({"timeout": "1h"}, 601, False), ({"timeout": "soon"}, 601, True)],
)  # fmt: skip
def test_twice_its_timeout_is_too_long_for_any(spec: Any, at: float, late: bool) -> None:
    lines = (
        ObjectLine(Key("staging", "", "Service", NS, "web"), "Current"),
        ObjectLine(WEB, "InProgress", "0 of 1 available"),
    )
    found = said(release(**spec), at=at, lines=lines)
    assert bool(found) is late
    for finding in found:
        assert "more than twice its timeout of" in finding.message and finding.since == SINCE
        assert finding.message.endswith(": Deployment/web: 0 of 1 available")


def test_of_what_is_over_or_said_already_nothing_is_said() -> None:
    done = condition("Ready", "True", "UpgradeSucceeded")
    assert said(release(done), hook(), at=9999) == []
    assert said(release(), hook(), at=9999, told={release().key}) == []
    undated = {key: value for key, value in MAKING.items() if key != "lastTransitionTime"}
    assert said(release(undated), at=9999) == []


def due(one: Resource, *more: Resource, at: float) -> float:
    """Seconds after the beginning."""
    where = snapshot(one, *more)
    objects = hook_lines(one, where)
    node = ChainNode(one.key, 0, HealthLine(Level.PROGRESSING, "m"), objects=objects)
    return next_overrun([node], where, BEGAN + at) - BEGAN


def test_when_it_will_have_taken_too_long_is_known_before() -> None:
    assert due(release(), hook(active=1), at=1) == 60, "the hook's patience ends first"
    assert said(release(), hook(active=1), at=59.9) == [] != said(release(), hook(active=1), at=60)
    assert due(release(), hook(active=1), at=60) == 600, "then twice the timeout"
    assert due(release(), hook(active=1), at=600) == inf, "all is said"
    assert due(release(timeout="1m"), at=1) == 120
    assert said(release(timeout="1m"), at=119.9) == [] != said(release(timeout="1m"), at=120)


def test_of_what_is_over_or_undated_no_moment_is_to_come() -> None:
    assert due(release(condition("Ready", "True", "UpgradeSucceeded")), hook(), at=1) == inf
    undated = {key: value for key, value in MAKING.items() if key != "lastTransitionTime"}
    assert due(release(undated), at=1) == inf
