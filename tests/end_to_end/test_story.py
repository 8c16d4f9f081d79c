"""What an on-call engineer does, key by key, on the real app and the real World.

One test per act, told in order on one delivery: what an act leaves behind is where the next begins.
"""

from __future__ import annotations

import pytest

from fluxtui.cli.embedded import Embedded
from fluxtui.domain.board import Line
from fluxtui.domain.config import Config
from fluxtui.engine.acts.journal import Journal
from tests.end_to_end.person import Person, at_the_screen

pytestmark = [pytest.mark.world, pytest.mark.timeout(600)]


def line(person: Person, environment: str, service: str = "activity") -> Line:
    row = person.snapshot.board.row(service)
    assert row is not None
    return row.lines[environment][0]


async def test_01_the_board_tells_what_runs_where(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.sees("staging", "production", "activity", "activity-ui", "status-page")
        await person.sees_settled("staging", "production")
        await person.sees("✓ ready", "v0.0.0-s", "v1.4.2")
        board = person.snapshot.board.row("activity-ui")
        assert board is not None and "production" not in board.lines  # not deployed there


async def test_02_why_not_the_newer_tag(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("notifications", "staging")
        await person.presses("t")
        await person.sees("v0.0.0-staging-test-deploy-9", "filter")
        selection = person.snapshot.selections[line(person, "staging", "notifications").key]
        assert all(verdict.reason for verdict in selection.verdicts)
        await person.waits(
            "publish times, so that the trap is seen",
            lambda: any(
                "was published last" in warning
                for s in person.snapshot.selections.values()
                for warning in s.warnings
            ),
        )


async def test_03_publish_a_new_staging_build(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "staging")
        before = line(person, "staging").would_pick
        await person.presses("b")
        await person.sees("Under which tag?")
        await person.presses("enter")
        await person.sees("would pick")
        await person.agrees()
        await person.waits("the new tag", lambda: line(person, "staging").would_pick != before)
        assert line(person, "production").would_pick == "v1.4.2"


async def test_04_reconcile_with_source_and_watch_it_roll(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "staging")
        # The source may have looked by itself already; asking again must do no harm.
        wanted = line(person, "staging").would_pick
        await person.presses("W")
        await person.agrees()
        await person.presses("3")
        await person.sees("clickhouse-keeper", "activity-processor")
        await person.waits("rolled", lambda: line(person, "staging").running.version == wanted)
        await person.sees_settled("staging")


async def test_05_read_what_the_patches_do_and_version_to_version(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "production")
        await person.presses("4")
        await person.sees("Deployment", "spec.replicas")
        await person.presses("t")
        await person.sees("v1.4.1", "WHY")
        await person.presses("down", "enter")
        await person.sees("v1.4.2 → v1.4.1", "WORKERS", "no changes")


async def test_06_promote_to_production_after_typing_its_name(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "staging")
        build = line(person, "staging").running
        await person.presses("m")
        await person.sees("As which version?", "v1.5.0")
        await person.presses("enter")
        await person.sees("production", "would pick v1.5.0")
        await person.agrees(protected="production")
        await person.waits(
            "promoted", lambda: line(person, "production").running.version == "v1.5.0"
        )
        await person.sees_settled("production")
        assert line(person, "production").running.digest == build.digest


async def test_07_a_bad_version_and_the_object_that_blocks_the_chain(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "staging")
        good = line(person, "staging").would_pick
        await person.presses("b")
        await person.sees("Which image tag?")
        await person.presses("tab")
        await person.types("9.9.9-crashloop")
        await person.presses("enter")
        await person.agrees()
        await person.waits("listed", lambda: line(person, "staging").would_pick != good)
        await person.presses("R")
        await person.agrees()
        await person.presses("3")
        await person.sees("CrashLoopBackOff", "blocked by activity-apiserver")


async def test_08_roll_back_to_the_previous_good_digest(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "staging")
        good = line(person, "production").running.digest
        await person.presses("ctrl+l")
        await person.sees("Why?", "CrashLoopBackOff")  # as the board has it; one's own words win
        await person.presses("tab")
        await person.types("the new one crash-loops")
        await person.presses("enter")
        await person.agrees()
        await person.waits("back", lambda: line(person, "staging").running.digest == good)
        await person.sees_settled("staging")
        held = line(person, "staging")
        assert held.pinned is not None and held.pinned.reason == "the new one crash-loops"
        await person.presses("1")
        await person.sees("pinned")


async def test_09_publish_the_fix_and_unpin(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "staging")
        await person.presses("b")
        await person.sees("Under which tag?")
        await person.presses("enter")
        await person.agrees()
        await person.presses("u")
        await person.sees("would pick")
        await person.agrees()
        await person.waits("unpinned", lambda: line(person, "staging").pinned is None)
        await person.waits("followed", lambda: not line(person, "staging").behind)
        await person.sees_settled("staging")


async def test_10_suspend_with_a_reason(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "production")
        await person.presses("s")
        await person.sees("Why?")
        await person.presses("enter")
        await person.sees("required")  # a suspension without a reason is impossible
        await person.types("migration window")
        await person.presses("enter")
        await person.agrees(protected="production")
        await person.sees("suspended", "migration window", "casey@laptop")
        await person.presses("s")
        await person.sees("already suspended")


async def test_11_resume(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "production")
        await person.waits("held", lambda: line(person, "production").suspended is not None)
        await person.presses("r")
        await person.sees("was suspended by", "migration window")
        await person.agrees(protected="production")
        await person.waits("resumed", lambda: line(person, "production").suspended is None)
        await person.sees_settled("staging", "production")


async def test_12_every_act_left_its_lines_in_the_journal(
    config: Config, delivery: Embedded
) -> None:
    entries = list(Journal(config.journal).read())
    plans = {e.plan: e.body["command"] for e in entries if e.type == "plan"}
    assert {"publish", "reconcile-with-source", "promote", "reconcile"} <= set(plans.values())
    assert {"rollback", "unpin", "suspend", "resume"} <= set(plans.values())
    for plan, command in plans.items():
        intents = [e.body["step"] for e in entries if e.plan == plan and e.type == "intent"]
        receipts = [e.body["step"] for e in entries if e.plan == plan and e.type == "receipt"]
        assert set(intents) <= set(receipts), f"{command}: an intent without an outcome"
    async with at_the_screen(config) as person:
        await person.sees("LAST CHANGES")
        await person.presses("6")
        await person.sees("promote")
