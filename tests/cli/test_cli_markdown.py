"""A review for a pull request stays within bounds, and nothing in it is markup."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from fluxtui.cli.markdown import MOST, review
from fluxtui.domain.ask import ComparedKustomization, DeliveredKustomization, Delivery
from fluxtui.domain.commitrange import Changelog, Commit, CommitRange
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.objectdiff import FieldChange, ObjectChange
from fluxtui.domain.plan import Plan, Taker
from fluxtui.domain.protection import Demand
from fluxtui.domain.resource import Key
from fluxtui.domain.review.content import content

WEB = ObjectId("apps", "web", "apps", "Deployment")
OWN = Key("production", "kustomize.toolkit.fluxcd.io", "Kustomization", "apps", "web")
PLAN = Plan("promote", "promote web as v2", (), ("production",), reason="because | `x`")


def change(name: str, lines: int) -> ObjectChange:
    old = {"kind": "ConfigMap", "data": {f"k{n}": "a" for n in range(lines)}}
    new = {"kind": "ConfigMap", "data": {f"k{n}": "b" for n in range(lines)}}
    fields = tuple(FieldChange(f"data.k{n}", "a", "b") for n in range(lines))
    return ObjectChange("changed", ObjectId("apps", name, "", "ConfigMap"), fields, "", old, new)


def delivery(*changes: ObjectChange, says: str = "", look: tuple[str, ...] = ()) -> Delivery:
    part = ComparedKustomization(OWN, "v1", "v2", changes)
    dangers = (Danger("migration", Gravity.LOSS, says, WEB, OWN, look),) if says else ()
    return Delivery((DeliveredKustomization(part, content(changes), dangers),), ("a Secret: 403",))


def test_it_says_what_a_review_says() -> None:
    found = delivery(change("settings", 2), says="SQL drops", look=("DROP TABLE a",))
    text = review(PLAN, found, Demand(("production",)))
    for words in (
        "### promote web as v2",
        "**Not looked at (1)**",
        "**loss** `production: SQL drops` (migration)",
        "  DROP TABLE a",
        "| `production apps/web` |  | 1 |  |  |  |",
        "<summary>production: ConfigMap/apps/settings changed</summary>",
        "+  k0: b",
    ):
        assert words in text, text


def test_what_finds_no_room_is_counted_and_the_biggest_comes_first() -> None:
    many = [change(f"c{n}", 300) for n in range(60)]
    text = review(PLAN, delivery(*many, change("most", 399)), Demand())
    assert len(text.encode()) <= MOST
    assert text.index("ConfigMap/apps/most") < text.index("ConfigMap/apps/c0 ")
    assert "more objects change; there is no room for them here" in text


def test_text_of_a_bundle_ends_no_fence_and_no_table() -> None:
    found = delivery(says="a | b `c` <img src=x>", look=("```", "# heading", "</details>"))
    text = review(replace(PLAN, title="<b>x</b>"), found, Demand())
    assert "````" in text and "\n# heading" not in text
    assert "`<b>x</b>`" in text and "`` production: a \\| b `c` <img src=x> ``" in text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.lists(st.text(max_size=80), max_size=5))
def test_no_text_breaks_it_open(says: str, look: list[str]) -> None:
    text = review(PLAN, delivery(says=says or "x", look=tuple(look)), Demand())
    assert len(text.encode()) <= MOST
    lines = text.splitlines()
    fences = [line for line in lines if line.strip().startswith("```")]
    assert len(fences) % 2 == 0
    assert not any(c in text for c in "\x1b\x07\u202e\u2066")


def test_who_would_take_it_and_who_not_is_said_with_the_reason_and_once() -> None:
    eu, us = (OWN._replace(environment=name, kind="OCIRepository") for name in ("eu", "us"))
    takers = (
        Taker(eu, "v1", "v2", True, "eu: web would pick v2 (now v1)", (OWN,)),
        Taker(us, "v1", "v1", False, "us: web stays on v1: out of range | x", seen=False),
    )
    plan = replace(PLAN, takers=takers, effects=(takers[0].why, takers[1].why, "it runs 3 d"))
    text = review(plan, None, Demand())
    assert "**Who would take it (1 of 2)**" in text
    assert "- **takes it**: `eu: web would pick v2 (now v1)`, applied by 1" in text
    assert "- stays: `us: web stays on v1: out of range \\| x` (as last seen)" in text
    assert text.count("would pick v2") == 1 and "- `it runs 3 d`" in text
    many = replace(plan, takers=takers[:1] * 100)
    assert "- and 40 more" in review(many, None, Demand())


def test_the_commits_that_come_are_named_and_their_text_is_data() -> None:
    about = CommitRange(("eu",), "v2", "oci://r/app", "https://git.test/app", "a" * 40, "b" * 40)
    log = Changelog(about, (Commit("b" * 40, "Fix `x` | <b>y</b>"),), more=3)
    found = delivery(change("settings", 2)).with_changelogs((log, replace(log, error="denied")))
    text = review(PLAN, found, Demand())
    assert "**Commits of v2**\n- `` bbbbbbbb Fix `x` \\| <b>y</b> ``\n- and 3 more" in text
    assert "- `the commits aaaaaaaa..bbbbbbbb of https://git.test/app: denied`" in text
