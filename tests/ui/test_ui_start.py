"""Where the screen opens: what is named is gone to, and what is not clear is asked back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.commands.command import Target
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.panes.chain import ChainPane
from fluxtui.ui.start import resolved
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, until
from tests.ui.ui_delivery import KS, ks, night
from tests.ui.ui_engine import ScriptedEngine
from tests.ui.ui_flux_objects import kustomization

HERE, THERE = ks("staging", "status-page"), ks("staging", "status-page", "other")
NAMED = Target("staging", object=HERE._replace(environment="", namespace=""))
ASKED = "staging has activity-system/status-page and other/status-page: say which"


def night_with(*keys: Key, state: FeedState = FeedState.LIVE) -> Snapshot:
    """The night, with these Kustomizations in staging too."""
    seen = night()
    staging = dict(seen.resources["staging"])
    staging[KS] = {**staging[KS], **{key: kustomization(key, "activity", "./x") for key in keys}}
    return replace(
        seen,
        resources={**seen.resources, "staging": staging},
        feeds=tuple(replace(feed, state=state) for feed in seen.feeds),
    )


def test_a_name_that_two_namespaces_have_is_never_chosen_for_somebody() -> None:
    target, doubt = resolved(night_with(HERE, THERE), NAMED)
    assert target == Target("staging") and ASKED in doubt
    with_namespace = replace(NAMED, object=THERE._replace(environment=""))
    assert resolved(night_with(HERE, THERE), with_namespace) == (
        Target("staging", object=THERE), ""
    )  # fmt: skip


def test_nothing_is_chosen_while_another_may_still_come() -> None:
    for state in (FeedState.STARTING, FeedState.RETRYING):
        assert resolved(night_with(HERE, state=state), NAMED) == (None, "")
    listed = night_with(HERE)
    half = replace(listed, feeds=tuple(f for f in listed.feeds if f.environment != "staging"))
    assert resolved(half, NAMED) == (None, "")
    gone = replace(night_with(HERE, state=FeedState.RETRYING), unreachable={"staging": "no route"})
    assert resolved(gone, NAMED)[0] == Target("staging", object=HERE)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (
            Target("production", object=ks("", "nope", "")),
            "Kustomization/nope in production",
        ),
        (Target("production", object=ks("", "nope", "x")), "Kustomization/x/nope"),
        (Target(service="hr/web"), "there is no service hr/web"),
        (Target("staging", service="nope"), "there is no service nope"),
    ],
)
def test_what_is_not_there_is_said(wanted: Target, says: str) -> None:
    target, doubt = resolved(night(), wanted)
    assert target is None and says in doubt
    assert resolved(Snapshot(config=night().config), wanted) == (None, "")


def test_two_services_with_one_last_name_are_named() -> None:
    seen = night()
    twin = replace(seen.board.rows[0], service="other/" + seen.board.rows[0].service.split("/")[-1])
    board = replace(seen.board, rows=(*seen.board.rows, twin))
    short = twin.service.rpartition("/")[2]
    target, doubt = resolved(replace(seen, board=board), Target(service=short))
    assert target is None and f"{seen.board.rows[0].service} and {twin.service}" in doubt


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_the_screen_asks_which_and_shows_both(
    make_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    app = make_app(night_with(HERE, state=FeedState.STARTING), start=NAMED)
    async with opened(app, size) as pilot:
        await pilot.pause()
        assert app.target.applier is None
        engine.give(night_with(HERE, THERE))
        await sees(pilot, ASKED)
        assert await until(pilot, lambda: isinstance(app.pane, ChainPane))


async def test_the_screen_says_that_nothing_has_that_name(make_app: MakeApp) -> None:
    async with opened(make_app(start=Target("production", service="hr/web")), (80, 24)) as pilot:
        await sees(pilot, "there is no service hr/web")
