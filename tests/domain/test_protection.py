"""What must be confirmed is read off the Steps: no Plan can say less of itself."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, NS, URL, digest, revision, snapshot, source, tag_list

from fluxtui.domain.config import Config, Environment
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.plan import (
    AT_WRITE,
    AnyStep,
    AwaitStep,
    DeleteStep,
    PatchStep,
    Plan,
    PushStep,
    RequestReconcile,
    TagStep,
    Until,
)
from fluxtui.domain.protection import YES, Demand, demand, protected
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Feed, TagList

OCI = ("source.toolkit.fluxcd.io", "OCIRepository")
TAGS = tag_list({"1.4.1": "a", "1.4.2": "b"})
STAGING = source(ref={"semver": "1.x"}, stored=revision("1.4.2", "b"))
PRODUCTION = source("production", ref={"semver": "1.x"}, stored=revision("1.4.2", "b"))


def key(environment: str) -> Key:
    return Key(environment, *OCI, NS, "activity")


def patch(environment: str) -> PatchStep:
    target = key(environment)
    return PatchStep("p", "pin", target=target, patch={"spec": {}}, resource_version="7")


def tag(name: str = "1.5.0", letter: str = "c") -> TagStep:
    return TagStep("t", "name it", repository=URL, digest=digest(letter), tag=name)


def delete(name: str = "", letter: str = "b", *shared: str) -> DeleteStep:
    return DeleteStep(
        "d", "delete", repository=URL, digest=digest(letter), tag=name, shared=shared
    )  # fmt: skip


def asked(*steps: AnyStep, touches: tuple[str, ...] = (), seen: Any = None, **more: Any) -> Demand:
    plan = Plan("x", "x", steps, touches)
    parts = more.pop("sources", (STAGING, PRODUCTION))
    world = snapshot(*parts, tags=more.pop("tags", (TAGS,)), **more)
    return demand(plan, seen or world)


# -- what is typed


def test_the_names_are_typed_in_any_order_and_nothing_else() -> None:
    two = Demand(("staging", "production"))
    assert two.text == "staging production"
    for enough in ("staging production", "production, staging", "production  staging"):
        assert two.met_by(enough)
    for short in ("", "staging", "staging production dev", "yes"):
        assert not two.met_by(short)
    assert not Demand().met_by(""), "where no name is asked a plain yes is another key"


def test_what_was_said_is_enough_or_says_what_is_missing() -> None:
    two = Demand(("staging", "production"))
    assert two.missing(None) == Demand().missing(None) == "it was not confirmed"
    assert Demand().missing(YES) == "" == two.missing(frozenset(("production", "staging")))
    assert two.missing(YES) == "staging and production are protected, and not named"
    assert two.missing(frozenset({"staging"})) == "production is protected, and not named"
    assert protected(("a",)) == "a is protected" and protected(("a", "b")).endswith("are protected")


# -- what the Steps touch


def test_a_write_to_a_protected_environment_takes_its_name() -> None:
    assert asked(patch("production")) == Demand(("production",))
    assert asked(patch("staging")) == Demand()
    ask = RequestReconcile("r", "ask", target=key("production"), at=AT_WRITE)
    assert asked(ask, patch("staging")) == Demand(("production",))
    wait = AwaitStep("w", "wait", target=key("production"), until=Until.READY)
    assert asked(patch("production"), wait) == Demand(("production",))
    assert asked(wait) == Demand() and asked() == Demand(), "a wait changes nothing"
    assert asked(wait, touches=("production",)) == Demand()
    assert asked(patch("staging"), touches=("production",)) == Demand(("production",))


def test_an_environment_that_nobody_configured_is_protected() -> None:
    assert asked(patch("elsewhere"), patch("production"), patch("abroad")) == Demand(
        ("production", "abroad", "elsewhere")
    )


def test_read_only_refuses_whatever_is_confirmed() -> None:
    config = replace(CONFIG, read_only=True)
    assert "read-only" in asked(patch("staging"), config=config).refusal
    shut = Environment("production", "production", read_only=True)
    half = Config(environments=(CONFIG.environments[0], shut))
    assert asked(patch("production"), config=half).refusal.startswith("production is read-only")
    assert asked(patch("staging"), config=half) == Demand()
    assert asked(tag(), config=half).refusal.startswith("production is read-only")


# -- what a registry write changes


def test_a_tag_that_a_protected_environment_would_pick_takes_its_name() -> None:
    assert asked(tag()) == Demand(("production",))
    alone = {"sources": (STAGING,), "feeds": (Feed("production", OCI, "", FeedState.LIVE),)}
    assert asked(tag(), **alone) == Demand(), "nothing there follows it"
    assert asked(tag("2.0.0")) == Demand(), "nobody would pick it"
    push = PushStep("p", "push", repository=URL, tag="1.5.0", folder="/x", images={})
    assert asked(push) == Demand(("production",))
    again = PushStep("p", "push", repository=URL, tag="1.4.2", folder="/x", images={})
    assert asked(again) == Demand(("production",)), "a build of that name is another content"


def test_a_tag_that_stands_already_changes_nothing_and_one_that_moves_does() -> None:
    assert asked(tag("1.4.2", "b")) == Demand()
    assert asked(tag("1.4.2", "c")) == Demand(("production",))
    bare = (TagList(URL, ("1.4.1", "1.4.2"), 100.0),)
    assert asked(tag("1.4.2", "b"), tags=bare) == Demand(("production",))


def test_a_deletion_takes_the_names_of_who_would_fall_back() -> None:
    assert asked(delete("1.4.2")) == Demand(("production",))
    assert asked(delete("1.4.1", "a")) == Demand()
    assert asked(delete("", "a")) == Demand()
    assert asked(delete("", "b")) == Demand(("production",)), "with the content goes its tag"
    assert asked(delete("", "a", "1.4.2")) == Demand(("production",)), "all its tags go"


def test_tags_that_may_be_on_a_deleted_manifest_go_with_it() -> None:
    half = (replace(TAGS, facts={"1.4.1": TAGS.facts["1.4.1"]}),)
    assert asked(delete("", "e"), tags=half) == Demand(("production",)), "nobody read 1.4.2"
    assert asked(delete("1.4.1", "a"), tags=half) == Demand(), "a tag alone takes no other"
    known = asked(delete("", "e"))
    assert known == Demand(), "both tags are known to be on other content"
    empty = replace(TAGS.facts["1.4.2"], digest="")
    blank = (replace(TAGS, facts={**TAGS.facts, "1.4.2": empty}),)
    assert asked(delete("", "e"), tags=blank) == Demand(("production",))


@pytest.mark.parametrize(
    ("step", "names"),
    [
        (delete("1.4.1", "a"), ("production",)),
        (delete("1.4.1", "a", "other"), ()),
        (delete("", "a", "other"), ("production",)),
        (delete("1.4.1", "b"), ()),
    ],
)
def test_who_is_pinned_to_a_content_loses_it_with_its_last_tag(
    step: DeleteStep, names: tuple[str, ...]
) -> None:
    held = source("production", ref={"semver": "1.x", "digest": digest("a")}, stored=digest("a"))
    assert asked(step, sources=(STAGING, held)) == Demand(names)


def test_what_nobody_can_read_now_is_asked_for_by_name() -> None:
    blind = Feed("production", OCI, "", FeedState.FORBIDDEN)
    assert asked(tag("2.0.0"), feeds=(blind,), sources=(STAGING,)) == Demand(("production",))
    assert asked(patch("staging"), feeds=(blind,)) == Demand()
    assert asked(tag("2.0.0"), tags=()) == Demand(("staging", "production"))
    assert asked(tag("2.0.0"), tags=(TagList(URL),)) == Demand(("staging", "production"))
    absent = (TagList(URL, absent=True),)
    assert asked(tag("2.0.0"), tags=absent) == Demand(), "a repository that is not there has none"
    assert asked(tag("2.0.0"), tags=(), sources=(STAGING,)).names[0] == "staging"
