"""Rings: a build goes from stage to stage, and is well in each for as long as its soak asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain.config import Config, Environment
from fluxtui.domain.resource import Resource
from fluxtui.domain.rings import ring_gaps
from fluxtui.kit.moments import seconds
from tests.builders import NOW, digest, failed, ks, revision, snapshot, source

DAY = 86_400.0
PRESENT = seconds(NOW) or 0.0
BUILD, WELL = revision("1.5.0", "b"), "ReconciliationSucceeded"
RINGS = Config(
    environments=(
        Environment("dev", "dev", protected=False),
        Environment("staging", "staging", protected=False, soak=DAY),
        Environment("eu", "eu", stage="production"),
        Environment("us", "us", stage="production"),
    ),
    user="anna",
)


def ran(place: str, *runs: tuple[str, str, str], **more: Any) -> Resource:
    """A user that was tried with these (status, first, last), newest first."""
    one = ks(place, applied=BUILD, **more)
    entries = [
        {
            "metadata": {"revision": BUILD},
            "lastReconciledStatus": status,
            "firstReconciled": first,
            "lastReconciled": last,
        }
        for status, first, last in runs
    ]
    return replace(one, status={**one.status, "history": entries})


def never(place: str) -> Resource:
    return ks(place, applied=revision("1.4.2", "a"))


def gaps(*resources: Resource, config: Config = RINGS, **more: Any) -> list[tuple[str, bool]]:
    target = source("eu")
    # Something is seen in each of them, so that what is not there is known not to be.
    others = (source(e.name, name="other", url="oci://r.example/o") for e in config.environments)
    seen = snapshot(target, never("eu"), *others, *resources, config=config, **more)
    found = ring_gaps(seen, target, "1.5.0", digest("b"), PRESENT)
    return [(gap.says, gap.known) for gap in found]


LONG = (WELL, "2026-11-20T03:12:00Z", "2026-11-23T03:00:00Z")
SHORT = (WELL, "2026-11-23T00:12:00Z", "2026-11-23T03:00:00Z")


def test_what_has_been_through_every_ring_for_long_enough_has_no_gap() -> None:
    every = (source("dev"), ran("dev", SHORT), source("staging"), ran("staging", LONG))
    assert gaps(*every) == []


def test_a_ring_that_it_never_ran_in_is_skipped() -> None:
    every = (source("dev"), never("dev"), source("staging"), ran("staging", LONG))
    assert gaps(*every) == [("1.5.0 never ran well in dev, as far as Flux remembers", True)]


def test_a_stage_without_the_service_is_no_ring_of_it() -> None:
    assert gaps(source("staging"), ran("staging", LONG)) == []


def test_a_soak_that_is_not_over_says_how_far_it_is() -> None:
    every = (source("staging"), ran("staging", SHORT))
    assert gaps(*every) == [("1.5.0 has been well in staging for 3h of 24h", True)]


def test_a_failure_in_between_begins_the_soak_anew() -> None:
    broken = ("HealthCheckFailed", "2026-11-23T02:00:00Z", "2026-11-23T02:12:00Z")
    every = (source("staging"), ran("staging", LONG, broken))
    assert gaps(*every) == [("1.5.0 has been well in staging for 1h of 24h", True)]


def test_what_flux_does_not_remember_is_not_known() -> None:
    every = (source("staging"), ran("staging"))
    assert gaps(*every) == [
        ("how long 1.5.0 has been well in staging is not known; 24h are asked for", False)
    ]


def test_a_stage_that_cannot_be_read_is_not_known_to_be_skipped() -> None:
    ((says, known),) = gaps(
        source("staging"), ran("staging", LONG), unreachable={"dev": "connection refused"}
    )
    assert says.startswith("whether 1.5.0 ran in dev is not known: dev ") and not known


def test_what_fails_there_now_was_never_well() -> None:
    bad = ran("staging", conditions=(failed("HealthCheckFailed"),))
    assert gaps(source("staging"), bad)[0][0].startswith("1.5.0 never ran well in staging")


@pytest.mark.parametrize("place", ["eu", "us"])
def test_going_back_to_what_ran_well_in_this_stage_skips_nothing(place: str) -> None:
    name = "second" if place == "eu" else "activity"
    here = source(place, name=name), ran(place, LONG, name="second", of=name)
    assert gaps(source("dev"), never("dev"), *here) == []


def test_in_the_first_stage_there_is_no_ring_before() -> None:
    target = source("dev")
    seen = snapshot(target, never("dev"), config=RINGS)
    assert ring_gaps(seen, target, "1.5.0", digest("b"), PRESENT) == ()
    assert ring_gaps(seen, source("eu"), "1.5.0", "", PRESENT) == (), "an unknown build"
