"""Pin a source to a digest, or roll back to the previous good one; `hold` has what has no tags.

`ref.digest` wins over `ref.semver` (docs/flux.md#reference): a pin adds one field and leaves the
policy in place; its inverse is kept in an annotation, so that anybody can unpin
(docs/flux.md#pins).
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.commands import candidates, heldversions, hold, landing
from fluxtui.commands.command import Context, Values
from fluxtui.commands.planning import plan_for
from fluxtui.commands.safety import read_only_reason, revert_warning
from fluxtui.commands.subject import bundle_of, no_bundle
from fluxtui.domain.ask import ListTags, Question, ReadFacts
from fluxtui.domain.deadlines import deadline
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import sources, suspended
from fluxtui.domain.marks import (
    PIN_INVERSE,
    PINNED_AT,
    PINNED_BY,
    PINNED_REASON,
    PINNED_UNTIL,
    ends_text,
    inverse_text,
    pin_inverse,
)
from fluxtui.domain.naming import names_in, worn
from fluxtui.domain.plan import AT_WRITE, AnyStep, PatchStep, Plan
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import digest_of, is_digest, is_tag, short_digest, version_text


def default(context: Context) -> str:
    """The tag under the cursor, else what runs: a pin holds it."""
    held = heldversions.held_of(context)
    if held is not None:
        row = context.target.tag  # of a list of versions
        return held.hold.named(row) or heldversions.running(context.snapshot, held)
    return context.target.tag or candidates.running(context)


def previous(context: Context) -> str:
    """The best earlier version, as a rollback wants it whatever the cursor is on."""
    held = heldversions.held_of(context)
    if held is not None:
        return next(iter(heldversions.good(context.snapshot, held)), "")
    return candidates.previous(context)


def choices(context: Context) -> tuple[str, ...]:
    """What can be held, what runs first."""
    held = heldversions.held_of(context)
    if held is not None:
        had = heldversions.choices(context.snapshot, held)
        return tuple(dict.fromkeys((*had, *heldversions.offered(context.snapshot, held))))
    return candidates.choices(context)


def earlier(context: Context) -> tuple[str, ...]:
    """What can be gone back to, the best first."""
    held = heldversions.held_of(context)
    if held is not None:
        first = heldversions.good(context.snapshot, held)
        had = heldversions.choices(context.snapshot, held)
        every = (*first, *had, *heldversions.offered(context.snapshot, held))
        return tuple(dict.fromkeys(every))
    return candidates.earlier(context)


def note(context: Context, version: str) -> str:
    """What to know of a choice."""
    held = heldversions.held_of(context)
    if held is not None:
        return heldversions.note(context.snapshot, held, version)
    return candidates.note(context, version)


def refusal(context: Context) -> str | None:
    """Why the source cannot be pinned now."""
    held = heldversions.held_of(context)
    if held is not None:
        return hold.refusal(context, held)
    source = bundle_of(context)
    if source is None:
        return no_bundle(context)
    return read_only_reason(context, (source.key.environment,))


def rollback_refusal(context: Context) -> str | None:
    """Why there is nothing to roll back to now."""
    held = heldversions.held_of(context)
    if held is not None:
        return hold.rollback_refusal(context, held)
    reason = refusal(context)
    source = bundle_of(context)
    if reason or source is None:
        return reason
    if not candidates.good_revisions(context.snapshot, source):
        return f"no earlier good version of {source.key.label} is known: pin a version instead"
    return None


def questions(context: Context, values: Values) -> tuple[Question, ...]:
    """The digest behind the tag, when nobody has read it yet; the list, where that lacks it."""
    version = values.get("version", "").strip()
    held = heldversions.held_of(context)
    if held is not None:
        return hold.pin_questions(context, held, version)
    source = bundle_of(context)
    if source is None or not version or digest_of(version):
        return ()
    facts = ReadFacts(sources.url(source), (version,))
    if candidates.known_digest(context.snapshot, source, version):
        return (facts,)
    return (ListTags(sources.url(source)), facts)


def pin_plan(context: Context, values: Values, command: str) -> Plan:
    """Set `ref.digest`, keep its inverse, follow it through the chain."""
    held = heldversions.held_of(context)
    if held is not None:
        return hold.pin_plan(context, values, command, held)
    source = bundle_of(context)
    if source is None:
        raise UsageError(no_bundle(context))
    version = values.get("version", "").strip()
    digest = candidates.resolve(context, source, version, back=command == "rollback")
    reason = values.get("reason", "").strip()
    label = _called(context, source, version, digest)
    # Pinning what is pinned keeps the way back to before the first pin.
    digest_before, was = sources.policy(source).digest, pin_inverse(source)
    before = was.before if was and was.pinned in (None, digest_before) else digest_before
    until = deadline(values.get("until", ""), context.now)
    notes = {
        PINNED_BY: context.user,
        PINNED_REASON: reason,
        PINNED_AT: AT_WRITE,
        # One that was left over from an earlier pin would be wrong.
        PINNED_UNTIL: until or None,
        PIN_INVERSE: inverse_text(digest, before, label if is_tag(label) else ""),
    }
    environment, name = source.key.environment, source.key.label
    version_name = label if label == short_digest(digest) else f"{label} ({short_digest(digest)})"
    steps: list[AnyStep] = [
        PatchStep(
            "pin",
            f"set spec.ref.digest of {name} to {version_name}",
            undo="unpin it",
            target=source.key,
            patch={"metadata": {"annotations": notes}, "spec": {"ref": {"digest": digest}}},
            resource_version=source.resource_version,
        )
    ]
    if not suspended(source):
        steps += landing.followed(context, source, digest, version_name, "pin")
    return plan_for(
        context,
        values,
        command,
        f"pin {name} in {environment} to {label}",
        steps,
        effects=(
            *landing.sentences(context, source, digest, version_name),
            *(candidates.whose(context, source, digest, label) if command == "rollback" else ()),
            *_policy(source, before, context),
            *ends_text(until),
        ),
        warnings=_warnings(context, source, digest),
    )


def _called(context: Context, source: Resource, version: str, digest: str) -> str:
    """The tag that was asked for; of a digest the one that it is known by here."""
    if not is_digest(version):
        return version
    return version_text(digest, names_in(context.snapshot, source))


def _policy(source: Resource, before: object, context: Context) -> tuple[str, ...]:
    """What the pin leaves in place, and what an unpin goes back to."""
    policy = replace(sources.policy(source), digest="")
    if before:
        back = worn(str(before), names_in(context.snapshot, source))
        return (f"unpin puts back the digest that was set before: {back}",)
    return (f"{policy.describe()} stays in place and is ignored until unpin",)


def _warnings(context: Context, source: Resource, digest: str) -> tuple[str, ...]:
    reverted = revert_warning(context, source, "spec.ref.digest")
    return (*reverted, *landing.warnings(context, source, digest))
