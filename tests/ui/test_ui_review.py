"""A review says what would change before it asks, and nothing in it acts but the yes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from fluxtui.commands.proposing import Proposal
from fluxtui.domain.ask import (
    ComparedKustomization,
    DeliveredKustomization,
    Delivery,
    Question,
    ReviewCommits,
    ReviewDeclared,
    ReviewMoves,
    ReviewRights,
    ReviewStanding,
    Standing,
    TryMoves,
)
from fluxtui.domain.commitrange import Changelog, Commit, CommitRange
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.declared import Declaration, DeclaredField
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.plan import Move, Plan, Receipt
from fluxtui.domain.protection import Confirmed, Demand
from fluxtui.domain.resource import Key
from fluxtui.domain.review.catalog import BY_ID
from fluxtui.domain.review.content import Content, ImageChange
from fluxtui.domain.review.wanted import ObjectAsked, WantedFact
from fluxtui.ui.reviewlines import delivery_lines
from fluxtui.ui.screens.compared import Compared
from fluxtui.ui.screens.reading import Reading
from fluxtui.ui.screens.review import Review
from fluxtui.ui.spans import plain
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import check_frame, sees, text, until
from tests.ui.ui_delivery import PLAN, oci
from tests.ui.ui_engine import DELIVERY

SIZES = {"80x24": (80, 24), "120x40": (120, 40), "200x50": (200, 50)}
MOVES = (Move(oci("production", "activity"), "", "v1.5.0"),)
MOVING = replace(PLAN, moves=MOVES)


SECRET = ObjectId("apps", "db", "", "Secret")
WANTED = WantedFact("reference-missing", ObjectAsked("v1", SECRET), oci("production", "activity"))
STANDING = Standing(
    (Danger("reference-missing", Gravity.STOP, "Deployment/apps/web needs Secret/apps/db"),),
    ("whether it has Secret/apps/other: forbidden",),
)


TRIED = Standing(
    (Danger("admission-refused", Gravity.STOP, "Deployment/apps/web is refused: quota"),)
)


RANGE = CommitRange(
    ("production",), "v1.5.0", "oci://r/app", "https://git.test/app", "a" * 40, "b" * 40
)
LOG = Changelog(RANGE, (Commit("b" * 40, "[red]Fix\u202e it"), Commit("c" * 40, "Prepare")))


class Asked:
    """An Engine that answers when it is let."""

    def __init__(self, answer: Any = DELIVERY, forbidden: tuple[str, ...] = ()) -> None:
        self.forbidden = forbidden
        self.questions: list[Question] = []
        self.ran: list[Plan] = []
        self.open = asyncio.Event()
        self.standing = asyncio.Event()
        self._answer = answer
        self.declarations: tuple[Declaration, ...] = ()

    async def ask(self, question: Question) -> Any:
        if isinstance(question, ReviewRights):
            return self.forbidden
        self.questions.append(question)
        await self.open.wait()
        if isinstance(question, ReviewDeclared):
            return self.declarations
        if isinstance(question, ReviewStanding):
            await self.standing.wait()
            return STANDING
        if isinstance(question, ReviewCommits):
            return (LOG, replace(LOG, error="connection refused"))
        if isinstance(question, TryMoves):
            return TRIED
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    async def run(self, plan: Plan, _confirmed: Confirmed) -> tuple[Receipt, ...]:
        self.ran.append(plan)
        return ()


def review(engine: Asked, *names: str, plan: Plan = MOVING) -> Review:
    return Review(plan, Demand(names), engine.run, engine.ask)


@pytest.mark.parametrize("size", SIZES)
async def test_dangers_and_content_stand_above_what_is_asked(make_app: MakeApp, size: str) -> None:
    engine = Asked()
    engine.open.set()
    app = make_app()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine, "production"))
        await sees(pilot, "DANGER")
        await check_frame(pilot, f"review-delivery-{size}")
    assert engine.questions == [ReviewMoves(MOVES)]


@pytest.mark.parametrize("names", [(), ("production",)])
@pytest.mark.parametrize("size", SIZES)
async def test_what_a_cluster_does_not_permit_is_said_and_cannot_be_confirmed(
    make_app: MakeApp, size: str, names: tuple[str, ...]
) -> None:
    engine = Asked(forbidden=("production does not let you patch kustomizations in apps (web)",))
    engine.open.set()
    app = make_app()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine, *names))
        await sees(pilot, "✗ production does not let you patch", "esc q leave")
        assert "y run" not in text(app) and "type its name" not in text(app)
        await pilot.press("y", *("".join(names)), "enter")
        await sees(pilot, "does not let you patch")
        await pilot.press("escape")
        await sees(pilot, "WOULD PICK")
    assert engine.ran == []


def test_the_new_image_is_read_beside_the_old_one_on_a_low_screen() -> None:
    old, new = (
        f"registry.example.com/acme/status-page:v0.0.0-staging-test-deploy-{n}"
        for n in (1112, 1113)
    )
    key = oci("production", "activity")
    short = Content(changed=1, images=(ImageChange(old, new),))
    part = DeliveredKustomization(ComparedKustomization(key, "a", "b"), short)
    rows = [plain(line) for line in delivery_lines(Delivery((part,)), 76)]
    assert max(map(len, rows)) <= 76
    assert "".join(rows).replace(" ", "").endswith(f"image{old}→:v0.0.0-staging-test-deploy-1113")


async def test_what_is_still_being_rendered_is_said_and_the_rest_can_be_read(
    make_app: MakeApp,
) -> None:
    engine, app = Asked(), make_app()
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "rendering both builds", "WHAT COMES OF IT", "y run")
        assert "diff" not in text(app).splitlines()[-3]
        await pilot.press("d")
        assert isinstance(app.screen, Review)
        engine.open.set()
        await sees(pilot, "DANGER", "d diff")
    assert engine.ran == []


async def test_what_the_cluster_says_comes_when_it_says_it(make_app: MakeApp) -> None:
    engine, app = Asked(replace(DELIVERY, wanted=(WANTED,))), make_app()
    engine.open.set()
    async with opened(app, (120, 40)) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "DANGER", "asking the cluster")
        assert "needs Secret/apps/db" not in text(app)
        engine.standing.set()
        await sees(pilot, "needs Secret/apps/db", "2 things not looked at")
        assert "asking the cluster" not in text(app)
    assert engine.questions == [ReviewMoves(MOVES), ReviewStanding((WANTED,))]


@pytest.mark.parametrize("size", SIZES)
async def test_the_commits_that_come_are_listed_as_text_and_what_was_not_read_is_said(
    make_app: MakeApp, size: str
) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine, plan=replace(MOVING, ranges=(RANGE,))))
        await sees(pilot, "2 things not looked at")
        read = ""
        for _page in range(6):
            read += text(app)
            await pilot.press("pagedown")
            await pilot.pause()
        for words in (
            "COMMITS  2 commits, production",
            "bbbbbbbb [red]Fix\\u202e it",
            "the commits aaaaaaaa..bbbbbbbb of",
        ):
            assert words in read, read
    assert engine.questions == [ReviewMoves(MOVES), ReviewCommits((RANGE,))]


async def test_the_clusters_try_it_on_a_key_and_on_nothing_else(make_app: MakeApp) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "t try")
        assert engine.questions == [ReviewMoves(MOVES)]
        await pilot.press("t")
        await sees(pilot, "is refused: quota")
        await pilot.press("t")
        await pilot.pause()
        assert "t try" not in text(app)
    assert engine.questions == [ReviewMoves(MOVES), TryMoves(MOVES)] and engine.ran == []


@pytest.mark.parametrize("size", SIZES)
async def test_while_a_name_is_typed_another_key_has_the_clusters_try_it_and_is_named(
    make_app: MakeApp, size: str
) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine, "production"))
        await sees(pilot, "f5 try")
        await pilot.press("t")
        await pilot.pause()
        assert engine.questions == [ReviewMoves(MOVES)], "a letter is of the name"
        await pilot.press("f5")
        await sees(pilot, "is refused: quota")
        assert "f5 try" not in text(app)
    assert engine.questions == [ReviewMoves(MOVES), TryMoves(MOVES)] and engine.ran == []


@pytest.mark.parametrize(("key", "names"), [("s", ()), ("f6", ("production",))])
@pytest.mark.parametrize("size", SIZES)
async def test_what_would_be_taken_back_is_kept_on_a_key(
    make_app: MakeApp, size: str, key: str, names: tuple[str, ...]
) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    lasting = replace(MOVING, effects=("infra is suspended too", *MOVING.effects))
    proposal = Proposal(lasting, Demand(names))
    async with opened(app, SIZES[size]) as pilot:
        sheet = Review(MOVING, Demand(names), engine.run, engine.ask, lambda: proposal)
        await app.push_screen(sheet)
        await sees(pilot, f"{key} keep it")
        await pilot.press(key)
        await sees(pilot, "✓ kept")
        assert "keep it" not in text(app)
        await pilot.press("pagedown", "pagedown")
        await sees(pilot, "infra is suspended too")
        await pilot.press(*("y" if not names else (*"production", "enter")))
        await until(pilot, lambda: bool(engine.ran))
    assert engine.ran == [lasting]


OWNER = Key("production", "kustomize.toolkit.fluxcd.io", "Kustomization", "flux-system", "infra")
FIELD = DeclaredField(OWNER, oci("production", "activity"), "spec.ref.semver")


@pytest.mark.parametrize("size", SIZES)
async def test_where_it_is_edited_for_good_stands_among_what_to_beware_of(
    make_app: MakeApp, size: str
) -> None:
    engine, app = Asked(), make_app()
    engine.declarations = (
        Declaration(FIELD, "/src/[red]infra", "clusters/eu/web.yaml", 14),
        Declaration(replace(FIELD, path="spec.suspend"), error="not found in /src/infra"),
    )
    engine.open.set()
    async with opened(app, SIZES[size]) as pilot:
        sheet = Review(PLAN, Demand(()), engine.run, engine.ask, None, (FIELD,))
        await app.push_screen(sheet)
        await sees(pilot, "2 things not looked at", "BEWARE")
        await until(pilot, lambda: bool(engine.questions))
        read = ""
        for _page in range(4):
            read += " ".join(line.strip(" │▅▂▆█▁▃▄▇") for line in text(app).splitlines())
            await pilot.press("pagedown")
            await pilot.pause()
        for words in (
            "for good spec.ref.semver of",
            "clusters/eu/web.yaml:14 in",
            "/src/[red]infra",
        ):
            assert words in read, read
        assert "not found in /src/infra" in read
    assert engine.questions == [ReviewDeclared((FIELD,))]


async def test_who_would_take_it_back_and_cannot_be_suspended_is_said(make_app: MakeApp) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()

    def refused() -> Proposal:
        raise FluxtuiError("staging is read-only by the configuration")

    async with opened(app, (120, 40)) as pilot:
        await app.push_screen(Review(MOVING, Demand(()), engine.run, engine.ask, refused))
        await sees(pilot, "s keep it")
        await pilot.press("s")
        await sees(pilot, "✗ staging is read-only by the configuration", "y run")
    assert engine.ran == []


async def test_d_shows_every_object_and_leads_back(make_app: MakeApp) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    async with opened(app, (120, 40)) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "d diff")
        await pilot.press("d")
        await sees(pilot, "OBJECT AND FIELD", "spec.replicas", "PodDisruptionBudget")
        assert isinstance(app.screen, Compared)
        await pilot.press("down", "down", "enter")  # past the two dangers
        assert await until(pilot, lambda: isinstance(app.screen, Reading))
        await sees(pilot, "-  replicas: 2", "+  replicas: 3")
        await pilot.press("q")
        assert await until(pilot, lambda: isinstance(app.screen, Compared))
        await pilot.press("y")  # a yes is for the review, not for what lies over it
        await pilot.press("q")
        assert await until(pilot, lambda: isinstance(app.screen, Review))
    assert engine.ran == []


@pytest.mark.parametrize("size", SIZES)
async def test_what_a_danger_means_is_one_key_further_than_the_diff(
    make_app: MakeApp, size: str
) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "d diff", "from 8 to 3 replicas")
        named = "from 8 to 3 replicas  (replicas-drop)"
        if SIZES[size][0] < 120:
            assert "replicas-drop" not in text(app), "there is no room for it"
        else:
            assert named in text(app)
        await pilot.press("d")
        await sees(pilot, "✗ migration  SQL in", "! replicas-drop  Deployment/")
        await pilot.press("enter")
        await sees(pilot, "destroys data", "DROP COLUMN \\e[31mwho")
        read = text(app)
        await pilot.press("end")
        await sees(pilot, "headless: fluxtui dangers migration")
        assert BY_ID["migration"].title in read
        await pilot.press("q")
        assert await until(pilot, lambda: isinstance(app.screen, Compared))


@pytest.mark.parametrize("size", SIZES)
async def test_dangers_of_an_act_that_brings_no_build_can_be_read_too(
    make_app: MakeApp, size: str
) -> None:
    held = Danger("of-another-day", Gravity.STOP, "it is held", environment="production")
    engine, app = Asked(), make_app()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine, plan=replace(PLAN, dangers=(held,))))
        await sees(pilot, "! it is held  (of-another-day)", "d dangers")
        await pilot.press("d")
        await sees(pilot, "of-another-day  production: it is held")
        await pilot.press("enter")
        await sees(pilot, "headless: fluxtui dangers of-another-day")
    assert engine.questions == []


async def test_where_a_name_is_typed_a_letter_is_text_and_f4_shows_the_diff(
    make_app: MakeApp,
) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(review(engine, "dev"))
        await sees(pilot, "f4 diff  f5 try")
        await pilot.press("d", "e")
        assert isinstance(app.screen, Review)
        await pilot.press("f4")
        assert await until(pilot, lambda: isinstance(app.screen, Compared))
        await pilot.press("escape")
        assert await until(pilot, lambda: isinstance(app.screen, Review))
        await pilot.press("v", "enter")
        assert await until(pilot, lambda: bool(engine.ran))


async def test_what_cannot_be_rendered_is_among_what_was_not_looked_at(make_app: MakeApp) -> None:
    engine, app = Asked(FluxtuiError("the registry does not answer")), make_app()
    engine.open.set()
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "not looked at", "the registry does not answer")
        assert "DANGER" not in text(app)


async def test_a_plan_that_moves_nothing_asks_nothing(make_app: MakeApp) -> None:
    engine, app = Asked(), make_app()
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(review(engine, plan=PLAN))
        await sees(pilot, "STEPS")
        assert engine.questions == [] and "rendering" not in text(app)


async def test_a_review_that_is_left_while_it_renders_leaves_nothing_behind(
    make_app: MakeApp,
) -> None:
    engine, app = Asked(), make_app()
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "rendering both builds")
        await pilot.press("escape")
        assert await until(pilot, lambda: app.screen is app.main)
        engine.open.set()
        await pilot.pause()
        assert app.screen is app.main
