"""Pin, roll back and unpin where versions are no tags: a HelmRelease on a version of its chart, a
Git repository on a commit.

One field of the object itself is set, and what stood there is kept in an annotation, so that
anybody can put it back (docs/flux.md#pins). What the versions are is `heldversions`' business.
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.commands import heldversions
from fluxtui.commands.command import Context, Values
from fluxtui.commands.heldversions import Held
from fluxtui.commands.planning import plan_for
from fluxtui.commands.safety import read_only_reason, revert_warning
from fluxtui.commands.subject import labels_of, stalled, stalled_warnings
from fluxtui.domain import roles
from fluxtui.domain.ask import AskRemote, ListTags, Question
from fluxtui.domain.counts import counted
from fluxtui.domain.deadlines import deadline
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.kinds import appliers, sources, suspended
from fluxtui.domain.marks import (
    PIN_INVERSE,
    PIN_KEYS,
    PINNED_AT,
    PINNED_BY,
    PINNED_REASON,
    PINNED_UNTIL,
    ends_text,
    hold_text,
    mark_text,
    pin,
    pin_inverse,
)
from fluxtui.domain.picking import address_of
from fluxtui.domain.plan import AT_WRITE, AnyStep, AwaitStep, PatchStep, Plan, Until
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import commit_text
from fluxtui.kit.mergepatch import merged


def refusal(context: Context, held: Held) -> str | None:
    """Why it cannot be held now."""
    name = held.resource.key.label
    reason = held.hold.bar(held.resource)
    if reason:
        return f"{name} cannot be pinned: {reason}"
    return read_only_reason(context, (held.resource.key.environment,))


def pin_questions(context: Context, held: Held, version: str) -> tuple[Question, ...]:
    """The versions of the chart as they are now, where the last list lacks that one."""
    snapshot = context.snapshot
    address = address_of(snapshot, heldversions.source_key(held))
    known = not address or not version or heldversions.would_pick(snapshot, held, version)
    return () if known else (ListTags(address),)


def rollback_refusal(context: Context, held: Held) -> str | None:
    """Why there is nothing to go back to now."""
    reason = refusal(context, held)
    if reason or heldversions.good(context.snapshot, held):
        return reason
    return f"no earlier good version of {held.resource.key.label} is known: pin a version instead"


def unpin_refusal(context: Context, held: Held) -> str | None:
    """Why it cannot be unpinned now."""
    resource = held.resource
    if PIN_INVERSE not in resource.annotations:
        exact = held.now and held.hold.named(held.now) == held.now
        why = f" by fluxtui (its {held.hold.field} was set elsewhere)" if exact else ""
        return f"{resource.key.label} is not pinned{why}"
    return read_only_reason(context, (resource.key.environment,))


def pin_plan(context: Context, values: Values, command: str, held: Held) -> Plan:
    """Set the field, keep what stood there, follow it to what applies it."""
    resource, hold, snapshot = held.resource, held.hold, context.snapshot
    version = heldversions.resolved(snapshot, held, values.get("version", "").strip())
    label = heldversions.called(version)
    lacks = heldversions.lacking(snapshot, held, version)
    if lacks:
        raise RefusedError(lacks, where=resource.key.label, next="choose one that it has")
    before = _before(held)
    until = deadline(values.get("until", ""), context.now)
    notes = {
        PINNED_BY: context.user,
        PINNED_REASON: values.get("reason", "").strip(),
        PINNED_AT: AT_WRITE,
        PINNED_UNTIL: until or None,
        PIN_INVERSE: hold_text(version, before),
    }
    name, environment = resource.key.label, resource.key.environment
    write = PatchStep(
        "pin",
        f"set {hold.field} of {name} to {label}",
        undo="unpin it",
        target=resource.key,
        patch={"metadata": {"annotations": notes}, **hold.patch(version)},
        resource_version=resource.resource_version,
    )
    had = (*heldversions.choices(snapshot, held), *heldversions.offered(snapshot, held))
    there = version in had or bool(heldversions.would_pick(snapshot, held, version))
    unread = f"whether {label} is there to be had: {heldversions.absent(snapshot, held)}"
    return plan_for(
        context,
        values,
        command,
        f"pin {name} in {environment} to {label}",
        (write, *followed(context, held, version, "pin")),
        effects=(
            *effects(context, held, version, there=there),
            *(heldversions.whose(snapshot, held, version) if command == "rollback" else ()),
            _afterwards(held, before),
            *ends_text(until),
        ),
        warnings=_warnings(context, held, version),
        unseen=() if there else (unread,),
    )


def _before(held: Held) -> str:
    """What an unpin puts back: pinning what is pinned keeps the way back to before the first."""
    inverse = pin_inverse(held.resource)
    if inverse is not None and inverse.pinned == held.now:
        return inverse.before or ""
    return held.now


def followed(context: Context, held: Held, version: str, after: str) -> list[AnyStep]:
    """Wait, `after` that Step, for the source, then for all that apply it and are not suspended."""
    resource, snapshot = held.resource, context.snapshot
    if suspended(resource):
        return []
    source = _source(context, held)
    steps: list[AnyStep] = []
    label = heldversions.called(version)
    if source is not None and not suspended(source):
        title = f"wait until {source.key.label} has {label}"
        steps.append(AwaitStep("picked", title, (after,), target=source.key, until=Until.PICKED,
                               value=version, timeout=300.0))  # fmt: skip
    last = steps[-1].id if steps else after
    for number, member in enumerate(heldversions.members(snapshot, held), start=1):
        if not suspended(member) and not stalled(member):
            title = f"wait until {member.key.label} runs it"
            steps.append(AwaitStep(f"applied-{number}", title, (last,), target=member.key,
                                   until=Until.APPLIED, value=version, timeout=900.0)
                         )  # fmt: skip
    return steps


def _source(context: Context, held: Held) -> Resource | None:
    """The object that stores the version: itself, or what it takes it from."""
    if sources.is_source(held.resource.key):
        return held.resource
    key = appliers.source(held.resource)
    return context.snapshot.get(key) if key is not None else None


def effects(
    context: Context, held: Held, version: str, name: str = "", *, there: bool = True
) -> tuple[str, ...]:
    """Where it goes from what, and what stands on it. `name`: what the version is called; `there`:
    it is known to be there to be had."""
    resource, snapshot = held.resource, context.snapshot
    environment, called = resource.key.environment, name or heldversions.called(version)
    label, runs = resource.key.label, heldversions.running(snapshot, held)
    tried = heldversions.current(snapshot, held)
    if version != runs:
        was = heldversions.called(runs) or "nothing"
        where = environment if there else f"{environment} if that is there to be had"
        first = f"{label} goes to {called} in {where}; it runs {was} now"
    elif tried == runs:
        first = f"{label} stays on {called} in {environment}, which it runs now"
    else:
        given_up = heldversions.called(tried)
        first = f"{label} stays on {called} in {environment}, and {given_up} is tried no more"
    below = roles.standing_on(snapshot, resource.key)  # nothing stands on an applier
    if not below:
        return (first,)
    return (first, f"{counted(len(below), 'object', 'stands')} on it: {labels_of(below)}")


def _afterwards(held: Held, before: str) -> str:
    """What an unpin goes back to."""
    field = held.hold.field
    if before:
        return f"{field} was {before}: unpin puts that back"
    follows = "" if held.now else sources.follows(held.resource)
    decides = f", and {follows} decides again" if follows else ""
    return f"{field} was not set: unpin takes it away{decides}"


def _warnings(context: Context, held: Held, version: str) -> tuple[str, ...]:
    resource, snapshot = held.resource, context.snapshot
    warnings = [*revert_warning(context, resource, held.hold.field)]
    failed = heldversions.failure(snapshot, held, version)
    if failed:
        warnings.append(f"{heldversions.called(version)} {failed}")
    if suspended(resource):
        warnings.append(f"{resource.key.label} is suspended: the pin acts when it is resumed")
    warnings += resting(context, held)
    if version != heldversions.running(snapshot, held):
        warnings.append(held.hold.lasting)
    return tuple(warnings)


def resting(context: Context, held: Held) -> list[str]:
    """Who of those that would take it is suspended or has given up."""
    source = _source(context, held)
    around = (*((source,) if source else ()), *heldversions.members(context.snapshot, held))
    idle = [
        f"{other.key.label} is suspended and stays on what it has"
        for other in around
        if other.key != held.resource.key and suspended(other)
    ]
    return [*idle, *stalled_warnings(around)]


def unpin_plan(context: Context, values: Values, held: Held) -> Plan:
    """Put back what the pin replaced, where that is still what it set."""
    resource, hold = held.resource, held.hold
    inverse = pin_inverse(resource)
    name, environment = resource.key.label, resource.key.environment
    if inverse is None:
        raise UsageError(
            "the annotation that says what to put back is unreadable",
            where=str(resource.key),
            next=f"set {hold.field} and take {PIN_INVERSE} away by hand",
        )
    own = inverse.pinned == held.now
    pick = heldversions.would_pick(context.snapshot, held, inverse.before or "")
    pick = pick or _remote_pick(context, held, inverse.before)
    notes = {"metadata": {"annotations": dict.fromkeys(PIN_KEYS)}}
    steps: list[AnyStep] = [
        PatchStep(
            "unpin",
            f"put {hold.field} of {name} back as it was" if own else f"take the notes off {name}",
            undo="pin it again",
            target=resource.key,
            patch={**notes, **hold.patch(inverse.before)} if own else notes,
            resource_version=resource.resource_version,
        )
    ]
    if own and not suspended(resource):
        title = f"wait until {name} is ready with what it picks then"
        steps.append(AwaitStep("ready", title, ("unpin",), target=resource.key,
                               until=Until.READY, timeout=900.0))  # fmt: skip
    mark = pin(resource)
    whose = (f"{name} was pinned{mark_text(mark)}",) if mark else ()
    changed = f"{hold.field} of {name} was changed since the pin and stays"
    return plan_for(
        context,
        values,
        "unpin",
        f"unpin {name} in {environment}",
        steps,
        effects=(*whose, *((_next(held, inverse.before, pick),) if own else ())),
        warnings=(*(() if own else (changed,)), *revert_warning(context, resource, hold.field)),
        unseen=(f"what it would pick: {_unlisted(context, resource)}",) if own and not pick else (),
    )


def _unlisted(context: Context, resource: Resource) -> str:
    if not sources.is_of_git(resource.key):
        return "nothing lists what there is"
    if context.config.ask_remotes:
        return "its remote did not say"
    return "its remote is not asked: git.askRemotes is off"


def unpin_questions(context: Context, held: Held) -> tuple[Question, ...]:
    """What the remote has for what an unpin goes back to, where remotes may be asked."""
    inverse = pin_inverse(held.resource)
    if inverse is None or not context.config.ask_remotes:
        return ()
    asked = sources.question(_unpinned(held, inverse.before))
    return (AskRemote(asked),) if asked is not None else ()


def _remote_pick(context: Context, held: Held, before: str | None) -> str:
    """What the remote was heard to have for it, as people call it; "" when nobody asked."""
    asked = sources.question(_unpinned(held, before))
    answer = context.snapshot.remotes.get(asked) if asked is not None else None
    return commit_text(answer.revision) if answer is not None else ""


def _unpinned(held: Held, before: str | None) -> Resource:
    """The object with the field as it was before the pin."""
    patch = held.hold.patch(before)["spec"]
    return replace(held.resource, spec=merged(dict(held.resource.spec), patch))


def _next(held: Held, before: str | None, pick: str) -> str:
    environment, field = held.resource.key.environment, held.hold.field
    now = f": {pick} now" if pick else ""
    if before:
        return f"{environment} takes what {field} {before} picks at once{now}"
    return f"{environment} takes what is picked without {field} at once{now}"
