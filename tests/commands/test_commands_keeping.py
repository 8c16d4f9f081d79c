"""The Plan that lasts where a parent would take an act back: that parent is suspended first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.commands import safety
from fluxtui.commands.command import Context
from fluxtui.commands.keeping import declared_fields, kept, undoers
from fluxtui.commands.pin import pin_plan
from fluxtui.domain.errors import RefusedError
from fluxtui.domain.managers import MANAGER, Edit
from fluxtui.domain.marks import PIN_INVERSE, inverse_text
from fluxtui.domain.plan import PatchStep, Plan
from fluxtui.domain.resource import Resource
from tests.builders import context, digest, ks, revision, snapshot, source, tag_list

LABELS = {
    "kustomize.toolkit.fluxcd.io/name": "infra",
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
}
DECLARED = frozenset(("spec.ref.digest", "spec.url"))


def held(declared: frozenset[str] = DECLARED) -> Resource:
    one = source(stored=revision("1.5.0", "b"))
    return replace(one, declared=declared, labels=LABELS)


def infra(name: str = "infra", **spec: Any) -> Resource:
    one = ks(name=name, namespace="flux-system")
    return replace(one, spec={**one.spec, "interval": "10m", **spec})


def at(*resources: Resource) -> Context:
    tags = [tag_list({"1.4.2": "a", "1.5.0": "b"})]
    seen = snapshot(*resources, tags=tags)
    return context(seen, environment="staging", object=resources[0].key)


def pinned(here: Context) -> Plan:
    return pin_plan(here, {"version": digest("a"), "reason": "1.5.0 crashes"}, "rollback")


def test_the_parent_is_suspended_before_anything_else_and_the_warning_is_answered() -> None:
    here = at(held(), infra(), ks())
    plan = pinned(here)
    assert [owner.key.name for owner in undoers(here.snapshot, plan)] == ["infra"]
    assert any("puts it back" in warning for warning in plan.warnings)

    lasting = kept(here, plan).plan
    first, second, *others = lasting.steps
    assert isinstance(first, PatchStep) and first.target == infra().key
    assert first.patch["spec"] == {"suspend": True}
    assert "1.5.0 crashes" in first.patch["metadata"]["annotations"].values()
    assert second.needs == (first.id,)
    assert [replace(step, needs=()) for step in others] == [
        replace(step, needs=()) for step in plan.steps
    ]
    assert others[0].needs == (second.id,), "nothing is written before the parent is still"
    assert [step.needs for step in others[1:]] == [step.needs for step in plan.steps[1:]]
    assert not any("puts it back" in warning for warning in lasting.warnings)
    assert any("infra is suspended too" in effect for effect in lasting.effects)
    assert lasting.inputs.keys() == {*plan.inputs, str(infra().key)}


def test_of_what_has_gone_since_nobody_puts_anything_back() -> None:
    here = at(held(), infra(), ks())
    plan = pinned(here)
    gone = at(infra(), ks())
    assert undoers(gone.snapshot, plan) == ()
    assert [owner.key.name for owner in undoers(here.snapshot, plan)] == ["infra"]


@pytest.mark.parametrize("resources", [
    (held(frozenset(("spec.url",))), infra()),
    (held(), infra(suspend=True)),
    (held(),),
], ids=["undeclared", "suspended already", "not known"])  # fmt: skip
def test_there_is_nothing_to_keep_where_nobody_known_takes_it_back(resources: Any) -> None:
    here = at(*resources)
    plan = pinned(here)
    assert undoers(here.snapshot, plan) == ()
    with pytest.raises(RefusedError, match="nobody is known"):
        kept(here, plan)


def test_a_parent_that_has_a_parent_says_who_takes_its_suspension_back() -> None:
    root = infra("root")
    labels = {**LABELS, "kustomize.toolkit.fluxcd.io/name": "root"}
    middle = replace(infra(), declared=frozenset(("spec.suspend",)), labels=labels)
    here = at(held(), middle, root)
    lasting = kept(here, pinned(here)).plan
    assert any("root declares spec.suspend" in warning for warning in lasting.warnings)


def test_what_a_pin_has_taken_from_the_parent_is_put_back_all_the_same() -> None:
    """Who changes a declared field owns it until the parent's next run."""
    free = held(frozenset(("spec.url",)))
    ours = Edit(MANAGER, "2026-11-23T12:00:00Z", frozenset(("spec.ref.digest",)))
    for before, wanted in ((digest("b"), 1), ("", 0)):
        note = {PIN_INVERSE: inverse_text(digest("c"), before, "")}
        pin = replace(free, edits=(ours,), annotations=note)
        here = at(pin, infra())
        assert len(undoers(here.snapshot, pinned(here))) == wanted
        again = safety.revert_warning(here, pin, "spec.ref.digest")
        assert len(again) == wanted


def test_the_fields_that_are_put_back_are_named_with_their_parent_suspended_or_not() -> None:
    for parent in (infra(), infra(suspend=True)):
        here = at(held(), parent, ks())
        (field,) = declared_fields(here.snapshot, pinned(here))
        assert (field.parent, field.object, field.path) == (
            parent.key, held().key, "spec.ref.digest",
        )  # fmt: skip
    unknown = at(held(), ks())
    assert declared_fields(unknown.snapshot, pinned(unknown)) == ()
    free = at(held(frozenset(("spec.url",))), infra())
    assert declared_fields(free.snapshot, pinned(free)) == ()
