"""Objects: one table for each kind, worst first; what is not known says so; keys act on the row."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import pytest
from textual.pilot import Pilot

from fluxtui.domain.kinds import by_short
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.panes.objects import Objects
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import check_frame, screen_text, sees, text, until
from tests.ui.typist import BYTES, Typist
from tests.ui.ui_engine import ScriptedEngine
from tests.ui.ui_objects import BROKEN, NAMES, fleet, made, release

SIZES = {"80x24": (80, 24), "200x50": (200, 50)}
ORDER = (BROKEN, "files", "apps-podinfo", "api")  # failed, never seen, at work, well
BOTH = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(fleet())


def at_cursor(app: FluxtuiApp) -> str:
    """The row under the cursor, as it is drawn."""
    return next((x for x in screen_text(app) if x.startswith("▎")), "")


async def typed(pilot: Pilot[None], *keys: str) -> None:
    """Many keys in one read; what is typed ahead of the end of a dialog does not count, so a word
    of the command line is a read of its own."""
    assert isinstance(pilot.app, FluxtuiApp)
    typist = Typist(pilot.app)
    for is_word, group in groupby(keys, key=lambda part: part.startswith(":")):
        for read in group if is_word else ["".join(BYTES.get(key, key) for key in group)]:
            typist.types(read)
            await typist.rests()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("words", ["all", "hr"])
async def test_objects_look_as_agreed(make_app: MakeApp, words: str, size: str) -> None:
    app = make_app()
    async with opened(app, SIZES[size]) as pilot:
        await typed(pilot, f":{words}\r")
        await sees(pilot, "MESSAGE", BROKEN)
        await check_frame(pilot, f"objects-{words}-{size}")


@BOTH
async def test_the_worst_comes_first_and_each_kind_says_its_own(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await typed(pilot, "7", "home")
        await sees(pilot, "files", "static")
        assert BROKEN in at_cursor(app), text(app)
        names = [word for x in screen_text(app) for word in x.split() if word in ORDER]
        assert names[:4] == list(ORDER), text(app)
        await typed(pilot, ":git\r")
        await sees(pilot, "main@9f8e7d6")
        assert BROKEN not in "\n".join(screen_text(app)[3:-6])
        await typed(pilot, ":all\r")
        await sees(pilot, BROKEN)


def shows(app: FluxtuiApp, kind: Kind) -> bool:
    return isinstance(app.pane, Objects) and app.pane.kind == kind.kind


async def test_every_kind_opens_by_each_of_its_words(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        for word in ("hr", "helmrelease", "helmreleases", "ks", "oci", "gitrepo", "alert"):
            await typed(pilot, f":{word}\r")
            kind = by_short(word)
            assert kind is not None
            assert await until(pilot, lambda kind=kind: shows(app, kind)), word


async def test_brackets_go_through_the_kinds_there_are(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await typed(pilot, ":hr\r", "]")
        await sees(pilot, "https://git.example.com/platform")
        await typed(pilot, "[[")
        await sees(pilot, "worker")
        assert app.pane is not None and app.pane.kind == "Kustomization"
        await typed(pilot, "[[")
        await sees(pilot, "KIND")


async def test_enter_tells_conditions_and_esc_leads_back(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await typed(pilot, ":hr\r")
        await sees(pilot, BROKEN)
        await typed(pilot, "home", "enter")
        await sees(pilot, "CONDITIONS", "Ready=False", "InstallFailed", "wish 6.x")
        await typed(pilot, "esc")
        await typed(pilot, ":alert-provider\r")
        await sees(pilot, "slack")
        await typed(pilot, "enter")
        await sees(pilot, "CONDITIONS", "no controller reports on it")
        await typed(pilot, "esc")
        await typed(pilot, "esc")
        await sees(pilot, "WOULD PICK")


@pytest.mark.parametrize(
    ("filter_", "there", "gone"),
    [
        ("podinfo-03", ["podinfo-03", "1 of 80"], ["podinfo-04"]),
        ("label:app=web", ["podinfo-01", "39 of 80"], ["podinfo-02 "]),
        ("!label:app=web", ["podinfo-02", "41 of 80"], ["podinfo-01"]),
        ("field:status.conditions.reason=InstallFailed", [BROKEN, "1 of 80"], ["podinfo-01"]),
        ("/podinfo-0[1-3]/", ["podinfo-02", "3 of 80"], ["podinfo-04"]),
        ("/podinfo-(", ["podinfo-02", "not a regular expression"], []),
        ("field:nope=1", ["0 of 80", "No object here has the field nope", "hides all"], []),
        ("!field:spec.nope=1", ["podinfo-02", "80 of 80", "no object here has the field spec"], []),
        ("label:nope!=1", ["podinfo-02", "80 of 80", "no object here has the label nope"], []),
    ],
)
async def test_the_filter_takes_words_labels_fields_and_patterns(
    make_app: MakeApp, filter_: str, there: list[str], gone: list[str]
) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await typed(pilot, ":hr\r", f"/{filter_}\r")
        await sees(pilot, *there)
        rows = "\n".join(screen_text(app)[5:-8])
        assert not [word for word in gone if word in rows], rows
        await typed(pilot, "esc")
        await sees(pilot, "podinfo-04")


@BOTH
@pytest.mark.parametrize("words", ["hr", "all"])
async def test_no_two_objects_of_one_name_look_alike(
    make_app: MakeApp, engine: ScriptedEngine, words: str, size: tuple[int, int]
) -> None:
    spaces = ("team-payments-a-production", "team-payments-b-production")
    app = make_app(fleet(*(release("a-twin", namespace=name) for name in spaces)))
    async with opened(app, size) as pilot:
        await typed(pilot, f":{words}\r", "/a-twin\r")
        await sees(pilot, "2 of", "NAMESPACE")
        rows = [line[1:] for line in screen_text(app) if " a-twin " in line and "✓" in line]
        assert len(rows) >= 2 and len(set(rows)) == len(rows), text(app)
        assert "MESSAGE" in text(app), "why it is so stays in sight"
        await typed(pilot, "esc", "/podinfo-01\r")
        await sees(pilot, "podinfo-01")


@BOTH
async def test_the_cursor_stays_on_its_object_whatever_comes_goes_or_fails(
    make_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await typed(pilot, ":hr\r")
        await sees(pilot, BROKEN)
        await typed(pilot, *["down"] * 12)
        assert await until(pilot, lambda: "podinfo-11" in at_cursor(app)), text(app)
        bad = ("False", "UpgradeFailed", "it broke")
        before = fleet(release("a-first"), release("podinfo-60", ready=bad))
        engine.give(replace(before, serial=100))
        await sees(pilot, "✗ 2 failed", "hr 81")
        assert await until(pilot, lambda: "podinfo-11" in at_cursor(app)), text(app)
        engine.give(replace(fleet(without=("podinfo-02", "podinfo-03")), serial=101))
        await sees(pilot, "✗ 1 failed", "hr 78")
        assert "podinfo-11" in at_cursor(app), text(app)
        assert app.target.object is not None and app.target.object.name == "podinfo-11"


async def test_a_burst_of_keys_sorts_filters_and_ends_where_it_should(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await typed(pilot, ":hr\r", "NN", "/podinfo\r", "home", *["down"] * 30, "pagedown", "G")
        await sees(pilot, "80 of 80")
        assert NAMES[0] in at_cursor(app), text(app)  # backwards: the first is the last
        await typed(pilot, "esc", "N", "home")
        assert await until(pilot, lambda: BROKEN in at_cursor(app)), text(app)


async def test_keys_act_on_the_object_or_say_why_not(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await typed(pilot, ":alert-provider\r")
        await sees(pilot, "slack")
        await pilot.press("R")
        await sees(pilot, "a Provider cannot be asked to reconcile")
        await typed(pilot, ":ks\r")
        await sees(pilot, "worker")
        await typed(pilot, "G")
        await pilot.pause()
        await pilot.press("s")
        await sees(pilot, "already suspended")
        await typed(pilot, ":hr\r")
        await sees(pilot, BROKEN)
        await typed(pilot, "home")
        await pilot.pause()
        await pilot.press("R")
        await sees(pilot, f"ask HelmRelease/apps/{BROKEN} to reconcile")
        assert not engine.ran


def doubtful(before: Snapshot, kind: str, state: FeedState) -> Snapshot:
    """The same, with the feeds of that kind in that state."""
    feeds = tuple(
        replace(f, state=state, message="staging: told so", since=1795403340.0)
        if f.kind[1] == kind and f.environment == "staging"
        else f
        for f in before.feeds
    )
    return replace(before, feeds=feeds, serial=before.serial + 1)


@BOTH
async def test_what_is_not_live_is_not_said_to_be_ready(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(doubtful(fleet(), "HelmRelease", FeedState.RETRYING))
    async with opened(app, size) as pilot:
        await typed(pilot, ":hr\r")
        await sees(pilot, "? stale for 3m", "? True", "? 6.5.1")
        assert "✓" not in "\n".join(screen_text(app)[2:-6])
        await typed(pilot, ":all\r")
        await sees(pilot, "stale: HelmRelease")


@pytest.mark.parametrize(
    ("words", "state", "sentence"),
    [
        ("alert", FeedState.FORBIDDEN, "may not be read: told so"),
        ("alert", FeedState.STARTING, "is being listed"),
        ("alert", FeedState.RETRYING, "cannot be read: told so"),
        ("alert", FeedState.ABSENT, "Alert is not served: its CRD is not installed"),
        ("alert", FeedState.LIVE, "There is no Alert in staging."),
    ],
)
@BOTH
async def test_an_empty_table_says_how_well_that_is_known(
    make_app: MakeApp, words: str, state: FeedState, sentence: str, size: tuple[int, int]
) -> None:
    app = make_app(doubtful(fleet(), "Alert", state))
    async with opened(app, size) as pilot:
        await typed(pilot, f":{words}\r")
        await sees(pilot, sentence)
        assert state is FeedState.LIVE or "There is no" not in text(app)


async def test_where_a_kind_is_said_and_another_environment_opens(make_app: MakeApp) -> None:
    app = make_app(fleet(made("Alert", "ops", environment="production")))
    async with opened(app, (80, 24)) as pilot:
        await typed(pilot, ":alert\r")
        await sees(pilot, "There is no Alert in staging", "production has 1: ←→")
        await typed(pilot, "right")
        await sees(pilot, "ops", "static")
        await typed(pilot, ":staging\r")
        await sees(pilot, "There is no Alert in staging")


async def test_one_namespace_is_one_namespace_here_too(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await typed(pilot, ":all\r", ":ns flux-system\r")
        await sees(pilot, "only namespace flux-system", "platform")
        assert BROKEN not in "\n".join(screen_text(app)[3:-8])


async def test_thousands_of_rows_cost_what_is_in_sight(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    more = tuple(release(f"r{number:04}") for number in range(2000))
    first = fleet(*more)
    app = make_app(first)
    async with opened(app, (80, 24)) as pilot:
        await typed(pilot, ":hr\r")
        assert await until(pilot, lambda: isinstance(app.pane, Objects))
        await sees(pilot, BROKEN)
        pane = app.pane
        assert pane is not None
        rows = pane.table._listing._all
        table = {**first.table("staging", ("helm.toolkit.fluxcd.io", "HelmRelease"))}
        changed = release("r0100", ready=("True", "UpgradeSucceeded", "said anew"))
        table[changed.key] = changed
        tables = {**first.resources["staging"], ("helm.toolkit.fluxcd.io", "HelmRelease"): table}
        resources = {**first.resources, "staging": tables}
        engine.give(replace(first, resources=resources, serial=first.serial + 1))
        assert await until(pilot, lambda: pane.view.snapshot.serial == first.serial + 1)
        now = pane.table._listing._all
        assert (
            len(now) == len(rows) and sum(a is not b for a, b in zip(rows, now, strict=True)) == 1
        )
        engine.give(replace(engine.snapshot, serial=first.serial + 2))
        assert await until(pilot, lambda: pane.view.snapshot.serial == first.serial + 2)
        assert pane.table._listing._all is now
        await typed(pilot, "G")
        assert len(pane.table._listing._made) <= 30


async def test_marks_stay_with_their_objects_and_are_acted_on_as_one(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await typed(pilot, ":hr\r")
        await sees(pilot, BROKEN)
        await typed(pilot, "space", "down", "down", "space")
        await sees(pilot, "2 marked", f"● {BROKEN}", "● podinfo-01")
        engine.give(replace(fleet(release("a-first"), without=("podinfo-00",)), serial=200))
        await sees(pilot, "hr 80", "● podinfo-01")
        await typed(pilot, "/podinfo-01\r")
        await sees(pilot, "2 marked, 1 not shown")
        await typed(pilot, "R")
        await sees(pilot, "reconcile 2 objects in staging", BROKEN, "podinfo-01")
        await sees(pilot, "1 of the 2 marked objects is hidden now: by the filter")
        await typed(pilot, "esc")
        await typed(pilot, "esc")
        await sees(pilot, "2 marked")
        await typed(pilot, "R")
        await sees(pilot, "reconcile 2 objects in staging")
        assert "is hidden now" not in text(app)
        await typed(pilot, "esc")
        await typed(pilot, "s")
        await sees(pilot, "Suspend · 2 marked objects", "Stop reconciling the 2 marked objects,")
        await typed(pilot, "esc")
        await typed(pilot, "p")
        await sees(pilot, "it is done to one object, and 2 are marked")
        await typed(pilot, "esc")
        assert await until(pilot, lambda: "marked" not in text(app).split("podinfo")[0])
        assert app.main.views.current == "objects"


async def test_all_that_is_shown_is_marked_and_unmarked_at_once(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await typed(pilot, ":hr\r", "/label:app=web\r", "*")
        await sees(pilot, "39 marked")
        await typed(pilot, "esc")
        await sees(pilot, "39 marked", "podinfo-02")
        await typed(pilot, "*")
        await sees(pilot, "80 marked")
        await typed(pilot, "*")
        assert await until(pilot, lambda: "80 marked" not in text(app))
