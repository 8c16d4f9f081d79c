"""What an act does to a chart or to a Git source is in its Plan as a build that goes somewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flux_objects import INDEX, at, chart_of, charts, obj, plan, release

from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.ask import AskRemote
from fluxtui.domain.commitrange import CommitRange
from fluxtui.domain.gitreference import GitReference, RemoteAnswer, RemoteQuestion
from fluxtui.domain.marks import PIN_INVERSE, hold_text
from fluxtui.domain.moves import moves_of
from fluxtui.domain.plan import Move, PatchStep
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import TagList
from tests.builders import CONFIG, NS, ks, snapshot

WELL = [("1.5.0", "deployed"), ("1.4.2", "superseded")]
LISTED = TagList(f"{INDEX}#web", ("2.0.0", "1.6.0", "1.5.0", "1.4.2"), listed_at=1.0)
CHART = Key("staging", "source.toolkit.fluxcd.io", "HelmChart", NS, f"{NS}-web")
ONE, TWO = "1" * 40, "2" * 40
URL = "https://git.test/fleet"
STORED = f"main@sha1:{ONE}"
ASKING = replace(CONFIG, ask_remotes=True)


def chart(wish: str = "^1.4", **meta: Any) -> Context:
    one = release(wish=wish, history=WELL, **meta)
    return at(one, charts(), chart_of(revision="1.5.0"), on=one, tags=(LISTED,))


@pytest.mark.parametrize(
    ("command", "values", "goes"),
    [
        ("pin", {"version": "1.4.2"}, "1.4.2"),
        ("rollback", {"version": "1.4.2"}, "1.4.2"),
        ("range", {"semver": ">=2.0.0"}, "2.0.0"),
        ("range", {"semver": "~1.6.0"}, "1.6.0"),
    ],
)
def test_a_release_goes_to_the_version_that_it_is_held_on_or_that_its_range_picks(
    command: str, values: dict[str, str], goes: str
) -> None:
    made = plan(command, chart(), reason="why", **values)
    (move,) = made.moves
    assert move == Move(CHART, "", goes, move.applier)
    assert move.applier is not None and (move.applier.kind, move.applier.name) == (
        "HelmRelease",
        "web",
    )
    assert [danger.rule for danger in made.dangers] == [], "its own history tells how that went"
    assert [(taker.before, taker.after) for taker in made.takers] == [("1.5.0", goes)]


def test_what_is_at_it_already_goes_nowhere() -> None:
    assert plan("pin", chart(), version="1.5.0", reason="keep").moves == ()
    assert plan("range", chart(), semver="~1.5.0").moves == ()
    unlisted = at(
        one := release(history=WELL), charts(), chart_of(revision="1.5.0"), on=one,
        tags=(TagList(f"{INDEX}#web", (), listed_at=1.0),),
    )  # fmt: skip
    assert plan("range", unlisted, semver=">=2.0.0").moves == (), "nobody has listed what there is"


@pytest.mark.parametrize("verifies", [False, True])
def test_a_source_that_verifies_tags_goes_to_no_commit(verifies: bool) -> None:
    more = {"verify": {"mode": "Tag"}} if verifies else {}
    spec = {"url": URL, "ref": {"branch": "main"}, **more}
    one = obj("git", "fleet", spec, {"artifact": {"revision": STORED}})
    patch = {"spec": {"ref": {"commit": TWO}}}
    write = PatchStep("pin", "pin", target=one.key, patch=patch, resource_version="7")
    goes = [move.after for move in moves_of(snapshot(one), (write,))]
    assert goes == ([] if verifies else [f"sha1:{TWO}"])


def test_an_unpinned_release_goes_where_its_range_picks() -> None:
    pinned = chart("1.5.0", annotations={PIN_INVERSE: hold_text("1.5.0", "^1.4")})
    (move,) = plan("unpin", pinned).moves
    assert move.after == "1.6.0"


def git(ref: dict[str, str], **meta: Any) -> Resource:
    return obj("git", "fleet", {"url": URL, "ref": ref}, {"artifact": {"revision": STORED}}, **meta)


def user() -> Resource:
    one = ks(name="apps", applied=STORED)
    reference = {"kind": "GitRepository", "name": "fleet"}
    spec = {**one.spec, "sourceRef": reference}
    return Resource.from_object("staging", {**one.as_object(), "spec": spec})


def source(one: Resource, config: Any = CONFIG, **remotes: RemoteAnswer) -> Context:
    where = at(one, user(), on=one, config=config)
    asked = {
        RemoteQuestion(URL, GitReference(**{field: value}), STORED): answer
        for (field, value), answer in zip(
            (("branch", "main"), ("semver", "^2")), remotes.values(), strict=False
        )
    }
    return replace(where, snapshot=replace(where.snapshot, remotes=asked))


def test_a_git_source_goes_to_the_commit_it_is_pinned_on_and_the_way_there_is_asked_for() -> None:
    one = git({"branch": "main"})
    made = plan("pin", source(one), version=TWO, reason="why")
    assert made.moves == (Move(one.key, "", f"sha1:{TWO}"),)
    (taker,) = made.takers
    assert (taker.before, taker.after) == ("main@1111111", "2222222")
    assert taker.takes and taker.seen, "its environment is read now"
    assert [key.name for key in taker.users] == ["apps"]
    assert made.ranges == (CommitRange(("staging",), TWO[:8], "", URL, ONE, TWO),)
    assert plan("pin", source(one), version=ONE, reason="keep").moves == ()


def test_unpinned_it_goes_where_its_remote_was_heard_to_be() -> None:
    held = git({"branch": "main", "commit": ONE}, annotations={PIN_INVERSE: hold_text(ONE, "")})
    silent = source(held)
    assert plan("unpin", silent).moves == ()
    assert plan("unpin", silent).unseen == (
        "what it would pick: its remote is not asked: git.askRemotes is off",
    )
    unpin = by_id("unpin")
    assert unpin.questions is not None and unpin.questions(silent, {}) == ()
    asking = source(held, ASKING)
    question = RemoteQuestion(URL, GitReference(branch="main"), STORED)
    assert unpin.questions(asking, {}) == (AskRemote(question),)
    heard = source(held, ASKING, main=RemoteAnswer(f"main@sha1:{TWO}", 3, at=1.0))
    made = plan("unpin", heard)
    assert made.moves == (Move(held.key, "", f"sha1:{TWO}"),)
    assert (
        "staging takes what is picked without spec.ref.commit at once: main@2222222 now"
        in made.effects
    )
    assert made.unseen == ()


def test_a_range_beside_a_branch_is_asked_about_by_itself() -> None:
    one = git({"branch": "main", "semver": "^1"})
    tip = RemoteAnswer(f"main@sha1:{ONE}", 0, at=1.0)
    where = source(one, ASKING, main=tip, range=RemoteAnswer(f"v2.0.0@sha1:{TWO}", 3, at=1.0))
    assert plan("range", where, semver="^2").moves == (Move(one.key, "", f"sha1:{TWO}"),)


def test_what_was_not_applied_yet_of_a_git_source_comes_with_the_next_run() -> None:
    behind = user()
    behind = Resource.from_object(
        "staging",
        {**behind.as_object(), "spec": {**behind.spec, "suspend": True},
         "status": {**behind.status, "lastAppliedRevision": f"main@sha1:{TWO}"}},
    )  # fmt: skip
    one = git({"branch": "main"})
    made = plan("resume", at(one, behind, on=behind))
    assert made.moves == (Move(one.key, f"sha1:{TWO}", "", behind.key),)
