"""Who suspended or pinned something, and what revisions and digests are called."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import digest, source

from fluxtui.domain.board import Mark
from fluxtui.domain.managers import MANAGER, Edit
from fluxtui.domain.marks import (
    FREEZE,
    OPERATOR_SUSPENDED_BY,
    PIN_INVERSE,
    PINNED_AT,
    PINNED_BY,
    PINNED_REASON,
    PINNED_UNTIL,
    SUSPENDED_AT,
    SUSPENDED_BY,
    SUSPENDED_REASON,
    Inverse,
    frozen_by,
    hold_text,
    inverse_text,
    mark_text,
    pin,
    pin_inverse,
    pinned_name,
    suspension,
)
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import (
    digest_of,
    short_digest,
    tag_of,
    tags_of_digest,
    version_text,
)
from fluxtui.domain.snapshot import TagFacts

A, B = digest("a"), digest("b")


def pinned(note: str | None, held: str = A, **notes: str) -> Resource:
    found = {**notes, **({} if note is None else {PIN_INVERSE: note})}
    return source(ref={"semver": "1.x", **({"digest": held} if held else {})}, annotations=found)


def test_who_suspended_is_told_by_our_words_first_and_by_others_else() -> None:
    weave = {
        "metadata.weave.works/suspended-by": "weaver",
        "metadata.weave.works/suspended-comment": "a freeze",
    }
    ours = {SUSPENDED_BY: "anna", SUSPENDED_REASON: "a drill", SUSPENDED_AT: "2026-11-23T03:04:05Z"}
    assert suspension(source(annotations=ours)) is None, "the words outlived the suspension"
    assert suspension(source(suspend=True)) == Mark()
    assert suspension(source(suspend=True, annotations=weave)) == Mark("weaver", "a freeze", "")
    assert suspension(source(suspend=True, annotations={**weave, **ours})) == Mark(
        "anna", "a drill", "2026-11-23T03:04:05Z"
    )


def test_since_when_is_told_by_the_fields_manager_where_nobody_left_a_note() -> None:
    field = frozenset({"spec.suspend"})
    edits = (
        Edit("kubectl", "2026-11-01T00:00:00Z", field),
        Edit("flux", "2026-11-20T00:00:00Z", field),
        Edit("flux", "2026-11-22T00:00:00Z", frozenset({"spec.interval"})),
    )
    mark = suspension(replace(source(suspend=True), edits=edits))
    assert mark == Mark("", "", "2026-11-20T00:00:00Z")


def test_a_pin_is_ours_while_its_note_and_its_digest_are_there() -> None:
    said = {PINNED_BY: "anna", PINNED_REASON: "a drill", PINNED_AT: "2026-11-23T03:04:05Z"}
    assert pin(pinned("{}", **said)) == Mark("anna", "a drill", "2026-11-23T03:04:05Z")
    assert pin(pinned(None, **said)) is None
    assert pin(pinned("{}", held="", **said)) is None


@pytest.mark.parametrize(
    ("previous", "tag", "kept"),
    [
        (None, "", {"digest": None, "pinned": A}),
        ("", "", {"digest": None, "pinned": A}),
        (7, "", {"digest": None, "pinned": A}),
        (B, "1.4.2", {"digest": B, "pinned": A, "tag": "1.4.2"}),
    ],
)
def test_a_pin_notes_what_to_put_back(previous: object, tag: str, kept: dict[str, Any]) -> None:
    text = inverse_text(A, previous, tag)
    assert json.loads(text) == kept
    assert pin_inverse(pinned(text)) == Inverse(kept["digest"], A)
    assert pinned_name(pinned(text)) == ((tag, A) if tag else ("", ""))


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "[]", '"x"', "{}", '{"pinned": "x"}', '{"digest": 7}',
     '{"digest": null, "pinned": []}'],
)  # fmt: skip
def test_a_note_that_anybody_wrote_puts_nothing_back(text: str | None) -> None:
    assert pin_inverse(pinned(text)) is None and pinned_name(pinned(text)) == ("", "")


@pytest.mark.parametrize(
    ("note", "held"),
    [
        ({"pinned": A, "tag": "1.4.2"}, B),
        ({"pinned": A, "tag": "1.4.2"}, ""),
        ({"pinned": A, "tag": "no tag"}, A),
        ({"pinned": A, "tag": 7}, A),
        ({"pinned": A}, A),
        ({"tag": "1.4.2"}, A),
    ],
)
def test_a_name_counts_only_for_the_digest_that_it_was_noted_with(note: Any, held: str) -> None:
    assert pinned_name(pinned(json.dumps(note), held)) == ("", "")
    assert pin_inverse(pinned(json.dumps({"digest": None}))) == Inverse(None, None)


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (Mark(), " by somebody: no reason given"),
        (Mark("anna", "a drill"), " by anna: a drill"),
        (Mark("anna", "", "2026-11-23T03:04:05Z"), " by anna since 2026-11-23 03:04Z: no reason"),
        (Mark("anna", "", "2026-11-23T03:04:05+01:00"), " by anna since 2026-11-23T03:04:05+01:00"),
        (Mark("anna", "", "todayZ"), " by anna since todayZ: "),
        (Mark("", "x", "2026-11-23T03:04:05.5Z"), " by somebody since 2026-11-23 03:04Z: x"),
    ],
)
def test_a_mark_says_as_much_as_was_said(mark: Mark, text: str) -> None:
    assert mark_text(mark).startswith(text)


# -- what is held by a field of its own


def chart_release(version: str, note: str | None, **notes: str) -> Resource:
    """A release whose chart's version is written down."""
    body = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {
            "name": "web",
            "namespace": "apps",
            "annotations": {**({PIN_INVERSE: note} if note is not None else {}), **notes},
        },
        "spec": {"chart": {"spec": {"chart": "web", "version": version}}},
    }
    return Resource.from_object("staging", body)


def test_a_version_is_pinned_while_the_one_that_was_noted_stands_there() -> None:
    note = hold_text("1.4.2", "1.x")
    assert json.loads(note) == {"before": "1.x", "pinned": "1.4.2"}
    held = chart_release("1.4.2", note, **{PINNED_BY: "anna", PINNED_UNTIL: "friday"})
    assert pin(held) == Mark("anna", "", "", "friday")
    assert pin_inverse(held) == Inverse("1.x", "1.4.2")
    assert pin(chart_release("1.5.0", note)) is None, "somebody has set another since"
    assert pin(chart_release("1.4.2", "{")) is None and pin(chart_release("1.4.2", None)) is None
    assert pin_inverse(chart_release("1.4.2", hold_text("1.4.2", ""))) == Inverse(None, "1.4.2")
    assert pin_inverse(chart_release("1.4.2", inverse_text(A, None))) is None, "a digest's note"


def test_a_name_is_noted_only_beside_a_digest() -> None:
    assert pinned_name(pinned(json.dumps({"pinned": "", "tag": "1.4.2"}), "")) == ("", "")


def frozen(by: str = "anna", *managers: str, suspend: bool = True, operator: str = "") -> Resource:
    notes = {FREEZE: "f1", SUSPENDED_BY: by, OPERATOR_SUSPENDED_BY: operator}
    said = {name: text for name, text in notes.items() if text}
    one = source(suspend=suspend, annotations=said)
    edits = tuple(Edit(name, "t", frozenset({"spec.suspend"})) for name in managers)
    return replace(one, edits=(*edits, Edit("x", "t", frozenset({"spec.url"}))))


@pytest.mark.parametrize(
    ("one", "freeze"),
    [
        (frozen(), "f1"),
        (frozen(suspend=False), ""),
        (frozen("anna", MANAGER), "f1"),
        (frozen("anna", MANAGER, "kubectl"), "f1"),
        (frozen("anna", "kubectl"), ""),
        (frozen("anna", operator="anna"), "f1"),
        (frozen("anna", operator="ben"), ""),
        (frozen("", operator="ben"), "f1"),
        (source(suspend=True), ""),
    ],
)
def test_a_freeze_holds_what_nobody_else_has_suspended_since(one: Resource, freeze: str) -> None:
    assert frozen_by(one) == freeze


# -- revisions


@pytest.mark.parametrize(
    ("revision", "tag", "hash_"),
    [
        (f"1.4.2@{A}", "1.4.2", A),
        (A, "", A),
        (f"sha256:x@{A}", "", A),
        ("main", "main", ""),
        ("main@sha1:0123", "main", ""),
        ("", "", ""),
    ],
)
def test_a_revision_is_a_tag_a_digest_or_both(revision: str, tag: str, hash_: str) -> None:
    assert (tag_of(revision), digest_of(revision)) == (tag, hash_)


def test_a_digest_is_called_by_the_first_who_knows_it_releases_first() -> None:
    near = {"1.4.2-build-7": TagFacts("1.4.2-build-7", A), "other": TagFacts("other", B)}
    far = {t: TagFacts(t, A) for t in ("2.0.0-a", "1.9.9", "1.10.0", "latest")}
    assert version_text(A, (near, far)) == "1.4.2-build-7"
    assert version_text(A, (far, near)) == "1.10.0", "of releases the first by letter"
    assert version_text(A, ({}, near)) == "1.4.2-build-7"
    assert version_text(A) == short_digest(A) == "sha256:aaaaaaaa"
    assert version_text(f"1.4.2@{A}", (far,)) == "1.4.2" and version_text("", (far,)) == ""
    assert short_digest("sha1:0123456789abcdef0123") == "sha1:0123456789abcdef0123"
    assert tags_of_digest("", {"x": TagFacts("x", "")}) == ()
