"""Which builds an act brings where, derived from its Steps: nobody who builds a Plan can leave
one out of the review.

A Step that patches or asks a source is judged by what its policy picks afterwards; one that is
about an applier by what its source has stored. What has no tags goes by the field that holds it:
a chart to a version, a Git source to a commit (`sha1:...`), as far as lists or remotes have said
it. Pure; what builds hold is for whoever renders them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fluxtui.domain import kinds
from fluxtui.domain.following import TagEffects
from fluxtui.domain.kinds import appliers, sources, suspended
from fluxtui.domain.picking import list_of, picking
from fluxtui.domain.plan import AnyStep, Move, PatchStep, PushStep, RequestReconcile, TagStep
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import commit_of, digest_of, tag_of
from fluxtui.domain.selection import Policy, spelt
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.mergepatch import merged


def moves_of(
    snapshot: Snapshot, steps: Iterable[AnyStep], picks: TagEffects | None = None
) -> tuple[Move, ...]:
    """One Move for each source that would give out another build, or applier that would take one.

    `picks`: what registry writes among the Steps do to followers. What is pushed is in no registry
    yet and cannot be named: it makes no Move.
    """
    all_steps = tuple(steps)
    moves: dict[Key, Move] = {}
    for move in _followers(all_steps, picks):
        moves.setdefault(move.source, move)
    changed = tuple(patched(snapshot, all_steps))
    for before, after in changed:
        if sources.is_tagged(before.key) and before.key not in moves:
            pick = _pick(snapshot, before, after)
            if pick:
                moves[before.key] = Move(before.key, "", pick)
        moves |= {m.source: m for m in _held(snapshot, before, after) if m.source not in moves}
    for before, after in changed:
        source = appliers.source(after)
        if source is not None and source not in moves and appliers.takes_bundles(before.key):
            moves |= {m.applier or m.source: m for m in _taken(snapshot, source, before, after)}
    return tuple(moves.values())


def _followers(steps: tuple[AnyStep, ...], picks: TagEffects | None) -> Iterator[Move]:
    tagged = {step.tag: step.digest for step in steps if isinstance(step, TagStep)}
    pushed = {step.tag for step in steps if isinstance(step, PushStep)}
    for taken in picks.taken if picks is not None else ():
        if taken.after and taken.after not in pushed and sources.is_tagged(taken.source.key):
            yield Move(taken.source.key, "", tagged.get(taken.after, taken.after))


def patched(snapshot: Snapshot, steps: tuple[AnyStep, ...]) -> Iterator[tuple[Resource, Resource]]:
    """Every object that a Step is about, as it is and as it would be after the last of them."""
    now: dict[Key, Resource] = {}
    for step in steps:
        if not isinstance(step, PatchStep | RequestReconcile):
            continue
        resource = now.get(step.target) or snapshot.get(step.target)
        if resource is None:
            continue
        now[step.target] = _with(resource, step) if isinstance(step, PatchStep) else resource
    for key, after in now.items():
        before = snapshot.get(key)
        if before is not None:
            yield before, after


def _with(resource: Resource, step: PatchStep) -> Resource:
    metadata = step.patch.get("metadata") or {}
    notes = merged(dict(resource.annotations), metadata.get("annotations") or {})
    spec = merged(dict(resource.spec), step.patch.get("spec") or {})
    return replace(resource, spec=spec, annotations=notes)


def _pick(snapshot: Snapshot, before: Resource, after: Resource) -> str:
    """The tag or digest that the source would fetch; "" when that is what it has, or unknown."""
    return "" if suspended(after) else picked_anew(snapshot, before, sources.policy(after))


def picked_anew(snapshot: Snapshot, source: Resource, policy: Policy) -> str:
    """The tag or digest that a source would fetch by that policy; "" when that is what it has
    stored, or unknown."""
    from fluxtui.domain.versions import select

    stored = sources.revision(source)
    if policy.digest:
        return "" if policy.digest == digest_of(stored) else policy.digest
    listed = snapshot.tags.get(sources.url(source))
    if listed is None:
        return ""
    chosen = select(listed.tags, policy).chosen
    fact = listed.facts.get(chosen)
    if fact is not None and fact.digest:
        return "" if fact.digest == digest_of(stored) else chosen
    return "" if chosen == tag_of(stored) else chosen


def _held(snapshot: Snapshot, before: Resource, after: Resource) -> Iterator[Move]:
    """Where an object without tags goes by the field that holds it: a chart's version, a commit."""
    field = kinds.hold(after)
    is_source = sources.is_source(after.key)
    key = after.key if is_source else appliers.source(after)
    source = snapshot.get(key) if key is not None else None
    if field is None or source is None or suspended(after) or field.bar(after):
        return
    wish, had = field.value(after), field.value(before)
    if not is_source and wish == had:
        return  # to ask a release is not to have its chart fetched
    exact = field.named(wish)
    stored = sources.revision(source)
    if sources.is_of_git(source.key):
        commit = exact or _remote_commit(snapshot, after)
        if commit and stored and commit != commit_of(stored):
            yield Move(source.key, "", f"sha1:{commit}")
        return
    version = exact or _version(snapshot, source, wish)
    if version and version != field.version(after, stored):
        yield Move(source.key, "", version, None if is_source else after.key)


def _remote_commit(snapshot: Snapshot, source: Resource) -> str:
    """What its remote has for what it follows, as far as it was asked; "" else."""
    asked = sources.question(source)
    if asked is None:
        return ""
    # A range is asked about by itself, whatever weaker fields stand beside it.
    alone = replace(asked, wanted=asked.wanted.deciding)
    answer = snapshot.remotes.get(asked) or snapshot.remotes.get(alone)
    return commit_of(answer.revision) if answer is not None else ""


def _version(snapshot: Snapshot, source: Resource, wish: str) -> str:
    """What that range picks of the chart's versions as listed; "" where nobody can say."""
    from fluxtui.domain.versions import select

    listed, now = list_of(snapshot, source.key), picking(snapshot, source)
    if listed is None or not listed.tags or now is None or now.policy.chart is None:
        return ""
    policy = Policy.of_chart(wish, now.policy.chart)
    made = {tag: fact.created for tag, fact in listed.facts.items() if fact.created}
    return spelt(select(listed.tags, policy, made).chosen, policy)


def _taken(snapshot: Snapshot, source: Key, before: Resource, after: Resource) -> Iterator[Move]:
    """What an applier would take once it runs: what its source has, if it has not taken that."""
    holder = snapshot.get(source)
    if holder is None or suspended(after):
        return
    if sources.is_of_git(source):
        commit, ran = commit_of(sources.revision(holder)), commit_of(appliers.applied(before))
        if commit and ran and ran != commit:
            yield Move(source, f"sha1:{ran}", "", before.key)
    elif sources.is_tagged(source):
        stored, has = digest_of(sources.revision(holder)), digest_of(appliers.applied(before))
        if stored and has != stored:
            yield Move(source, has, "", before.key)
