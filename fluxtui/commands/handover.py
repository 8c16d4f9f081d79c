"""A Plan that one person makes and another runs: what it rests on travels with it.

It is run as it was reviewed, or refused with what has changed since. Who made it and who approved
it both stand in the Plan and on the objects that it marks. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fluxtui.domain.errors import RefusedError
from fluxtui.domain.fingerprint import differences, fingerprint
from fluxtui.domain.marks import OPERATOR_SUSPENDED_BY, PINNED_BY, SUSPENDED_BY
from fluxtui.domain.plan import AnyStep, PatchStep, Plan
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot

_SIGNED = (PINNED_BY, SUSPENDED_BY, OPERATOR_SUSPENDED_BY)
_AGAIN = "make the Plan again, and have it reviewed"


@dataclass(frozen=True, slots=True)
class SeenObject:
    """An object that a Plan rests on, as it was: `fields` by their digests."""

    key: Key
    fields: Mapping[str, str]


def rested_on(plan: Plan, snapshot: Snapshot) -> tuple[SeenObject, ...]:
    """The objects whose versions are inputs of the Plan, and of whose sources it moves builds."""
    found = {str(r.key): r for r in _objects(snapshot)}
    named = [found[text] for text in plan.inputs if text in found]
    moved = [r for move in plan.moves if (r := snapshot.get(move.source)) is not None]
    resources = {r.key: r for r in (*named, *moved)}
    return tuple(SeenObject(key, fingerprint(r)) for key, r in sorted(resources.items()))


def _objects(snapshot: Snapshot) -> Iterator[Resource]:
    for tables in snapshot.resources.values():
        for table in tables.values():
            yield from table.values()


def approved(plan: Plan, seen: tuple[SeenObject, ...], snapshot: Snapshot, approver: str) -> Plan:
    """The Plan with the versions of now, signed by whoever runs it.

    Raises RefusedError with every field that has changed since it was made.
    """
    versions: dict[str, str] = {}
    changes: list[str] = []
    for one in seen:
        resource = snapshot.get(one.key)
        if resource is None:
            changes.append(f"{one.key} is not there any more, or cannot be read")
            continue
        moved = differences(one.fields, fingerprint(resource))
        if moved:
            changes.append(f"{one.key} has changed since: {', '.join(moved)}")
        versions[str(one.key)] = resource.resource_version
    if changes:
        raise RefusedError("; ".join(changes), where=plan.title, next=_AGAIN)
    inputs = {text: versions.get(text, was) for text, was in plan.inputs.items()}
    steps = tuple(_signed(step, plan.user, approver, versions) for step in plan.steps)
    return replace(plan, steps=steps, inputs=inputs, approver=approver, reviewed=plan.id)


def _signed(step: AnyStep, user: str, approver: str, versions: Mapping[str, str]) -> AnyStep:
    if not isinstance(step, PatchStep):
        return step
    version = versions.get(str(step.target), step.resource_version)
    return replace(step, resource_version=version, patch=_patch(step.patch, user, approver))


def _patch(patch: Mapping[str, Any], user: str, approver: str) -> Mapping[str, Any]:
    metadata = patch.get("metadata")
    notes = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(metadata, Mapping) or not isinstance(notes, Mapping) or approver == user:
        return patch
    both = f"{user}, approved by {approver}"
    new = {k: both if k in _SIGNED and v == user else v for k, v in notes.items()}
    return {**patch, "metadata": {**metadata, "annotations": new}}
