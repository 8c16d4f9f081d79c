"""The strip under a view: how far an act is and for how long, and for a while how it ended."""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain.plan import Outcome, Receipt
from fluxtui.domain.snapshot import Act
from fluxtui.ui.ages import epoch
from fluxtui.ui.spans import plain
from fluxtui.ui.widgets.actstrip import ActStrip, strip_lines
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees
from tests.ui.test_ui_acts import BEGAN, WIDE, reconcile, running, told


async def test_seconds_pass_in_it_though_nothing_came_from_anywhere(make_app: MakeApp) -> None:
    app = make_app(told(running(reconcile())))
    async with opened(app, WIDE) as pilot:
        await sees(pilot, "3 of 12  30s")
        strip = app.screen.query_one(ActStrip)
        strip._then = (strip._then[0] + 20, strip._then[1])
        strip._tick()
        ran = plain(strip.lines[0]).partition("3 of 12  ")[2].partition("s  ")[0]
        assert int(ran) >= 50


def test_the_strip_tells_the_end_for_a_while_and_says_why_when_it_failed() -> None:
    plan, now = reconcile(1), epoch(BEGAN) + 42
    done = tuple(Receipt(plan.id, s.id, Outcome.DONE, "", BEGAN) for s in plan.steps)
    well = Act(plan, done, True, BEGAN, "2026-11-23T03:12:11Z")
    assert [plain(line) for line in strip_lines((well,), now, "6")] == [
        "✓ done  41s  reconcile activity in staging"
    ]
    assert strip_lines((well,), now + 60, "6") == ()
    bad = replace(well, receipts=(replace(done[0], outcome=Outcome.REFUSED, message="moved"),))
    (line,) = strip_lines((bad,), now + 30, "6")
    assert "✗ not done" in plain(line) and "ask member-1: refused: moved" in plain(line)
    earlier = Act(plan, done, True, BEGAN, "2026-11-23T03:12:11Z", cut="killed")
    assert strip_lines((earlier,), now, "6") == (), "the findings tell of that one"
    many = tuple(running(replace(plan, title=f"act {n}")) for n in range(5))
    assert len(strip_lines(many, now, "6")) == 2
