"""Rows of tags: who runs what, in which order, and what is still to be read."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import URL, digest, ks, revision, snapshot, source, tag_list

from fluxtui.domain.resource import Resource
from fluxtui.domain.selection import Policy
from fluxtui.domain.snapshot import TagFacts, TagList
from fluxtui.domain.tagrows import (
    by_controller,
    natural,
    on_unpin,
    ordered,
    runs_in,
    short_revision,
    signature_word,
    unread,
    why,
)
from fluxtui.domain.versions import select

TAGS = tag_list({"v1.4.2": "a", "v1.5.0": "b", "v0.0.0-build-7": "b"})


def test_an_environment_stands_beside_what_it_runs_under_every_name_of_it() -> None:
    seen = snapshot(
        source("production", stored=revision("v1.5.0", "b")),
        ks("production", applied=revision("v1.5.0", "b")),
        source("staging", stored=revision("v1.4.2", "a")),
        ks("staging", applied=revision("v1.4.2", "a")),
        tags=[TAGS],
    )
    assert runs_in(seen, TAGS) == {
        "v1.5.0": ("production",),
        "v0.0.0-build-7": ("(production)",),
        "v1.4.2": ("staging",),
    }
    assert runs_in(seen, replace(TAGS, repository="oci://elsewhere/x")) == {}


def test_half_way_through_a_roll_out_both_versions_say_so() -> None:
    seen = snapshot(
        source(stored=revision("v1.5.0", "b")),
        ks(name="a", applied=revision("v1.5.0", "b")),
        ks(name="b", applied=revision("v1.4.2", "a")),
        ks(name="c", applied=revision("v1.4.2", "a")),
        tags=[TAGS],
    )
    found = runs_in(seen, TAGS)
    assert found["v1.5.0"] == ("staging (1/3)",) and found["v1.4.2"] == ("staging (2/3)",)


def test_a_digest_that_runs_by_itself_stands_beside_its_tags() -> None:
    seen = snapshot(
        source(ref={"digest": digest("a")}, stored=digest("a")),
        ks(applied=digest("a")),
        tags=[TAGS],
    )
    assert runs_in(seen, TAGS) == {"v1.4.2": ("staging",)}


def test_half_way_a_digest_that_runs_by_itself_goes_by_no_other_name() -> None:
    seen = snapshot(
        source(stored=revision("v1.5.0", "b")),
        ks(name="a", applied=digest("a")),
        ks(name="b", applied=revision("v1.5.0", "b")),
        tags=[TAGS],
    )
    assert runs_in(seen, TAGS) == {
        "v1.4.2": ("staging (1/2)",),
        "v1.5.0": ("staging (1/2)",),
        "v0.0.0-build-7": ("(staging)",),
    }


def test_what_is_known_only_by_what_the_source_says_stands_beside_its_name() -> None:
    mixed = snapshot(
        source(stored=revision("v1.5.0", "b")),
        ks(name="a", applied="main"),
        ks(name="b", applied=revision("v1.4.2", "a")),
        tags=[TAGS],
    )
    assert runs_in(mixed, TAGS) == {"main": ("staging (1/2)",), "v1.4.2": ("staging (1/2)",)}
    waits = snapshot(
        source(stored=revision("v1.5.0", "b")),
        ks(name="a", applied=revision("v1.5.0", "b")),
        ks(name="b"),
        tags=[TAGS],
    )
    assert runs_in(waits, TAGS)["v1.5.0"] == ("staging",), "the other runs nothing yet"
    nobody = snapshot(source(stored=revision("v1.5.0", "b")), tags=[TAGS])
    assert runs_in(nobody, TAGS) == {}
    gone = replace(nobody, resources={})
    assert runs_in(gone, TAGS) == {}


def test_two_names_of_one_digest_are_both_what_runs_while_members_disagree() -> None:
    seen = snapshot(
        source(stored=revision("v1.5.0", "b")),
        ks(name="a", applied=revision("v0.0.0-build-7", "b")),
        ks(name="b", applied=digest("b")),
        ks(name="c", applied=revision("v1.4.2", "a")),
        tags=[TAGS],
    )
    assert runs_in(seen, TAGS) == {
        "v0.0.0-build-7": ("staging (2/3)",),
        "v1.5.0": ("(staging)",),
        "v1.4.2": ("staging (1/3)",),
    }


def test_a_pinned_tag_says_that_it_is_held_and_what_an_unpin_would_pick() -> None:
    tags = ["v1.4.2", "v1.5.0"]
    held = select(tags, Policy(semver="1.x", digest=digest("a")))
    verdict = held.verdict("v1.4.2")
    assert verdict is not None
    fact = TagFacts("v1.4.2", digest("a"))
    assert why(verdict, held, fact) == f"held by the pin; without it: {verdict.reason}"
    for other in (None, replace(fact, digest=digest("b"))):
        assert why(verdict, held, other) == verdict.reason
    free = select(tags, Policy(semver="1.x"))
    assert why(verdict, free, replace(fact, digest="")) == verdict.reason
    assert why(verdict, free, fact, "failed here") == f"failed here; {verdict.reason}"
    assert on_unpin(free) == "" and on_unpin(held) == "unpin would pick v1.5.0"
    none = select(tags, Policy(semver="9.x", digest=digest("a")))
    assert on_unpin(none) == "unpin would pick nothing: no match found for semver: 9.x"
    assert none.beneath is not None
    silent = replace(none, beneath=replace(none.beneath, error=""))
    assert on_unpin(silent) == "unpin would pick nothing: no tag is admitted"


def test_numbers_in_names_count_as_numbers() -> None:
    tags = ["b10", "b9", "b9a", "10", "9", "a", "b9-2"]
    assert sorted(tags, key=natural) == ["9", "10", "a", "b9", "b9-2", "b9a", "b10"]


def test_a_time_without_a_zone_counts_and_a_tag_without_a_time_is_the_oldest() -> None:
    facts = {
        "v1.9.0": TagFacts("v1.9.0", digest("a"), "2026-11-02T00:00:00"),
        "v0.1.0": TagFacts("v0.1.0", digest("b"), "1970-01-01T00:00:00Z"),
    }
    selection = select(["v1.9.0", "v0.1.0", "v2.0.0"], Policy(">=1"))
    by_age = ordered(selection, replace(TAGS, facts=facts), "age")
    assert [v.tag for v in by_age] == ["v1.9.0", "v0.1.0", "v2.0.0"]


def test_the_chosen_comes_first_then_what_was_nearest() -> None:
    tags = ["v1.9.0", "v1.10.0", "latest", "v2.0.0-rc.1", "v0.1.0"]
    selection = select(tags, Policy(">=1"))
    assert [v.tag for v in ordered(selection, None)] == [
        "v1.10.0", "v1.9.0", "v0.1.0", "v2.0.0-rc.1", "latest"
    ]  # fmt: skip
    assert [v.tag for v in ordered(selection, None, "name")][:2] == ["latest", "v0.1.0"]
    facts = {
        "v1.9.0": TagFacts("v1.9.0", digest("a"), "2026-11-02T00:00:00+02:00"),
        "v0.1.0": TagFacts("v0.1.0", digest("b"), "2026-11-01T23:00:00Z"),
        "latest": TagFacts("latest", digest("c"), "yesterday"),
    }
    by_age = ordered(selection, replace(TAGS, facts=facts), "age")
    assert [v.tag for v in by_age][:2] == ["v0.1.0", "v1.9.0"], "23:00 is later than 22:00 in UTC"


def test_only_what_is_not_known_is_read() -> None:
    known = replace(
        TAGS,
        facts={"a": TagFacts("a", digest("a"), signed=""), "b": TagFacts("b", digest("b"))},
        pinned={digest("c"): TagFacts("", digest("c"), signed="x.sig")},
    )
    assert unread(known, ["a", "b", "c", digest("c")]) == ("b", "c")
    words = [signature_word(f) for f in (None, known.facts["b"], known.facts["a"])]
    assert words == ["?", "?", "no"] and signature_word(known.pinned[digest("c")]) == "yes"
    assert known.repository == URL


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("main@sha1:" + "8d20f6b1" * 5, "main@8d20f6b1"),
        ("v1.4.2/" + "8d20f6b1" * 5, "v1.4.2/8d20f6b1"),
        ("8d20f6b1" * 5, "8d20f6b1"),
        ("any text at all", "any text at all"),
        ("", ""),
    ],
)
def test_a_commit_is_told_by_its_first_letters(text: str, short: str) -> None:
    assert short_revision(text) == short


def test_a_policy_s_controller_is_told_beside_what_is_chosen_here() -> None:
    """It picks out of what it scanned last, which may be older than the list that is shown."""

    def policy(picked: str) -> Resource:
        meta = {"name": "web", "namespace": "apps"}
        body = {"apiVersion": "image.toolkit.fluxcd.io/v1", "kind": "ImagePolicy",
                "metadata": meta, "status": {"latestRef": {"tag": picked}}}  # fmt: skip
        return Resource.from_object("staging", body)

    chosen = select(("1.4.2", "1.5.0"), Policy(semver="*"))

    def says(one: Resource) -> str:
        return by_controller(snapshot(one), one.key, chosen)

    assert says(policy("1.5.0")) == "its controller has picked 1.5.0"
    assert says(policy("1.4.2")) == ("its controller has picked 1.4.2, from what it scanned last")
    assert says(policy("")) == "its controller has picked nothing"
    assert says(source()) == "", "no policy for images"
    assert by_controller(snapshot(), policy("1").key, chosen) == "", "it is not there"


def test_an_index_has_no_manifests_to_read() -> None:
    listed = TagList("https://charts.test#web", ("1.0",), 1.0)
    assert unread(listed, ("1.0",)) == ()
    assert unread(replace(listed, repository=URL), ("1.0",)) == ("1.0",)
    looked = {"1.0": TagFacts("1.0", "", signed=""), "1.1": TagFacts("1.1", "")}
    assert unread(replace(listed, repository=URL, facts=looked), ("1.0", "1.1")) == ("1.1",)


@pytest.mark.parametrize(
    ("fact", "word"),
    [
        (None, "?"), (TagFacts("1", ""), "?"), (TagFacts("1", "", signed=""), "no"),
        (TagFacts("1", "", signed="sig"), "yes"),
    ],
)  # fmt: skip
def test_a_signature_is_there_or_not_or_nobody_looked(fact: TagFacts | None, word: str) -> None:
    assert signature_word(fact) == word
