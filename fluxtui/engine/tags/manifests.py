"""Which manifests the board needs read, besides those of rows that somebody looks at. Pure.

Of what is picked and what runs, always. To notice that what was published last is not the highest,
those that a policy admits, a bounded number at a time: asking for all of thousands would be rude,
and a new tag comes first.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping

from fluxtui.domain.kinds import sources
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import digest_of, tag_of
from fluxtui.domain.selection import Refusal, Selection
from fluxtui.domain.snapshot import TagList
from fluxtui.kit.records import NamedTuple

NAMELESS_LOOKS = 50
NEWEST_LOOKS = 60
_RANKED = 2_000
_ADMITTED = frozenset({None, Refusal.LOWER, Refusal.AMBIGUOUS})


class WantedManifests(NamedTuple):
    """Tags and digests to read. `spare`: those that only the publish time is wanted of."""

    tags: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()


def wanted(
    readers: Iterable[Resource],
    selections: Mapping[Key, Selection],
    listed: TagList,
    *,
    fresh: Collection[str] = (),
    tried: Collection[str] = (),
    spare: int = NEWEST_LOOKS,
) -> WantedManifests:
    """What to read of one repository now, which `sources` follow.

    `fresh`: tags that were not in the list before; `tried`: names that were asked for since it was
    listed; `spare`: how many manifests may be read for their publish time alone.
    """
    present = set(listed.tags)
    tags: dict[str, None] = {}
    digests: dict[str, None] = {}
    picks: list[Selection] = []
    nameless = False
    for resource in readers:
        revision = sources.revision(resource)
        tag, digest = tag_of(revision), digest_of(revision)
        fact = listed.facts.get(tag)
        if tag and (fact is None or (digest and fact.digest != digest)):
            tags[tag] = None
        for name in (sources.policy(resource).digest, "" if tag else digest):
            if name and name not in listed.pinned:
                digests[name] = None
        pick = selections.get(resource.key)
        if pick is not None:
            picks.append(pick)
            if pick.would_pick and pick.would_pick not in listed.facts:
                tags[pick.would_pick] = None
        listed_digest = any(f.digest == digest for f in listed.facts.values())
        nameless = nameless or bool(digest and not tag and not listed_digest)
    if nameless:
        # The newest tags are mostly listed last.
        unread = [t for t in listed.tags if t not in listed.facts]
        tags.update(dict.fromkeys(unread[-NAMELESS_LOOKS:]))
    attempted = set(tried)
    sure = [t for t in tags if t in present and t not in attempted]
    extra = _newest(picks, listed, fresh, attempted.union(sure), spare)
    return WantedManifests((*sure, *extra), tuple(d for d in digests if d not in attempted), extra)


def _newest(
    picks: Iterable[Selection],
    listed: TagList,
    fresh: Collection[str],
    attempted: Collection[str],
    spare: int,
) -> tuple[str, ...]:
    """Unread tags that some policy admits: new ones, then the highest."""
    if spare <= 0:
        return ()
    unread = dict.fromkeys(
        tag for tag in _admitted(picks) if tag not in listed.facts and tag not in attempted
    )
    if not unread:
        return ()
    from fluxtui.domain.versions import try_version

    new = [tag for tag in unread if tag in fresh][-spare:]
    ranked = [
        (version.key, tag)
        for tag in list(unread)[-_RANKED:]
        if (version := try_version(tag, "flux")) is not None
    ]
    best = (tag for _key, tag in heapq.nlargest(spare, ranked, key=lambda pair: pair[0]))
    return tuple(dict.fromkeys((*new, *best)))[:spare]


def _admitted(picks: Iterable[Selection]) -> Iterator[str]:
    for pick in picks:
        # Of a chart what came last is often not the highest: its older lines go on being released.
        policy = pick.policy
        if policy.kind == "semver" and policy.chart is None and policy.image is None:
            yield from (v.tag for v in pick.verdicts if v.refusal in _ADMITTED)
