"""The screen as a person uses it: moving, asking, refusing, confirming."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import MakeApp, opened
from frame import screen_text
from textual.pilot import Pilot
from textual.widgets import Input
from ui_delivery import CONFIG, NOW, PLAN, ks, night, oci
from ui_engine import ScriptedEngine

from fluxtui.commands.command import Target
from fluxtui.domain.ask import ReadFacts, VersionsDiff
from fluxtui.domain.board import HealthLine, Level
from fluxtui.domain.plan import Outcome, Plan, Receipt
from fluxtui.domain.snapshot import Act, Snapshot
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.screens.review import Review

WIDE = (120, 40)


def text(app: FluxtuiApp) -> str:
    return "\n".join(screen_text(app))


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_the_cursor_says_what_is_meant(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "right", "down", "down")
        assert app.target == Target(
            "production", "acme/notifications", oci("production", "notifications")
        )
        assert "pinned by anna" in text(app)


async def test_enter_goes_to_the_root_blocker_and_escape_comes_back(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "enter")
        assert app.target.kustomization == ks("staging", "clickhouse-migrations")
        assert "container migrate: CrashLoopBackOff" in text(app)
        await press(pilot, "escape")
        assert "WOULD PICK" in text(app)


@pytest.mark.parametrize("over", ["2", "3", "4", "5", "6"])
async def test_what_is_highlighted_is_what_keys_act_on(make_app: MakeApp, over: str) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "right", "down", "down", over, "down", "down", "1")
        await pilot.pause()
        cursor = next(x for x in screen_text(app) if x.startswith("▎")).split()[0].strip("▎")
        assert app.target.service == f"acme/{cursor}"
        assert app.pane is not None
        assert app.target == app.pane.pointed()


async def test_a_deep_start_opens_the_chain_there(make_app: MakeApp) -> None:
    key = ks("production", "activity-apiserver")
    app = make_app(start=Target("production", kustomization=key))
    async with opened(app, WIDE) as pilot:
        await pilot.pause()
        assert app.target.kustomization == key
        assert "clickhouse-keeper" in text(app)


async def test_the_engine_starts_after_the_first_paint_and_its_wake_repaints(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await pilot.pause()
        assert engine.started
        before = night()
        rows = list(before.board.rows)
        line = rows[3].lines["staging"][0]
        worse = replace(line, health=HealthLine(Level.FAILED, "pod gone"))
        rows[3] = replace(rows[3], lines={**rows[3].lines, "staging": (worse,)})
        engine.give(replace(before, board=replace(before.board, rows=tuple(rows)), serial=8))
        await pilot.pause()
        status_page = next(x for x in screen_text(app) if x.startswith(" status-page"))
        assert "✗ failed" in status_page


async def test_only_changed_rows_are_painted_again(
    make_app: MakeApp, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "3")
        painted: list[int] = []
        whole: list[int] = []
        assert app.pane is not None
        table = app.pane.table
        monkeypatch.setattr(table, "_repaint", painted.append)
        monkeypatch.setattr(table, "refresh", lambda *a, **k: whole.append(1))
        before = night()
        nodes = list(before.board.chains["staging"])
        nodes[1] = replace(nodes[1], running="v9")
        board = replace(before.board, chains={**before.board.chains, "staging": tuple(nodes)})
        engine.give(replace(before, board=board, serial=8))
        await pilot.pause()
        assert painted == [1]
        assert whole == []


async def test_a_key_that_cannot_be_used_says_why(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "r")
        assert "Resume: OCIRepository/activity-system/activity is not suspended" in text(app)


async def test_a_reason_stays_while_rows_change(make_app: MakeApp, engine: ScriptedEngine) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "r")
        first = night().board.rows[0]
        line = replace(first.lines["staging"][0], health=HealthLine(Level.OK, "better"))
        changed = replace(first, lines={**first.lines, "staging": (line,)})
        board = replace(night().board, rows=(changed, *night().board.rows[1:]))
        engine.give(replace(night(), board=board, serial=9))
        await pilot.pause()
        assert "✓ ready  better" in text(app)
        assert "Resume: OCIRepository/activity-system/activity is not suspended" in text(app)


async def test_read_only_refuses_every_act(make_app: MakeApp, engine: ScriptedEngine) -> None:
    config = replace(CONFIG, read_only=True)
    app = make_app(replace(night(), config=config), config)
    async with opened(app, WIDE) as pilot:
        for key in ("s", "R", "W", "p"):
            await press(pilot, key)
            assert "fluxtui was started read-only" in text(app)
        assert "staging read-only" in text(app)
        assert engine.ran == []


async def test_a_reason_is_required(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "s", "enter")
        assert "It is required" in text(app)
        await press(pilot, "escape")
        assert "nothing was done" in text(app)


async def test_choices_come_when_the_tags_are_listed_and_typed_text_stays(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(replace(night(), tags={}, selections={}))
    async with opened(app, WIDE) as pilot:
        await press(pilot, "p")
        assert "12 choices" not in text(app)
        await press(pilot, "tab", *"audit")
        engine.give(replace(night(), serial=9))
        await pilot.pause()
        await pilot.pause()
        assert "12 choices" in text(app)
        assert "audit" in text(app)


async def test_an_unprotected_environment_takes_a_plain_yes(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "s", *"audit", "enter")
        assert engine.ran == []
        await press(pilot, "y")
        plan, confirmed = engine.ran[0]
        assert (plan.command, plan.reason, confirmed) == ("suspend", "audit", True)
        assert "◐ running" in text(app)
        done = Receipt(plan.id, plan.steps[0].id, Outcome.DONE, "", NOW)
        engine.give(replace(night(), acts=(Act(plan, (done,)),)))
        await pilot.pause()
        assert "✓ 1  set spec.suspend" in text(app)
        engine.finish()
        await pilot.pause()
        assert "✓ done" in text(app)
        await press(pilot, "escape")
        assert not isinstance(app.screen, Review)


async def test_a_protected_environment_wants_its_name(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "right", "s", *"audit", "enter")
        await press(pilot, *"y", "enter")
        assert engine.ran == []
        assert "that is not the name" in text(app)
        app.screen.query_one("#confirm", Input).value = ""
        await press(pilot, *"production", "enter")
        assert len(engine.ran) == 1


async def test_the_question_of_a_long_plan_is_in_sight_on_a_small_terminal(
    make_app: MakeApp,
) -> None:
    async def run(_plan: Plan) -> tuple[Receipt, ...]:
        return ()

    app = make_app()
    long = replace(PLAN, effects=tuple(f"effect {n}" for n in range(40)))
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(Review(long, run))
        await pilot.pause()
        await pilot.pause()
        assert "production is protected: type its name" in text(app)
        assert app.screen.query_one("#confirm", Input).region.bottom < 24


async def test_a_failed_step_is_told_with_its_reason(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "s", *"audit", "enter", "y")
        engine.finish(Outcome.REFUSED, "the object changed meanwhile")
        await pilot.pause()
        assert "✗ refused: the object changed meanwhile" in text(app)


async def test_facts_are_read_for_the_rows_in_sight_only(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    bare = night()
    url, tags = next(iter(bare.tags.items()))
    app = make_app(replace(bare, tags={url: replace(tags, facts={})}))
    async with opened(app, (80, 20)) as pilot:
        await press(pilot, "2")
        asked = [q for q in engine.asked if isinstance(q, ReadFacts)]
        assert len(asked) == 1
        assert 0 < len(asked[0].tags) < len(tags.tags)


async def test_a_tag_is_compared_with_what_runs(make_app: MakeApp, engine: ScriptedEngine) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "2", "down", "enter")
        await pilot.pause()
        question = engine.asked[-1]
        assert isinstance(question, VersionsDiff)
        assert question.after == "v0.0.0-staging-test-deploy-0041"
        assert "spec.replicas" in text(app)
        await press(pilot, "enter")
        assert "@@" in text(app)


async def test_a_registry_that_is_down_is_a_line_and_nothing_more(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    engine.registry_down = True
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "4")
        await pilot.pause()
        assert "✗ registry.example.com: connection refused" in text(app)
        await press(pilot, "1")
        assert "WOULD PICK" in text(app)


async def test_the_filter_narrows_and_escape_ends_it(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "slash", *"pinned", "enter")
        lines = text(app)
        assert "notifications" in lines
        assert "status-page  " not in lines.split("LAST CHANGES")[0]
        await press(pilot, "escape")
        assert "status-page" in text(app).split("LAST CHANGES")[0]


async def test_with_every_row_filtered_away_nothing_can_be_acted_on(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "slash", *"nowhere", "enter", "s")
        assert "nothing is selected" in text(app)


async def test_the_palette_lists_commands_with_the_reason_when_off(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "colon", *"resume")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "not now: OCIRepository/activity-system/activity is not suspended" in text(app)


async def test_keys_are_remapped_by_command_id(make_app: MakeApp) -> None:
    app = make_app(config=replace(CONFIG, keys={"events": "f5"}))
    async with opened(app, WIDE) as pilot:
        await press(pilot, "f5")
        assert "HealthCheckFailed" in text(app)
        assert "f5 Events" in text(app)


async def test_logs_show_terminal_codes_as_text(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "enter", "down", "down", "l")
        await pilot.pause()
        assert "\\e[31mpanic: column exists" in text(app)


async def test_a_slow_link_gets_sixteen_colours(make_app: MakeApp) -> None:
    app = make_app(config=replace(CONFIG, slow=True))
    async with opened(app, (80, 24)) as pilot:
        await pilot.pause()
        assert app.current_theme.ansi
        assert "activity" in text(app)


async def test_q_at_the_first_view_asks_once(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "q")
        assert "press q again to quit" in text(app)
        await press(pilot, "q")
    assert app.return_code == 0


async def test_a_deep_start_waits_for_what_it_names(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    named = replace(ks("", "activity-apiserver"), namespace="")
    app = make_app(Snapshot(config=CONFIG), start=Target("production", kustomization=named))
    async with opened(app, WIDE) as pilot:
        await pilot.pause()
        assert "connecting" in text(app)
        engine.give(night())
        await pilot.pause()
        await pilot.pause()
        assert app.target.kustomization == ks("production", "activity-apiserver")
        assert "clickhouse-keeper" in text(app)


async def test_a_service_on_the_command_line_has_the_cursor(make_app: MakeApp) -> None:
    app = make_app(start=Target("production", service="status-page"))
    async with opened(app, WIDE) as pilot:
        await pilot.pause()
        assert app.target.service == "acme/status-page"
        assert app.target.environment == "production"


async def test_keys_faster_than_panes_end_where_the_last_one_says(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "2", "4", "1")
        await pilot.pause()
        assert "WOULD PICK" in text(app)
        await press(pilot, "1", "5", "5")
        await pilot.pause()
        assert "WOULD PICK" not in text(app)
