"""A review says what would change before it asks, and nothing in it acts but the yes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.domain.ask import (
    ComparedKustomization,
    DeliveredKustomization,
    Delivery,
    ReviewCommits,
    ReviewDeclared,
    ReviewMoves,
    ReviewStanding,
)
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.declared import Declaration, DeclaredField
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.protection import Demand
from fluxtui.domain.resource import Key
from fluxtui.domain.review.content import ChartContent, Content, ImageChange
from fluxtui.ui.reviewlines import delivery_lines, plan_lines
from fluxtui.ui.screens.review import Review
from fluxtui.ui.spans import plain
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import check_frame, sees, text, until
from tests.ui.ui_delivery import PLAN, oci
from tests.ui.ui_engine import DELIVERY
from tests.ui.ui_review import (
    MOVES,
    MOVING,
    RANGE,
    SIZES,
    WANTED,
    Asked,
    review,
)


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


TTL = "ALTER TABLE activity.audit_log MODIFY TTL toDateTime(at) + INTERVAL 90 DAY DELETE"


def with_evidence(*lines: str) -> Delivery:
    danger = Danger("migration", Gravity.LOSS, "SQL in ConfigMap/apps/web destroys", look=lines)
    key = oci("production", "activity")
    part = DeliveredKustomization(ComparedKustomization(key, "a", "b"), Content(), (danger,))
    return Delivery((part,))


@pytest.mark.parametrize("cells", [60, 76, 116])
def test_evidence_goes_on_in_the_next_row_and_loses_nothing(cells: int) -> None:
    rows = [plain(line) for line in plan_lines(PLAN, cells, with_evidence(TTL))]
    assert all(len(row) <= cells for row in rows)
    assert TTL in " ".join(" ".join(rows).split())


def test_evidence_that_is_longer_than_its_rows_says_where_it_is_read() -> None:
    rows = [plain(one) for one in plan_lines(PLAN, 76, with_evidence("word " * 99), whole="f4")]
    assert sum(row.lstrip().startswith("word") for row in rows) == 4
    assert "        … goes on: f4 reads all of it" in rows
    many = [plain(one) for one in plan_lines(PLAN, 76, with_evidence(*"abcdef"))]
    assert "      ... 2 more lines: d reads all" in many


def test_what_a_danger_says_is_not_cut_without_a_word() -> None:
    key = oci("production", "activity")
    said = Danger("migration", Gravity.LOSS, "word " * 120 + "END")
    part = DeliveredKustomization(ComparedKustomization(key, "a", "b"), Content(), (said,))
    rows = [plain(one) for one in plan_lines(PLAN, 76, Delivery((part,)), whole="f4")]
    assert sum(row.lstrip(" ✗").startswith("word") for row in rows) == 6
    assert "        … goes on: f4 reads all of it" in rows
    assert not any("word…" in row or "wor…" in row for row in rows)


def test_what_stands_nowhere_else_is_read_to_its_end() -> None:
    plan = replace(PLAN, effects=("word " * 120 + "END",))
    rows = [plain(one) for one in plan_lines(plan, 76)]
    assert any(row.endswith("END") for row in rows)


def test_keys_and_default_values_go_on_in_the_next_row() -> None:
    key = oci("production", "activity")
    path = "~ image.repository registry.example.com/acme/web -> registry.example.org/other/web"
    chart = ChartContent("web 1.0.0", "web 1.1.0", values=(path,), files=1, rendered=True)
    named = f"~ ConfigMap activity-system/{'activity-' * 5}settings LOG_LEVEL"
    short = Content(changed=1, config=(named,), chart=chart)
    part = DeliveredKustomization(ComparedKustomization(key, "a", "b"), short)
    rows = [plain(line) for line in delivery_lines(Delivery((part,)), 76)]
    assert max(map(len, rows)) <= 76
    said = " ".join(" ".join(rows).split())
    assert f"default {path}" in said and f"config {named}" in said


def test_counts_stand_apart() -> None:
    key = oci("production", "activity")
    short = Content(created=1, changed=2, pruned=1, kept=3, replaced=1)
    part = DeliveredKustomization(ComparedKustomization(key, "a", "b"), short)
    rows = [plain(line) for line in delivery_lines(Delivery((part,)), 116)]
    assert any(
        row.endswith("+1, ~2, −1 pruned, 3 no longer built and kept, 1 under a new name")
        for row in rows
    )


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
