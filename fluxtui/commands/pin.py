"""Pin a source to a digest (or roll back to the previous good one), and unpin.

`ref.digest` wins over `ref.semver` (flux-semantics A2): a pin adds one field and leaves the policy
in place; its inverse is kept in an annotation, so that anybody can unpin (design.md 7).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fluxtui.commands.command import Argument, Command, Context, Values
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
    pin,
    pin_inverse,
)
from fluxtui.domain.plan import AnyStep, AwaitStep, PatchStep, Plan, Until
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import digest_of, short_digest, tag_of

SUCCEEDED = "ReconciliationSucceeded"


def good_revisions(context: Context, source: Resource) -> tuple[str, ...]:
    """Revisions that reconciled well and are not the one the source holds now, best first.

    From status.history of the Kustomizations that use the source (flux-semantics G2). Best is what
    most of them ran well (a bad version may have gone well for the first of a chain), then newest.
    """
    stored = digest_of(ocirepository.revision(source))
    stamped: dict[str, tuple[int, str]] = {}
    for member in users_of(context.snapshot, source.key):
        for revision, at in _successes(member).items():
            if digest_of(revision) != stored:
                count, newest = stamped.get(revision, (0, ""))
                stamped[revision] = (count + 1, max(newest, at))
    return tuple(sorted(stamped, key=lambda r: stamped[r], reverse=True))


def _successes(member: Resource) -> dict[str, str]:
    """Revision -> when it last reconciled well."""
    found: dict[str, str] = {}
    for entry in kustomization.history(member):
        meta = entry.get("metadata")
        revision = str(meta.get("revision") or "") if isinstance(meta, Mapping) else ""
        if entry.get("lastReconciledStatus") == SUCCEEDED and digest_of(revision):
            at = str(entry.get("lastReconciled") or "")
            found[revision] = max(at, found.get(revision, ""))
    return found


def _choices(context: Context) -> tuple[str, ...]:
    source = source_of(context)
    if source is None:
        return ()
    tags = context.snapshot.tags.get(ocirepository.url(source))
    good = tuple(tag_of(r) or digest_of(r) for r in good_revisions(context, source))
    listed = tags.tags if tags else ()
    selection = context.snapshot.selections.get(source.key)
    ordered = (selection.chosen,) if selection and selection.chosen else ()
    return tuple(dict.fromkeys((*good, *ordered, *listed)))


def _default(context: Context) -> str:
    if context.target.tag:
        return context.target.tag
    source = source_of(context)
    good = good_revisions(context, source) if source else ()
    return (tag_of(good[0]) or digest_of(good[0])) if good else ""


def _refusal(context: Context) -> str | None:
    source = source_of(context)
    if source is None:
        return no_object(context)
    return read_only_reason(context, (source.key.environment,))


def _rollback_refusal(context: Context) -> str | None:
    refusal = _refusal(context)
    source = source_of(context)
    if refusal or source is None:
        return refusal
    if not good_revisions(context, source):
        return f"no earlier good version of {source.key.label} is known: pin a version instead"
    return None


def _questions(context: Context, values: Values) -> tuple[Question, ...]:
    source = source_of(context)
    version = values.get("version", "")
    if source is None or not version or digest_of(version):
        return ()
    return (ReadFacts(ocirepository.url(source), (version,)),)


def _digest(context: Context, source: Resource, version: str) -> str:
    if digest_of(version):
        return digest_of(version)
    for revision in (*good_revisions(context, source), ocirepository.revision(source)):
        if tag_of(revision) == version:
            return digest_of(revision)
    tags = context.snapshot.tags.get(ocirepository.url(source))
    fact = tags.facts.get(version) if tags else None
    if fact is None or not fact.digest:
        raise UsageError(
            f"the digest of {version or 'no version'} is not known",
            where=ocirepository.url(source),
            next="choose a tag that the registry has, or give sha256:<digest>",
        )
    return fact.digest


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


def _pin_plan(context: Context, values: Values, command: str) -> Plan:
    source = source_of(context)
    if source is None:
        raise UsageError(no_object(context))
    version = values.get("version", "").strip()
    digest = _digest(context, source, version)
    reason = values.get("reason", "").strip()
    previous = ocirepository.ref(source).get("digest")
    inverse = pin_inverse(source) or {"digest": previous}
    notes = {
        PINNED_BY: context.user,
        PINNED_REASON: reason,
        PINNED_AT: context.now,
        PIN_INVERSE: json.dumps(inverse),
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
            + (f"; it runs {line.running.text} now" if line else ""),
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


def _unpin_refusal(context: Context) -> str | None:
    source = source_of(context)
    if source is None:
        return no_object(context)
    if pin(source) is None:
        held = ocirepository.ref(source).get("digest")
        why = " by fluxtui (its spec.ref.digest was set elsewhere)" if held else ""
        return f"{source.key.label} is not pinned{why}"
    return read_only_reason(context, (source.key.environment,))


def _unpin_plan(context: Context, _values: Values) -> Plan:
    source = source_of(context)
    inverse = pin_inverse(source) if source else None
    if source is None or inverse is None:
        raise UsageError(
            no_object(context) if source is None else "the pin's inverse is unreadable"
        )
    environment, name = source.key.environment, source.key.label
    ref: dict[str, Any] = {"digest": inverse.get("digest")}
    patch = {"metadata": {"annotations": dict.fromkeys(PIN_KEYS)}, "spec": {"ref": ref}}
    pick = _pick_after(context, source, ref["digest"])
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
        warnings=revert_warning(source, "spec.ref.digest"),
        inputs=inputs_of(source),
        confirm=confirmation(context, (environment,)),
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


_VERSION = Argument("version", "Which version?", default=_default, choices=_choices)
_REASON = Argument("reason", "Why?")

COMMANDS = (
    Command(
        "rollback",
        ("ctrl+l",),
        "Roll back",
        "Pin the version that last reconciled well.",
        "act",
        (_VERSION, _REASON),
        disabled_reason=_rollback_refusal,
        questions=_questions,
        plan=lambda c, v: _pin_plan(c, v, "rollback"),
        verb="rollback",
    ),
    Command(
        "pin",
        ("p",),
        "Pin",
        "Hold the source on one digest; its policy stays and is ignored.",
        "act",
        (_VERSION, _REASON),
        disabled_reason=_refusal,
        questions=_questions,
        plan=lambda c, v: _pin_plan(c, v, "pin"),
        verb="pin",
    ),
    Command(
        "unpin",
        ("u",),
        "Unpin",
        "Follow the policy again; only what the pin set is put back.",
        "act",
        disabled_reason=_unpin_refusal,
        plan=_unpin_plan,
        verb="unpin",
    ),
)
