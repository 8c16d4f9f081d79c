"""What a pane may show: never a value as known that is not."""

from __future__ import annotations

import pytest

from fluxtui.domain.board import (
    Board,
    ChainNode,
    Finding,
    HealthLine,
    Hold,
    Level,
    Line,
    Mark,
    Row,
    Running,
    Severity,
)
from fluxtui.domain.config import Config, Environment, ServiceConfig
from fluxtui.domain.knowledge import KNOWN, Knowing, Knowledge
from fluxtui.domain.plan import Outcome, Plan, Receipt
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Act, Change, Snapshot

BLIND = Knowledge(Knowing.STALE)


def key(name: str, kind: str = "Kustomization", environment: str = "staging") -> Key:
    return Key(environment, "x", kind, "apps", name)


def line(
    running: str = "1.4.2", pick: str = "1.5.0", newest: str = "2.0.0", **more: object
) -> Line:
    values = {"would_pick": pick, "newest": newest, **more}
    return Line(key("web", "OCIRepository"), Running(running), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "listed", "texts", "bare"),
    [
        (KNOWN, KNOWN, ("1.4.2", "1.5.0", "2.0.0"), ("not used", "nothing", "none")),
        (BLIND, KNOWN, ("? 1.4.2", "? 1.5.0", "? 2.0.0"), ("?", "?", "?")),
        (KNOWN, BLIND, ("1.4.2", "? 1.5.0", "? 2.0.0"), ("not used", "?", "?")),
    ],
)
def test_what_is_not_known_is_shown_as_last_seen(
    known: Knowledge, listed: Knowledge, texts: tuple[str, ...], bare: tuple[str, ...]
) -> None:
    full, empty = line(known=known, listed=listed), line("", "", "", known=known, listed=listed)
    assert (full.running_text, full.pick_text, full.newest_text) == texts
    assert (empty.running_text, empty.pick_text, empty.newest_text) == bare


@pytest.mark.parametrize(("ahead", "text"), [(0, ""), (3, "3 ahead"), (-1, "ahead")])
def test_a_remote_that_moved_on_says_how_far_as_far_as_that_was_counted(
    ahead: int, text: str
) -> None:
    assert line(ahead=ahead).ahead_text == text


def test_where_there_is_no_list_nothing_is_said_of_one() -> None:
    bare = line(pick="", newest="", has_list=False)
    assert (bare.pick_text, bare.newest_text) == ("–", "–")
    assert line(has_list=False).pick_text == "1.5.0", "what its source has stored"
    blind = line(pick="", has_list=False, known=BLIND)
    assert blind.pick_text == "?"


def test_a_digest_needs_no_list_of_tags_and_a_user_without_a_version_runs_nothing_yet() -> None:
    assert line(listed=BLIND, by_digest=True).pick_text == "1.5.0"
    assert line(known=BLIND, by_digest=True).pick_text == "? 1.5.0"
    assert line("", appliers=(key("api"),)).running_text == "nothing yet"


def test_a_hold_is_the_source_s_own_before_that_of_its_users() -> None:
    own, other = Mark("anna"), Mark("bert")
    held = (Hold(key("api"), other), Hold(key("web"), own))
    assert line().hold is None
    assert line(suspended=own, held=held).hold is own and line(held=held).hold is other


def node(
    name: str, level: Level = Level.FAILED, root: Key | None = None, **more: object
) -> ChainNode:
    return ChainNode(key(name), 0, HealthLine(level), root=root, **more)  # type: ignore[arg-type]


def test_a_blockage_starts_at_who_fails_and_waits_for_nobody_else() -> None:
    feeds = key("web", "OCIRepository")
    starts = [
        node("a"),
        node("a", root=key("a")),
        node("a", root=feeds, origin=feeds),
        node("a", Level.WAITING),
    ]
    follows = [node("a", Level.OK), node("a", root=key("b")), node("a", root=feeds)]
    assert all(one.starts_blockage for one in starts)
    assert not any(one.starts_blockage for one in follows)
    assert [one.to_blame for one in starts] == [False, True, True, False]
    assert not any(one.to_blame for one in follows)
    assert node("a", running="1.4.2").running_text == "1.4.2"
    assert node("a", running="1.4.2", known=BLIND).running_text == "? 1.4.2"


def test_the_worst_blockages_are_looked_at_first() -> None:
    nodes = (node("a", Level.PROGRESSING), node("b"), node("c", Level.WAITING), node("d", Level.OK))
    board = Board(chains={"staging": nodes})
    assert board.troubled() == {key("a"), key("b"), key("c")}
    assert board.troubled(1) == {key("b")} and board.troubled(2) == {key("b"), key("c")}


@pytest.mark.parametrize(
    "message",
    ["no route", "api is pinned by anna: trouble in staging", "1.0.0-staging-7 is not there"],
)
def test_a_finding_names_its_environment_once(message: str) -> None:
    """Whatever a person or a cluster wrote in it: only who made the sentence knows its words."""
    assert Finding(Severity.ERROR, "x", "staging", message).place == "staging"
    one = Finding(Severity.ERROR, "x", "staging", "staging is not read", names_environment=True)
    assert one.place == ""


def test_rows_and_lines_are_found_again_where_the_board_has_changed() -> None:
    def row(name: str) -> Row:
        one = Line(key(name, "OCIRepository"), Running())
        return Row(name, f"oci://x/{name}", {"staging": (one,)})

    first, second = row("one"), row("two")
    before, after = Board(rows=(first, second)), Board(rows=(second, first))
    for board in (before, after, Board(rows=(second,)), before):
        assert board.row("two") is second
        found = board.line(key("two", "OCIRepository"))
        assert found is second.lines["staging"][0]
    assert Board().row("two") is None and Board().line(key("two", "OCIRepository")) is None
    assert before.line(key("three", "OCIRepository")) is None and before.row("three") is None
    assert first.line(key("one", "OCIRepository", "production")) is None


# -- what else a Snapshot says


def test_a_change_says_how_often_and_whom_it_concerns() -> None:
    once = Change("2026-11-23T03:04:05Z", "staging, production", "web", "fell")
    assert once.line == "fell"
    many = Change("2026-11-23T03:04:05Z", "", "web", "fell", count=3)
    assert many.line == "×3 fell"
    assert once.concerns("staging") and once.concerns("production")
    assert not once.concerns("prod") and many.concerns("anywhere")


def test_the_newest_receipt_of_a_step_counts() -> None:
    plan = Plan("x", "x", (), ())
    old, new = (Receipt(plan.id, "a", o, "", "") for o in (Outcome.UNKNOWN, Outcome.DONE))
    act = Act(plan, (old, Receipt(plan.id, "b", Outcome.DONE, "", ""), new))
    assert act.receipt("a") is new and act.receipt("c") is None
    assert Snapshot().as_of(key("web")) == ""


def test_a_configuration_is_asked_by_name_and_stages_keep_their_order() -> None:
    two = (
        Environment("dev", "dev"),
        Environment("north", "n", stage="live"),
        Environment("south", "s", stage="live"),
    )
    config = Config(two, (ServiceConfig("web"), ServiceConfig("api")))
    assert config.stages == ("dev", "live")
    found = config.service("api")
    assert found is config.services[1] and config.service("gone") is None
    assert config.environment("north") is two[1] and config.environment("west") is None
