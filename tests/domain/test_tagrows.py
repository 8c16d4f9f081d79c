"""Rows of tags: who runs what, in which order, and what is still to be read."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import URL, digest, ks, revision, snapshot, source, tag_list

from fluxtui.domain.selection import Policy
from fluxtui.domain.snapshot import TagFacts
from fluxtui.domain.tagrows import ordered, runs_in, short_revision, signature_word, unread
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
