"""Which condition says why something fails, and whether it speaks of the newest spec."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.board import Level
from fluxtui.domain.overview.judgement import flat, flux_health, telling
from fluxtui.domain.resource import Resource
from tests.builders import NS, condition, failed, ks

WELL = condition("Ready", "True", "ReconciliationSucceeded", "Applied")
OK, PROGRESSING = Level.OK, Level.PROGRESSING


def thing(kind: str, name: str = "x", api: str = "v1", **parts: Any) -> Resource:
    meta = {"name": name, "namespace": NS, **parts.pop("meta", {})}
    return Resource.from_object(
        "staging", {"apiVersion": api, "kind": kind, "metadata": meta, **parts}
    )


def release(*conditions: dict[str, Any], generation: int = 1, **status: Any) -> Resource:
    return thing(
        "HelmRelease",
        "web",
        "helm.toolkit.fluxcd.io/v2",
        meta={"generation": generation},
        status={"conditions": list(conditions), **status},
    )


def said(*conditions: dict[str, Any]) -> tuple[str, str, str] | None:
    found = telling(release(*conditions))
    return (found.type, found.reason, found.message) if found is not None else None


LOST = failed("RetriesExceeded", "gave up")
SPOILT = condition("Released", "False", "UpgradeFailed", "timed out")


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ((), None),
        ((WELL,), ("Ready", "ReconciliationSucceeded", "Applied")),
        ((LOST,), ("Ready", "RetriesExceeded", "gave up")),
        ((LOST, SPOILT), ("Released", "UpgradeFailed", "timed out (RetriesExceeded)")),
        # What gave up, or fails, is told by its cause; what only waits, works or is well is not.
        ((condition("Stalled", "True", "RetriesExceeded", "no"), LOST, SPOILT),
         ("Released", "UpgradeFailed", "timed out (RetriesExceeded)")),
        ((condition("Stalled", "False", "x", "no"), LOST), ("Ready", "RetriesExceeded", "gave up")),
        ((WELL, SPOILT), ("Ready", "ReconciliationSucceeded", "Applied")),
        ((failed("DependencyNotReady", "waits"), SPOILT), ("Ready", "DependencyNotReady", "waits")),
        ((failed("Progressing", "works"), SPOILT), ("Ready", "Progressing", "works")),
        # A cause that is well, or says the same, adds nothing.
        ((LOST, {**SPOILT, "status": "True"}), ("Ready", "RetriesExceeded", "gave up")),
        ((failed("UpgradeFailed", "no"), SPOILT), ("Ready", "UpgradeFailed", "no")),
    ],
)  # fmt: skip
def test_a_failure_is_told_by_its_cause_where_the_kind_has_one(
    conditions: Any, told: tuple[str, str, str] | None
) -> None:
    assert said(*conditions) == told


def test_a_kind_without_causes_is_told_by_stalled_then_ready() -> None:
    one = ks(conditions=[condition("Stalled", "True", "Bad", "b"), failed("Other", "o"), SPOILT])
    told = telling(one)
    assert told is not None and (told.type, told.reason) == ("Stalled", "Bad")
    assert telling(thing("Widget", api="example.com/v1")) is None


@pytest.mark.parametrize(
    ("ready_of", "status", "level"),
    [
        (2, {}, OK),
        (1, {}, PROGRESSING),
        (0, {"observedGeneration": 2}, OK),
        (2, {"observedGeneration": 1}, PROGRESSING),
        (1, {"observedGeneration": 2}, OK),
    ],
)
def test_a_spec_was_acted_on_by_what_counts_generations_there(
    ready_of: int, status: dict[str, Any], level: Level
) -> None:
    ready = {**WELL, **({"observedGeneration": ready_of} if ready_of else {})}
    assert flux_health(release(ready, generation=2, **status)).level is level


def test_a_sentence_of_several_lines_is_told_in_one() -> None:
    assert flat("one\n  two\nthree") == "one two three"
    assert flat("kept  as it is") == "kept  as it is"
