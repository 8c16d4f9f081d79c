"""An act is one row, on demand its Steps: in the Journal, in Events, and while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import Input

from fluxtui.commands.command import Target
from fluxtui.commands.registry import by_id
from fluxtui.commands.wayback import WayBack
from fluxtui.domain.plan import (
    ApplyStep,
    AwaitStep,
    Outcome,
    PatchStep,
    Plan,
    Receipt,
    RequestReconcile,
    Until,
)
from fluxtui.domain.protection import YES
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Act, Change, Snapshot
from fluxtui.ui.actwords import act_state
from fluxtui.ui.app import FluxtuiApp
from tests.ui.conftest import opened
from tests.ui.frame import sees, text, until
from tests.ui.ui_delivery import CONFIG, NOW, ks, night, oci
from tests.ui.ui_engine import ScriptedEngine

MakeApp = Callable[..., FluxtuiApp]
WIDE = (120, 40)
BEGAN = "2026-11-23T03:11:30Z"  # half a minute ago


def reconcile(count: int = 6) -> Plan:
    steps: list[Any] = []
    for number in range(1, count + 1):
        key = ks("staging", f"member-{number}")
        ask = RequestReconcile(f"ask-{number}", f"ask {key.name}", target=key, at=BEGAN)
        wait = AwaitStep(
            f"wait-{number}", f"wait for {key.name}", (ask.id,), target=key, until=Until.HANDLED
        )
        steps += [ask, wait]
    return Plan(
        "reconcile-with-source", "reconcile activity in staging", tuple(steps), ("staging",),
        reason="look again", user="anna", made_at=BEGAN,
    )  # fmt: skip


def running(plan: Plan, done: int = 3) -> Act:
    receipts = tuple(Receipt(plan.id, s.id, Outcome.DONE, "so", BEGAN) for s in plan.steps[:done])
    started = {s.id: BEGAN for s in plan.steps[: done + 1]}
    return Act(plan, receipts, began=BEGAN, started=started)


def told(act: Act) -> Snapshot:
    line = Change(
        BEGAN, "staging", "Kustomization/a/b", f"{act.plan.title}: running", plan=act.plan.id
    )
    return replace(night(), acts=(act,), changes=(line, *night().changes))


def shown(app: FluxtuiApp, words: str) -> int:
    return sum(words in line for line in text(app).splitlines())


async def test_the_journal_has_a_row_an_act_and_unfolds_its_steps(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(told(running(reconcile())))
    async with opened(app, WIDE) as pilot:
        await pilot.press("6")
        await sees(pilot, "reconcile activity in staging", "running", "3 of 12 steps, 30s")
        assert shown(app, "member-6") == 0
        await pilot.press("enter")
        await sees(pilot, "ask member-6", "wait for member-6")
        await pilot.press("enter")
        assert shown(app, "ask member-6") == 0


async def test_events_have_a_row_an_act_and_keep_real_changes_in_sight(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(told(running(reconcile())))
    async with opened(app, (80, 24)) as pilot:
        await pilot.press("5")
        await sees(pilot, "reconcile activity", *(c.what[:6] for c in night().changes))
        assert shown(app, "ask member") == 0
        await pilot.press("enter")
        await sees(pilot, "ask member-1", "ask member-3")


async def test_trouble_that_was_told_often_says_how_often(make_app: MakeApp) -> None:
    line = Change(
        "2026-11-23T03:00:00Z", "staging", "Kustomization/a/b", "not ready (X): after 58ms",
        "error", "2026-11-23T03:11:00Z", 24,
    )  # fmt: skip
    app = make_app(replace(night(), changes=(line,)))
    async with opened(app, WIDE) as pilot:
        await sees(pilot, "×24 not ready")
        await pilot.press("5")
        await sees(pilot, "×24 not ready", "24 times since 2026-11-23T03:00:00Z, last")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_while_an_act_runs_the_chain_stays_and_a_strip_says_how_far_and_how_long(
    make_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press("3")
        await sees(pilot, "clickhouse-migrations")
        before = text(app).splitlines()
        engine.give(replace(told(running(reconcile())), serial=9))
        await sees(pilot, "3 of 12  30s  reconcile activity in staging: wait for member")
        assert shown(app, "clickhouse-migrations") >= 1 and len(before) == size[1]
        engine.give(replace(night(), serial=10))
        assert await until(pilot, lambda: shown(app, "of 12") == 0)


def test_an_act_is_done_only_when_each_of_its_steps_is() -> None:
    plan = reconcile(1)
    done = tuple(Receipt(plan.id, s.id, Outcome.DONE, "", BEGAN) for s in plan.steps)
    assert act_state(Act(plan, done, True))[0] == "✓ done"
    assert act_state(Act(plan, done[:1], True))[0] == "✗ not done"
    assert act_state(Act(plan, done[:1], True, cut="the terminal was closed"))[0] == "✗ cut off"
    assert act_state(Act(plan, done[:1]))[0] == "◐ running"
    assert act_state(Act(plan, done[:1], elsewhere=True))[0] == "◐ elsewhere"


async def test_a_form_says_what_is_known_of_each_version_and_keeps_what_it_showed(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await pilot.press("right", "p")
        await sees(pilot, "Which version?", "never ran anywhere")
        field = app.screen.query_one("#arg-version", Input)
        shown_first = field.value
        assert shown_first
        tags = {url: replace(listed, facts={}) for url, listed in night().tags.items()}
        engine.give(replace(night(), serial=9, tags=tags))
        await pilot.pause()
        await sees(pilot, "Which version?")
        assert field.value == shown_first, "what somebody has read does not change under the key"


async def test_a_confirmed_act_leaves_the_chain_in_sight_and_says_how_it_ended(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press("3", "s")
        await sees(pilot, "Why?")
        await pilot.press(*"audit", "enter")
        await sees(pilot, "STEPS", "run")
        await pilot.press("y")
        await sees(pilot, "◐ running  suspend", "clickhouse-migrations", "WHY")
        assert shown(app, "STEPS") == 0
        engine.finish(Outcome.REFUSED, "the object changed meanwhile")
        await sees(pilot, "✗ refused: the object changed meanwhile", "clickhouse-migrations")


async def test_the_question_whether_to_leave_follows_what_runs(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    """It was asked while steps were to come, and stood there when all had ended."""
    app = make_app()
    plan = reconcile(1)
    async with opened(app, (80, 24)) as pilot:
        app.run_worker(app.bridge.run(plan, YES))
        engine.give(told(running(plan, 0)))
        assert await until(pilot, lambda: bool(app.bridge.running))
        await pilot.press("Q")
        await sees(pilot, "is running: 0 of 2 steps")
        engine.give(replace(told(running(plan, 1)), serial=9))
        await sees(pilot, "is running: 1 of 2 steps")
        engine.give(replace(told(replace(running(plan, 2), finished=True)), serial=10))
        await sees(pilot, "has ended: leaving cuts nothing off")


async def test_a_build_that_does_not_run_is_rolled_back_by_one_key_wherever_the_cursor_is(
    make_app: MakeApp, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = oci("production", "activity")
    way = WayBack(Target("production", object=broken), "it failed")
    monkeypatch.setattr("fluxtui.ui.flow.ways_back", lambda *_what: (way,))
    monkeypatch.setattr("fluxtui.commands.wayback.reason", lambda _context: "it failed")
    monkeypatch.setattr("fluxtui.commands.pin.rollback_refusal", lambda _context: None)
    app = make_app(night())
    async with opened(app, (80, 24)) as pilot:
        main = app.main
        main.run_worker(main.acting._run(reconcile(1), YES))
        assert await until(pilot, lambda: engine.running is not None)
        engine.finish(Outcome.FAILED, "not within 1800 s")
        await sees(pilot, "^l roll back activity in production")
        await pilot.press("ctrl+l")
        await sees(pilot, "Which version?", "it failed")
        await pilot.press("escape")
        await pilot.press("down")  # the line is gone, and with it what it offered
        assert main.acting.about(by_id("rollback"), Target()) == Target()


async def test_the_journal_finishes_and_undoes_the_act_of_its_row(engine: ScriptedEngine) -> None:
    member = ks("staging", "activity-apiserver")
    step = PatchStep(
        "s", "suspend it", (), "resume it", target=member, resource_version="77",
        patch={"spec": {"suspend": True}}, before={"spec": {"suspend": None}},
    )  # fmt: skip
    plan = Plan("suspend", "suspend the apiserver", (step,), ("staging",), user="anna")
    unheard = Receipt(plan.id, "s", Outcome.UNKNOWN, "cut off while it was being done", BEGAN)
    act = Act(plan, (unheard,), True, BEGAN, BEGAN, {"s": BEGAN}, "fluxtui was left")
    engine.give(replace(night(), acts=(act,)))
    app = FluxtuiApp(engine, config=CONFIG, user="anna", now=lambda: NOW)
    async with opened(app, WIDE) as pilot:
        await pilot.press("6")
        await sees(pilot, "suspend the apiserver", "cut off", "c finish  U undo")
        await pilot.press("c")
        await sees(pilot, "finish: suspend the apiserver", "read back, to be done", "y run")
        await pilot.press("y")
        assert await until(pilot, lambda: len(engine.ran) == 1)
        made, _confirmed = engine.ran[0]
        assert (made.continues, [s.id for s in made.steps]) == (plan.id, ["s"])
        engine.finish()
        await pilot.press("U")
        await sees(pilot, "Why?", "undo of suspend the apiserver")
        await pilot.press("enter")
        await sees(pilot, "nothing of it can be undone:", "as before; nothing to undo")


async def test_each_object_that_cannot_be_taken_back_has_a_line_of_its_own(
    engine: ScriptedEngine,
) -> None:
    keys = (Key("staging", "", "Namespace", "", "fresh"), ks("staging", "new"))
    hand = "delete it by hand; what it created is pruned with it"
    steps = tuple(
        ApplyStep(key.name, f"apply {key.label}", (), hand, target=key, object={}) for key in keys
    )
    plan = Plan("apply", "apply 2 objects", steps, ("staging",), user="anna")
    receipts = tuple(Receipt(plan.id, s.id, Outcome.DONE, "created", BEGAN) for s in steps)
    engine.give(replace(night(), acts=(Act(plan, receipts, True, BEGAN, BEGAN),)))
    app = FluxtuiApp(engine, config=CONFIG, user="anna", now=lambda: NOW)
    async with opened(app, (80, 24)) as pilot:
        await pilot.press("6")
        await sees(pilot, "apply 2 objects")
        await pilot.press("U")
        await sees(pilot, "Why?")
        await pilot.press("enter")
        await sees(pilot, "nothing of it can be undone")
        lines = [line.strip("│ ") for line in text(app).splitlines()]
        at = lines.index(f"apply {keys[1].label}")
        assert lines[at + 1 : at + 3] == [f"apply {keys[0].label}", "(nothing was written)"]
