"""What a freeze is: what would move by itself and why, what is held, and what came loose since."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.freezing import escaped, freezes, loose, moves, not_held, standstill
from fluxtui.domain.marks import FREEZE, SUSPENDED_AT
from fluxtui.domain.resource import Resource
from tests.builders import NS, digest, ks, revision, snapshot, source, tag_list

A, B = revision("1.4.2", "a"), revision("1.5.0", "b")
TAGS = (tag_list({"1.4.2": "a", "1.5.0": "b"}),)
EARLY, LATE = "2026-11-23T01:00:00Z", "2026-11-23T02:00:00Z"


def other(short: str, spec: Any = None, status: Any = None, name: str = "web") -> Resource:
    kind = kinds.by_short(short)
    assert kind is not None
    meta = {"name": name, "namespace": NS}
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta}
    return Resource.from_object("staging", {**body, "spec": spec or {}, "status": status or {}})


def git(ref: Any, **more: Any) -> Resource:
    return other("gitrepo", {"url": "https://x.example/r", "ref": ref, **more})


def fed_by(kind: str, applied: str = A) -> Resource:
    spec = {"sourceRef": {"kind": kind, "name": "web"}}
    return other("ks", spec, {"lastAppliedRevision": applied}, "fed")


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (source(ref={"semver": "1.x"}), "picks by semver 1.x"),
        (source(ref={"digest": digest("a")}), ""),
        (git({"branch": "main"}), "follows branch main"),
        (git({"commit": "a" * 40}), ""),
        (git({"tag": "v1"}), ""),
        (other("bucket", {"bucketName": "b"}), "follows all of it"),
        (other("helmrepo", {"url": "https://charts.test"}), ""),  # the release is held
        (other("hc", {"chart": "web"}), ""),
        (other("hr"), "upgrades by itself with its chart and its values"),
        (other("provider"), ""),
        (fed_by("OCIRepository"), f"its source OCIRepository/{NS}/web is not seen here and cannot"
         " be held"),
        (other("ks"), "takes its content from no source that could be held"),
    ],
)  # fmt: skip
def test_what_moves_by_itself_says_why(one: Resource, why: str) -> None:
    assert moves(snapshot(one, tags=TAGS), one) == why


@pytest.mark.parametrize(
    ("stored", "applied", "why"),
    [
        (B, A, "has 1.5.0 still to take"),
        (A, A, ""),
        ("", A, ""),
    ],
)
def test_who_has_taken_what_its_source_has_does_not_move(
    stored: str, applied: str, why: str
) -> None:
    user = ks(applied=applied)
    assert moves(snapshot(source(stored=stored), user, tags=TAGS), user) == why


def test_a_source_that_cannot_be_suspended_holds_nobody_back() -> None:
    artifact = other("ea", {}, {"artifact": {"revision": "x"}})
    user = fed_by("ExternalArtifact", "x")
    assert moves(snapshot(artifact, user), user) == (
        f"its source ExternalArtifact/{NS}/web cannot be held"
    )


def test_each_object_is_a_mover_held_or_still() -> None:
    held = source(name="held", suspend=True)
    still = source(name="still", ref={"digest": digest("a")})
    mover = source(name="mover")
    found = standstill(snapshot(held, still, mover), (held, still, mover))
    assert [each.key for each in found.movers] == [mover.key]
    assert [key for key, _mark in found.held] == [held.key]
    assert found.still == (still.key,)


def frozen(
    name: str, freeze: str, since: str = EARLY, *, suspend: bool = True, **more: Any
) -> Resource:
    notes = {FREEZE: freeze, SUSPENDED_AT: since}
    return source(name=name, suspend=suspend, annotations=notes, **more)


def test_a_freeze_holds_what_is_suspended_by_it_and_what_was_resumed_has_escaped() -> None:
    one, two, out = frozen("a", "f1"), frozen("b", "f2"), frozen("c", "f1", suspend=False)
    other_one = source(name="d")
    every = (one, two, out, other_one)
    assert freezes(every) == {"f1": (one,), "f2": (two,)}
    assert escaped(every, "f1") == (out,) and escaped(every, "f2") == ()


def out(*resources: Resource) -> list[tuple[str, str, str]]:
    found = loose(snapshot(*resources, tags=TAGS), "staging")
    return [(each.key.name, each.freeze, each.why) for each in found]


def test_what_is_not_held_in_a_frozen_place_says_how_it_came_to_be_so() -> None:
    held = frozen("held", "f1")
    came = source(name="came", creationTimestamp=LATE)
    was = source(name="was", creationTimestamp="2026-11-22T00:00:00Z")
    assert out(held, came, was, frozen("left", "f1", suspend=False)) == [
        ("came", "f1", "created since: picks by semver >=0.0.0"),
        ("left", "f1", "resumed since: picks by semver >=0.0.0"),
        ("was", "f1", "picks by semver >=0.0.0"),
    ]


def test_nothing_is_loose_where_nothing_is_frozen_or_all_stand_still() -> None:
    assert out(source(name="a")) == [], "no freeze"
    assert out(frozen("a", "f1"), source(name="b", ref={"digest": digest("a")})) == []
    assert out(frozen("a", "f1"), source(name="b", suspend=True)) == [], "held by somebody else"


def test_of_two_freezes_the_newest_is_meant_where_an_object_names_none() -> None:
    both = frozen("a", "f1", EARLY), frozen("b", "f2", LATE)
    came = source(name="came", creationTimestamp="2026-11-23T01:30:00Z")
    assert out(*both, came) == [("came", "f2", "picks by semver >=0.0.0")]
    first = frozen("c", "f1", suspend=False)
    assert out(*both, first)[0][1] == "f1", "it names its own"
    lifted = frozen("d", "gone", suspend=False)
    assert out(*both, lifted)[0][1:] == ("f2", "picks by semver >=0.0.0")
    # A freeze is as old as the newest of what it holds.
    again = frozen("e", "f1", "2026-11-23T03:00:00Z")
    assert out(*both, again, came)[0][1] == "f1"


def test_an_unknown_time_of_a_freeze_or_an_object_says_nothing_of_since() -> None:
    undated = source(name="held", suspend=True, annotations={FREEZE: "f1"})
    came = source(name="came", creationTimestamp=LATE)
    assert out(undated, came) == [("came", "f1", "picks by semver >=0.0.0")]
    assert out(frozen("held", "f1"), source(name="came")) == [
        ("came", "f1", "picks by semver >=0.0.0")
    ]


def test_what_was_created_in_the_second_of_the_freeze_came_before_it() -> None:
    came = source(name="came", creationTimestamp=EARLY)
    assert out(frozen("held", "f1"), came) == [("came", "f1", "picks by semver >=0.0.0")]


def test_what_cannot_be_suspended_is_no_mover() -> None:
    """A kind without a means of it, or one that nothing here knows."""
    artifact = other("ea", {"sourceRef": {"kind": "ArtifactGenerator", "name": "g"}})
    stranger = Resource.from_object("staging", {
        "apiVersion": "sea.example.com/v1", "kind": "Boat", "metadata": {"name": "b"}})  # fmt: skip
    for one in (artifact, stranger):
        assert moves(snapshot(one), one) == ""


def test_what_is_loose_is_one_finding_that_counts_the_rest() -> None:
    seen = snapshot(frozen("held", "f1"), source(name="a"), source(name="b"), tags=TAGS)
    every = loose(seen, "staging")
    (both,) = not_held("staging", every)
    first = source(name="a").key
    assert both.message.startswith(f"{first.label} and 1 other object are not held by freeze f1: ")
    (one,) = not_held("staging", every[:1])
    assert one.message.startswith(f"{first.label} is not held by freeze f1: picks by")
    assert (one.subject, one.environment) == (first, "staging")
    assert not_held("staging", ()) == ()
