"""Unpin: follow the policy again, and put back what the pin found.

The review says why it was pinned, by whom and since when, what would be picked at once, and how
that went when it was tried. Only what the pin set is put back.
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.commands import heldversions, hold, landing
from fluxtui.commands.command import Context, Values
from fluxtui.commands.planning import plan_for
from fluxtui.commands.safety import never_listed, read_only_reason, revert_warning
from fluxtui.commands.subject import bundle_of, no_bundle, repository_of
from fluxtui.domain.ask import ListTags, Question
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import sources, suspended
from fluxtui.domain.marks import PIN_INVERSE, PIN_KEYS, mark_text, pin, pin_inverse
from fluxtui.domain.naming import names_in, worn
from fluxtui.domain.plan import AnyStep, AwaitStep, PatchStep, Plan, Until
from fluxtui.domain.resource import Resource


def refusal(context: Context) -> str | None:
    """Why the source cannot be unpinned now."""
    held = heldversions.held_of(context)
    if held is not None:
        return hold.unpin_refusal(context, held)
    source = bundle_of(context)
    if source is None:
        return no_bundle(context)
    if pin(source) is None:
        digest = sources.policy(source).digest
        why = " by fluxtui (its spec.ref.digest was set elsewhere)" if digest else ""
        return f"{source.key.label} is not pinned{why}"
    return read_only_reason(context, (source.key.environment,))


def questions(context: Context, values: Values) -> tuple[Question, ...]:
    """What a Git remote has for what is followed then, and tags that nobody has listed yet."""
    held, source = heldversions.held_of(context), bundle_of(context)
    if held is not None:
        return hold.unpin_questions(context, held)
    if source is None or not never_listed(context, repository_of(source)):
        return ()
    return (ListTags(repository_of(source)),)


def plan(context: Context, values: Values) -> Plan:
    """Put back what the pin replaced, and follow what the policy picks."""
    held = heldversions.held_of(context)
    if held is not None:
        return hold.unpin_plan(context, values, held)
    source = bundle_of(context)
    if source is None:
        raise UsageError(no_bundle(context))
    inverse, digest = pin_inverse(source), sources.policy(source).digest
    if inverse is None:
        raise UsageError(
            "the annotation that says what to put back is unreadable",
            where=str(source.key),
            next=f"take away spec.ref.digest and {PIN_INVERSE} by hand",
        )
    environment, name = source.key.environment, source.key.label
    notes = {"metadata": {"annotations": dict.fromkeys(PIN_KEYS)}}
    own_pin = inverse.pinned in (None, digest)
    # Only what the pin set is put back: a digest that somebody else set since stays.
    back = inverse.before if own_pin else digest
    patch = {**notes, "spec": {"ref": {"digest": back}}} if own_pin else notes
    warnings = revert_warning(context, source, "spec.ref.digest")
    if not own_pin:
        warnings = (f"spec.ref.digest of {name} was changed since the pin and stays", *warnings)
    pick = _pick_after(context, source, back)
    label = worn(pick, names_in(context.snapshot, source))
    steps: list[AnyStep] = [
        PatchStep(
            "unpin",
            f"put spec.ref of {name} back as it was",
            undo="pin it again",
            target=source.key,
            patch=patch,
            resource_version=source.resource_version,
        )
    ]
    if not suspended(source) and pick:
        steps += landing.followed(context, source, pick, label, "unpin")
    elif not suspended(source):
        steps.append(
            AwaitStep(
                "picked",
                f"wait until {name} follows its policy again",
                ("unpin",),
                target=source.key,
                until=Until.READY,
                timeout=300.0,
            )
        )
    return plan_for(
        context,
        values,
        "unpin",
        f"unpin {name} in {environment}",
        steps,
        effects=(*_why(source), _next(context, source, label, own_pin)),
        warnings=warnings,
        unseen=() if pick else (f"the tags of {sources.url(source)}: not listed",),
    )


def _why(source: Resource) -> tuple[str, ...]:
    """Who pinned it, since when and why: it may be somebody else's pin."""
    mark = pin(source)
    return (f"{source.key.label} was pinned{mark_text(mark)}",) if mark else ()


def _next(context: Context, source: Resource, name: str, own_pin: bool) -> str:
    environment = source.key.environment
    if not own_pin:
        return f"{environment} stays on {name}, which was set since"
    line = context.snapshot.board.line(source.key)
    runs = f" (runs {line.running.text})" if line and line.running.text else ""
    if not name:
        return f"{environment} would pick what its policy says at once{runs}"
    return f"{environment} would pick {name} at once{runs}"


def _pick_after(context: Context, source: Resource, digest: object) -> str:
    """The tag that the policy picks once the digest is gone ("" when nothing can be said)."""
    from fluxtui.domain.versions import select

    if digest:
        return str(digest)
    tags = context.snapshot.tags.get(sources.url(source))
    policy = replace(sources.policy(source), digest="")
    return select(tags.tags, policy).chosen if tags and tags.tags else ""
