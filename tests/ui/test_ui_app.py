"""The screen as a person uses it: moving, starting, looking, filtering, and what is painted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Region

from fluxtui.commands.command import Target
from fluxtui.domain.ask import ReadFacts, VersionsDiff
from fluxtui.domain.board import HealthLine, Level
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.widgets.painted import Paragraph
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import screen_text, sees, text, until
from tests.ui.ui_delivery import CONFIG, KS, ks, night, oci
from tests.ui.ui_engine import ScriptedEngine
from tests.ui.ui_flux_objects import HOST
from tests.ui.ui_pressing import WIDE, press


async def test_the_cursor_says_what_is_meant(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "right", "down", "down")
        wanted = Target("production", "acme/notifications", oci("production", "notifications"))
        assert await until(pilot, lambda: app.target == wanted)
        await sees(pilot, "pinned by anna")


async def test_enter_goes_to_the_root_blocker_and_escape_comes_back(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "enter")
        root = ks("staging", "clickhouse-migrations")
        assert await until(pilot, lambda: app.target.applier == root)
        await sees(pilot, "container migrate: CrashLoopBackOff")
        await press(pilot, "escape")
        await sees(pilot, "WOULD PICK")


@pytest.mark.parametrize("over", ["2", "3", "4", "5", "6"])
async def test_what_is_highlighted_is_what_keys_act_on(make_app: MakeApp, over: str) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "right", "down", "down", over, "down", "down", "1")
        await sees(pilot, "WOULD PICK")

        def agree() -> bool:
            cursor = next((x for x in screen_text(app) if x.startswith("▎")), "▎ ?")
            return app.target.service == f"acme/{cursor.split()[0].strip('▎')}"

        assert await until(pilot, agree)
        assert app.pane is not None
        assert app.target == app.pane.pointed()


async def test_a_deep_start_opens_the_chain_there(make_app: MakeApp) -> None:
    key = ks("production", "activity-apiserver")
    app = make_app(start=Target("production", object=key))
    async with opened(app, WIDE) as pilot:
        assert await until(pilot, lambda: app.target.applier == key)
        await sees(pilot, "clickhouse-keeper")


async def test_the_engine_starts_after_the_first_paint_and_its_wake_repaints(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        assert await until(pilot, lambda: engine.started)
        before = night()
        rows = list(before.board.rows)
        line = rows[3].lines["staging"][0]
        worse = replace(line, health=HealthLine(Level.FAILED, "pod gone"))
        rows[3] = replace(rows[3], lines={**rows[3].lines, "staging": (worse,)})
        engine.give(replace(before, board=replace(before.board, rows=tuple(rows)), serial=8))

        def told() -> bool:
            rows = [x for x in screen_text(app) if x.startswith(" status-page")]
            return bool(rows) and "✗ failed" in rows[0]

        assert await until(pilot, told)


async def test_clusters_are_asked_while_the_screen_is_made(
    make_app: MakeApp, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    panes = []
    monkeypatch.setattr(engine, "start", lambda: panes.append(app.pane))
    async with opened(app, WIDE) as pilot:
        await sees(pilot, "WOULD PICK")
    assert panes == [None], "started once, before there was a view to show anything"


async def test_only_changed_cells_are_painted_again(
    make_app: MakeApp, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "3")
        await sees(pilot, "clickhouse-keeper")
        painted: list[tuple[Region, ...]] = []
        assert app.pane is not None
        table = app.pane.table
        line = next(x for x in screen_text(app) if "clickhouse-keeper" in x)
        monkeypatch.setattr(table, "refresh", lambda *a, **_k: painted.append(a))
        before = night()
        nodes = list(before.board.chains["staging"])
        nodes[1] = replace(nodes[1], running="v9")
        board = replace(before.board, chains={**before.board.chains, "staging": tuple(nodes)})
        engine.give(replace(before, board=board, serial=8))
        assert await until(pilot, lambda: bool(painted))
        (((column, y, width, height),),) = painted
        assert (y, height) == (table.head + 1, 1)
        assert line[column : column + width].strip().endswith("0042")


async def test_only_changed_lines_of_a_text_are_painted_again(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        text = Paragraph(((("one", ""),), (("two", ""),), (("three", ""),)), classes="note")
        await app.screen.mount(text)
        text.styles.height = "auto"
        assert await until(pilot, lambda: text.size.height == 3)
        painted: list[Region] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(text, "refresh", lambda *lines, layout=False: painted.extend(lines))
            text.show_lines(((("one", ""),), (("2", ""),), (("three", ""),)))
        assert painted == [Region(0, 1, text.size.width, 1)]
        text.show_lines(((("one", ""),), (("zwei", ""),)))
        assert await until(
            pilot, lambda: [x.strip() for x in screen_text(app) if "zwei" in x] == ["zwei"]
        )


async def test_facts_are_read_for_the_rows_in_sight_only(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    bare = night()
    url, tags = next(iter(bare.tags.items()))
    app = make_app(replace(bare, tags={url: replace(tags, facts={})}))
    async with opened(app, (80, 20)) as pilot:
        await press(pilot, "2")
        assert await until(pilot, lambda: any(isinstance(q, ReadFacts) for q in engine.asked))
        asked = [q for q in engine.asked if isinstance(q, ReadFacts)]
        names = [name for question in asked for name in question.tags]
        assert 0 < len(names) < len(tags.tags)
        assert len(set(names)) == len(names), "no row is asked for twice"


async def test_a_version_that_failed_here_says_so_before_its_reason(make_app: MakeApp) -> None:
    before = night()
    key = ks("production", "clickhouse-keeper")
    body = dict(before.resources["production"][KS][key].as_object())
    digest = before.tags[f"{HOST}/activity"].facts["v1.4.1"].digest
    entry = {
        "metadata": {"revision": f"v1.4.1@{digest}"},
        "lastReconciled": "2026-11-20T09:00:00Z",
        "lastReconciledStatus": "HealthCheckFailed",
    }
    history = [*body["status"]["history"], entry]
    body["status"] = {**body["status"], "history": history}
    member = Resource.from_object("production", body)
    kinds = before.resources["production"]
    places = {**kinds, KS: {**kinds[KS], key: member}}
    selection = before.selections[oci("staging", "activity")]
    app = make_app(
        replace(
            before,
            resources={**before.resources, "production": places},
            selections={**before.selections, oci("production", "activity"): selection},
        )
    )
    async with opened(app, (80, 24)) as pilot:
        await press(pilot, "right", "2")
        await sees(pilot, "failed here: Health")
        line = next(x for x in text(app).splitlines() if "failed here" in x)
        assert "v1.4.1" in line
        assert text(app).count("failed here") == 1
        await press(pilot, "slash", *"v1.4.1", "enter")
        await sees(pilot, "failed here: HealthCheckFailed; the filter does not match it")
        await press(pilot, "escape", "1", "left", "2")
        await sees(pilot, "failed in production: H")


async def test_a_tag_is_compared_with_what_runs(make_app: MakeApp, engine: ScriptedEngine) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "2")
        await sees(pilot, "WHY")
        await press(pilot, "down", "enter")
        assert await until(pilot, lambda: any(isinstance(q, VersionsDiff) for q in engine.asked))
        question = engine.asked[-1]
        assert isinstance(question, VersionsDiff)
        assert question.after == "v0.0.0-staging-test-deploy-0041"
        await sees(pilot, "spec.replicas")
        await press(pilot, "enter")
        await sees(pilot, "@@")


async def test_a_registry_that_is_down_is_a_line_and_nothing_more(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    engine.registry_down = True
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "4")
        await sees(pilot, "✗ registry.example.com: connection refused")
        await press(pilot, "1")
        await sees(pilot, "WOULD PICK")


async def test_the_filter_narrows_and_escape_ends_it(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "slash", *"pinned", "enter")
        await sees(pilot, "notifications")

        def there() -> bool:
            return "status-page  " in text(app).split("LAST CHANGES")[0]

        assert await until(pilot, lambda: not there())
        await press(pilot, "escape")
        assert await until(pilot, there)


async def test_a_pattern_that_does_not_parse_is_told_where_it_is_typed(make_app: MakeApp) -> None:
    app = make_app()
    says = "no filter: not a regular expression: unterminated character set"
    async with opened(app, (80, 24)) as pilot:
        await press(pilot, "slash")
        await sees(pilot, "enter keep the filter   esc show all rows")
        await press(pilot, *"/x[")
        await sees(pilot, says, "status-page")
        lines = screen_text(app)
        assert lines[-2].strip() == "/x[" and says in lines[-1], text(app)
        assert "2 Tags 3 Chain 4 Diff" in lines[1], "and the tabs stay"
        await press(pilot, "enter")
        assert await until(pilot, lambda: says in screen_text(app)[-2]), text(app)
        await press(pilot, "escape")
        assert await until(pilot, lambda: says not in text(app))


async def test_what_is_typed_leaves_the_keys_of_the_tabs(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await press(pilot, "slash", *("z" * 70), "enter")
        await sees(pilot, " 1 Versions 2 3 4 5 6 7 /zzz", "zzz  0 of")


async def test_with_every_row_filtered_away_nothing_can_be_acted_on(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "slash", *"nowhere", "enter", "s")
        await sees(pilot, "nothing is selected")


async def test_the_palette_lists_commands_with_the_reason_when_off(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "colon", *"resume")
        await app.workers.wait_for_complete()
        await sees(pilot, "not now: OCIRepository/activity-system/activity is not suspended")


async def test_keys_are_remapped_by_command_id(make_app: MakeApp) -> None:
    app = make_app(config=replace(CONFIG, keys={"events": "f5"}))
    async with opened(app, WIDE) as pilot:
        await press(pilot, "f5")
        await sees(pilot, "HealthCheckFailed")
        await sees(pilot, "f5 Events")


async def test_logs_show_terminal_codes_as_text(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "enter", "down", "down", "l")
        await sees(pilot, "\\e[31mpanic: column exists")


async def test_a_slow_link_gets_sixteen_colours(make_app: MakeApp) -> None:
    app = make_app(config=replace(CONFIG, slow=True))
    async with opened(app, (80, 24)) as pilot:
        assert await until(pilot, lambda: app.current_theme.ansi)
        await sees(pilot, "activity")


async def test_q_at_the_first_view_asks_once(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "q")
        await sees(pilot, "press q again to quit")
        await press(pilot, "q")
    assert app.return_code == 0


async def test_a_deep_start_waits_for_what_it_names(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    named = ks("", "activity-apiserver")._replace(namespace="")
    app = make_app(Snapshot(config=CONFIG), start=Target("production", object=named))
    async with opened(app, WIDE) as pilot:
        await sees(pilot, "connecting")
        engine.give(night())
        wanted = ks("production", "activity-apiserver")
        assert await until(pilot, lambda: app.target.applier == wanted)
        await sees(pilot, "clickhouse-keeper")


async def test_a_service_on_the_command_line_has_the_cursor(make_app: MakeApp) -> None:
    app = make_app(start=Target("production", service="status-page"))
    async with opened(app, WIDE) as pilot:
        assert await until(pilot, lambda: app.target.service == "acme/status-page")
        assert app.target.environment == "production"


async def test_keys_faster_than_panes_end_where_the_last_one_says(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "2", "4", "1")
        await sees(pilot, "WOULD PICK")
        await press(pilot, "1", "5", "5")
        assert await until(pilot, lambda: "WOULD PICK" not in text(app))


async def test_a_view_that_was_come_from_is_gone_back_to(make_app: MakeApp) -> None:
    """By its own key: esc led from the board to the chain then, and acts acted there."""
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "enter")
        await sees(pilot, "container migrate: CrashLoopBackOff")
        await press(pilot, "1")
        await sees(pilot, "WOULD PICK")
        await press(pilot, "escape")
        await sees(pilot, "this is the first view", "WOULD PICK")
        await press(pilot, "enter", "5", "3")
        await sees(pilot, "container migrate: CrashLoopBackOff")
        await press(pilot, "escape")
        await sees(pilot, "WOULD PICK")
