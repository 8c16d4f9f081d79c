"""Registry writes by name: what a push, a tag and a deletion say, rest on and lead to."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import (
    CONFIG,
    NS,
    URL,
    context,
    digest,
    ks,
    revision,
    said_of,
    snapshot,
    source,
    tag_list,
)

from fluxtui.commands.artifacts import NOBODY_ASKED, Judged, delete_plan, push_plan, tag_plan
from fluxtui.commands.command import Context
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.plan import DeleteStep, PushStep, TagStep
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import short_digest, tags_hash

LISTED = tag_list({"1.4.2": "a", "1.5.0": "b"})
STAGING = source(stored=revision("1.5.0", "b"))
A, B, C = digest("a"), digest("b"), digest("c")


def at(*resources: Resource, tags: Any = (LISTED,), **seen: Any) -> Context:
    return context(snapshot(*(resources or (STAGING,)), tags=tags, **seen))


def push(where: Context, tag: str = "1.6.0", present: str = "", **more: Any) -> Judged:
    return push_plan(where, URL, tag, "/src/deploy", present=present, **more)


def delete(where: Context, tag: str, letter: str, *shared: str, whole: bool = False) -> Judged:
    return delete_plan(where, URL, digest(letter), tag=tag, shared=shared, all_tags=whole)


# -- push


def test_a_push_under_a_new_tag_is_undone_by_deleting_it() -> None:
    images = {"app": "app:1.6.0"}
    made = push(at(), images=images, source="acme", revision="abc", reason=" why ")
    (step,) = made.plan.steps
    assert isinstance(step, PushStep)
    assert (step.repository, step.tag, step.folder) == (URL, "1.6.0", "/src/deploy")
    assert (step.images, step.source, step.revision) == (images, "acme", "abc")
    assert "delete the tag" in step.undo
    assert said_of(made.plan) == () and NOBODY_ASKED not in made.plan.unseen
    assert made.plan.reason == "why" and made.plan.environments == ("staging",)
    # It rests on the tag not being there, on the tags as they are, and on who follows.
    assert dict(made.plan.inputs) == {
        f"{URL}:1.6.0": "",
        URL: tags_hash(LISTED.tags),
        str(STAGING.key): STAGING.resource_version,
    }
    assert dict(made.picks) == {STAGING.key: "1.6.0"}
    assert push(at()).plan.steps[0] == replace(step, images={}, source="", revision="")


def test_a_push_over_a_tag_says_that_it_moves_and_what_it_was_on() -> None:
    made = push(at(), "1.5.0", B).plan
    assert B in made.steps[0].undo and "delete" not in made.steps[0].undo
    (moves,) = said_of(made)
    assert "1.5.0" in moves and short_digest(B) in moves and "moves" in moves
    assert made.inputs[f"{URL}:1.5.0"] == B


# -- tag


def test_each_new_name_of_a_digest_is_a_step_of_its_own() -> None:
    made = tag_plan(at(), URL, B, {"1.6.0": "", "stable": ""}, reason="cut")
    steps = [s for s in made.plan.steps if isinstance(s, TagStep)]
    assert [(s.id, s.tag, s.digest, s.expect, s.repository) for s in steps] == [
        ("tag-1", "1.6.0", B, "", URL),
        ("tag-2", "stable", B, "", URL),
    ]
    assert all("delete the tag" in s.undo for s in steps)
    assert not any("moves" in w for w in said_of(made.plan))
    assert {f"{URL}:1.6.0": "", f"{URL}:stable": ""}.items() <= made.plan.inputs.items()
    assert dict(made.picks) == {STAGING.key: "1.6.0"} and made.plan.reason == "cut"


def test_a_tag_that_stands_elsewhere_moves_only_when_that_is_asked_for() -> None:
    with pytest.raises(RefusedError, match=r"1\.5\.0 exists") as refused:
        tag_plan(at(), URL, A, {"1.5.0": B})
    said = str(refused.value)
    assert short_digest(A) in said and short_digest(B) in said
    assert refused.value.where == URL and "--move" in refused.value.next
    made = tag_plan(at(), URL, A, {"1.5.0": B}, move=True)
    (step,) = made.plan.steps
    assert isinstance(step, TagStep) and step.expect == B
    assert B in step.undo and "delete" not in step.undo
    (moves,) = (w for w in said_of(made.plan) if "moves" in w)
    assert "1.5.0" in moves and short_digest(B) in moves
    assert made.plan.inputs[f"{URL}:1.5.0"] == B
    assert dict(made.picks) == {STAGING.key: "1.5.0"}, "a moved tag is fetched again"
    assert made.plan.environments == ("staging",)


def test_a_tag_that_is_on_the_digest_already_changes_nothing() -> None:
    made = tag_plan(at(), URL, B, {"1.5.0": B})
    assert dict(made.picks) == {} and made.plan.environments == ()
    assert not said_of(made.plan) and any("stays on 1.5.0" in e for e in made.plan.effects)
    assert B in made.plan.steps[0].undo


def test_what_can_be_no_tag_is_refused_before_anything_else() -> None:
    for word in ("1.6.0+x", "", "a b"):
        with pytest.raises(UsageError, match="cannot be a tag"):
            tag_plan(at(), URL, B, {"1.6.0": "", word: ""})


# -- delete


def test_deleting_the_last_tag_of_a_digest_may_take_its_content() -> None:
    made = delete(at(), "1.5.0", "b")
    (step,) = made.plan.steps
    assert isinstance(step, DeleteStep)
    assert (step.tag, step.digest, step.shared, step.repository) == ("1.5.0", B, (), URL)
    assert "not the same digest" in step.undo
    assert any("last tag on its digest" in w for w in said_of(made.plan))
    assert not any("other tags" in w for w in said_of(made.plan))
    assert made.plan.title.endswith(f"{URL}:1.5.0") and made.plan.title == step.title
    assert made.plan.inputs[f"{URL}:1.5.0"] == B
    assert dict(made.picks) == {STAGING.key: "1.4.2"}, "its follower falls back"


def test_a_tag_beside_others_goes_alone_and_can_be_put_back() -> None:
    made = delete(at(), "1.5.0", "b", "stable", "v1")
    (step,) = made.plan.steps
    assert isinstance(step, DeleteStep)
    assert (step.tag, step.shared) == ("1.5.0", ("stable", "v1"))
    assert B in step.undo and "put the tag back" in step.undo
    (stay,) = (w for w in said_of(made.plan) if "other tags" in w)
    assert "stay on that digest" in stay and "stable, v1" in stay
    assert not any("last tag" in w for w in said_of(made.plan))
    assert "stable" not in step.title, "only what goes is named as going"
    assert made.plan.inputs[f"{URL}:1.5.0"] == B and f"{URL}:stable" not in made.plan.inputs


def test_a_manifest_goes_with_every_tag_on_it() -> None:
    both = tag_list({"1.4.2": "a", "1.5.0": "b", "1.4.9": "b"})
    made = delete(at(tags=(both,)), "1.5.0", "b", "1.4.9", whole=True)
    (step,) = made.plan.steps
    assert isinstance(step, DeleteStep) and step.tag == "" and step.shared == ("1.4.9",)
    assert "not the same digest" in step.undo
    assert "1.5.0, 1.4.9" in step.title and f"{URL}@{short_digest(B)}" in made.plan.title
    (going,) = (w for w in said_of(made.plan) if "other tags" in w)
    assert "go with it" in going and "1.4.9" in going
    assert not any("last tag" in w for w in said_of(made.plan))
    assert made.plan.inputs[f"{URL}:1.5.0"] == made.plan.inputs[f"{URL}:1.4.9"] == B
    assert dict(made.picks) == {STAGING.key: "1.4.2"}, "no tag on it is left to fall back to"


def test_a_manifest_named_by_its_digest_alone_names_no_tag_of_its_own() -> None:
    made = delete(at(), "", "c", whole=True).plan
    assert made.steps[0].title.endswith("with no tag") and said_of(made) == ()
    assert not any(name.startswith(f"{URL}:") for name in made.inputs)
    shared = delete(at(), "", "b", "1.5.0", whole=True).plan
    assert shared.steps[0].title.endswith("with 1.5.0")


def test_whoever_is_pinned_to_the_digest_loses_it_only_with_the_content() -> None:
    held = source("production", stored=A, ref={"digest": A})
    alone = delete(at(held), "1.4.2", "a", "old")
    assert dict(alone.picks) == {} and alone.plan.environments == ()
    for made in (delete(at(held), "1.4.2", "a"), delete(at(held), "1.4.2", "a", "old", whole=True)):
        assert made.plan.environments == ("production",)
        assert any("could not fetch it again" in e for e in made.plan.effects)


# -- who was asked


def test_without_environments_the_write_is_planned_and_says_that_nobody_was_asked() -> None:
    bare = context(snapshot(tags=(LISTED,), config=Config()))
    plans = (
        push(bare).plan,
        tag_plan(bare, URL, B, {"1.6.0": ""}).plan,
        delete(bare, "1.4.2", "a").plan,
    )
    assert all(NOBODY_ASKED in made.unseen and made.environments == () for made in plans)


def test_what_is_known_of_a_build_is_said_before_it_is_picked() -> None:
    member = ks(
        applied=revision("1.5.0", "b"),
        history=[(revision("1.4.2", "a"), "HealthCheckFailed", "2026-11-23T02:00:00Z")],
    )
    made = delete(at(STAGING, member), "1.5.0", "b").plan
    assert any("1.4.2 failed in staging" in w and f"{NS}/api" in w for w in said_of(made))
    new = tag_plan(at(), URL, C, {"1.6.0": ""}).plan
    assert any("1.6.0 never ran anywhere" in w for w in said_of(new))


def test_what_was_judged_is_what_is_run() -> None:
    made = push(at())
    with pytest.raises(AttributeError):
        made.plan = push(at(), "1.7.0").plan  # type: ignore[misc]


def test_read_only_places_refuse_each_of_the_three() -> None:
    everywhere = at(config=replace(CONFIG, read_only=True))
    follower = at(
        config=replace(CONFIG, environments=(Environment("staging", "s", read_only=True),))
    )
    for where in (everywhere, follower):
        with pytest.raises(RefusedError, match="read-only"):
            push(where)
        with pytest.raises(RefusedError, match="read-only"):
            tag_plan(where, URL, B, {"1.6.0": ""})
        with pytest.raises(RefusedError, match="read-only"):
            delete(where, "1.5.0", "b")
    assert tag_plan(follower, URL, B, {"old": ""}).plan.steps, "whose pick stays is not touched"
