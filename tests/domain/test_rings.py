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
    assert gaps(*every) == [("1.5.0 has been well in staging for at most 1h of 24h", True)]


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


def test_how_long_it_was_well_cannot_be_told_of_what_cannot_be_reached() -> None:
    """It ran there, which is remembered; whether it still does, nobody can say."""
    every = (source("staging"), ran("staging", SHORT))
    says = "how long 1.5.0 has been well in staging is not known; 24h are asked for"
    assert gaps(*every, unreachable={"staging": "connection refused"}) == [(says, False)]


def test_a_soak_is_over_to_the_second() -> None:
    day = (WELL, "2026-11-22T03:12:00Z", "2026-11-23T03:00:00Z")
    assert gaps(source("staging"), ran("staging", day)) == []
    less = (WELL, "2026-11-22T03:12:01Z", "2026-11-23T03:00:00Z")
    assert len(gaps(source("staging"), ran("staging", less))) == 1


def test_an_environment_that_asks_for_a_soak_and_has_no_such_service_asks_for_none() -> None:
    assert gaps(source("dev"), ran("dev", SHORT)) == []


def test_all_who_take_it_have_to_be_well_and_the_last_of_them_counts() -> None:
    """One Kustomization that went well says nothing of the one beside it."""
    second = ran("staging", SHORT, name="second")
    assert gaps(source("staging"), ran("staging", LONG), second) == [
        ("1.5.0 has been well in staging for 3h of 24h", True)
    ]
    idle = ks("staging", "idle", applied=revision("1.4.2", "a"))
    assert gaps(source("staging"), ran("staging", LONG), idle) == [
        ("1.5.0 never ran well in staging, as far as Flux remembers", True)
    ]
    forgot = ran("staging", name="forgot")
    ((says, known),) = gaps(source("staging"), ran("staging", SHORT), forgot)
    assert "is not known" in says and not known, "one of them has no history"


def test_a_source_that_nobody_takes_from_is_no_proof() -> None:
    assert gaps(source("staging")) == [
        ("1.5.0 never ran well in staging, as far as Flux remembers", True)
    ]


def moved_on(*runs: tuple[str, str, str], to: str = "c", **more: Any) -> Resource:
    """A user that ran 1.5.0 so, and runs another build now."""
    newer = revision("1.6.0", to)
    return replace(
        ran("staging", *runs, **more),
        status={**ran("staging", *runs, **more).status, "lastAppliedRevision": newer,
                "lastAttemptedRevision": newer},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("runs", "says"),
    [
        ([LONG], []),
        ([SHORT], ["1.5.0 has been well in staging for 2h48m of 24h"]),
        ([SHORT, LONG], []),
        ([LONG, SHORT], []),
        ([(WELL, "2026-11-20T03:12:00Z", "")], ["how long 1.5.0 has been well"]),
    ],
)
def test_what_has_moved_on_was_well_from_its_first_run_to_its_last(
    runs: list[tuple[str, str, str]], says: list[str]
) -> None:
    found = gaps(source("staging"), moved_on(*runs))
    assert len(found) == len(says)
    assert all(text.startswith(start) for (text, _known), start in zip(found, says, strict=True))


def test_a_clock_that_is_ahead_of_ours_makes_not_less_than_no_time() -> None:
    ahead = (WELL, "2026-11-23T03:20:00Z", "2026-11-23T03:25:00Z")
    assert gaps(source("staging"), ran("staging", ahead)) == [
        ("1.5.0 has been well in staging for 0s of 24h", True)
    ]


def test_what_is_not_ready_now_is_not_well_up_to_now() -> None:
    """Only while it is ready does the time since its last run count."""
    day = (WELL, "2026-11-22T03:10:00Z", "2026-11-23T03:00:00Z")
    assert gaps(source("staging"), ran("staging", day)) == []
    waits = ran("staging", day, conditions=(failed("DependencyNotReady"),))
    assert gaps(source("staging"), waits) == [
        ("1.5.0 has been well in staging for 23h of 24h", True)
    ]


def test_how_another_build_went_is_not_how_this_one_did() -> None:
    other = {
        "metadata": {"revision": revision("1.4.2", "a")},
        "lastReconciledStatus": "HealthCheckFailed",
        "firstReconciled": "2026-11-10T00:00:00Z",
        "lastReconciled": "2026-11-23T00:10:00Z",
    }
    well = {**other, "lastReconciledStatus": WELL}
    for entry in (other, well):
        user = ran("staging", SHORT)
        entries = [*user.status["history"], entry]
        user = replace(user, status={**user.status, "history": entries})
        assert gaps(source("staging"), user) == [
            ("1.5.0 has been well in staging for 3h of 24h", True)
        ]


def beside(first: str, last: str) -> dict[str, Any]:
    """An entry of another build that was well."""
    return {
        "metadata": {"revision": revision("1.6.0", "c")},
        "lastReconciledStatus": WELL,
        "firstReconciled": first,
        "lastReconciled": last,
    }


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-11-21T00:00:00Z", "2026-11-23T00:12:00Z", "well in staging for at most 3h of 24h"),
        # Longer than a day since, or from its last good run on: nobody knows.
        ("2026-11-20T04:00:00Z", "2026-11-20T05:00:00Z", "is not known; 24h are asked for"),
        ("2026-11-10T04:00:00Z", "2026-11-19T05:00:00Z", ""),
    ],
)
def test_what_another_build_ran_in_between_is_no_soak_of_this_one(
    first: str, last: str, says: str
) -> None:
    user = ran("staging", LONG)
    history = [*user.status["history"], beside(first, last)]
    user = replace(user, status={**user.status, "history": history})
    assert [text.endswith(says) for text, _known in gaps(source("staging"), user)] == (
        [True] if says else []
    )


def again(stored: str, of: str = BUILD) -> Resource:
    """Staging's source, which stored a build at that time."""
    one = source("staging")
    artifact = {"revision": of, "lastUpdateTime": stored}
    return replace(one, status={**one.status, "artifact": artifact})


@pytest.mark.parametrize(
    ("feed", "says"),
    [
        # Something bad that left no entry, and back: a day of it is sure only when it has passed.
        (again("2026-11-23T03:11:40Z"), "is not known; 24h are asked for"),
        (again("2026-11-22T03:12:00Z"), ""),
        (again("2026-11-20T03:11:55Z"), ""),
        (again("2026-11-23T03:11:40Z", revision("1.6.0", "c")), ""),  # its own is not known yet
    ],
)
def test_what_its_source_stored_again_is_sure_from_then_on(feed: Resource, says: str) -> None:
    told = [text for text, _known in gaps(feed, ran("staging", LONG))]
    assert len(told) == bool(says) and all(text.endswith(says) for text in told)


def test_what_failed_since_its_source_stored_it_again_is_not_sure_for_longer() -> None:
    broken = ("HealthCheckFailed", "2026-11-22T02:30:00Z", "2026-11-22T03:13:00Z")
    every = (again("2026-11-22T02:00:00Z"), ran("staging", LONG, broken))
    assert gaps(*every) == [("1.5.0 has been well in staging for at most 23h of 24h", True)]


def test_how_long_what_moved_on_was_well_is_not_known_where_another_ran_between() -> None:
    user = moved_on(LONG)
    entry = beside("2026-11-20T05:00:00Z", "2026-11-23T03:10:00Z")
    history = [entry, *user.status["history"]]
    user = replace(user, status={**user.status, "history": history})
    says = "how long 1.5.0 has been well in staging is not known; 24h are asked for"
    assert gaps(source("staging"), user) == [(says, False)]


def test_a_source_outside_of_the_configuration_has_no_rings() -> None:
    target = source("nowhere")
    seen = snapshot(target, never("dev"), config=RINGS)
    assert ring_gaps(seen, target, "1.5.0", digest("b"), PRESENT) == ()
    there = (source("nowhere"), ran("nowhere", SHORT))
    assert gaps(*there, source("staging"), ran("staging", LONG)) == [], "no stage, no ring"


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
