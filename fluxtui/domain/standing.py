"""How a Step of an act that is over stands now: read back, whatever its Receipt said.

A Step without an outcome may have been done or not, and one that was done may have been changed
since. So each is looked at before it is done again or undone: it is so, it is as it was before, or
it is neither. What cannot be read is called unread, never taken for either. Pure: the Snapshot is
as new as whoever asks had it made.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fluxtui.domain import kinds
from fluxtui.domain.awaits import judge
from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.patchfields import difference, holds, touched
from fluxtui.domain.plan import (
    AT_WRITE,
    WRITES,
    AnyStep,
    ApplyStep,
    AwaitStep,
    DeleteStep,
    Outcome,
    PatchStep,
    PushStep,
    RegistryStep,
    RequestReconcile,
    TagStep,
)
from fluxtui.domain.pushcontent import content_of
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import short_digest
from fluxtui.domain.snapshot import Act, Snapshot, TagList
from fluxtui.kit.mergepatch import merged
from fluxtui.kit.moments import order
from fluxtui.kit.records import NamedTuple

MOST = 3  # Steps that a sentence names


class Stands(enum.StrEnum):
    """What reading a Step back says."""

    SO = "it is so"
    OPEN = "it is as before"
    MOVED = "it is neither as before nor as wanted"
    UNCOMPARED = "it is there, and with which content is not known"
    UNREAD = "it cannot be read"


class StepStanding(NamedTuple):
    """How a Step stands, and what was seen, as a sentence."""

    stands: Stands
    text: str


def standing(step: AnyStep, act: Act, snapshot: Snapshot) -> StepStanding:
    """How a Step of that act stands in the Snapshot."""
    if isinstance(step, TagStep | PushStep | DeleteStep):
        return _registry(step, snapshot)
    environment = step.target.environment
    if environment in snapshot.unreachable:
        why = snapshot.unreachable[environment]
        return StepStanding(Stands.UNREAD, f"{environment} cannot be reached: {why}")
    resource = snapshot.get(step.target)
    if resource is None:
        if kinds.of(step.target) is None:
            # Namespaces and definitions: no feed brings them.
            says = f"{step.target.label} was not read, for no {step.target.kind} is watched"
            return StepStanding(Stands.UNREAD, says)
        # Of what is not in the Snapshot nobody can say whether it is nowhere or not looked at.
        return StepStanding(Stands.UNREAD, f"{step.target} is not there, or may not be read")
    if isinstance(step, ApplyStep):
        return _applied(step, resource)
    if isinstance(step, PatchStep):
        return _patched(step, resource)
    if isinstance(step, RequestReconcile):
        return _requested(step, resource, act)
    judgement = judge(resource, awaited(step, act))
    return StepStanding(Stands.SO if judgement.done else Stands.OPEN, judgement.text)


def read_back(act: Act, snapshot: Snapshot) -> str:
    """What reading back says of the writes whose outcome nobody heard, as one sentence; "" where
    there are none."""
    unheard = [
        step
        for step in act.plan.steps
        if isinstance(step, WRITES)
        and (receipt := act.receipt(step.id)) is not None
        and receipt.outcome is Outcome.UNKNOWN
    ]
    seen = [f"{step.title}: {standing(step, act, snapshot).stands}" for step in unheard[:MOST]]
    if len(act.plan.steps) == 1:
        seen = [str(standing(step, act, snapshot).stands) for step in unheard]  # its title is read
    more = [f"and {len(unheard) - MOST} more"] if len(unheard) > MOST else []
    return f"read back, {', '.join((*seen, *more))}" if seen else ""


def timeless(patch: Mapping[str, Any]) -> dict[str, Any]:
    """The patch without what differs from write to write."""
    return {
        key: timeless(value) if isinstance(value, Mapping) else value
        for key, value in patch.items()
        if value != AT_WRITE
    }


def awaited(step: AwaitStep, act: Act) -> AwaitStep:
    """What an earlier run waited for: the time that it asked at is that of its Journal.

    A request is written after its line, and later ones count as it: so the line's time is enough.
    """
    if step.value != AT_WRITE:
        return step
    asked = [s.id for s in act.plan.steps
             if isinstance(s, RequestReconcile) and s.target == step.target]  # fmt: skip
    at = next((act.started[id_] for id_ in asked if id_ in act.started), act.began)
    return replace(step, value=at)


def _patched(step: PatchStep, resource: Resource) -> StepStanding:
    now = resource.as_object()
    wanted = timeless(step.patch)
    if holds(now, wanted):
        return StepStanding(Stands.SO, f"{step.target.label} is so")
    if step.before:
        if holds(now, step.before):
            return StepStanding(Stands.OPEN, f"{step.target.label} is as before")
    elif resource.resource_version == step.resource_version:
        return StepStanding(Stands.OPEN, f"{step.target.label} is as before")
    seen, aim = touched(now, wanted), touched(merged({}, wanted), wanted)
    text = f"{step.target.label} has other values now than the act set: {difference(aim, seen)}"
    return StepStanding(Stands.MOVED, text)


def _requested(step: RequestReconcile, resource: Resource, act: Act) -> StepStanding:
    since = act.started.get(step.id) or act.began if step.at == AT_WRITE else step.at
    kind = kinds.of(step.target)
    keys = (REQUESTED_AT, *(kind.demands.get(word, "") for word in step.demands if kind))
    times = [order(resource.annotations.get(key, "")) for key in keys]
    if since and min(times) >= order(since):
        at = resource.annotations[REQUESTED_AT]
        return StepStanding(Stands.SO, f"{step.target.label} was asked at {at}")
    return StepStanding(Stands.OPEN, f"{step.target.label} was not asked")


def _applied(step: ApplyStep, resource: Resource) -> StepStanding:
    body = {k: v for k, v in step.object.items() if k not in ("metadata", "apiVersion")}
    if holds(resource.as_object(), body):
        return StepStanding(Stands.SO, f"{step.target.label} is so")
    return StepStanding(Stands.OPEN, f"{step.target.label} is not as wanted")


def _registry(step: RegistryStep, snapshot: Snapshot) -> StepStanding:
    listed = snapshot.tags.get(step.repository)
    if listed is None or listed.error or not (listed.listed_at or listed.absent):
        why = listed.error if listed is not None and listed.error else "it was not listed"
        return StepStanding(Stands.UNREAD, f"the tags of {step.repository}: {why}")
    if isinstance(step, DeleteStep):
        return _deleted(step, listed)
    there = step.tag in listed.tags
    if isinstance(step, PushStep):
        return _pushed(step, listed)
    now = digest_on(listed, step.tag)
    if there and not now:
        return StepStanding(Stands.UNREAD, f"what {step.tag} is on was not read")
    if now == step.digest:
        return StepStanding(Stands.SO, f"{step.tag} is on {short_digest(now)}")
    if now == step.expect:
        return StepStanding(
            Stands.OPEN, f"{step.tag} is {short_digest(now) or 'not there'}, as before"
        )
    return StepStanding(Stands.MOVED, f"{step.tag} is on {short_digest(now) or 'nothing'} now")


def _pushed(step: PushStep, listed: TagList) -> StepStanding:
    """A tag that is there may be somebody else's: only its content says whose push it was."""
    if step.tag not in listed.tags:
        return StepStanding(Stands.OPEN, f"{step.tag} is not there")
    same = listed.compared.get(content_of(step), "it was not compared")
    if isinstance(same, str):
        text = f"{step.tag} is there, and whether it holds {step.folder} is not known: {same}"
        return StepStanding(Stands.UNCOMPARED, text)
    if same:
        return StepStanding(Stands.SO, f"{step.tag} holds what {step.folder} packs to")
    return StepStanding(Stands.MOVED, f"{step.tag} holds something else than {step.folder}")


def _deleted(step: DeleteStep, listed: TagList) -> StepStanding:
    if not step.tag:
        on_it = [tag for tag in listed.tags if digest_on(listed, tag) == step.digest]
        text = f"{', '.join(on_it) or 'no tag'} is on {short_digest(step.digest)}"
        # Of a manifest that no tag was on, the list says nothing: deleting reads it first.
        return StepStanding(Stands.SO if step.shared and not on_it else Stands.OPEN, text)
    if step.tag not in listed.tags:
        return StepStanding(Stands.SO, f"{step.tag} is not there")
    now = digest_on(listed, step.tag)
    if not now:
        return StepStanding(Stands.UNREAD, f"what {step.tag} is on was not read")
    stands = Stands.OPEN if now == step.digest else Stands.MOVED
    return StepStanding(stands, f"{step.tag} is on {short_digest(now)}")


def digest_on(listed: TagList, tag: str) -> str:
    """The digest that a tag is on; "" when it is not there, or its manifest was not read."""
    fact = listed.facts.get(tag) if tag in listed.tags else None
    return fact.digest if fact is not None else ""
