"""A freeze holds what moves by itself and nothing else; lifting it touches only what it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.commands.command import Context, Target
from fluxtui.commands.registry import by_id
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.errors import UsageError
from fluxtui.domain.freezing import loose, not_held
from fluxtui.domain.holds import holds
from fluxtui.domain.kinds import suspended
from fluxtui.domain.managers import Edit
from fluxtui.domain.marks import FREEZE, OPERATOR_SUSPENDED_BY, SUSPENDED_BY
from fluxtui.domain.plan import PatchStep, Plan
from fluxtui.domain.protection import demand
from fluxtui.domain.resource import Resource
from fluxtui.kit.mergepatch import merged
from tests.builders import NOW, digest, ks, revision, snapshot, source, tag_list
from tests.commands.flux_objects import charts, obj, release

A, B = revision("1.4.2", "a"), revision("1.5.0", "b")
TAGS = (tag_list({"1.4.2": "a", "1.5.0": "b"}),)
REGIONS = Config(
    environments=(
        Environment("staging", "staging", protected=False),
        Environment("eu", "eu", stage="production"),
        Environment("us", "us", stage="production"),
    ),
    user="anna",
)


def at(*resources: Resource, scope: str = "", config: Config = REGIONS) -> Context:
    seen = snapshot(*resources, tags=TAGS, config=config)
    return Context(seen, Target("staging", scope=scope), NOW, "anna")


def plan(command: str, where: Context, **values: str) -> Plan:
    declared = by_id(command)
    assert declared.plan is not None
    assert declared.disabled_reason(where) is None
    filled = {a.name: values.get(a.name) or a.default(where) for a in declared.arguments}
    return declared.plan(where, filled)


def patches(made: Plan) -> dict[str, Any]:
    return {s.target.label: s.patch for s in made.steps if isinstance(s, PatchStep)}


def frozen(*resources: Resource, **where: Any) -> tuple[Plan, tuple[Resource, ...]]:
    """The Plan of a freeze, and the objects as they are after it."""
    made = plan("freeze", at(*resources, **where), reason="audit")
    written = {s.target: s.patch for s in made.steps if isinstance(s, PatchStep)}
    after = []
    for resource in resources:
        changed = merged(resource.as_object(), written.get(resource.key, {}))
        after.append(Resource.from_object(resource.key.environment, changed))
    return made, tuple(after)


# -- what moves


def test_a_policy_is_held_and_what_applies_it_goes_on_correcting_drift() -> None:
    made, _after = frozen(source(stored=A), ks(applied=A))
    assert list(patches(made)) == ["OCIRepository/activity-system/activity"]
    assert "staging: OCIRepository/activity-system/activity picks by semver >=0.0.0" in made.effects
    assert any("1 object stays unsuspended" in effect for effect in made.effects)


def test_who_has_a_build_still_to_take_is_held_too_with_its_name() -> None:
    made, _after = frozen(source(stored=B), ks(applied=A))
    assert len(patches(made)) == 2
    assert any("Kustomization" in e and "has 1.5.0 still to take" in e for e in made.effects)


def test_a_commit_that_is_still_to_be_applied_is_one_too() -> None:
    repo = obj("gitrepo", "infra", {"url": "https://x.example/r"},
               {"artifact": {"revision": "main@sha1:" + "2" * 40}})  # fmt: skip
    spec = {"sourceRef": {"kind": "GitRepository", "name": "infra"}}
    late = obj("ks", "late", spec, {"lastAppliedRevision": "main@sha1:" + "1" * 40})
    made, _after = frozen(repo, late)
    assert any("Kustomization" in e and "has main@2222222 still to take" in e for e in made.effects)


def test_what_cannot_move_or_be_held_is_no_part_of_it() -> None:
    pinned = source(name="pinned", stored=A, ref={"semver": ">=0", "digest": digest("a")})
    commit = obj("gitrepo", "fixed", {"url": "https://x.example/r", "ref": {"commit": "a" * 40}})
    branch = obj("gitrepo", "moving", {"url": "https://x.example/r", "ref": {"branch": "main"}})
    artifact = obj("ea", "made")
    reader = obj(
        "ks", "reader", {"sourceRef": {"kind": "ExternalArtifact", "name": "made"}, "path": "."}
    )
    instance = obj("rset", "teams")
    seen = (pinned, commit, branch, artifact, reader, instance, charts(static=True), release())
    made, _after = frozen(*seen)
    held = {label.split("/", 1)[0] + "/" + label.rsplit("/", 1)[1] for label in patches(made)}
    assert held == {
        *("GitRepository/moving", "Kustomization/reader", "ResourceSet/teams", "HelmRelease/web")
    }
    assert any("ExternalArtifact" in e and "cannot be held" in e for e in made.effects)


def test_what_is_suspended_already_is_left_alone_and_named() -> None:
    theirs = source(name="theirs", stored=A, suspend=True, annotations={SUSPENDED_BY: "ben"})
    made, _after = frozen(source(stored=A), theirs)
    assert list(patches(made)) == ["OCIRepository/activity-system/activity"]
    assert any("theirs is left alone: suspended by ben" in effect for effect in made.effects)
    with pytest.raises(UsageError, match="nothing moves by itself in staging"):
        plan("freeze", at(theirs), reason="audit")


# -- where


def test_a_stage_is_all_its_environments_and_each_protected_one_is_named() -> None:
    eu, us = source("eu", stored=A), source("us", stored=A)
    where = at(eu, us, source(stored=A), scope="production")
    made = plan("freeze", where, reason="audit")
    assert made.environments == ("eu", "us") and made.title == "freeze stage production (eu, us)"
    assert demand(made, where.snapshot).names == ("eu", "us")
    assert len({p["metadata"]["annotations"][FREEZE] for p in patches(made).values()}) == 1


def test_a_name_of_both_is_asked_back_and_another_whole_is_refused() -> None:
    both = replace(
        REGIONS,
        environments=(*REGIONS.environments, Environment("production", "p", stage="production")),
    )
    with pytest.raises(UsageError, match="is an environment and a stage of several"):
        plan("freeze", at(source(stored=A), scope="production", config=both), reason="x")
    with pytest.raises(UsageError, match="no environment and no stage"):
        plan("freeze", at(source(stored=A), scope="ns/activity-system"), reason="x")
    with pytest.raises(UsageError, match="there is no environment or stage 'prod'"):
        plan("freeze", at(source(stored=A), scope="prod"), reason="x")


def test_every_object_says_which_freeze_who_why_and_until_when() -> None:
    made = plan("freeze", at(source(stored=A)), reason="audit", until="2h")
    (patch,) = patches(made).values()
    notes = patch["metadata"]["annotations"]
    assert notes[FREEZE].startswith("staging-") and notes[SUSPENDED_BY] == "anna"
    assert notes[OPERATOR_SUSPENDED_BY] == "anna"
    assert notes["fluxtui.dev/suspended-until"] == "2026-11-23T05:12:00Z"
    assert any("over by 2026-11-23 05:12Z" in effect for effect in made.effects)


# -- and back


def test_unfreezing_resumes_what_it_holds_and_shows_what_moves_then() -> None:
    _made, after = frozen(source(stored=A), ks(applied=A))
    back = plan("unfreeze", at(*after))
    (patch,) = patches(back).values()
    assert patch["spec"] == {"suspend": None} and patch["metadata"]["annotations"][FREEZE] is None
    assert "staging would pick 1.5.0 (runs 1.4.2)" in back.effects
    assert [move.after for move in back.moves] == ["1.5.0"]


def test_what_was_resumed_or_suspended_by_others_since_stays_so() -> None:
    every = [source(name=name, stored=A, url=f"oci://r.example/{name}") for name in "abcd"]
    _made, (mine, resumed, retaken, other) = frozen(*every)
    resumed = replace(resumed, spec={**resumed.spec, "suspend": False})
    hers = Edit("flux", NOW, frozenset({"spec.suspend"}))
    retaken = replace(retaken, edits=(hers,))
    other = replace(other, annotations={SUSPENDED_BY: "ben"})
    back = plan("unfreeze", at(mine, resumed, retaken, other))
    assert list(patches(back)) == ["OCIRepository/activity-system/a"]
    said = " ".join(back.effects)
    assert "activity-system/b was resumed since and stays as it is" in said
    assert "activity-system/c stays suspended" in said
    assert "activity-system/d stays suspended by ben" in said


def test_what_the_operator_has_noted_since_is_theirs() -> None:
    _made, (held,) = frozen(source(stored=A))
    anew = {**held.annotations, OPERATOR_SUSPENDED_BY: "ben"}
    retaken = replace(held, annotations=anew)
    assert by_id("unfreeze").disabled_reason(at(retaken)) == "nothing is frozen"


def test_what_is_not_looked_into_is_not_frozen_and_said() -> None:
    narrow = replace(
        REGIONS,
        environments=(
            replace(REGIONS.environments[0], namespaces=("a", "b")),
            *REGIONS.environments[1:],
        ),
    )
    made = plan("freeze", at(source(stored=A), config=narrow), reason="audit")
    assert "what is outside of a, b in staging: not frozen" in made.unseen


def test_of_several_freezes_one_is_named() -> None:
    _first, one = frozen(source(name="a", stored=A))
    (held,) = one
    later = replace(at(held, source(name="b", stored=A)), now="2026-11-23T04:00:00Z")
    made = by_id("freeze").plan
    assert made is not None
    second = made(later, {"scope": "staging", "reason": "more"})
    (label,) = patches(second)
    assert label.endswith("/b"), "what the first holds is left alone"
    notes = patches(second)[label]["metadata"]["annotations"]
    two = (held, source(name="b", stored=A, suspend=True, annotations=notes))
    with pytest.raises(UsageError, match="staging has 2 freezes"):
        plan("unfreeze", at(*two))
    chosen = plan("unfreeze", at(*two), id=notes[FREEZE])
    assert list(patches(chosen)) == ["OCIRepository/activity-system/b"]
    with pytest.raises(UsageError, match="no freeze nonsense"):
        plan("unfreeze", at(*two), id="nonsense")


def test_a_plain_resume_and_a_later_suspension_end_the_freeze_of_an_object() -> None:
    _made, (held,) = frozen(source(stored=A))
    resume, suspend = by_id("resume").plan, by_id("suspend").plan
    assert resume is not None and suspend is not None
    on = replace(at(held), target=Target("staging", object=held.key))
    (taken,) = patches(resume(on, {})).values()
    assert taken["metadata"]["annotations"][FREEZE] is None
    free = replace(on, snapshot=snapshot(source(stored=A), config=REGIONS))
    (anew,) = patches(suspend(free, {"reason": "x"})).values()
    assert anew["metadata"]["annotations"][FREEZE] is None
    assert by_id("unfreeze").disabled_reason(free) == "nothing is frozen"
    assert suspended(held)


# -- what comes later


def seen_later(*more: Resource) -> tuple[str, tuple[Resource, ...], Context]:
    """(id of the freeze, what it holds, the place with what came later)."""
    _made, held = frozen(source(name="a", stored=A))
    return held[0].annotations[FREEZE], held, at(*held, *more)


def test_what_is_created_or_resumed_in_a_frozen_place_is_said_to_be_loose() -> None:
    _made, (held, resumed) = frozen(source(name="a", stored=A), source(name="b", stored=A))
    since = {"fluxtui.dev/suspended-at": "2026-11-23T03:00:00Z"}
    held = replace(held, annotations={**held.annotations, **since})
    resumed = replace(resumed, spec={**resumed.spec, "suspend": False})
    fresh = replace(source(name="c", stored=A), created="2026-11-23T03:05:00Z")
    out = loose(at(held, resumed, fresh).snapshot, "staging")
    assert [(o.key.name, o.freeze) for o in out] == [
        ("b", held.annotations[FREEZE]),
        ("c", held.annotations[FREEZE]),
    ]
    assert out[0].why.startswith("resumed since: picks by semver")
    assert out[1].why.startswith("created since: picks by semver")
    (finding,) = not_held("staging", out)
    assert finding.code == "not-held" and "/b and 1 other object are not held" in finding.message
    assert "freeze staging again" in finding.next
    rows = holds(at(held, resumed, fresh).snapshot, 0.0)
    assert [(r.key.name, r.what) for r in rows] == [
        ("b", "not held"), ("c", "not held"), ("a", "frozen"),
    ]  # fmt: skip


def test_where_nothing_is_frozen_and_what_stands_still_nobody_is_loose() -> None:
    assert loose(at(source(stored=A)).snapshot, "staging") == ()
    theirs = source(name="theirs", stored=A, suspend=True, annotations={SUSPENDED_BY: "ben"})
    pinned = source(name="pinned", stored=A, ref={"semver": ">=0", "digest": digest("a")})
    _freeze, _held, where = seen_later(theirs, pinned)
    assert loose(where.snapshot, "staging") == ()


def test_freezing_again_takes_in_what_came_later_under_the_same_id_and_reason() -> None:
    freeze, _held, where = seen_later(source(name="later", stored=A))
    made = plan("freeze", where)
    (patch,) = patches(made).values()
    notes = patch["metadata"]["annotations"]
    assert notes[FREEZE] == freeze and notes["fluxtui.dev/suspended-reason"] == "audit"
    assert any(f"freeze {freeze} was made by anna" in effect for effect in made.effects)
    anew = plan("freeze", replace(where, target=Target("eu", scope="staging")), id=freeze)
    assert patches(anew)[next(iter(patches(made)))]["metadata"]["annotations"][FREEZE] == freeze


def test_another_place_gets_a_freeze_of_its_own_and_a_wrong_id_is_refused() -> None:
    freeze, _held, where = seen_later(source("eu", name="x", stored=A))
    made = by_id("freeze").plan
    assert made is not None
    other = made(where, {"scope": "eu", "reason": "x", "id": freeze})
    (patch,) = patches(other).values()
    assert patch["metadata"]["annotations"][FREEZE].startswith("eu-")
    with pytest.raises(UsageError, match="no freeze nonsense holds anything in eu"):
        made(where, {"scope": "eu", "reason": "x", "id": "nonsense"})
