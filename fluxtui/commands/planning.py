"""The one door through which a Plan is made: inputs, reason, user and time are filled in here.

A family says what is done and what comes of it; what a Plan rests on, which builds it moves and
what is known against that follow from its Steps. What must be confirmed is no field of a Plan:
`domain.protection` derives it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from fluxtui.commands.command import Context, Values
from fluxtui.commands.safety import read_only_reason
from fluxtui.commands.takers import takers_of
from fluxtui.domain.errors import RefusedError
from fluxtui.domain.following import TagEffects
from fluxtui.domain.moves import moves_of
from fluxtui.domain.plan import AnyStep, ObjectStep, PatchStep, Plan, RegistryStep
from fluxtui.domain.resource import Key
from fluxtui.domain.review.plans import plan_dangers, plan_unseen
from fluxtui.domain.review.plans.undertaking import undertaking
from fluxtui.domain.review.stories import commit_ranges, ranges, stories
from fluxtui.domain.revision import tags_hash
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.mergepatch import between, merged


def plan_for(
    context: Context,
    values: Values,
    command: str,
    title: str,
    steps: Iterable[AnyStep],
    *,
    effects: Iterable[str] = (),
    warnings: Iterable[str] = (),
    unseen: Iterable[str] = (),
    picks: TagEffects | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Plan:
    """The Plan of these Steps, whole.

    `picks`: what a registry write would do to its followers; their sentences come first. `inputs`:
    what it rests on beside the patched objects, the tag lists and the followers. Raises
    RefusedError where an Environment that is touched, or whose pick would change, is read-only.
    """
    all_steps = tuple(_with_ways_back(context.snapshot, steps))
    if picks is not None:
        # Who is only asked to look after a registry write is among those whose pick changes.
        environments = picks.environments()
    else:
        targets = (s.target.environment for s in all_steps if isinstance(s, ObjectStep))
        environments = tuple(dict.fromkeys(targets))
    refused = read_only_reason(context, environments)
    if refused:
        raise RefusedError(refused, where=title, next="nothing was written")
    moves = moves_of(context.snapshot, all_steps, picks)
    rests_on = {**_inputs(context.snapshot, all_steps, picks), **(inputs or {})}
    act = undertaking(context.snapshot, all_steps, picks, moves, rests_on)
    return Plan(
        command=command,
        title=title,
        steps=all_steps,
        environments=environments,
        effects=(
            *(picks.sentences if picks is not None else ()),
            *effects,
            *stories(act, context.now),
        ),
        warnings=tuple(warnings),
        unseen=(*(picks.unseen if picks is not None else ()), *unseen, *plan_unseen(act)),
        inputs=rests_on,
        reason=values.get("reason", "").strip(),
        user=context.user,
        made_at=context.now,
        moves=moves,
        takers=takers_of(context.snapshot, picks, moves),
        ranges=(*ranges(act), *commit_ranges(context.snapshot, moves)),
        dangers=plan_dangers(act),
    )


def _with_ways_back(snapshot: Snapshot, steps: Iterable[AnyStep]) -> Iterator[AnyStep]:
    """The Steps, each patch with the one that puts back what it changes: after the act nobody
    could say what was there before."""
    now: dict[Key, dict[str, Any]] = {}
    for step in steps:
        resource = snapshot.get(step.target) if isinstance(step, PatchStep) else None
        if not isinstance(step, PatchStep) or resource is None:
            yield step
            continue
        was = now.get(step.target) or resource.as_object()
        now[step.target] = merged(was, step.patch)
        yield replace(step, before=between(now[step.target], was))


def _inputs(
    snapshot: Snapshot, steps: Iterable[AnyStep], picks: TagEffects | None
) -> dict[str, str]:
    """What the Steps rest on: objects that are patched, tag lists, followers looked at."""
    patched = (snapshot.get(s.target) for s in steps if isinstance(s, PatchStep))
    rests = [r for r in (*patched, *(picks.followers if picks is not None else ())) if r]
    inputs = {str(resource.key): resource.resource_version for resource in rests}
    for repository in (s.repository for s in steps if isinstance(s, RegistryStep)):
        listed = snapshot.tags.get(repository)
        if listed is not None and listed.listed_at:
            inputs[repository] = tags_hash(listed.tags)
    return inputs
