"""Suspending and resuming every kind by its own means: what is written, awaited and said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flux_objects import asked, at, awaited, charts, obj, patched, plan, refusal, release

from fluxtui.commands.registry import by_id
from fluxtui.commands.suspend import suspend_plan
from fluxtui.domain import kinds
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import kustomization, suspended
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.marks import (
    OPERATOR_SUSPENDED_BY,
    SUSPENDED_REASON,
    SUSPENDED_UNTIL,
    SUSPENSION_KEYS,
)
from fluxtui.domain.patchfields import holds
from fluxtui.domain.plan import AT_WRITE, AwaitStep, Plan
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed, TagList
from tests.builders import CONFIG, NS, URL, digest, ks, revision, source, tag_list

SUSPENDABLE = [kind for kind in kinds.ALL if kind.suspends is not None]
ANNOTATED = [kind for kind in SUSPENDABLE if kind.suspends and kind.suspends.annotation]


@pytest.mark.parametrize("kind", SUSPENDABLE, ids=lambda k: k.kind)
def test_each_kind_is_suspended_by_its_means_and_resumed_by_taking_that_away(kind: Kind) -> None:
    one = obj(kind.short, "x")
    assert kind.suspends is not None
    made = plan("suspend", at(one, on=one), reason="audit")
    notes = patched(made)["metadata"]["annotations"]
    assert notes[OPERATOR_SUSPENDED_BY] == "anna" and notes[SUSPENDED_REASON] == "audit"
    assert awaited(made) == [("suspended", "")]
    if kind.suspends.annotation:
        assert notes[kind.suspends.annotation] == "disabled" and "spec" not in patched(made)
        held = obj(kind.short, "x", annotations=notes)
    else:
        assert patched(made)["spec"] == {"suspend": True}
        held = obj(kind.short, "x", {"suspend": True}, annotations=notes)
    assert suspended(held) and refusal("suspend", at(held, on=held)).endswith("already suspended")
    back = plan("resume", at(held, on=held))
    taken = patched(back)
    assert set(SUSPENSION_KEYS) <= taken["metadata"]["annotations"].keys()
    assert holds(one.as_object(), taken), "then it is as it was before"


@pytest.mark.parametrize("kind", ANNOTATED, ids=lambda k: k.kind)
def test_no_new_generation_comes_of_an_annotation_so_a_run_is_asked_for(kind: Kind) -> None:
    assert kind.suspends is not None
    held = obj(kind.short, "x", annotations={kind.suspends.annotation: "disabled"})
    made = plan("resume", at(held, on=held))
    assert asked(made) == [(f"{kind.kind}/x", ("resume",))]
    assert awaited(made) == [("handled", AT_WRITE)]


def patience(made: Plan) -> float:
    """Seconds that its last Step waits."""
    last = made.steps[-1]
    assert isinstance(last, AwaitStep)
    return last.timeout


def test_one_of_a_spec_is_awaited_by_its_new_generation() -> None:
    held = obj("imagerepo", "web", {"suspend": True})
    made = plan("resume", at(held, on=held))
    assert asked(made) == [] and awaited(made) == [("resumed", "")]
    assert made.steps[-1].title == f"wait until {held.key.label} has reconciled"
    assert patience(made) == 900.0, "a controller may have much to do"


def test_what_no_controller_looks_at_is_only_seen_resumed() -> None:
    held = obj("alert", "pager", {"suspend": True})
    made = plan("resume", at(held, on=held))
    assert made.steps[-1].title == f"see {held.key.label} resumed"
    assert patience(made) == 60.0, "nothing has to be done for it to be seen"


def test_what_a_suspension_means_is_said_of_each_kind() -> None:
    said = {
        kind.short: " ".join(plan("suspend", at(one, on=one), reason="x").effects)
        for kind in SUSPENDABLE
        for one in (obj(kind.short, "x"),)
    }
    assert "its release runs on" in said["hr"] and "chart goes on being fetched" in said["hr"]
    assert "Events are no longer sent" in said["alert"]
    assert "no longer written to Git" in said["iua"]
    assert "its chart stays on the version it has" in said["hc"]
    assert "its artifact stays" in said["gitrepo"] and "its artifact stays" not in said["hc"]
    assert all("no new version is delivered" in said[k] for k in ("hr", "ks", "gitrepo", "rset"))
    assert not any("no new version" in said[k] for k in ("alert", "imagepol", "rsip", "ag"))


def test_suspending_an_address_says_that_it_changes_nothing() -> None:
    one = charts(static=True)
    (effect,) = plan("suspend", at(one, on=one), reason="x").effects
    assert "changes nothing by itself" in effect


def test_an_external_artifact_cannot_be_suspended() -> None:
    one = obj("ea", "x")
    assert refusal("suspend", at(one, on=one)) == "an ExternalArtifact cannot be suspended"


# -- who puts it back


def test_a_parent_that_declares_the_annotation_is_named_with_its_interval() -> None:
    label = "kustomize.toolkit.fluxcd.io"
    path = "metadata.annotations.fluxcd.controlplane.io/reconcile"
    one = replace(
        obj("rset", "x", labels={f"{label}/name": "apps", f"{label}/namespace": "flux"}),
        declared=frozenset({path}),
    )
    parent = obj("ks", "apps", {"interval": "10m"}, namespace="flux")
    (warning,) = plan("suspend", at(one, parent, on=one), reason="x").warnings
    assert warning.startswith(f"Kustomization/flux/apps declares {path} and puts it back at")
    assert "within 10m" in warning
    held = obj("ks", "apps", {"interval": "10m", "suspend": True}, namespace="flux")
    (resting,) = plan("suspend", at(one, held, on=one), reason="x").warnings
    assert "once it is resumed" in resting
    assert plan("suspend", at(release(), parent, on=release()), reason="x").warnings == ()


def test_what_nothing_can_suspend_is_refused_and_planned_by_nobody() -> None:
    external = obj("ea", "x")
    unknown = Resource.from_object(
        "staging",
        {"apiVersion": "x.test/v1", "kind": "Boat", "metadata": {"name": "x", "namespace": NS}},
    )
    for one in (external, unknown):
        where = at(one, on=one)
        assert refusal("suspend", where)
        with pytest.raises(UsageError):
            suspend_plan(where, {"reason": "audit"})


def test_a_resumption_names_what_comes_and_what_runs() -> None:
    stored = revision("v1.5.0", "b")
    feeds = source(stored=stored, suspend=True)
    user = ks(applied=revision("v1.4.2", "a"), suspend=True)
    made = plan("resume", at(feeds, user, on=user))
    assert any("v1.5.0 (runs v1.4.2)" in effect for effect in made.effects), made.effects


def test_a_resumption_calls_a_digest_by_its_tag_and_says_that_nothing_runs() -> None:
    held = source(stored=digest("b"), suspend=True, ref={"tag": "stable"})
    user = ks(suspend=True)
    tags = [tag_list({"v1.5.0": "b"})]
    of_user = plan("resume", at(held, user, on=user, tags=tags))
    assert "staging would pick v1.5.0 (runs nothing)" in of_user.effects


def test_a_resumption_before_the_tags_are_listed_says_what_it_cannot_see() -> None:
    feeds = source(stored=revision("v1.5.0", "b"), suspend=True, ref={"semver": ">=1.0.0"})
    made = plan("resume", at(feeds, on=feeds))
    assert made.moves == () and made.unseen == (f"the tags of {URL}: not listed",)
    listed = plan("resume", at(feeds, on=feeds, tags=[tag_list({"1.5.0": "b"})]))
    assert listed.unseen == ()
    for lost, why in (
        (TagList(URL, (), 0.0, error="connection refused"), "connection refused"),
        (TagList(URL, (), 100.0), "not listed"),
    ):
        made = plan("resume", at(feeds, on=feeds, tags=[lost]))
        assert made.unseen == (f"the tags of {URL}: {why}",)
    fixed = source(suspend=True, ref={"tag": "1.5.0"})
    assert plan("resume", at(fixed, on=fixed)).unseen == ()
    held = source(suspend=True, ref={"semver": ">=1.0.0", "digest": "sha256:" + "b" * 64})
    assert plan("resume", at(held, on=held)).unseen == ()


# -- what those do who use it


@pytest.mark.parametrize(
    ("states", "says"),
    [
        ((), "nothing uses it"),
        ((False,), "goes on with that, and corrects drift"),
        ((True,), "what uses it is suspended too: nothing corrects drift"),
        ((False, True), "1 of 2 users goes on with that, the others are suspended too"),
        ((False, False, True), "2 of 3 users go on with that, the others are suspended too"),
    ],
)
def test_of_a_source_that_rests_it_is_said_who_goes_on(states: tuple[bool, ...], says: str) -> None:
    feeds = source(stored=revision("v1.5.0", "b"))
    users = [ks(name=f"u{n}", suspend=held) for n, held in enumerate(states)]
    made = plan("suspend", at(feeds, *users, on=feeds), reason="x")
    assert any(says in effect for effect in made.effects), made.effects


def test_who_uses_it_may_be_suspended_by_the_same_act() -> None:
    feeds, user = source(stored=revision("v1.5.0", "b")), ks()
    both = replace(at(feeds, user, on=feeds).target, object=None, marked=(feeds.key, user.key))
    made = plan("suspend", replace(at(feeds, user, on=feeds), target=both), reason="x")
    assert any("what uses it is suspended too" in effect for effect in made.effects)


def test_who_uses_it_is_not_known_where_that_may_not_be_read() -> None:
    feeds = source(stored=revision("v1.5.0", "b"))
    where = at(feeds, on=feeds)
    blind = Feed("staging", kustomization.KIND.id, "", FeedState.FORBIDDEN, "may not list")
    where = replace(where, snapshot=replace(where.snapshot, feeds=(blind,)))
    made = plan("suspend", where, reason="x")
    assert "who uses it is not known now" in made.effects


def test_a_suspension_needs_a_reason_and_takes_an_earlier_end_away() -> None:
    one = ks()
    for given in ("", "  "):
        with pytest.raises(UsageError, match="needs a reason"):
            plan("suspend", at(one, on=one), reason=given)
    made = plan("suspend", at(one, on=one), reason="x")
    assert patched(made)["metadata"]["annotations"][SUSPENDED_UNTIL] is None
    ends = plan("suspend", at(one, on=one), reason="x", until="2h")
    assert patched(ends)["metadata"]["annotations"][SUSPENDED_UNTIL] == "2026-11-23T05:12:00Z"
    assert any("over by" in effect for effect in ends.effects)
    assert not any("over by" in effect for effect in made.effects)


def test_what_is_not_suspended_is_not_resumed_and_what_is_not_there_neither() -> None:
    one, gone = ks(), ks(name="gone")
    assert refusal("resume", at(one, on=one)) == f"{one.key.label} is not suspended"
    for command in ("suspend", "resume"):
        assert refusal(command, at(one, on=gone)) == f"{gone.key} is not there"
        made = by_id(command).plan
        assert made is not None
        with pytest.raises(UsageError, match="is not there"):
            made(at(one, on=gone), {"reason": "x"})
    shut = replace(CONFIG, read_only=True)
    assert refusal("suspend", at(one, on=one, config=shut)) == "fluxtui was started read-only"


def test_another_tools_note_of_who_suspended_it_goes_with_the_suspension() -> None:
    theirs = {"metadata.weave.works/suspended-by": "ben"}
    one = ks(suspend=True, annotations=theirs)
    made = plan("resume", at(one, on=one))
    assert patched(made)["metadata"]["annotations"]["metadata.weave.works/suspended-by"] is None
    assert any("was suspended by ben" in effect for effect in made.effects)
    plain = ks(suspend=True)
    keys = patched(plan("resume", at(plain, on=plain)))["metadata"]["annotations"]
    assert not any("weave" in key for key in keys)
