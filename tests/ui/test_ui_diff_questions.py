"""Which comparison the Diff pane asks for, or the sentence that says why there is none."""

from __future__ import annotations

from typing import Any

from fluxtui.domain.ask import PatchesDiff, VersionsDiff
from fluxtui.domain.resource import Resource
from fluxtui.ui.panes.diffquestions import PATCHES, VERSIONS, questions
from tests.builders import context, ks, revision, snapshot, source

OLD, NEW = revision("1.4.2", "a"), revision("1.5.0", "b")
WELL = "ReconciliationSucceeded"


def asked(member: Resource, mode: str, **target: str) -> Any:
    where = context(
        snapshot(source(stored=NEW), member),
        environment="staging",
        service="acme/activity",
        **target,
    )
    return questions(where.snapshot, where.target, mode)


def test_the_version_that_runs_is_compared_with_the_one_before_it() -> None:
    member = ks(applied=NEW, history=[(NEW, WELL, "2"), (OLD, WELL, "1")])
    (question,) = asked(member, VERSIONS, tag="1.5.0")
    assert question == VersionsDiff(source().key, after="1.5.0", before="1.4.2")


def test_without_one_that_ran_before_it_says_so_and_not_that_there_is_none() -> None:
    member = ks(applied=NEW, history=[(NEW, WELL, "2")])
    says = str(asked(member, VERSIONS, tag="1.5.0"))
    assert "none is known to have run here before" in says


def test_another_version_is_compared_with_what_is_stored() -> None:
    member = ks(applied=NEW, history=[(NEW, WELL, "2"), (OLD, WELL, "1")])
    (question,) = asked(member, VERSIONS, tag="1.6.0")
    assert question == VersionsDiff(source().key, after="1.6.0")


def test_patches_are_asked_for_each_kustomization() -> None:
    member = ks(applied=NEW)
    assert asked(member, PATCHES) == (PatchesDiff(member.key),)
