"""What is said of objects exactly as Flux's own controllers wrote them, kind by kind.

They were recorded from a live fleet (tests/recordings); tests/contract/test_fleet.py asks the same
of a fleet that is alive.
"""

from __future__ import annotations

import pytest

from fluxtui.domain.board import Level
from fluxtui.domain.marks import suspension
from fluxtui.domain.overview.judgement import STATIC, flux_health
from fluxtui.domain.resource import Resource
from tests.builders import snapshot
from tests.contract.fleet.recordings import expected, recorded

LEVELS = {
    "ready": {Level.OK},
    "failing": {Level.FAILED, Level.WAITING},
    "stalled": {Level.FAILED},
    "progressing": {Level.PROGRESSING},
    "static": {Level.OK},
}
EXPECTED, RECORDED = expected(), recorded()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_its_health_and_reason_are_what_a_person_must_be_told(name: str) -> None:
    case, resource = EXPECTED[name], Resource.from_object("fleet", RECORDED[name])
    health = flux_health(resource)

    assert (suspension(resource) is not None) == (case.state == "suspended")
    if case.state != "suspended":
        assert health.level in LEVELS[case.state], health
    if case.state == "static":
        assert health.text == STATIC
    text = health.text.lower()
    assert all(word.lower() in text for word in case.words), health


def test_what_waits_for_an_object_that_is_not_there_is_a_fault() -> None:
    policy = Resource.from_object("staging", RECORDED["ImagePolicy/flux-system/no-source"])
    scanned = RECORDED["ImageRepository/flux-system/bundle"]
    awaited = {**scanned, "metadata": {**scanned["metadata"], "name": "nobody"}}

    def found(*resources: Resource) -> list[str]:
        return [f.message for f in snapshot(*resources).findings if f.subject == policy.key]

    (message,) = found(policy)
    assert '"nobody" not found' in message
    assert not found(policy, Resource.from_object("staging", awaited))
