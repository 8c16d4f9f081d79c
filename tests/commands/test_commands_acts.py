"""Reconcile, suspend, resume, pin, rollback, unpin, apply: exact Plans, and refusals."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, NS, context, digest, ks, revision, said_of, snapshot, source, tag_list

from fluxtui.commands.apply import apply_plan
from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.config import Environment
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.marks import (
    FOREIGN_KEYS,
    PIN_INVERSE,
    PIN_KEYS,
    SUSPENDED_REASON,
    SUSPENSION_KEYS,
)
from fluxtui.domain.plan import AT_WRITE, AwaitStep, PatchStep, Plan, RequestReconcile, Until
from fluxtui.domain.protection import demand
from fluxtui.domain.resource import Resource

OLD, NEW = revision("1.4.2", "a"), revision("1.5.0", "b")
WELL = "ReconciliationSucceeded"
PARENT = {
    "kustomize.toolkit.fluxcd.io/name": "apps",
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
}


def at(*resources: Resource, config: Any = CONFIG, tags: Any = (), **target: Any) -> Context:
    values = {"environment": "staging", "service": "acme/activity", **target}
    return context(snapshot(*resources, config=config, tags=tags), **values)


def plan(command: str, where: Context, **values: str) -> Plan:
    found = by_id(command)
    assert found.disabled_reason(where) is None and found.plan is not None
    return found.plan(where, values)


def patch(made: Plan) -> dict[str, Any]:
    first = made.steps[0]
    assert isinstance(first, PatchStep)
    return json.loads(json.dumps(first.patch))


def declared(resource: Resource, *paths: str) -> Resource:
    return replace(resource, declared=frozenset(paths), labels=PARENT)


# -- reconcile


def test_reconcile_with_source_asks_the_source_then_each_after_its_dependencies() -> None:
    where = at(source(), ks(name="b", needs=["a"]), ks(name="a"), ks(name="off", suspend=True))
    made = plan("reconcile-with-source", where, reason="because")
    asks = [s for s in made.steps if isinstance(s, RequestReconcile)]
    waits = [s for s in made.steps if isinstance(s, AwaitStep)]
    assert [s.target.name for s in asks] == ["activity", "a", "b"]
    assert [s.needs for s in asks] == [(), ("handled-1",), ("handled-2", "handled-1")]
    assert all(s.at == AT_WRITE for s in asks)  # the review's time is nobody's business
    assert all(w.until == Until.HANDLED and w.value == AT_WRITE for w in waits)
    assert said_of(made) == (f"Kustomization/{NS}/off is suspended and is left out",)
    assert made.reason == "because" and names(made, where) == ()


def test_the_title_of_a_request_is_what_is_asked_and_no_more() -> None:
    member, other = ks(name="a"), ks(name="b")
    on_one = at(source(), member, other, object=member.key)
    on_source = at(source(), member, other)
    bundle, one = source().key.label, member.key.label
    titles = {
        "reconcile": (f"reconcile {one} in staging", f"reconcile {bundle} in staging"),
        "reconcile-with-source": (
            f"reconcile {one} with its source in staging",
            f"reconcile {bundle} and what it feeds in staging",
        ),
        "reconcile-chain": (f"reconcile all that stands on {bundle} in staging",) * 2,
    }
    for command, said in titles.items():
        assert tuple(plan(command, where).title for where in (on_one, on_source)) == said
    alone = at(source())
    assert plan("reconcile-with-source", alone).title == f"reconcile {bundle} in staging"


def test_a_suspended_object_is_not_reconciled() -> None:
    for held in (source(suspend=True), source()):
        member = ks(suspend=True)
        where = at(held, member, object=member.key)
        reason = by_id("reconcile-with-source").disabled_reason(where)
        assert reason and "is suspended: resume it first" in reason


# -- suspend and resume


def test_suspend_writes_who_why_and_when() -> None:
    made = plan("suspend", at(source()), reason=" audit ")
    assert patch(made) == {
        "metadata": {
            "annotations": dict(
                zip(SUSPENSION_KEYS, ("anna", "anna", "audit", AT_WRITE, None, None), strict=True)
            )
        },
        "spec": {"suspend": True},
    }
    assert made.steps[0].undo and made.steps[1].needs == ("suspend",)
    assert made.inputs == {str(source().key): "7"}


def test_a_suspension_without_a_reason_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="needs a reason"):
        plan("suspend", at(source()), reason="  ")


def test_the_parent_that_declares_the_field_is_named() -> None:
    made = plan("suspend", at(declared(source(), "spec.suspend")), reason="x")
    assert "Kustomization/flux-system/apps declares spec.suspend" in said_of(made)[0]
    assert said_of(plan("suspend", at(declared(source(), "spec.url")), reason="x")) == ()


def test_resume_takes_back_the_notes_of_every_tool() -> None:
    notes = {FOREIGN_KEYS[0]: "ben", SUSPENDED_REASON: "audit"}
    made = plan("resume", at(source(suspend=True, annotations=notes)), reason="done")
    gone = dict.fromkeys((*SUSPENSION_KEYS, FOREIGN_KEYS[0]))
    assert patch(made) == {"metadata": {"annotations": gone}, "spec": {"suspend": None}}
    assert "suspended by ben: audit" in made.effects[0]
    assert made.reason == "done"


def test_only_what_is_suspended_is_resumed_and_the_other_way_round() -> None:
    assert by_id("resume").disabled_reason(at(source())) == (
        f"OCIRepository/{NS}/activity is not suspended"
    )
    assert by_id("suspend").disabled_reason(at(source(suspend=True))) == (
        f"OCIRepository/{NS}/activity is already suspended"
    )


def names(made: Plan, where: Context) -> tuple[str, ...]:
    return demand(made, where.snapshot).names


# -- how careful


def test_protected_and_unknown_environments_are_named_to_confirm() -> None:
    here = at(source())
    assert names(plan("suspend", here, reason="x"), here) == ()
    where = at(source("production"), environment="production")
    assert names(plan("suspend", where, reason="x"), where) == ("production",)
    unknown = at(source("elsewhere"), environment="elsewhere", object=source("elsewhere").key)
    assert names(plan("suspend", unknown, reason="x"), unknown) == ("elsewhere",)


@pytest.mark.parametrize("command", ["reconcile", "suspend", "pin"])
def test_read_only_refuses(command: str) -> None:
    everywhere = at(source(), config=replace(CONFIG, read_only=True))
    assert by_id(command).disabled_reason(everywhere) == "fluxtui was started read-only"
    one = replace(CONFIG, environments=(Environment("staging", "staging", read_only=True),))
    assert by_id(command).disabled_reason(at(source(), config=one)) == (
        "staging is read-only by the configuration"
    )


def test_what_is_not_there_is_said_exactly() -> None:
    refuse = by_id("pin").disabled_reason
    two = refuse(at(source(), source(namespace="canary")))
    assert two and "has 2 sources in staging: choose one of" in two
    assert refuse(at(source(), environment="")) == "choose an environment for acme/activity"
    absent = refuse(at(source(), environment="production"))
    assert absent == "acme/activity is not deployed in production"
    orphan = ks(of="gone")
    said = refuse(at(orphan, object=orphan.key))
    assert said and "OCIRepository" in said and said.endswith("is not there")


# -- pin, rollback, unpin


def test_pin_adds_the_digest_and_keeps_its_inverse() -> None:
    where = at(source(stored=NEW), ks(applied=NEW), tags=[tag_list({"1.4.2": "a", "1.5.0": "b"})])
    made = plan("pin", where, version="1.4.2", reason="bad")
    body = patch(made)
    assert body["spec"] == {"ref": {"digest": digest("a")}}
    inverse = json.loads(body["metadata"]["annotations"][PIN_INVERSE])
    assert inverse == {"digest": None, "pinned": digest("a"), "tag": "1.4.2"}
    picked, applied = made.steps[1:]
    assert isinstance(picked, AwaitStep) and picked.until == Until.PICKED
    assert isinstance(applied, AwaitStep) and applied.needs == ("picked",)
    assert made.reason == "bad"
    assert made.steps[0].title.endswith("/activity to 1.4.2 (sha256:aaaaaaaa)")
    unnamed = plan("pin", where, version=digest("c"), reason="bad").steps[0]
    assert unnamed.title.endswith("/activity to sha256:cccccccc"), "said once"


def test_a_shortened_or_unknown_digest_is_refused() -> None:
    for version in ("sha256:aaaaaaaa", "9.9.9", ""):
        with pytest.raises(UsageError, match="not known"):
            plan("pin", at(source(stored=NEW)), version=version, reason="x")


def pinned(now: str, inverse: object, **ref: str) -> Resource:
    notes = {PIN_INVERSE: inverse if isinstance(inverse, str) else json.dumps(inverse)}
    return source(stored=NEW, ref={"semver": ">=0.0.0", "digest": now, **ref}, annotations=notes)


@pytest.mark.parametrize("before", [None, digest("c")])
def test_unpin_puts_back_what_the_pin_changed(before: str | None) -> None:
    held = pinned(digest("a"), {"digest": before, "pinned": digest("a")})
    made = plan("unpin", at(held))
    gone = dict.fromkeys(PIN_KEYS)
    assert patch(made) == {
        "metadata": {"annotations": gone},
        "spec": {"ref": {"digest": before}},
    }


def test_unpin_leaves_a_digest_that_somebody_else_set_since() -> None:
    held = pinned(digest("d"), {"digest": None, "pinned": digest("a")})
    made = plan("unpin", at(held))
    assert "spec" not in patch(made)
    assert "was changed since the pin and stays" in made.warnings[0]


def test_pinning_twice_keeps_the_way_back_to_before_the_first() -> None:
    held = pinned(digest("a"), {"digest": digest("c"), "pinned": digest("a")})
    made = plan("pin", at(held), version=digest("b"), reason="x")
    inverse = json.loads(patch(made)["metadata"]["annotations"][PIN_INVERSE])
    assert inverse == {"digest": digest("c"), "pinned": digest("b")}


@pytest.mark.parametrize("inverse", ["{", "[]", '"x"', {"digest": {"a": 1}}, {}])
def test_an_unreadable_inverse_is_said_with_the_way_out(inverse: object) -> None:
    with pytest.raises(UsageError, match=r"unreadable.*by hand"):
        plan("unpin", at(pinned(digest("a"), inverse)))


def test_what_fluxtui_did_not_pin_is_not_unpinned() -> None:
    by_hand = by_id("unpin").disabled_reason(at(source(ref={"digest": digest("a")})))
    assert by_hand and "set elsewhere" in by_hand
    stale = source(annotations={PIN_INVERSE: "{}"})
    assert by_id("unpin").disabled_reason(at(stale)) == f"OCIRepository/{NS}/activity is not pinned"


def test_rollback_goes_to_what_ran_well_for_all_not_for_the_first_of_the_chain() -> None:
    bad, worse = revision("1.4.9", "d"), NEW
    first = ks(
        name="a",
        applied=worse,
        history=[(worse, WELL, "3"), (bad, WELL, "2"), (OLD, WELL, "1")],
    )
    second = ks(
        name="b",
        applied=OLD,
        needs=["a"],
        history=[
            (worse, "HealthCheckFailed", "3"),
            (bad, "HealthCheckFailed", "2"),
            (OLD, WELL, "1"),
        ],
    )
    where = at(source(stored=worse), first, second, tag="1.5.0")
    version = by_id("rollback").arguments[0].default(where)
    assert version == "1.4.2", "whatever tag the cursor is on"
    assert patch(plan("rollback", where, version=version, reason="x"))["spec"] == {
        "ref": {"digest": digest("a")}
    }


def test_a_tag_that_moved_means_what_ran_for_a_rollback_and_what_it_names_for_a_pin() -> None:
    member = ks(applied=NEW, history=[(NEW, WELL, "2"), (OLD, WELL, "1")])
    where = at(source(stored=NEW), member, tags=[tag_list({"1.4.2": "e", "1.5.0": "b"})])
    back = plan("rollback", where, version="1.4.2", reason="x")
    hold = plan("pin", where, version="1.4.2", reason="x")
    assert patch(back)["spec"]["ref"]["digest"] == digest("a")
    assert patch(hold)["spec"]["ref"]["digest"] == digest("e")
    assert any("names sha256:eeeeeeee now" in w for w in (*said_of(back),))


def test_without_an_earlier_good_version_there_is_no_rollback() -> None:
    reason = by_id("rollback").disabled_reason(at(source(stored=NEW), ks(applied=NEW)))
    assert reason and "no earlier good version" in reason


# -- apply


def test_apply_takes_only_roots_and_refuses_read_only() -> None:
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}}
    with pytest.raises(UsageError, match="not for apply"):
        apply_plan(at(), "staging", [deployment], origin="f")
    with pytest.raises(UsageError, match="no object"):
        apply_plan(at(), "staging", [], origin="f")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}}
    made = apply_plan(at(), "production", [namespace], origin="f", reason="why")
    assert (names(made, at()), made.reason) == (("production",), "why")
    with pytest.raises(RefusedError):
        apply_plan(at(config=replace(CONFIG, read_only=True)), "staging", [namespace], origin="f")
