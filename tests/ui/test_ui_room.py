"""What is drawn where there is little room, and where there is a lot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from fluxtui.commands.command import Command, Context, Target
from fluxtui.commands.registry import by_id
from fluxtui.domain.board import Finding, ObjectLine, Severity
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.keys import key_table
from fluxtui.ui.spans import plain
from fluxtui.ui.widgets.footer import footer_line
from fluxtui.ui.widgets.header import tab_line
from fluxtui.ui.widgets.painted import Paragraph
from tests.ui.conftest import SHOWN, MakeApp, opened
from tests.ui.frame import screen_text, sees, text, until
from tests.ui.ui_crowd import change
from tests.ui.ui_delivery import CONFIG, NOW, PLAN, ks, night
from tests.ui.ui_engine import ScriptedEngine

LOW = [(40, 8), (80, 10), (60, 12)]


@pytest.mark.parametrize("cells", [40, 60, 80])
async def test_events_say_of_what_they_tell(make_app: MakeApp, cells: int) -> None:
    app = make_app()
    async with opened(app, (cells, 20)) as pilot:
        await pilot.press("5")
        await sees(pilot, "SUBJECT", "WHAT")
        line = next(x for x in screen_text(app) if "picked" in x)
        assert "ocirepo/activity" in line


@pytest.mark.parametrize("size", LOW)
@pytest.mark.parametrize("view", ["1", "2", "3", "5"])
async def test_a_low_screen_has_a_row_of_data(
    make_app: MakeApp, view: str, size: tuple[int, int]
) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press(view)
        assert await until(pilot, lambda: any(x.startswith("▎") for x in screen_text(app)))
        assert len(next(x for x in screen_text(app) if x.startswith("▎")).strip("▎ ")) > 8


async def test_a_wide_screen_shortens_no_version(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (300, 50)) as pilot:
        whole = "v0.0.0-staging-test-deploy-0041 -> v0.0.0-staging-test-deploy-0042 (3/6)"
        await sees(pilot, whole)
        row = next(x for x in screen_text(app) if x.startswith("▎"))
        assert "…" not in row
        await pilot.press("3")
        await sees(pilot, "WHY")
        rows = [x for x in screen_text(app) if "v0.0.0" in x or "BackoffLimit" in x]
        assert rows
        assert not [x for x in rows if "…" in x], text(app)


@pytest.mark.parametrize("size", [(80, 24), (60, 24), (200, 50)])
async def test_pods_of_one_workload_are_told_apart(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    ends = ("x7k2p", "qq9wz", "b4m1n", "z0z0z")
    pods = tuple(
        ObjectLine(
            Key("staging", "", "Pod", "activity-system", f"clickhouse-migrations-5f6d8c7b9-{end}"),
            "Failed",
        )
        for end in ends
    )
    before = night()
    nodes = tuple(
        replace(n, objects=pods) if n.key.name == "clickhouse-migrations" else n
        for n in before.board.chains["staging"]
    )
    board = replace(before.board, chains={**before.board.chains, "staging": nodes})
    app = make_app(replace(before, board=board))
    async with opened(app, size) as pilot:
        await pilot.press("3")
        await sees(pilot, *ends)


async def test_the_reason_is_read_before_the_namespace(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (90, 24)) as pilot:
        await pilot.press("3")
        await sees(pilot, "BackoffLimitExceeded: Job/clickhouse")


async def test_what_changed_last_fills_the_rows_that_are_free(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    changes = tuple(change(f"n{number:03}") for number in range(60))
    app = make_app(replace(night(), changes=changes))
    async with opened(app, (120, 50)) as pilot:
        await sees(pilot, "LAST CHANGES")
        assert text(app).count("applied n0") >= 20
        assert screen_text(app).count("") <= 8, text(app)


async def test_the_only_finding_is_told_whole_and_once(make_app: MakeApp) -> None:
    message = "OCIRepository/apps/x: " + " ".join(f"word{n}" for n in range(30))
    finding = Finding(Severity.ERROR, "code", "staging", message, "look at the end")
    app = make_app(replace(night(), findings=(finding,)))
    async with opened(app, (120, 40)) as pilot:
        await sees(pilot, "NEEDS ATTENTION", "word0", "word29", "look at the end")
        assert text(app).count("word0 ") == 1


def test_where_not_all_acts_fit_the_one_that_helps_is_there() -> None:
    commands = tuple(able(name) for name in SHOWN)
    keys = key_table(commands, {})
    seen = context()
    line = plain(footer_line(commands, keys, seen, 80))
    assert "Roll back" in line
    assert line.index("Reconcile") < line.index("Roll back") < line.index(": all")
    healthy = replace(seen, target=replace(seen.target, object=None))
    assert "Roll back" not in plain(footer_line(commands, keys, healthy, 80))


def able(name: str, refusal: Callable[[Context], str | None] = lambda _context: None) -> Command:
    """The act of that name, which may always be done."""
    act = by_id(name)
    plan = None if act.plan is None else lambda _context, _values: PLAN
    return Command(act.id, act.keys, act.title, "", "", disabled_reason=refusal, plan=plan)


def context() -> Context:
    target = Target(
        "staging",
        "acme/activity",
        ks("staging", "clickhouse-migrations"),
    )
    return Context(night(), target, NOW, "anna")


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12)])
async def test_why_there_are_no_rows_is_read_to_its_end(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    why = "connection refused by 127.0.0.1:6443, after it had been asked for quite a while; END"
    seen = replace(Snapshot(config=CONFIG), serial=1, unreachable={"staging": why})
    async with opened(make_app(seen), size) as pilot:
        await sees(pilot, "END")


@pytest.mark.parametrize("cells", [200, 120, 80, 60, 40])
def test_what_hides_rows_is_said_however_little_room_there_is(cells: int) -> None:
    commands = tuple(by_id(name) for name in SHOWN)
    keys = key_table(commands, {})
    line = plain(tab_line(commands, keys, "chain", "only namespace activity-system", cells))
    assert "only namespace activity-system" in line and len(line) <= cells
    assert len(plain(tab_line(commands, keys, "chain", "", cells))) <= max(cells, 70)


async def test_a_text_has_the_room_of_its_newest_lines(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await sees(pilot, "NEEDS ATTENTION")
        assert app.pane is not None
        strip = app.pane.query_one(".lately", Paragraph)
        # Two texts before the screen is idle, laid out in between because of another widget.
        for count in (7, 5):
            strip.show_lines(tuple(((f"line {n}", ""),) for n in range(count)))
            app.pane._clear_arrangement_cache()
            app.screen._refresh_layout()
            assert strip.size.height == count
