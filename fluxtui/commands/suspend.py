"""Suspend with a reason, and resume: the reason travels on the object for whoever comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fluxtui.commands.command import Context, Values
from fluxtui.commands.planning import plan_for
from fluxtui.commands.reconcile import request
from fluxtui.commands.safety import read_only_reason, revert_warning
from fluxtui.commands.subject import no_object, object_of
from fluxtui.domain import kinds
from fluxtui.domain.counts import agreed, counted
from fluxtui.domain.deadlines import deadline
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import appliers, is_static, sources, suspended
from fluxtui.domain.kinds.kind import Kind, Means
from fluxtui.domain.known import appliers_known
from fluxtui.domain.marks import (
    FOREIGN_KEYS,
    FREEZE,
    OPERATOR_SUSPENDED_BY,
    SUSPENDED_AT,
    SUSPENDED_BY,
    SUSPENDED_REASON,
    SUSPENDED_UNTIL,
    SUSPENSION_KEYS,
    ends_text,
    mark_text,
    suspension,
)
from fluxtui.domain.moves import moves_of
from fluxtui.domain.naming import names_in
from fluxtui.domain.plan import AT_WRITE, AnyStep, AwaitStep, Move, PatchStep, Plan, Until
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import version_text
from fluxtui.domain.roles import standing_on


def refusal(context: Context, *, suspending: bool) -> str | None:
    """Why the object cannot be suspended (`suspending`) or resumed now."""
    resource = object_of(context)
    if resource is None:
        return no_object(context)
    kind = kinds.of(resource.key)
    if kind is None or kind.suspends is None:
        return _unsuspendable(resource)
    if suspended(resource) == suspending:
        return f"{resource.key.label} is {'already' if suspending else 'not'} suspended"
    return read_only_reason(context, (resource.key.environment,))


def suspend_refusal(context: Context) -> str | None:
    """Why the object cannot be suspended now."""
    return refusal(context, suspending=True)


def resume_refusal(context: Context) -> str | None:
    """Why the object cannot be resumed now."""
    return refusal(context, suspending=False)


def _required(context: Context) -> Resource:
    resource = object_of(context)
    if resource is None:
        raise UsageError(no_object(context))
    return resource


def _kind(resource: Resource) -> Kind:
    kind = kinds.of(resource.key)
    if kind is None:
        raise UsageError(_unsuspendable(resource))
    return kind


def _means(resource: Resource) -> Means:
    means = _kind(resource).suspends
    if means is None:
        raise UsageError(_unsuspendable(resource))
    return means


def _unsuspendable(resource: Resource) -> str:
    kind = kinds.of(resource.key)
    return f"{kind.one if kind else resource.key.kind} cannot be suspended"


def _stopped(context: Context, resource: Resource) -> tuple[str, ...]:
    """What comes of a suspension: what the kind says, else what its role does."""
    own, name = _kind(resource).stopped, resource.key.label
    if sources.is_source(resource.key) and is_static(resource):
        return ("it changes nothing by itself: it is an address, and no controller looks at it",)
    delivers = sources.is_source(resource.key) or appliers.is_applier(resource.key)
    first = (f"no new version is delivered through {name}",) if delivers else ()
    if sources.is_source(resource.key):
        return (*first, *(own or ("its artifact stays",)), _users_go_on(context, resource))
    if own:
        return (*first, *own)
    stays = "drift is no longer corrected, and what depends on it keeps waiting for its revision"
    return (*first, stays)


def _users_go_on(context: Context, source: Resource) -> str:
    """What those do who use what stays: one that is suspended too, or in the same act, does
    nothing."""
    standing = standing_on(context.snapshot, source.key)
    users = [user for user in standing if appliers.is_applier(user.key)]
    held = [user for user in users if suspended(user) or user.key in context.target.beside]
    if not users:
        known = appliers_known(context.snapshot, source.key.environment).known
        return "nothing uses it" if known else "who uses it is not known now"
    if not held:
        return "what uses it goes on with that, and corrects drift where it did"
    if len(held) == len(users):
        return "what uses it is suspended too: nothing corrects drift"
    running = len(users) - len(held)
    count = f"{running} of {counted(len(users), 'user')}"
    return f"{count} {agreed(running, 'goes')} on with that, the others are suspended too"


def _patch(means: Means, notes: Mapping[str, str | None], *, wanted: bool) -> dict[str, Any]:
    """The kind's own means, and the notes of who did it."""
    if means.annotation:
        held = {means.annotation: means.value if wanted else None}
        return {"metadata": {"annotations": {**notes, **held}}}
    return {"metadata": {"annotations": dict(notes)}, "spec": {"suspend": True if wanted else None}}


def suspend_plan(context: Context, values: Values, freeze: str | None = None) -> Plan:
    """Suspend by the kind's means and leave the reason on the object. `freeze`: the id of that
    which it is part of."""
    resource = _required(context)
    reason = values.get("reason", "").strip()
    if not reason:
        raise UsageError("a suspension needs a reason", next="say why, for whoever comes next")
    who = dict.fromkeys((SUSPENDED_BY, OPERATOR_SUSPENDED_BY), context.user)
    until = deadline(values.get("until", ""), context.now)
    notes = {
        **who,
        SUSPENDED_REASON: reason,
        SUSPENDED_AT: AT_WRITE,
        # One that was left over from an earlier suspension would be wrong.
        SUSPENDED_UNTIL: until or None,
        FREEZE: freeze,
    }
    means = _means(resource)
    name, environment = resource.key.label, resource.key.environment
    steps = (
        PatchStep(
            "suspend",
            f"set {means.field} on {name}",
            undo="resume it",
            target=resource.key,
            patch=_patch(means, notes, wanted=True),
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
        effects=(*_stopped(context, resource), *ends_text(until)),
        warnings=revert_warning(context, resource, means.field),
    )


def resume_plan(context: Context, values: Values) -> Plan:
    """Take its suspension away with every note of it, and wait until it has reconciled."""
    resource = _required(context)
    name, environment = resource.key.label, resource.key.environment
    # Another tool's note of who suspended it would be wrong from now on.
    foreign = tuple(key for key in FOREIGN_KEYS if key in resource.annotations)
    means, notes = _means(resource), dict.fromkeys((*SUSPENSION_KEYS, *foreign))
    mark = suspension(resource)
    effects = []
    if mark is not None:
        effects.append(f"{name} was {mark.suspends}{mark_text(mark)}")
    write = PatchStep(
        "resume",
        f"remove {means.field} from {name}",
        undo="suspend it again",
        target=resource.key,
        patch=_patch(means, notes, wanted=False),
        resource_version=resource.resource_version,
    )
    for move in moves_of(context.snapshot, (write,)):
        effects.append(f"{environment} would pick {_moved(context, move)}")
    return plan_for(
        context,
        values,
        "resume",
        f"resume {name} in {environment}",
        (write, *_resumed(resource, means)),
        effects=effects,
        warnings=revert_warning(context, resource, means.field),
        unseen=_unlisted(context, resource),
    )


def _unlisted(context: Context, resource: Resource) -> tuple[str, ...]:
    """That nobody can say what a source would pick: nothing is not what comes then."""
    policy, listed = sources.policy(resource), context.snapshot.tags.get(sources.url(resource))
    if not policy.semver or policy.digest or (listed is not None and listed.tags):
        return ()
    why = listed.error if listed is not None and listed.error else "not listed"
    return (f"the tags of {sources.url(resource)}: {why}",)


def _moved(context: Context, move: Move) -> str:
    """What comes by a resumption, by its name; what its source has stored when that is all."""
    source = context.snapshot.get(move.source)
    assert source is not None, "nothing moves by a source that is not there"
    line = context.snapshot.board.line(move.source)
    stored, names = sources.revision(source), names_in(context.snapshot, source)
    runs = f" (runs {line.running.text or 'nothing'})" if line is not None else ""
    return f"{version_text(move.after or stored, names)}{runs}"


def _resumed(resource: Resource, means: Means) -> Iterable[AnyStep]:
    """How its controller is seen to look again."""
    if means.annotation:
        # No new generation comes of an annotation: a run is asked for (docs/flux.md#triggers).
        return request(resource, 1, ("resume",))
    name = resource.key.label
    static = is_static(resource)
    return (
        AwaitStep(
            "resumed",
            f"see {name} resumed" if static else f"wait until {name} has reconciled",
            ("resume",),
            target=resource.key,
            until=Until.RESUMED,
            timeout=60.0 if static else 900.0,
        ),
    )
