"""Another range where no list of tags decides: a release's of its chart, a Git source's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flux_objects import (
    INDEX,
    at,
    awaited,
    chart_of,
    charts,
    obj,
    patched,
    plan,
    refusal,
    release,
)

from fluxtui.commands.command import Context
from fluxtui.commands.proposing import unlisted
from fluxtui.commands.registry import by_id
from fluxtui.domain.ask import AskRemote, ListTags
from fluxtui.domain.errors import UsageError
from fluxtui.domain.gitreference import GitReference, RemoteAnswer, RemoteQuestion
from fluxtui.domain.marks import PIN_INVERSE
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import TagList
from tests.builders import CONFIG, NS, ks

WELL = [("1.5.0", "deployed"), ("1.4.2", "superseded")]
LISTED = TagList(f"{INDEX}#web", ("2.0.0", "1.6.0", "1.5.0", "1.4.2"), listed_at=1.0)
RANGE = by_id("range")
ONE, TWO = "1" * 40, "2" * 40
URL = "https://git.test/fleet"
STORED = f"v1.4.0@sha1:{ONE}"
ASKING = replace(CONFIG, ask_remotes=True)


def chart(one: Resource | None = None, *, tags: Any = (LISTED,)) -> Context:
    one = one or release(history=WELL)
    return at(one, charts(), chart_of(revision="1.5.0"), on=one, tags=tags)


def git(ref: Any = None, **more: Any) -> Resource:
    spec = {"url": URL, "ref": ref or {"semver": "^1.0"}, **more}
    return obj("git", "fleet", spec, {"artifact": {"revision": STORED}})


def user() -> Resource:
    one = ks(name="apps", applied=STORED)
    reference = {"kind": "GitRepository", "name": "fleet"}
    return Resource.from_object(
        "staging", {**one.as_object(), "spec": {**one.spec, "sourceRef": reference}}
    )


def asked(semver: str) -> RemoteQuestion:
    return RemoteQuestion(URL, GitReference(semver=semver), STORED)


def remote(one: Resource, answers: dict[str, RemoteAnswer], *, config: Any = ASKING) -> Context:
    where = at(one, user(), on=one, config=config)
    remotes = {asked(semver): answer for semver, answer in answers.items()}
    return replace(where, snapshot=replace(where.snapshot, remotes=remotes))


def test_a_releases_range_is_edited_and_what_its_index_has_for_it_is_followed() -> None:
    made = plan("range", chart(), semver=">=1.4")
    assert patched(made)["spec"] == {"chart": {"spec": {"version": ">=1.4"}}}
    assert awaited(made) == [("picked", "2.0.0"), ("applied", "2.0.0")]
    assert made.effects == (
        f"HelmRelease/{NS}/web goes to 2.0.0 in staging; it runs 1.5.0 now",
        "spec.chart.spec.version was ^1.4",
    )
    assert "2.0.0 never ran here, as far as Flux remembers" in made.warnings
    assert made.unseen == () and made.steps[0].undo == "edit it back to ^1.4"


def test_while_it_is_typed_it_says_what_the_index_has_for_it() -> None:
    semver = RANGE.arguments[0]
    assert semver.default(chart()) == "^1.4"
    assert semver.choices(chart()) == ("^1.4", "~1.5.0", "^1.0.0", ">=1.5")
    assert semver.note(chart(), "~1.4") == "would pick 1.4.2"
    assert semver.note(chart(), ">9") == "would pick nothing"
    assert "from character 5" in semver.note(chart(), ">=1 newest")
    assert RANGE.questions(chart(), {"semver": "~1.4"}) == (ListTags(f"{INDEX}#web"),)


def test_going_back_says_what_stays_and_a_version_that_failed_here_that_it_did() -> None:
    failed = [("1.5.0", "deployed"), ("1.4.2", "failed")]
    made = plan("range", chart(release(history=failed)), semver="~1.4")
    assert "1.4.2 failed here: failed" in made.warnings
    assert "values are not undone: only the chart's version goes back" in made.warnings


def test_a_range_that_admits_nothing_waits_for_nothing() -> None:
    made = plan("range", chart(), semver=">9")
    assert any("it would pick nothing" in warning for warning in made.warnings)
    assert len(made.steps) == 1


def test_a_list_that_could_not_be_had_was_not_looked_at() -> None:
    broken = replace(LISTED, tags=(), listed_at=0.0, error="connection refused")
    made = plan("range", chart(tags=(broken,)), semver="^2")
    assert made.unseen == ("what ^2 would pick: connection refused",)
    assert awaited(made) == [("ready", "")]


def test_who_declares_the_range_puts_it_back_and_is_named() -> None:
    label = "kustomize.toolkit.fluxcd.io"
    one = release(history=WELL, labels={f"{label}/name": "apps", f"{label}/namespace": "flux"})
    one = replace(one, declared=frozenset({"spec.chart.spec.version"}))
    parent = obj("ks", "apps", {"interval": "5m"}, namespace="flux")
    made = plan("range", at(one, charts(), chart_of(), parent, on=one, tags=[LISTED]), semver="^2")
    assert made.warnings[0].startswith(
        "Kustomization/flux/apps declares spec.chart.spec.version and puts it back at its next "
        "run, within 5m"
    )


def test_what_is_no_range_and_a_filter_that_charts_do_not_have_are_refused() -> None:
    with pytest.raises(UsageError) as refused:
        plan("range", chart(), semver="newest")
    assert refused.value.where == "spec.chart.spec.version"
    with pytest.raises(UsageError, match="has no filter of tags"):
        plan("range", chart(), semver="^2", filter="rc")
    for values in ({"semver": "^1.4"}, {}):
        with pytest.raises(UsageError, match=r"picks by \^1\.4 already"):
            plan("range", chart(), **values)


def test_a_pin_in_the_same_field_is_taken_away_first() -> None:
    note = {PIN_INVERSE: '{"before": "^1.4", "pinned": "1.4.2"}', "fluxtui.dev/pinned-by": "ben"}
    one = release(wish="1.4.2", history=WELL, annotations=note)
    assert "is pinned to 1.4.2, in the same field: unpin it first" in refusal("range", chart(one))


def test_where_a_range_would_not_be_heeded_it_is_refused() -> None:
    whence = {"chart": "./web", "sourceRef": {"kind": "GitRepository", "name": "fleet"}}
    one = obj("hr", "web", {"chart": {"spec": whence}})
    assert "where Flux ignores a version" in refusal("range", at(one, on=one))
    branch = git({"branch": "main"})
    assert "it follows branch main, and not its tags" in refusal("range", at(branch, on=branch))


@pytest.mark.parametrize("on", [git(), user()], ids=["the source", "its user"])
def test_a_git_sources_range_is_edited_and_its_remote_is_asked_what_it_has(on: Resource) -> None:
    answers = {"^2": RemoteAnswer(f"v2.1.0@sha1:{TWO}", 3, at=1.0)}
    where = remote(git(), answers)
    where = replace(where, target=replace(where.target, object=on.key))
    assert RANGE.questions(where, {"semver": "^2"}) == (AskRemote(asked("^2")),)
    assert RANGE.arguments[0].note(where, "^2") == "would pick v2.1.0@2222222"
    made = plan("range", where, semver="^2")
    assert patched(made)["spec"] == {"ref": {"semver": "^2"}}
    assert awaited(made) == [("picked", TWO), ("applied", TWO)]
    assert made.effects[0] == (
        f"GitRepository/{NS}/fleet goes to v2.1.0@2222222 in staging; it runs 1111111 now"
    )
    assert made.effects[-1] == "spec.ref.semver was ^1.0"


def test_a_remote_that_may_not_be_asked_or_did_not_answer_was_not_looked_at() -> None:
    silent = remote(git(), {}, config=CONFIG)
    assert RANGE.questions(silent, {"semver": "^2"}) == ()
    assert plan("range", silent, semver="^2").unseen == (
        "what ^2 would pick: its remote is not asked, for git.askRemotes is off",
    )
    down = remote(git(), {"^2": RemoteAnswer(error="connection refused")})
    assert plan("range", down, semver="^2").unseen == ("what ^2 would pick: connection refused",)
    none = remote(git(), {"^9": RemoteAnswer(error="no match found for semver: ^9")})
    made = plan("range", none, semver="^9")
    assert made.unseen == () and any("would pick nothing" in w for w in made.warnings)


def test_beside_a_pinned_commit_the_range_acts_later() -> None:
    where = remote(git({"semver": "^1.0", "commit": ONE}),
                   {"^2": RemoteAnswer(f"v2.1.0@sha1:{TWO}", 3, at=1.0)})  # fmt: skip
    made = plan("range", where, semver="^2")
    assert made.effects[0] == ("staging stays on its pin; unpinned it would pick v2.1.0@2222222")
    assert any("acts when it is unpinned" in warning for warning in made.warnings)


# -- who stays where it is, and who waits


def suspended(one: Resource) -> Resource:
    body = one.as_object()
    return Resource.from_object("staging", {**body, "spec": {**one.spec, "suspend": True}})


def test_a_range_whose_pick_runs_already_moves_nothing_and_is_seen_ready() -> None:
    made = plan("range", chart(), semver="~1.5")
    assert awaited(made) == [("ready", "")] and made.moves == ()
    assert made.effects[0].endswith("web stays on 1.5.0 in staging, which it runs now")
    assert made.warnings == ()


def test_what_is_suspended_waits_for_nothing_and_acts_when_it_is_resumed() -> None:
    made = plan("range", chart(suspended(release(history=WELL))), semver="^2")
    assert awaited(made) == []
    assert made.effects[0] == "staging would pick 2.0.0 once it is resumed"
    (held,) = made.warnings
    assert held.endswith("is suspended: the range acts when it is resumed")
    none = plan("range", chart(suspended(release(history=WELL))), semver=">9")
    assert awaited(none) == [] and none.effects == ("spec.chart.spec.version was ^1.4",)


def test_beside_a_pinned_commit_a_range_that_picks_nothing_says_so() -> None:
    held = git({"semver": "^1.0", "commit": ONE})
    none = remote(held, {"^9": RemoteAnswer(error="no match found for semver: ^9")})
    made = plan("range", none, semver="^9")
    assert made.effects[0] == "staging stays on its pin; unpinned it would pick nothing"
    assert awaited(made) == [("ready", "")], "what it holds it has"


def test_beside_a_pin_nothing_is_said_of_a_pick_that_nobody_knows() -> None:
    held = git({"semver": "^1.0", "commit": ONE})
    made = plan("range", remote(held, {"^2": RemoteAnswer(error="denied")}), semver="^2")
    assert made.effects == ("spec.ref.semver was ^1.0",) and len(made.unseen) == 1


def test_where_no_range_stood_it_is_taken_away_again() -> None:
    made = plan("range", chart(release(wish="", history=WELL)), semver="^2")
    assert made.steps[0].undo == "take spec.chart.spec.version away again"
    assert made.effects[-1] == (
        "spec.chart.spec.version was not set: the newest was taken"
    )  # fmt: skip
    with pytest.raises(UsageError, match="a range is needed"):
        plan("range", chart(release(wish="", history=WELL)))


def test_a_version_that_went_well_here_is_no_cause_for_a_warning() -> None:
    higher = [("1.4.2", "deployed"), ("1.5.0", "superseded")]
    made = plan("range", chart(release(history=higher)), semver="~1.5")
    assert made.warnings == () and awaited(made)[0] == ("picked", "1.5.0")


def test_who_takes_the_chart_and_rests_is_said() -> None:
    one = release(history=WELL)
    where = at(one, charts(), chart_of(revision="1.5.0", suspend=True), on=one, tags=[LISTED])
    made = plan("range", where, semver="^2")
    assert any("HelmChart" in w and "stays on what it has" in w for w in made.warnings)


# -- what is asked and what the answer is


def test_without_a_range_given_the_one_that_stands_there_is_asked_for() -> None:
    for values in ({}, {"semver": "  "}):
        assert RANGE.questions(remote(git(), {}), values) == (AskRemote(asked("^1.0")),)


@pytest.mark.parametrize("url", ["ssh://git@git.test/fleet", "git@git.test:fleet"])
def test_only_a_remote_over_http_is_asked(url: str) -> None:
    one = obj("git", "fleet", {"url": url, "ref": {"semver": "^1.0"}},
              {"artifact": {"revision": STORED}})  # fmt: skip
    where = at(one, on=one, config=ASKING)
    assert RANGE.questions(where, {"semver": "^2"}) == ()
    assert RANGE.arguments[0].note(where, "^2") == ""
    made = plan("range", where, semver="^2")
    assert made.unseen == ("what ^2 would pick: only remotes over HTTP and HTTPS can be asked",)
    plain = git(url="http://git.test/fleet")
    assert len(RANGE.questions(at(plain, on=plain, config=ASKING), {"semver": "^2"})) == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "its remote was not asked"),
        (RemoteAnswer(at=1.0), "several of its tags are equally high"),
        (RemoteAnswer(error="denied"), "denied"),
    ],
)
def test_why_nobody_knows_what_a_remote_has_is_said(answer: Any, why: str) -> None:
    where = remote(git(), {"^2": answer} if answer else {})
    made = plan("range", where, semver="^2")
    assert made.unseen == (f"what ^2 would pick: {why}",)
    assert awaited(made) == [("ready", "")]
    assert not any("would pick nothing" in warning for warning in made.warnings)
    assert made.effects == ("spec.ref.semver was ^1.0",)


def test_a_list_that_nobody_has_made_is_waited_for_and_one_of_nothing_lists_nothing() -> None:
    assert unlisted(RANGE, chart(tags=()), {"semver": "^2"}) != ()
    assert unlisted(RANGE, chart(), {"semver": "^2"}) == ()
    empty = replace(LISTED, tags=())
    made = plan("range", chart(tags=(empty,)), semver="^2")
    assert made.unseen == () and any("would pick nothing" in w for w in made.warnings)


def test_a_git_source_is_gone_back_with_what_that_does_not_undo() -> None:
    answers = {"<1.4": RemoteAnswer(f"v1.3.0@sha1:{TWO}", 0, at=1.0)}
    made = plan("range", remote(git(), answers), semver="<1.4")
    assert any("not undone by going back" in warning for warning in made.warnings)
    higher = {"^2": RemoteAnswer(f"v2.1.0@sha1:{TWO}", 3, at=1.0)}
    on = plan("range", remote(git(), higher), semver="^2")
    assert not any("going back" in warning for warning in on.warnings)
    assert any("v2.1.0@2222222 never ran here" in warning for warning in on.warnings)


def test_who_puts_a_range_back_may_leave_a_pin_be() -> None:
    """A pinned commit is another field than the range, which its parent may not declare."""
    label = "kustomize.toolkit.fluxcd.io"
    labels = {f"{label}/name": "apps", f"{label}/namespace": "flux"}
    declared = replace(git(), labels=labels, declared=frozenset({"spec.ref.semver"}))
    both = replace(declared, declared=frozenset({"spec.ref.semver", "spec.ref.commit"}))
    parent = obj("ks", "apps", {"interval": "5m"}, namespace="flux")

    def said(one: Resource) -> str:
        return " ".join(plan("range", at(one, parent, on=one), semver="^2").warnings)

    assert "until then a pin holds a version: that field is not declared" in said(declared)
    assert "puts it back" in said(both) and "a pin holds" not in said(both)
    assert "a pin holds" not in said(git())
    nameless = said(replace(declared, labels={}))
    assert "another Kustomization declares" in nameless and "a pin holds" not in nameless


def test_a_range_that_is_too_long_is_refused_by_its_length() -> None:
    with pytest.raises(UsageError, match="is longer than 1024 characters"):
        plan("range", chart(), semver=" || ".join([">=1.0.0"] * 200))


def test_a_range_in_a_read_only_place_is_not_edited() -> None:
    shut = replace(CONFIG, read_only=True)
    one = git()
    assert refusal("range", at(one, on=one, config=shut)) == "fluxtui was started read-only"
    assert refusal("range", at(one, on=one)) == ""
    none = plan("range", chart(), semver="^2", filter="none")
    assert patched(none)["spec"] == {"chart": {"spec": {"version": "^2"}}}


def test_a_commit_that_stands_in_another_field_does_not_forbid_the_range() -> None:
    note = {PIN_INVERSE: f'{{"before": null, "pinned": "{ONE}"}}'}
    one = obj("git", "fleet", {"url": URL, "ref": {"semver": "^1.0", "commit": ONE}},
              annotations=note)  # fmt: skip
    assert refusal("range", at(one, on=one)) == ""
