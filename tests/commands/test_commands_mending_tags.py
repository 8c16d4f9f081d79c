"""An act on tags is finished or undone: what is read first, what comes back, what stays a release,
and who would take it or fall back."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.ask import ComparePush, ListTags, ReadFacts
from fluxtui.domain.errors import RefusedError
from fluxtui.domain.plan import (
    AnyStep,
    DeleteStep,
    Outcome,
    PatchStep,
    Plan,
    PushStep,
    Receipt,
    TagStep,
)
from fluxtui.domain.pushcontent import PushContent
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import short_digest
from fluxtui.domain.snapshot import Act, TagList
from tests.builders import NOW, URL, context, digest, revision, snapshot, source, tag_list

OTHER = "oci://registry.example.com/acme/other"
STAYS = "a release stays: pin the environments"
LOST = "content that is gone cannot be brought back"


def tag(name: str, on: str, was: str = "", id_: str = "tag", repository: str = URL) -> TagStep:
    """Put a tag on a digest, where it `was` on another one, or nowhere."""
    expect = digest(was) if was else ""
    return TagStep(
        id_, f"tag {name}", undo=STAYS, repository=repository, digest=digest(on), tag=name,
        expect=expect,
    )  # fmt: skip


def delete(name: str, on: str, *shared: str, id_: str = "delete") -> DeleteStep:
    return DeleteStep(
        id_, f"delete {name}", undo=LOST, repository=URL, digest=digest(on), tag=name, shared=shared
    )


def act(*steps: AnyStep, outcome: Outcome = Outcome.DONE) -> Act:
    plan = Plan("tag", "tag it", steps, ())
    return Act(plan, tuple(Receipt(plan.id, s.id, outcome, "", NOW) for s in steps), finished=True)


READ = tuple(source(place, url=OTHER) for place in ("staging", "production"))
"""Both Environments have answered, and nobody there follows the repository."""


def on(meant: Act, tags: dict[str, str], *resources: Resource, **more: Any) -> Context:
    return context(snapshot(*resources, tags=[tag_list(tags)], **more), act=meant)


def mend(command: str, where: Context) -> Plan:
    declared = by_id(command)
    assert declared.disabled_reason(where) is None and declared.plan is not None
    return declared.plan(where, {})


def refused(command: str, where: Context) -> str:
    with pytest.raises(RefusedError) as error:
        mend(command, where)
    return error.value.what


def holder(**ref: str) -> Resource:
    where, stored = "production", revision("1.5.0", "b")
    return source(where, "holder", stored=stored, ref=ref or {"semver": "1.x"})


# -- what is read first


def test_each_repository_is_listed_once_and_its_own_tags_are_read() -> None:
    push = PushStep("push", "push", repository=OTHER, tag="2.0.0", folder="f", images={})
    patch = PatchStep("p", "pin", target=source().key, patch={}, resource_version="7")
    done = act(tag("stable", "a"), delete("", "b", "x"), patch, push, tag("live", "a", id_="t2"))
    for command in ("finish", "undo"):
        assert by_id(command).questions(on(done, {}), {}) == (
            ListTags(URL),
            ListTags(OTHER),
            ReadFacts(URL, ("stable", "live")),
            ReadFacts(OTHER, ("2.0.0",)),
            ComparePush(PushContent(OTHER, "2.0.0", "f")),
        )


# -- undone


def test_a_tag_that_was_moved_is_put_back_where_it_was() -> None:
    made = mend("undo", on(act(tag("stable", "b", "a")), {"stable": "b", "1.4.2": "a"}))
    (back,) = made.steps
    assert isinstance(back, TagStep)
    assert (back.tag, back.digest, back.expect) == ("stable", digest("a"), digest("b"))
    assert (back.id, back.needs) == ("undo-tag", ())
    assert made.effects == (f"stable is on {short_digest(digest('a'))} again",)


def test_who_follows_a_tag_is_among_those_that_the_way_back_touches() -> None:
    """Their Environment must be confirmed, and they go back to what the tag was on."""
    follower = holder(tag="stable")
    made = mend("undo", on(act(tag("stable", "b", "a")), {"stable": "b", "1.4.2": "a"}, follower))
    assert made.environments == ("production",)
    (taker,) = made.takers
    assert taker.source == follower.key and taker.takes


def test_a_new_tag_is_deleted_alone_and_what_shares_its_digest_is_named() -> None:
    read = tag_list({"mine": "b", "1.5.0": "b", "1.4.2": "a"})
    half_read = TagList(URL, (*read.tags, "dark"), 1.0, facts=read.facts)
    made = mend("undo", context(snapshot(*READ, tags=[half_read]), act=act(tag("mine", "b"))))
    (back,) = made.steps
    assert isinstance(back, DeleteStep)
    assert (back.tag, back.digest) == ("mine", digest("b"))
    assert back.shared == ("1.5.0", "dark"), "what was not read may be on it, too"
    assert made.effects[-1] == "mine is deleted, and nothing else with it"


def test_a_tag_that_somebody_picks_is_a_release_and_stays() -> None:
    where = on(act(tag("1.5.0", "b")), {"1.5.0": "b", "1.4.2": "a"}, *READ, holder())
    assert refused("undo", where) == f"nothing of it can be undone: {STAYS}"
    lost = {"production": "no route"}
    blind = on(act(tag("mine", "b")), {"mine": "b"}, *READ, unreachable=lost)
    assert STAYS in refused("undo", blind), "who cannot be read may pick it"
    unfollowed = on(act(tag("0.1.0", "b")), {"0.1.0": "b", "1.5.0": "b"}, *READ, holder())
    assert isinstance(mend("undo", unfollowed).steps[0], DeleteStep)


def test_a_deleted_tag_is_put_again_where_its_content_is_still_there() -> None:
    made = mend("undo", on(act(delete("stable", "b", "1.5.0")), {"1.5.0": "b"}))
    (back,) = made.steps
    assert isinstance(back, TagStep)
    assert (back.tag, back.digest, back.expect) == ("stable", digest("b"), "")
    assert made.effects == (f"stable is on {short_digest(digest('b'))} again",)


@pytest.mark.parametrize("gone", [delete("stable", "b"), delete("", "b", "stable")])
def test_what_went_with_its_last_tag_does_not_come_back(gone: DeleteStep) -> None:
    assert refused("undo", on(act(gone), {"1.4.2": "a"})).endswith(LOST)


def test_of_several_tags_the_last_is_taken_back_first() -> None:
    both = act(tag("one", "b", id_="t1"), tag("two", "b", id_="t2"))
    made = mend("undo", on(both, {"one": "b", "two": "b", "1.5.0": "b"}, *READ))
    assert [(s.id, s.needs) for s in made.steps] == [("undo-t2", ()), ("undo-t1", ("undo-t2",))]


def test_a_tag_that_is_elsewhere_by_now_is_somebody_elses() -> None:
    where = on(act(tag("stable", "b", "a")), {"stable": "c", "1.4.2": "a"})
    assert refused("undo", where).endswith("now; it is left as it is")
    assert "is neither" not in refused("undo", where)
    again = on(act(tag("stable", "b", "a"), outcome=Outcome.FAILED), {"stable": "c"})
    assert refused("finish", again).startswith("stable is on ")


# -- who falls back, or cannot fetch it again


def unpinned_and_pinned() -> tuple[Resource, Resource]:
    pinned = {"semver": "1.x", "digest": digest("b")}
    return holder(), source(stored=revision("1.5.0", "b"), ref=pinned)


@pytest.mark.parametrize(
    ("gone", "falls", "is_gone"),
    [
        (delete("1.5.0", "b"), True, True),
        (delete("1.5.0", "b", "stable"), True, False),
        (delete("", "b", "1.5.0", "stable"), True, True),
        (delete("stable", "b", "1.5.0"), False, False),
    ],
    ids=["its only tag", "one of two", "the content with both", "a tag that nobody picks"],
)
def test_what_is_deleted_is_missed_by_who_picks_it_and_by_who_is_pinned_to_it(
    gone: DeleteStep, falls: bool, is_gone: bool
) -> None:
    begun = act(gone, outcome=Outcome.FAILED)
    tags = {t: "b" for t in (*gone.shared, gone.tag) if t}
    made = mend("finish", on(begun, {**tags, "1.4.2": "a"}, *unpinned_and_pinned()))
    said = " ".join(made.effects)
    assert ("production: " in said and "would fall back to 1.4.2" in said) == falls
    assert ("could not fetch it again" in said) == is_gone
    assert ("production" in made.environments) == falls
    assert ("staging" in made.environments) == is_gone


def test_of_several_writes_at_once_nobody_is_said_to_take_one() -> None:
    both = act(tag("1.6.0", "c", id_="t1"), tag("1.7.0", "c", id_="t2"), outcome=Outcome.FAILED)
    one = act(tag("1.6.0", "c"), outcome=Outcome.FAILED)
    seen = ({"1.5.0": "b", "1.4.2": "a"}, holder())
    assert [t.after for t in mend("finish", on(one, *seen)).takers] == ["1.6.0"]
    assert mend("finish", on(both, *seen)).takers == ()
