"""Where something is and until when: no line leaves a place empty or an end unsaid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.commands.command import Context, Target
from fluxtui.domain.board import Mark
from fluxtui.domain.plan import Plan, PushStep
from fluxtui.domain.snapshot import Change
from fluxtui.ui.ages import epoch
from fluxtui.ui.panes.events import Told, row_of, sizes
from fluxtui.ui.reviewlines import plan_lines
from fluxtui.ui.spans import plain
from fluxtui.ui.widgets.details import mark_line
from fluxtui.ui.words import exact, words
from tests.builders import NOW, snapshot, source
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees
from tests.ui.ui_delivery import night

PUSH = PushStep(
    "push", "push a build", repository="oci://r.example.com/acme/web", tag="v2", folder="f",
    images={},
)  # fmt: skip
NOWHERE = Plan("publish", "publish web", (PUSH,), (), user="anna")
PUBLISHED = Change(
    "2026-11-23T03:12:00Z", "", "oci://r.example.com/acme/web", "publish web: done", plan="0a1b2c"
)


def test_a_review_names_the_repository_where_no_environment_takes_it() -> None:
    (first, *_rest) = plan_lines(NOWHERE, 80)
    assert plain(first).startswith("in oci://r.example.com/acme/web   by anna")
    (first, *_rest) = plan_lines(replace(NOWHERE, environments=("staging",)), 80)
    assert plain(first).startswith("in staging   by anna")


def test_an_act_that_went_to_a_registry_has_a_place_among_the_events() -> None:
    told = Told(PUBLISHED, None, None, False)
    assert plain(row_of(told, epoch(NOW)).cells[2]) == "registry"
    assert sizes(told)[2] == len("registry")
    other = Told(replace(PUBLISHED, plan=""), None, None, False)
    assert plain(row_of(other, epoch(NOW)).cells[2]) == "", "of that nobody knows where"


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_that_place_is_drawn(make_app: MakeApp, size: tuple[int, int]) -> None:
    waited = replace(PUBLISHED, subject="wait for web", what="waited", plan="0a1b2d")
    app = make_app(replace(night(), changes=(PUBLISHED, waited)))
    async with opened(app, size) as pilot:
        await pilot.press("5")
        await sees(pilot, "registry", "publish web: done", "waited")


def test_a_mark_says_until_when_it_is_or_that_it_is_overdue() -> None:
    def said(until: str) -> str:
        mark = Mark("anna", "audit", "2026-11-23T03:00:00Z", until)
        return plain(mark_line("‖ suspended", mark, epoch("2026-11-23T04:00:00Z")))

    assert said("") == "‖ suspended by anna 1h ago: audit"
    assert said("2026-11-23T05:30:00Z") == (
        "‖ suspended by anna 1h ago until 2026-11-23 05:30Z: audit"
    )
    assert said("2026-11-23T03:30:00Z") == "‖ suspended by anna 1h ago overdue: audit"


def test_services_of_the_same_short_name_are_listed_by_their_whole_names() -> None:
    one = source("staging", "a", url="oci://r.example.com/apps/notifications")
    two = source("staging", "b", url="oci://r.example.com/infra/notifications")
    web = source("staging", "c", url="oci://r.example.com/apps/web")
    context = Context(snapshot(one, two, web), Target(), NOW, "anna")
    every = tuple(words(context, (), {}, (), ""))
    services = [word.text for word in every if word.about == "service"]
    assert sorted(services) == ["apps/notifications", "infra/notifications", "web"]
    meant = exact("infra/notifications", every)
    assert meant is not None and meant.target.service == "infra/notifications"
    assert exact("apps/web", every) is not None, "a whole name means it, too"
