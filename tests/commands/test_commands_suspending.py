"""Suspending and resuming every kind by its own means: what is written, awaited and said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flux_objects import asked, at, awaited, charts, obj, patched, plan, refusal, release

from fluxtui.commands.suspend import suspend_plan
from fluxtui.domain import kinds
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import suspended
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.marks import OPERATOR_SUSPENDED_BY, SUSPENDED_REASON, SUSPENSION_KEYS
from fluxtui.domain.patchfields import holds
from fluxtui.domain.plan import AT_WRITE
from fluxtui.domain.resource import Resource
from tests.builders import NS, ks, revision, source

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


def test_one_of_a_spec_is_awaited_by_its_new_generation() -> None:
    held = obj("imagerepo", "web", {"suspend": True})
    made = plan("resume", at(held, on=held))
    assert asked(made) == [] and awaited(made) == [("resumed", "")]


def test_what_no_controller_looks_at_is_only_seen_resumed() -> None:
    held = obj("alert", "pager", {"suspend": True})
    made = plan("resume", at(held, on=held))
    assert made.steps[-1].title == f"see {held.key.label} resumed"


def test_what_a_suspension_means_is_said_of_each_kind() -> None:
    said = {
        kind.short: " ".join(plan("suspend", at(one, on=one), reason="x").effects)
        for kind in SUSPENDABLE
        for one in (obj(kind.short, "x"),)
    }
    assert "its release runs on" in said["hr"] and "chart goes on being fetched" in said["hr"]
    assert "Events are no longer sent" in said["alert"]
    assert "no longer written to Git" in said["iua"]
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
