"""What keeps an act where a parent would take it back: that parent is suspended first.

A review says by whom and within which interval a field that Git declares is put back
(`safety.revert_warning`). The same Plan, with the suspension of those parents before its Steps,
lasts. Pure; whether it is wanted is asked of a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fluxtui.commands import suspend
from fluxtui.commands.command import Context
from fluxtui.commands.proposing import Proposal, proposal
from fluxtui.commands.safety import put_back
from fluxtui.commands.target import Target
from fluxtui.domain.declared import DeclaredField
from fluxtui.domain.errors import RefusedError
from fluxtui.domain.kinds import appliers, suspended
from fluxtui.domain.plan import PatchStep, Plan
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot


def undoers(snapshot: Snapshot, plan: Plan) -> tuple[Resource, ...]:
    """Who would put back what the Plan's patches change: known appliers that are not suspended,
    and are not by the Plan itself."""
    owners: dict[Key, Resource] = {}
    for field in declared_fields(snapshot, plan):
        owner = snapshot.get(field.parent)
        if owner is not None and not suspended(owner):
            owners[owner.key] = owner
    written = {step.target for step in plan.steps if isinstance(step, PatchStep)}
    return tuple(owner for key, owner in owners.items() if key not in written)


def declared_fields(snapshot: Snapshot, plan: Plan) -> tuple[DeclaredField, ...]:
    """The fields that the Plan's patches change and known parents declare, also such as are
    suspended now."""
    fields: dict[DeclaredField, None] = {}
    for step in plan.steps:
        if not isinstance(step, PatchStep):
            continue
        resource = snapshot.get(step.target)
        if resource is None:
            continue
        parent = appliers.parent(resource)
        if parent is not None and snapshot.get(parent) is not None:
            paths = put_back(resource, _paths("spec", step.patch.get("spec")))
            fields |= dict.fromkeys(DeclaredField(parent, resource.key, path) for path in paths)
    return tuple(fields)


def kept(context: Context, plan: Plan) -> Proposal:
    """The Plan that lasts. Raises RefusedError where nobody known would put anything back, and
    where one of them cannot be suspended."""
    owners = undoers(context.snapshot, plan)
    if not owners:
        raise RefusedError(
            "nobody is known who would put back what it changes", where=plan.title,
            next="leave --keep out",
        )  # fmt: skip
    before = tuple(_held(context, owner, plan) for owner in owners)
    steps = [
        replace(
            step, id=f"keep-{n}-{step.id}", needs=tuple(f"keep-{n}-{need}" for need in step.needs)
        )
        for n, one in enumerate(before, start=1)
        for step in one.steps
    ]
    last = tuple(f"keep-{n}-{one.steps[-1].id}" for n, one in enumerate(before, start=1))
    steps += [replace(step, needs=step.needs or last) for step in plan.steps]
    names = tuple(owner.key.label for owner in owners)
    return proposal(
        replace(
            plan,
            steps=tuple(steps),
            environments=_once(plan.environments, *(one.environments for one in before)),
            effects=_once(plan.effects, tuple(_effect(name) for name in names)),
            warnings=_once(
                tuple(w for w in plan.warnings if not w.startswith(_declares(names))),
                *(one.warnings for one in before),
            ),
            unseen=_once(plan.unseen, *(one.unseen for one in before)),
            inputs={**plan.inputs, **{k: v for one in before for k, v in one.inputs.items()}},
        ),
        context.snapshot,
    )


def _held(context: Context, owner: Resource, plan: Plan) -> Plan:
    there = replace(context, target=Target(owner.key.environment, object=owner.key))
    reason = suspend.suspend_refusal(there)
    if reason:
        raise RefusedError(reason, where=owner.key.label, next="nothing was written")
    return suspend.suspend_plan(there, {"reason": plan.reason or plan.title})


def _effect(name: str) -> str:
    return (
        f"{name} is suspended too, so that this stays: nothing that it applies is delivered or "
        "corrected until it is resumed, which is for when its manifests say the same"
    )


def _declares(names: tuple[str, ...]) -> tuple[str, ...]:
    """How the warnings begin that this answers."""
    return tuple(f"{name} declares " for name in names)


def _once(*texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for each in texts for text in each))


def _paths(at: str, patch: Any) -> Iterator[str]:
    """Where a merge patch has values, as `Resource.declared` spells it."""
    if isinstance(patch, Mapping) and patch:
        for name, value in patch.items():
            yield from _paths(f"{at}.{name}", value)
    else:
        yield at
