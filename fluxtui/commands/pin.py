"""Pin a source to a digest (or roll back to the previous good one), and unpin.

`ref.digest` wins over `ref.semver` (flux-semantics A2): a pin adds one field and leaves the policy
in place; its inverse is kept in an annotation, so that anybody can unpin (design.md 7).
"""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.commands.command import Context, Values
from fluxtui.commands.safety import confirmation, read_only_reason, revert_warning
from fluxtui.commands.subject import inputs_of, no_object, source_of, users_of
from fluxtui.domain.ask import Question, ReadFacts
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.kinds.kind import suspended
from fluxtui.domain.marks import (
    PIN_INVERSE,
    PIN_KEYS,
    PINNED_AT,
    PINNED_BY,
    PINNED_REASON,
    inverse_text,
    pin,
    pin_inverse,
)
from fluxtui.domain.plan import AnyStep, AwaitStep, PatchStep, Plan, Until
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import digest_of, is_digest, short_digest, tag_of
from fluxtui.domain.snapshot import Snapshot

SUCCEEDED = "ReconciliationSucceeded"


def good_revisions(snapshot: Snapshot, source: Resource) -> tuple[str, ...]:
    """Revisions that reconciled well and are not the one the source holds now, best first.

    From status.history of the Kustomizations that use the source (flux-semantics G2). A revision
    whose last word in any of them is a failure is not good, however well it went for the others.
    Best is what most of them ran well, then the newest.
    """
    stored = digest_of(ocirepository.revision(source))
    outcomes = [_outcomes(member) for member in users_of(snapshot, source.key)]
    failed = {digest for found in outcomes for digest, (_r, _at, good) in found.items() if not good}
    best: dict[str, tuple[int, str, str]] = {}
    for found in outcomes:
        for digest, (revision, at, _good) in found.items():
            if digest != stored and digest not in failed:
                count, newest, named = best.get(digest, (0, "", ""))
                name = named if tag_of(named) else revision
                best[digest] = (count + 1, max(newest, at), name)
    return tuple(name for _count, _at, name in sorted(best.values(), reverse=True))


def previous_version(snapshot: Snapshot, source: Resource) -> str:
    """The tag (without one the digest) that a rollback would go to; "" when none is known."""
    good = good_revisions(snapshot, source)
    return (tag_of(good[0]) or digest_of(good[0])) if good else ""


def _outcomes(member: Resource) -> dict[str, tuple[str, str, bool]]:
    """Digest -> (revision, when, whether it went well) by the newest history entry that has it."""
    found: dict[str, tuple[str, str, bool]] = {}
    for entry in kustomization.history(member):
        meta = entry.get("metadata")
        revision = str(meta.get("revision") or "") if isinstance(meta, Mapping) else ""
        digest, at = digest_of(revision), str(entry.get("lastReconciled") or "")
        if digest and (digest not in found or at > found[digest][1]):
            found[digest] = (revision, at, entry.get("lastReconciledStatus") == SUCCEEDED)
    return found


def choices(context: Context) -> tuple[str, ...]:
    """Versions that reconciled well, then every tag that the source can name."""
    source = source_of(context)
    if source is None:
        return ()
    tags = context.snapshot.tags.get(ocirepository.url(source))
    good = tuple(tag_of(r) or digest_of(r) for r in good_revisions(context.snapshot, source))
    listed = tags.tags if tags else ()
    selection = context.snapshot.selections.get(source.key)
    ordered = (selection.chosen,) if selection and selection.chosen else ()
    return tuple(dict.fromkeys((*good, *ordered, *listed)))


def default(context: Context) -> str:
    """What is filled in when nobody says a version."""
    if context.target.tag:
        return context.target.tag
    return previous(context)


def previous(context: Context) -> str:
    """The best earlier version, as a rollback wants it whatever the cursor is on."""
    source = source_of(context)
    return previous_version(context.snapshot, source) if source else ""


def refusal(context: Context) -> str | None:
    """Why the source cannot be pinned now."""
    source = source_of(context)
    if source is None:
        return no_object(context)
    return read_only_reason(context, (source.key.environment,))


def rollback_refusal(context: Context) -> str | None:
    """Why there is nothing to roll back to now."""
    held = refusal(context)
    source = source_of(context)
    if held or source is None:
        return held
    if not good_revisions(context.snapshot, source):
        return f"no earlier good version of {source.key.label} is known: pin a version instead"
    return None


def questions(context: Context, values: Values) -> tuple[Question, ...]:
    """The digest behind the tag, when nobody has read it yet."""
    source = source_of(context)
    version = values.get("version", "")
    if source is None or not version or digest_of(version):
        return ()
    return (ReadFacts(ocirepository.url(source), (version,)),)


def _digest(context: Context, source: Resource, version: str, command: str) -> tuple[str, str]:
    """(digest, warning or ""). A tag may have moved since it ran here: going back means what ran,
    pinning means what the tag names now."""
    if is_digest(digest_of(version)):
        return digest_of(version), ""
    ran = next(
        (
            digest_of(revision)
            for revision in (
                *good_revisions(context.snapshot, source),
                ocirepository.revision(source),
            )
            if tag_of(revision) == version and digest_of(revision)
        ),
        "",
    )
    tags = context.snapshot.tags.get(ocirepository.url(source))
    fact = tags.facts.get(version) if tags else None
    now = fact.digest if fact is not None else ""
    if not (version and (ran or now)):
        raise UsageError(
            f"the digest of {version or 'no version'} is not known",
            where=ocirepository.url(source),
            next="choose a tag that the registry has, or give the whole sha256:<digest>",
        )
    if ran and now and ran != now:
        moved = f"{version} names {short_digest(now)} now and was {short_digest(ran)} when it ran"
        return (ran if command == "rollback" else now), moved
    return ran or now, ""


def _follow(context: Context, source: Resource, digest: str) -> list[AnyStep]:
    """Wait for the pick, then for every Kustomization that is not suspended."""
    steps: list[AnyStep] = [
        AwaitStep(
            "picked",
            f"wait until {source.key.label} has {short_digest(digest)}",
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
    source = source_of(context)
    if source is None:
        raise UsageError(no_object(context))
    version = values.get("version", "").strip()
    digest, moved = _digest(context, source, version, command)
    reason = values.get("reason", "").strip()
    # Pinning what is pinned keeps the way back to before the first pin.
    held, was = ocirepository.ref(source).get("digest"), pin_inverse(source)
    previous = was["digest"] if was and was["pinned"] in (None, held) else held
    notes = {
        PINNED_BY: context.user,
        PINNED_REASON: reason,
        PINNED_AT: context.now,
        PIN_INVERSE: inverse_text(digest, previous),
    }
    environment, name = source.key.environment, source.key.label
    said = version if not digest_of(version) else short_digest(digest)
    steps: list[AnyStep] = [
        PatchStep(
            "pin",
            f"set spec.ref.digest of {name} to {short_digest(digest)} ({said})",
            undo="unpin it",
            target=source.key,
            patch={"metadata": {"annotations": notes}, "spec": {"ref": {"digest": digest}}},
            resource_version=source.resource_version,
        )
    ]
    waiting = suspended(source)
    if not waiting:
        steps += _follow(context, source, digest)
    warnings = list(revert_warning(source, "spec.ref.digest"))
    if moved:
        warnings.append(moved)
    if waiting:
        warnings.append(f"{name} is suspended: the pin acts when it is resumed")
    line = context.snapshot.board.line(source.key)
    members = users_of(context.snapshot, source.key)
    policy = ocirepository.policy(source)
    return Plan(
        command=command,
        title=f"pin {name} in {environment} to {said}",
        steps=tuple(steps),
        environments=(environment,),
        effects=(
            f"{environment} stays on {said} ({short_digest(digest)})"
            + (f"; it runs {line.running.text or 'nothing'} now" if line else ""),
            f"{len(members)} Kustomizations re-apply it; what only a newer version had is pruned",
            f"{policy.describe()} stays in place and is ignored until unpin",
        ),
        warnings=(
            *warnings,
            "data migrations and Jobs of the newer version are not undone by going back",
        ),
        inputs=inputs_of(source),
        confirm=confirmation(context, (environment,)),
        reason=reason,
        user=context.user,
        made_at=context.now,
    )


def unpin_refusal(context: Context) -> str | None:
    """Why the source cannot be unpinned now."""
    source = source_of(context)
    if source is None:
        return no_object(context)
    if pin(source) is None:
        held = ocirepository.ref(source).get("digest")
        why = " by fluxtui (its spec.ref.digest was set elsewhere)" if held else ""
        return f"{source.key.label} is not pinned{why}"
    return read_only_reason(context, (source.key.environment,))


def unpin_plan(context: Context, values: Values) -> Plan:
    """Put back what the pin replaced, and follow what the policy picks."""
    source = source_of(context)
    if source is None:
        raise UsageError(no_object(context))
    inverse, held = pin_inverse(source), ocirepository.ref(source).get("digest")
    if inverse is None:
        raise UsageError(
            "the annotation that says what to put back is unreadable",
            where=str(source.key),
            next=f"take away spec.ref.digest and {PIN_INVERSE} by hand",
        )
    environment, name = source.key.environment, source.key.label
    notes = {"metadata": {"annotations": dict.fromkeys(PIN_KEYS)}}
    ours = inverse["pinned"] in (None, held)
    # Only what the pin set is put back: a digest that somebody else set since stays.
    back = inverse["digest"] if ours else held
    patch = {**notes, "spec": {"ref": {"digest": back}}} if ours else notes
    warnings = revert_warning(source, "spec.ref.digest")
    if not ours:
        warnings = (f"spec.ref.digest of {name} was changed since the pin and stays", *warnings)
    pick = _pick_after(context, source, back)
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
    if not suspended(source):
        steps.append(
            AwaitStep(
                "picked",
                f"wait until {name} follows its policy again",
                ("unpin",),
                target=source.key,
                until=Until.PICKED if pick else Until.READY,
                value=pick,
                timeout=300.0,
            )
        )
    return Plan(
        command="unpin",
        title=f"unpin {name} in {environment}",
        steps=tuple(steps),
        environments=(environment,),
        effects=(f"{environment} would pick {pick or 'what its policy says'} at once",),
        warnings=warnings,
        inputs=inputs_of(source),
        confirm=confirmation(context, (environment,)),
        reason=values.get("reason", "").strip(),
        user=context.user,
        made_at=context.now,
    )


def _pick_after(context: Context, source: Resource, digest: object) -> str:
    """The tag that the policy picks once the digest is gone ("" when nothing can be said)."""
    from dataclasses import replace

    from fluxtui.domain.versions import select

    if digest:
        return str(digest)
    tags = context.snapshot.tags.get(ocirepository.url(source))
    policy = replace(ocirepository.policy(source), digest="")
    return select(tags.tags, policy).chosen if tags and tags.tags else ""
