"""The board's lines: what runs, what would be picked, and what is newest, per source.

Pure: everything comes from the Snapshot that is being made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from fluxtui.domain import kinds
from fluxtui.domain.board import ChainNode, HealthLine, Hold, Level, Line, Running
from fluxtui.domain.kinds import sources
from fluxtui.domain.known import tags_known
from fluxtui.domain.marks import pin, suspension
from fluxtui.domain.naming import Tables, policy_text, worn_health
from fluxtui.domain.overview.facts import Facts
from fluxtui.domain.overview.judgement import flux_health
from fluxtui.domain.overview.pods import reason_apart
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import digest_of, tag_of, version_text
from fluxtui.domain.selection import Selection
from fluxtui.domain.snapshot import TagFacts, TagList


def line_of(
    source: Resource,
    members: Sequence[Facts],
    nodes: Mapping[Key, ChainNode],
    names: Tables,
    tags: TagList | None,
    selection: Selection | None,
) -> Line:
    """One source, the appliers that use it, and what the registry offers.

    `nodes`: those Kustomizations in the chain; `names`: where its digests are looked up.
    """
    stored = sources.revision(source)
    running = running_of(members, stored, names)
    picked = _would_pick(source, selection, names)
    return Line(
        key=source.key,
        source=source.key,
        at=sources.stored_at(source),
        running=running,
        would_pick=picked,
        newest=selection.newest if selection else "",
        listed_at=tags.listed_at if tags else 0.0,
        behind=_behind(running.version, picked),
        policy=policy_text(sources.policy(source), names),
        health=delivery_health(
            worn_health(flux_health(source), names), [nodes[m.key] for m in members]
        ),
        suspended=suspension(source),
        pinned=pin(source),
        appliers=tuple(sorted(m.key for m in members)),
        note=(tags.error if tags else "") or (selection.error if selection else ""),
        held=tuple(Hold(m.key, m.suspended) for m in members if m.suspended is not None),
        by_digest=bool(sources.policy(source).digest),
        listed=tags_known(tags),
    )


def running_of(
    members: Sequence[Facts],
    stored: str,
    facts: Sequence[Mapping[str, TagFacts]] = (),
) -> Running:
    """One version when all members agree on the digest, else `old -> new (n/m)`."""
    revisions = tuple((m.key, m.running) for m in sorted(members, key=_by_key))
    live = [revision for _key, revision in revisions]
    if not any(live):
        return Running(revisions=revisions)
    digests = Counter(digest_of(r) or r for r in live)
    if len(digests) == 1:
        # The same content under another name is the same version: the source's name for it comes
        # first, then one with a tag.
        best = stored if digest_of(stored) in digests else max(live, key=lambda r: "@" in r)
        best = best if tag_of(best) else max(live, key=lambda r: "@" in r)
        text = version_text(best, facts)
        return Running(text, text, digest_of(best), revisions)
    target = stored if (digest_of(stored) or stored) in digests else _most_common_new(live)
    goal = digest_of(target) or target
    reached = sum(1 for r in live if (digest_of(r) or r) == goal)
    behind = [r for r in live if (digest_of(r) or r) != goal]
    old = Counter(version_text(r, facts) or "nothing" for r in behind).most_common(1)[0][0]
    new = version_text(target, facts)
    return Running(f"{old} -> {new} ({reached}/{len(live)})", "", goal, revisions)


def _most_common_new(live: Sequence[str]) -> str:
    return Counter(r for r in live if r).most_common(1)[0][0]


def _by_key(member: Facts) -> Key:
    return member.key


def _would_pick(
    source: Resource, selection: Selection | None, facts: Sequence[Mapping[str, TagFacts]]
) -> str:
    policy = sources.policy(source)
    if policy.digest:
        return version_text(policy.digest, facts)
    return selection.chosen if selection else ""


def _behind(version: str, picked: str) -> bool:
    if not version or not picked or version == picked:
        return False
    from fluxtui.domain.versions import behind

    return behind(version, picked)


def delivery_health(own: HealthLine, members: Sequence[ChainNode]) -> HealthLine:
    """The worst of a source and its Kustomizations, told by where the blockage starts.

    Who waits for a neighbour says nothing that the neighbour does not say better; who waits for a
    Kustomization of another source names it.
    """
    keys = {member.key for member in members}
    healths = [own]
    for member in members:
        if member.root in keys and member.root != member.key:
            continue
        if member.health.level != Level.OK:
            text = headline(member, named=len(members) > 1)
            healths.append(HealthLine(member.health.level, text))
    worst = max(healths, key=lambda line: line.level)
    if worst.level == Level.OK:
        ready = next((member.health for member in members), own)
        return own if not members else ready
    return worst


def headline(node: ChainNode, *, named: bool = True) -> str:
    """Its name and its sentence, the reason first: what comes last is cut off in a narrow place."""
    text = sentence(node)
    reason, text_after = reason_apart(text)
    head = [kinds.title(node.key)] if named else []
    if reason and (node.to_blame or node.health.level is Level.FAILED):
        head.append(reason)
        text = text_after
    return ": ".join((" ".join(head), text)) if head else text


def sentence(node: ChainNode) -> str:
    """Its root blocker with object and reason, or what its own objects say."""
    text = node.health.text
    by_objects = node.health.level is Level.FAILED and not node.to_blame
    if node.because and not by_objects and not text.startswith("Ready, but "):
        text = node.because
    return text
