"""Whether the cluster shows that an act which was cut off is settled after all. Pure.

What was left open is settled when it is so by now, whoever did it, or when the world has moved on:
a newer version was taken and runs well. What was to be written and is not there stays open, however
well all is: a suspension that never happened is not made good by time.
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain import roles
from fluxtui.domain.awaits import judge
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.patchfields import holds
from fluxtui.domain.plan import (
    AT_WRITE,
    AnyStep,
    AwaitStep,
    DeleteStep,
    PatchStep,
    PushStep,
    RequestReconcile,
    TagStep,
    Until,
)
from fluxtui.domain.pushcontent import content_of
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Act, Snapshot, TagList
from fluxtui.domain.standing import digest_on, timeless
from fluxtui.kit.moments import order


def settled(act: Act, snapshot: Snapshot) -> bool:
    """Whether each Step without a good outcome is so by now, or overtaken."""
    steps = act.plan.steps
    unsettled = [s for s in steps if (r := act.receipt(s.id)) is None or not r.ok]
    return all(_is_settled(step, act, snapshot) for step in unsettled)


def _is_settled(step: AnyStep, act: Act, snapshot: Snapshot) -> bool:
    if isinstance(step, AwaitStep | RequestReconcile | PatchStep):
        resource = snapshot.get(step.target)
        if resource is None:
            return False
        if isinstance(step, PatchStep):
            return holds(resource.as_object(), timeless(step.patch))
        return _is_so(step, resource, act) or _moved_on(resource, act, snapshot)
    if isinstance(step, DeleteStep | PushStep | TagStep) and _is_listed(step, act, snapshot):
        return True
    # Who was to take the tag has it, or something newer.
    awaits = [s for s in act.plan.steps if isinstance(s, AwaitStep)]
    return bool(awaits) and all(_is_settled(awaited, act, snapshot) for awaited in awaits)


def _is_listed(step: DeleteStep | PushStep | TagStep, act: Act, snapshot: Snapshot) -> bool:
    """Whether the registry's list is as the Step was to leave it."""
    listed = snapshot.tags.get(step.repository)
    if listed is None or not listed.listed_at or listed.error:
        return False
    if isinstance(step, PushStep):
        return _is_pushed(step, act, listed)
    of_digest = [t for t, f in listed.facts.items() if f.digest == step.digest]
    listed_now = step.tag in listed.tags if step.tag else bool(of_digest)
    if isinstance(step, DeleteStep):
        return not listed_now
    moved = isinstance(step, TagStep) and step.tag in listed.facts and step.tag not in of_digest
    return listed_now and not moved


def _is_pushed(step: PushStep, act: Act, listed: TagList) -> bool:
    """By its content where that was compared; else by whether the tag is on another digest than the
    Plan saw it on, which names none for a tag that was not there."""
    same = listed.compared.get(content_of(step))
    if isinstance(same, bool):
        return same
    before = act.plan.inputs.get(f"{step.repository}:{step.tag}", "")
    return step.tag in listed.tags and (
        not before or digest_on(listed, step.tag) not in ("", before)
    )


def _is_so(step: AwaitStep | RequestReconcile, resource: Resource, act: Act) -> bool:
    if isinstance(step, RequestReconcile):
        handled = AwaitStep("", "", target=step.target, until=Until.HANDLED, value=step.at)
        step = replace(handled, demands=step.demands)
    value = act.began if step.value == AT_WRITE else step.value
    return judge(resource, replace(step, value=value)).done is True


def _moved_on(resource: Resource, act: Act, snapshot: Snapshot) -> bool:
    """Whether its source took something newer since, and it is well with that."""
    well = AwaitStep("", "", target=resource.key, until=Until.READY, value="")
    if judge(resource, well).done is not True:
        return False
    source = roles.source_of(snapshot, resource.key)
    if source is None:
        return False
    if source.key != resource.key and appliers.applied(resource) != sources.revision(source):
        return False
    stored_at = sources.stored_at(source)
    return bool(stored_at) and order(stored_at) > order(act.ended)
