"""Suspend with a reason, and resume: the reason travels on the object for whoever comes next."""

from __future__ import annotations

from fluxtui.commands.candidates import next_cautions
from fluxtui.commands.command import Context, Values
from fluxtui.commands.planning import plan_for
from fluxtui.commands.safety import read_only_reason, revert_warning
from fluxtui.commands.subject import no_object, object_of
from fluxtui.domain import kinds
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import sources
from fluxtui.domain.kinds.kind import suspended
from fluxtui.domain.marks import (
    FOREIGN_KEYS,
    SUSPENDED_AT,
    SUSPENDED_BY,
    SUSPENDED_REASON,
    SUSPENSION_KEYS,
    mark_text,
    suspension,
)
from fluxtui.domain.plan import AT_WRITE, AwaitStep, PatchStep, Plan, Until
from fluxtui.domain.resource import Resource


def refusal(context: Context, *, suspending: bool) -> str | None:
    """Why the object cannot be suspended (`suspending`) or resumed now."""
    resource = object_of(context)
    if resource is None:
        return no_object(context)
    kind = kinds.of(resource.key)
    if kind is None or not kind.suspends:
        return f"a {resource.key.kind} cannot be suspended"
    if suspended(resource) == suspending:
        return f"{resource.key.label} is {'already' if suspending else 'not'} suspended"
    return read_only_reason(context, (resource.key.environment,))


def _required(context: Context) -> Resource:
    resource = object_of(context)
    if resource is None:
        raise UsageError(no_object(context))
    return resource


def suspend_plan(context: Context, values: Values) -> Plan:
    """Set spec.suspend and leave the reason on the object."""
    resource = _required(context)
    reason = values.get("reason", "").strip()
    if not reason:
        raise UsageError("a suspension needs a reason", next="say why, for whoever comes next")
    notes = {SUSPENDED_BY: context.user, SUSPENDED_REASON: reason, SUSPENDED_AT: AT_WRITE}
    patch = {"metadata": {"annotations": notes}, "spec": {"suspend": True}}
    name, environment = resource.key.label, resource.key.environment
    stays = (
        "its artifact stays; what uses it goes on correcting drift"
        if sources.is_source(resource.key)
        else "drift is no longer corrected, and what depends on it keeps waiting for its revision"
    )
    steps = (
        PatchStep(
            "suspend",
            f"set spec.suspend on {name}",
            undo="resume it",
            target=resource.key,
            patch=patch,
            resource_version=resource.resource_version,
        ),
        AwaitStep(
            "suspended",
            f"see {name} suspended",
            ("suspend",),
            target=resource.key,
            until=Until.SUSPENDED,
            timeout=60.0,
        ),
    )
    return plan_for(
        context,
        values,
        "suspend",
        f"suspend {name} in {environment}",
        steps,
        effects=(f"no new version is delivered through {name}", stays),
        warnings=revert_warning(resource, "spec.suspend"),
    )


def resume_plan(context: Context, values: Values) -> Plan:
    """Remove spec.suspend with every note of it, and wait until it has reconciled."""
    resource = _required(context)
    name, environment = resource.key.label, resource.key.environment
    # Another tool's note of who suspended it would be wrong from now on.
    foreign = tuple(key for key in FOREIGN_KEYS if key in resource.annotations)
    patch = {
        "metadata": {"annotations": dict.fromkeys((*SUSPENSION_KEYS, *foreign))},
        "spec": {"suspend": None},
    }
    mark = suspension(resource)
    effects = []
    if mark is not None:
        effects.append(f"{name} was suspended{mark_text(mark)}")
    line = context.snapshot.board.line(resource.key)
    if line is not None and line.would_pick:
        runs = line.running.text or "nothing"
        effects.append(f"{environment} would pick {line.would_pick} (runs {runs})")
    steps = (
        PatchStep(
            "resume",
            f"remove spec.suspend from {name}",
            undo="suspend it again",
            target=resource.key,
            patch=patch,
            resource_version=resource.resource_version,
        ),
        AwaitStep(
            "resumed",
            f"wait until {name} has reconciled",
            ("resume",),
            target=resource.key,
            until=Until.RESUMED,
            timeout=900.0,
        ),
    )
    return plan_for(
        context,
        values,
        "resume",
        f"resume {name} in {environment}",
        steps,
        effects=effects,
        warnings=(*next_cautions(context, resource), *revert_warning(resource, "spec.suspend")),
    )
