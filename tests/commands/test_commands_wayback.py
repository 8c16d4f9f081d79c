"""A build that an act brought and that does not run can be rolled back with the reason said."""

from __future__ import annotations

import dataclasses
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import context, digest, ks, revision, snapshot, source, tag_list
from flux_objects import at, chart_of, charts, obj, on_row, release

from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.commands.wayback import reason, ways_back
from fluxtui.domain.plan import AwaitStep, Move, Outcome, PatchStep, Plan, Receipt, Until
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Act

OLD, NEW = revision("1.4.2", "a"), revision("1.5.0", "b")
WELL, BAD = "ReconciliationSucceeded", "HealthCheckFailed"
AT = "2026-11-23T03:10:00Z"
STORY = ((NEW, BAD, "3"), (OLD, WELL, "1"))
SOURCE, MEMBER = source("production"), ks("production")
WHY = "promote web: 1.5.0 failed: not within 1800 s: Ready=False HealthCheckFailed: it's broken"


def delivered(*, history: Any = STORY) -> Context:
    member = ks("production", applied=OLD, attempted=NEW, history=history)
    tags = [tag_list({"1.4.2": "a", "1.5.0": "b"})]
    seen = snapshot(source("production", stored=NEW), member, tags=tags)
    return context(seen, environment="production", service="acme/activity")


def promotion(outcome: Outcome = Outcome.FAILED, command: str = "promote") -> Act:
    steps = (
        AwaitStep("pick", "see it", target=SOURCE.key, until=Until.PICKED, value="1.5.0"),
        AwaitStep("run", "run it", target=MEMBER.key, until=Until.APPLIED, value="1.5.0"),
    )
    plan = Plan(command, "promote web: 1.5.0", steps, ("production",),
                moves=(Move(SOURCE.key, "1.4.2", "1.5.0"),))  # fmt: skip
    says = "not within 1800 s: Ready=False HealthCheckFailed: it's broken\nat all"
    receipts = (
        Receipt(plan.id, "pick", Outcome.DONE, "", AT),
        Receipt(plan.id, "run", outcome, says, AT),
    )
    return Act(plan, receipts, True, AT, AT)


def test_it_is_of_the_source_whose_build_does_not_run_and_can_be_typed() -> None:
    act = promotion()
    (way,) = ways_back(delivered(), act.plan, act.receipts)
    assert way.target.object == SOURCE.key and way.reason == WHY
    words = shlex.split(way.command)
    assert words[:3] == ["fluxtui", "rollback", f"ocirepo/{SOURCE.key.namespace}/activity"]
    assert words[3:] == ["-e", "production", "--reason", WHY]
    where = dataclasses.replace(delivered(), target=way.target)
    assert by_id("rollback").disabled_reason(where) is None


@pytest.mark.parametrize(
    ("where", "act"),
    [
        (delivered(), promotion(Outcome.DONE)),
        (delivered(), promotion(Outcome.SKIPPED)),
        (delivered(), promotion(command="rollback")),
        (delivered(history=[(NEW, BAD, "3")]), promotion()),
    ],
    ids=["well", "never tried", "was one", "nothing to go back to"],
)
def test_where_it_would_mend_nothing_it_is_not_offered(where: Context, act: Act) -> None:
    assert ways_back(where, act.plan, act.receipts) == ()


def test_the_reason_of_a_rollback_is_what_the_newest_act_there_came_to() -> None:
    def after(*acts: Act) -> str:
        where = delivered()
        seen = dataclasses.replace(where.snapshot, acts=acts)
        default = by_id("rollback").arguments[1].default
        return default(dataclasses.replace(where, snapshot=seen))

    assert after(promotion()) == WHY
    assert after(promotion(), promotion(Outcome.DONE)) == ""
    assert after() == ""
    assert reason(context(snapshot())) == ""


FAILS = {"type": "Ready", "status": "False", "reason": BAD, "message": "timeout: [api]\nand more"}


@pytest.mark.parametrize("named", [None, SOURCE.key, MEMBER.key])
def test_whoever_brought_what_fails_its_failure_is_the_reason(named: Any) -> None:
    member = ks("production", applied=OLD, attempted=NEW, history=STORY, conditions=(FAILS,))
    seen = snapshot(source("production", stored=NEW), member)
    service = "" if named else "acme/activity"
    where = {"environment": "production", "service": service, "object": named}
    assert reason(context(seen, **where)) == "1.5.0: HealthCheckFailed: timeout: [api] and more"
    lost = snapshot(source("production", stored=NEW), member, unreachable={"production": "no"})
    assert reason(context(lost, **where)) == "", "it may be well by now"


def test_what_fails_now_is_a_better_reason_than_how_the_act_ended() -> None:
    member = ks("production", applied=OLD, attempted=NEW, history=STORY, conditions=(FAILS,))
    tags = [tag_list({"1.4.2": "a", "1.5.0": "b"})]
    act = promotion()
    seen = snapshot(source("production", stored=NEW), member, tags=tags)
    seen = dataclasses.replace(seen, acts=(act,))
    where = context(seen, environment="production", service="acme/activity")
    now = "1.5.0: HealthCheckFailed: timeout: [api] and more"
    assert reason(where) == now
    assert [way.reason for way in ways_back(where, act.plan, act.receipts)] == [now]


BROKE = {"type": "Ready", "status": "False", "reason": "UpgradeFailed", "message": "timed out"}


@pytest.mark.parametrize("named", [True, False], ids=["by its name", "by its row"])
def test_of_a_release_that_fails_its_own_words_are_the_reason(named: bool) -> None:
    one = release(history=[("1.5.0", "failed"), ("1.4.2", "deployed")])
    body = one.as_object()
    broken = {**body, "status": {**body["status"], "conditions": [BROKE]}}
    failing = Resource.from_object("staging", broken)
    seen = (failing, charts(), chart_of(revision="1.5.0"))
    where = at(*seen, on=failing) if named else on_row(*seen, service="web")
    assert reason(where) == "1.5.0: UpgradeFailed: timed out"


def test_of_a_build_that_has_no_tag_the_failure_alone_is_the_reason() -> None:
    bare = digest("b")
    member = ks("production", applied=OLD, attempted=bare, conditions=(FAILS,))
    seen = snapshot(source("production", stored=bare, ref={"digest": bare}), member)
    where = context(seen, environment="production", object=SOURCE.key)
    assert reason(where) == "HealthCheckFailed: timeout: [api] and more"


def test_out_of_what_was_deleted_since_there_is_no_way_back() -> None:
    act = promotion()
    gone = context(snapshot(source("production", stored=NEW)), environment="production")
    assert ways_back(gone, act.plan, act.receipts) == ()


def test_of_a_source_that_nobody_uses_nothing_is_known_to_fail() -> None:
    lone = obj("git", "fleet", {"url": "https://git.test/fleet"})
    assert reason(at(lone, on=lone)) == ""


def reasons(*says: str) -> list[str]:
    """Of the ways back out of an act whose waits ended so, each for a Kustomization of its own."""
    members = [ks("production", f"m{n}", applied=OLD, attempted=NEW, history=STORY)
               for n in range(len(says))]  # fmt: skip
    steps = tuple(
        AwaitStep(f"run-{n}", "run it", target=one.key, until=Until.APPLIED, value="1.5.0")
        for n, one in enumerate(members)
    )
    plan = Plan("promote", "p", steps, ("production",), moves=(Move(SOURCE.key, "", "1.5.0"),))
    receipts = [Receipt(plan.id, s.id, Outcome.FAILED, text, AT)
                for s, text in zip(steps, says, strict=True)]  # fmt: skip
    seen = snapshot(source("production", stored=NEW), *members)
    where = context(seen, environment="production", service="acme/activity")
    return [way.reason for way in ways_back(where, plan, receipts)]


def test_who_fails_for_one_source_is_mended_by_one_rollback() -> None:
    assert reasons("first", "second") == ["p failed: first"]


def test_a_long_reason_is_kept_whole() -> None:
    """Whoever reads the pin later has no other place to read the rest in."""
    assert reasons("x" * 400) == ["p failed: " + "x" * 400]


def test_a_write_that_was_refused_brought_nothing_to_go_back_from() -> None:
    act = promotion()
    write = PatchStep("run", "pin it", target=SOURCE.key, patch={}, resource_version="7")
    steps = (act.plan.steps[0], write)
    assert ways_back(delivered(), dataclasses.replace(act.plan, steps=steps), act.receipts) == ()


def test_what_failed_for_another_source_is_no_reason_here() -> None:
    act = promotion()
    elsewhere = source("production", "other").key
    moved = dataclasses.replace(act.plan, moves=(Move(elsewhere, "1.4.2", "1.5.0"),))
    where = delivered()
    other = dataclasses.replace(act, plan=moved)
    for acts, says in (((act, other), WHY), ((other,), "")):
        seen = dataclasses.replace(where.snapshot, acts=acts)
        assert reason(dataclasses.replace(where, snapshot=seen)) == says
    assert ways_back(where, moved, act.receipts) == ()
