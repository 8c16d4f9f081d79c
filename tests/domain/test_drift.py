"""A release that is live otherwise than it was made is a finding where its controller leaves it so.

The conditions are as the real helm-controller wrote them (tests/recordings).
"""

from __future__ import annotations

from typing import Any

from fluxtui.cli.waysout import way_out
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.overview import Overview
from fluxtui.domain.resource import Resource
from tests.builders import condition, snapshot
from tests.contract.fleet.recordings import recorded

WARNED = recorded()["HelmRelease/apps/drifted"]


def told(obj: Any) -> list[Finding]:
    seen = snapshot(Resource.from_object("staging", obj))
    return [finding for finding in seen.findings if finding.code == "drifted"]


def test_what_differs_is_said_in_the_controller_s_words_and_less_than_a_failure() -> None:
    (finding,) = told(WARNED)
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "hr/drifted has drifted: ConfigMap/apps/drifted changed"
        " (0 additions, 1 changes, 0 removals)"
    )
    assert finding.subject is not None and finding.subject.name == "drifted"
    assert finding.since == "2026-01-01T11:59:30Z"
    assert "`fluxtui diff hr/apps/drifted -e staging --live`" in way_out(finding)


def test_what_is_put_back_or_never_compared_has_not_drifted() -> None:
    assert told(recorded()["HelmRelease/apps/put-back"]) == []
    assert told(recorded()["HelmRelease/apps/upgraded"]) == []
    enabled = {**WARNED, "spec": {**WARNED["spec"], "driftDetection": {"mode": "enabled"}}}
    assert told(enabled) == [], "it is being put back"


def test_of_a_release_that_fails_the_failure_is_told() -> None:
    failed = condition("Ready", "False", "UpgradeFailed", "no such namespace")
    kept = [c for c in WARNED["status"]["conditions"] if c["type"] != "Ready"]
    broken = {**WARNED, "status": {**WARNED["status"], "conditions": [*kept, failed]}}
    assert told(broken) == []


def test_it_goes_when_the_cluster_is_as_it_was_released() -> None:
    overview = Overview()
    drifted = snapshot(Resource.from_object("staging", WARNED))
    assert [f.code for f in overview(drifted)[1] if f.subject] == ["drifted"]
    mended = [
        {**c, "status": "False"} if c["type"] == "Drifted" else c
        for c in WARNED["status"]["conditions"]
    ]
    again = {**WARNED, "status": {**WARNED["status"], "conditions": mended}}
    after = snapshot(Resource.from_object("staging", again))
    assert [f.code for f in overview(after)[1] if f.subject] == []
    assert [f.code for f in overview(snapshot())[1] if f.subject] == []
