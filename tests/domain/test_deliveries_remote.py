"""A row that stands on Git: what its source has, and how far its remote has gone since."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.board import Line
from fluxtui.domain.gitreference import RemoteAnswer
from fluxtui.domain.kinds import sources
from fluxtui.domain.marks import PIN_INVERSE, PINNED_BY, hold_text
from fluxtui.domain.overview import Overview
from fluxtui.domain.overview.deliveries import distinct
from fluxtui.domain.resource import Resource
from tests.builders import NS, READY, condition, failed, snapshot

OLD, NEW = "main@sha1:" + "1" * 40, "main@sha1:" + "2" * 40
AT = "2026-11-20T10:00:00Z"


def made(short: str, name: str, spec: Any, **status: Any) -> Resource:
    kind = kinds.by_short(short)
    assert kind is not None
    meta = {"name": name, "namespace": NS, "generation": 1}
    told = {"observedGeneration": 1, "conditions": [READY], **status}
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta}
    return Resource.from_object("staging", {**body, "spec": spec, "status": told})


def git(stored: str = OLD, **more: Any) -> Resource:
    artifact = {"artifact": {"revision": stored, "lastUpdateTime": AT}} if stored else {}
    spec = {"url": "https://x.example/r", "ref": {"branch": "main"}, **more}
    return made("gitrepo", "infra", spec, **artifact)


def user(applied: str = OLD, attempted: str = "", **more: Any) -> Resource:
    spec = {"sourceRef": {"kind": "GitRepository", "name": "infra"}}
    status = {"lastAppliedRevision": applied, "lastAttemptedRevision": attempted or applied}
    return made("ks", "web", spec, **status, **more)


def line(*resources: Resource, answer: RemoteAnswer | None = None) -> Line:
    question = next((q for one in resources if (q := sources.question(one)) is not None), None)
    remotes = {question: answer} if question is not None and answer is not None else {}
    (row,) = snapshot(*resources, remotes=remotes).board.rows
    (found,) = row.lines["staging"]
    return found


@pytest.mark.parametrize(
    ("answer", "note", "ahead", "newest"),
    [
        (None, "", 0, ""),
        (RemoteAnswer(OLD, 0, at=7.0), "", 0, "main@1111111"),
        (RemoteAnswer(NEW, 1, at=7.0), "1 commit behind main@2222222 of the remote", 1,
         "main@2222222"),
        (RemoteAnswer(NEW, 3, at=7.0), "3 commits behind main@2222222 of the remote", 3,
         "main@2222222"),
        (RemoteAnswer(NEW, None, at=7.0), "behind main@2222222 of the remote", -1, "main@2222222"),
        (RemoteAnswer("", None, at=7.0), "the remote has no such reference any more", 0, ""),
        (RemoteAnswer(error="401"), "the remote is not known: 401", 0, ""),
        (RemoteAnswer(NEW, 0, "401"), "the remote is not known: 401", 0, "main@2222222"),
    ],
)  # fmt: skip
def test_a_row_says_how_far_its_remote_is(
    answer: RemoteAnswer | None, note: str, ahead: int, newest: str
) -> None:
    found = line(git(), user(), answer=answer)
    assert (found.note, found.ahead, found.newest) == (note, ahead, newest)
    assert found.listed_at == (answer.at if answer is not None else 0.0)
    assert found.has_list is bool(answer is not None and answer.revision)


def test_what_its_source_has_stored_is_what_it_would_take() -> None:
    behind = line(git(NEW), user(OLD))
    assert behind.behind and behind.would_pick == "main@2222222"
    assert behind.running.version == "main@1111111" and behind.at == AT
    level = line(git(OLD), user(OLD))
    assert not level.behind and level.policy == "branch main"
    empty = line(git(""), user(OLD))
    assert not empty.behind and empty.would_pick == "" and empty.at == ""
    never = line(git(OLD), user(""))
    assert not never.behind and never.running.text == ""


def test_a_source_that_is_not_there_is_named_by_who_needs_it() -> None:
    alone = line(user())
    assert alone.policy == "GitRepository infra" and alone.would_pick == ""
    assert alone.source is not None and alone.source.name == "infra"
    nothing = made("rset", "set", {})
    assert line(nothing).policy == "ResourceSet" and line(nothing).source is None


def test_what_is_suspended_is_told_of_the_row_or_of_its_source() -> None:
    held = line(git(suspend=True), user())
    assert held.suspended is None and [hold.key.name for hold in held.held] == ["infra"]
    assert held.hold is not None
    assert line(git(), user()).held == ()


def test_a_pin_of_its_source_holds_the_row_and_its_own_comes_first() -> None:
    """A release is held by its own version; a Kustomization by the commit of what it stands on."""
    commit, chosen = "1" * 40, {"kind": "GitRepository", "name": "infra"}
    notes = {PIN_INVERSE: hold_text(commit, ""), PINNED_BY: "anna"}
    pinned = replace(git(ref={"branch": "main", "commit": commit}), annotations=notes)
    mark = line(pinned, user()).pinned
    assert mark is not None and mark.by == "anna"
    assert line(git(), user()).pinned is None and line(user()).pinned is None
    chart = {"spec": {"chart": "./web", "version": "1.4.2", "sourceRef": chosen}}
    release = made("hr", "web", {"chart": chart})
    own = {PIN_INVERSE: hold_text("1.4.2", "1.x"), PINNED_BY: "ben"}
    mark = line(replace(release, annotations=own)).pinned
    assert mark is not None and mark.by == "ben"


def test_what_a_remote_answers_is_told_when_it_does_and_when_it_is_another() -> None:
    seen, look = snapshot(git(), user()), Overview()
    asked = sources.question(git())
    assert asked is not None

    def note(answer: RemoteAnswer | None = None) -> str:
        remotes = {asked: answer} if answer is not None else {}
        board, _findings = look(replace(seen, remotes=remotes))
        (row,) = board.rows
        (found,) = row.lines["staging"]
        return found.note

    one, two = (RemoteAnswer(NEW, ahead, at=7.0) for ahead in (1, 2))
    notes = [note(), note(one), note(one), note(two), note()]
    assert [text.partition(" behind")[0] for text in notes] == [
        "", "1 commit", "1 commit", "2 commits", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        ([condition("Ready", "Unknown", "Progressing")], "main@1111111 -> main@2222222"),
        ([failed("BuildFailed", "no")], "main@1111111, main@2222222 failed"),
    ],
)
def test_what_is_tried_stands_beside_what_runs(conditions: list[Any], text: str) -> None:
    assert line(git(NEW), user(OLD, NEW, conditions=conditions)).running.text == text


def test_what_is_tried_first_comes_after_nothing() -> None:
    trying = user("", NEW, conditions=[condition("Ready", "Unknown", "Progressing")])
    assert line(git(NEW), trying).running.text == "nothing -> main@2222222"
    lost = user("", NEW, conditions=[failed("BuildFailed", "no")])
    assert line(git(NEW), lost).running.text == "main@2222222 failed"


def test_two_kinds_of_one_name_are_told_apart_and_a_bundle_keeps_its_own() -> None:
    assert distinct([("web", "ks"), ("web", "hr"), ("shop", "hr"), ("web", "ks")]) == {
        ("shop", "hr"): "shop", ("web", "hr"): "web", ("web", "ks"): "web (ks)",
    }  # fmt: skip
    assert distinct([("web", "hr"), ("web", "")]) == {("web", ""): "web", ("web", "hr"): "web (hr)"}
