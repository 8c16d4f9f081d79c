"""Registry writes by name: push, tag and delete an artifact, judged by who would notice.

The verbs `artifact push|tag|delete` make these Plans; nobody need follow the repository, and no
Environment need be configured. A Plan says what every follower would leave for what. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fluxtui.commands.command import Context
from fluxtui.commands.planning import plan_for
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.following import TagEffects, registry_effects
from fluxtui.domain.plan import AnyStep, DeleteStep, Plan, PushStep, TagStep
from fluxtui.domain.resource import Key
from fluxtui.domain.revision import is_tag, short_digest


@dataclass(frozen=True, slots=True)
class Judged:
    """A Plan, and the picks it should lead to: source -> tag ("" = nothing to pick)."""

    plan: Plan
    picks: Mapping[Key, str]


NOBODY_ASKED = "no environment is configured: nobody's pick was looked at"


def push_plan(
    context: Context,
    repository: str,
    tag: str,
    folder: str,
    *,
    present: str,
    images: Mapping[str, str] | None = None,
    source: str = "",
    revision: str = "",
    reason: str = "",
) -> Judged:
    """Pack `folder` and push it as `tag`, which is on the digest `present` now ("" = not there).

    Raises RefusedError where read-only forbids it.
    """
    step = PushStep(
        "push",
        f"pack {folder}, push {repository}:{tag}",
        undo=f"the tag was on {present}: put it back with `fluxtui artifact tag`"
        if present
        else "delete the tag; whoever took it falls back",
        repository=repository,
        tag=tag,
        folder=folder,
        images=dict(images or {}),
        source=source,
        revision=revision,
    )
    effects = registry_effects(context.snapshot, repository, add=(tag,))
    inputs = {f"{repository}:{tag}": present}
    return _plan(
        context, "artifact push", f"push {repository}:{tag}", (step,), effects,
        (), inputs, reason,
    )  # fmt: skip


def tag_plan(
    context: Context,
    repository: str,
    digest: str,
    tags: Mapping[str, str],
    *,
    move: bool = False,
    reason: str = "",
) -> Judged:
    """Put each of `tags` (tag -> the digest it is on now, "" = not there) on `digest`.

    Raises UsageError for what can be no tag, RefusedError for a tag that stands on another digest
    unless `move`, and where read-only forbids it.
    """
    steps = []
    for number, (tag, present) in enumerate(tags.items(), start=1):
        if not is_tag(tag):
            raise UsageError(f"{tag!r} cannot be a tag", next="letters, digits and ._- only")
        if present and present != digest and not move:
            raise RefusedError(
                f"{tag} exists and is on {short_digest(present)}, not {short_digest(digest)}",
                where=repository,
                next="choose another tag, or add --move to take it away from there",
            )
        steps.append(
            TagStep(
                f"tag-{number}",
                f"name {short_digest(digest)} {tag} in {repository}",
                undo=f"the tag was on {present}: move it back" if present else "delete the tag",
                repository=repository,
                digest=digest,
                tag=tag,
                expect=present,
            )
        )
    # A tag that is on the digest already changes nothing.
    new = [tag for tag, present in tags.items() if present != digest]
    effects = registry_effects(context.snapshot, repository, add=new)
    title = f"name {short_digest(digest)} {', '.join(tags)} in {repository}"
    inputs = {f"{repository}:{tag}": present for tag, present in tags.items()}
    return _plan(
        context, "artifact tag", title, tuple(steps), effects, (), inputs, reason,
    )  # fmt: skip


def delete_plan(
    context: Context,
    repository: str,
    digest: str,
    *,
    tag: str,
    shared: Sequence[str],
    all_tags: bool,
    reason: str = "",
) -> Judged:
    """Delete `tag` alone, or (`all_tags`) the manifest `digest` with every tag on it.

    `shared` are the other tags on the digest. Raises RefusedError where read-only forbids it.
    """
    other_tags = ", ".join(shared)
    going = tuple(dict.fromkeys((*((tag,) if tag else ()), *shared))) if all_tags else (tag,)
    last = all_tags or not shared
    subject = f"{repository}@{short_digest(digest)}" if all_tags else f"{repository}:{tag}"
    names = ", ".join(going) or "no tag"
    step = DeleteStep(
        "delete",
        f"delete {subject}" + (f" with {names}" if all_tags else ""),
        undo="pushing the same folder again gives the same content, but not the same digest"
        if last
        else f"put the tag back on {digest}",
        repository=repository,
        digest=digest,
        tag="" if all_tags else tag,
        shared=tuple(shared),
    )
    warnings = []
    if shared:
        stay = "go with it" if all_tags else "stay on that digest"
        warnings.append(f"{short_digest(digest)} has other tags, which {stay}: {other_tags}")
    if last and not all_tags:
        warnings.append("it is the last tag on its digest: a registry may clear that away")
    deleted = digest if last else ""
    effects = registry_effects(context.snapshot, repository, remove=going, gone=deleted)
    inputs = {f"{repository}:{name}": digest for name in going}
    return _plan(
        context, "artifact delete", f"delete {subject}", (step,), effects, tuple(warnings), inputs,
        reason,
    )  # fmt: skip


def _plan(
    context: Context,
    command: str,
    title: str,
    steps: tuple[AnyStep, ...],
    effects: TagEffects,
    warnings: tuple[str, ...],
    inputs: Mapping[str, str],
    reason: str,
) -> Judged:
    plan = plan_for(
        context,
        {"reason": reason},
        command,
        title,
        steps,
        warnings=warnings,
        unseen=() if context.config.environments else (NOBODY_ASKED,),
        picks=effects,
        inputs=inputs,
    )
    return Judged(plan, {change.source.key: change.after for change in effects.taken})
