"""Pin a source to a digest, or roll back to the previous good one.

`ref.digest` wins over `ref.semver` (docs/flux.md#reference): a pin adds one field and leaves the
policy in place; its inverse is kept in an annotation, so that anybody can unpin
(docs/flux.md#pins).
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.commands import candidates
from fluxtui.commands.command import Context, Values
from fluxtui.commands.planning import plan_for
from fluxtui.commands.safety import read_only_reason, revert_warning
from fluxtui.commands.subject import bundle_of, no_bundle
from fluxtui.domain.ask import Question, ReadFacts
from fluxtui.domain.board import Line
from fluxtui.domain.counts import counted
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import sources, suspended
from fluxtui.domain.marks import (
    PIN_INVERSE,
    PINNED_AT,
    PINNED_BY,
    PINNED_REASON,
    inverse_text,
    pin_inverse,
)
from fluxtui.domain.naming import names_in, worn
from fluxtui.domain.plan import AT_WRITE, AnyStep, AwaitStep, PatchStep, Plan, Until
from fluxtui.domain.record import record_of
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import digest_of, is_digest, is_tag, short_digest, version_text
from fluxtui.domain.roles import users_of


def default(context: Context) -> str:
    """The tag under the cursor, else what runs: a pin holds it."""
    return context.target.tag or candidates.running(context)


def previous(context: Context) -> str:
    """The best earlier version, as a rollback wants it whatever the cursor is on."""
    return candidates.previous(context)


def choices(context: Context) -> tuple[str, ...]:
    """What can be held, what runs first."""
    return candidates.choices(context)


def earlier(context: Context) -> tuple[str, ...]:
    """What can be gone back to, the best first."""
    return candidates.earlier(context)


def note(context: Context, version: str) -> str:
    """What to know of a choice."""
    return candidates.note(context, version)


def refusal(context: Context) -> str | None:
    """Why the source cannot be pinned now."""
    source = bundle_of(context)
    if source is None:
        return no_bundle(context)
    return read_only_reason(context, (source.key.environment,))


def rollback_refusal(context: Context) -> str | None:
    """Why there is nothing to roll back to now."""
    reason = refusal(context)
    source = bundle_of(context)
    if reason or source is None:
        return reason
    if not candidates.good_revisions(context.snapshot, source):
        return f"no earlier good version of {source.key.label} is known: pin a version instead"
    return None


def questions(context: Context, values: Values) -> tuple[Question, ...]:
    """The digest behind the tag, when nobody has read it yet."""
    source = bundle_of(context)
    version = values.get("version", "")
    if source is None or not version or digest_of(version):
        return ()
    return (ReadFacts(sources.url(source), (version,)),)


def _follow(context: Context, source: Resource, digest: str, version: str) -> list[AnyStep]:
    """Wait for the pick, then for every Kustomization that is not suspended."""
    steps: list[AnyStep] = [
        AwaitStep(
            "picked",
            f"wait until {source.key.label} has {version}",
            ("pin",),
            target=source.key,
            until=Until.PICKED,
            value=digest,
            timeout=300.0,
        )
    ]
    for number, member in enumerate(users_of(context.snapshot, source.key), start=1):
        if suspended(member):
            continue
        steps.append(
            AwaitStep(
                f"applied-{number}",
                f"wait until {member.key.label} runs it",
                ("picked",),
                target=member.key,
                until=Until.APPLIED,
                value=digest,
                timeout=900.0,
            )
        )
    return steps


def pin_plan(context: Context, values: Values, command: str) -> Plan:
    """Set `ref.digest`, keep its inverse, follow it through the chain."""
    source = bundle_of(context)
    if source is None:
        raise UsageError(no_bundle(context))
    version = values.get("version", "").strip()
    digest, moved = candidates.resolve(context, source, version, back=command == "rollback")
    reason = values.get("reason", "").strip()
    label = _called(context, source, version, digest)
    # Pinning what is pinned keeps the way back to before the first pin.
    digest_before, was = sources.policy(source).digest, pin_inverse(source)
    before = was["digest"] if was and was["pinned"] in (None, digest_before) else digest_before
    notes = {
        PINNED_BY: context.user,
        PINNED_REASON: reason,
        PINNED_AT: AT_WRITE,
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
        steps += _follow(context, source, digest, version_name)
    record = record_of(context.snapshot, sources.url(source))
    cautions = record.cautions(label, digest, "", (environment,))
    return plan_for(
        context,
        values,
        command,
        f"pin {name} in {environment} to {label}",
        steps,
        effects=(
            *_effects(context, source, digest, version_name),
            *_policy(source, before, context),
        ),
        warnings=(*cautions, *_warnings(context, source, digest, moved)),
    )


def _called(context: Context, source: Resource, version: str, digest: str) -> str:
    """The tag that was asked for; of a digest the one that it is known by here."""
    if not is_digest(version):
        return version
    return version_text(digest, names_in(context.snapshot, source))


def _runs(context: Context, source: Resource) -> str:
    """The digest that runs."""
    return digest_of(candidates.running_revision(context.snapshot, source))


def _effects(context: Context, source: Resource, digest: str, version: str) -> tuple[str, ...]:
    environment = source.key.environment
    line = context.snapshot.board.line(source.key)
    runs = line.running.text if line else ""
    members = len(users_of(context.snapshot, source.key))
    if digest == _runs(context, source) and not (line and not line.running.version):
        return (
            f"{environment} stays on {version}, which it runs now",
            f"{counted(members, 'Kustomization', 'runs')} once more with the same content",
        )
    return (
        f"{environment} goes to {version}; it runs {runs or 'nothing'} now",
        f"{counted(members, 'Kustomization', 'applies')} it; {_pruned(line)}",
    )


def _pruned(line: Line | None) -> str:
    """What goes away. While several versions run, of each what only it had."""
    if line is None or not line.running.text:
        return "what only another version had is pruned"
    if line.running.version:
        return f"what only {line.running.version} had is pruned"
    return "what only the versions had that run now is pruned"


def _policy(source: Resource, before: object, context: Context) -> tuple[str, ...]:
    """What the pin leaves in place, and what an unpin goes back to."""
    policy = replace(sources.policy(source), digest="")
    if before:
        back = worn(str(before), names_in(context.snapshot, source))
        return (f"unpin puts back the digest that was set before: {back}",)
    return (f"{policy.describe()} stays in place and is ignored until unpin",)


def _warnings(context: Context, source: Resource, digest: str, moved: str) -> tuple[str, ...]:
    warnings = [*revert_warning(context, source, "spec.ref.digest"), *((moved,) if moved else ())]
    if suspended(source):
        warnings.append(f"{source.key.label} is suspended: the pin acts when it is resumed")
    warnings += [
        f"{member.key.label} is suspended and stays on what it has"
        for member in users_of(context.snapshot, source.key)
        if suspended(member)
    ]
    if digest != _runs(context, source):
        warnings.append("data migrations and Jobs that ran are not undone by going back")
    return tuple(warnings)
