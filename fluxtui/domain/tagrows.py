"""What is known of each tag of a source, for the Tags pane and `fluxtui tags` alike.

Which Environments run it, in which order people want to see tags, and what a signature or a pinned
digest says in words. Pure; it lays nothing out and decides nothing about versions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fluxtui.domain import kinds
from fluxtui.domain.board import Line
from fluxtui.domain.picking import address_of, index_of
from fluxtui.domain.resource import Key
from fluxtui.domain.revision import digest_of, tag_of, tags_of_digest
from fluxtui.domain.selection import Refusal, Selection, Verdict
from fluxtui.domain.snapshot import Snapshot, TagFacts, TagList
from fluxtui.kit.moments import instant

_NUMBERS = re.compile(r"([0-9]{1,18})")
_COMMIT = re.compile(r"(^|@|/)(?:sha1:|sha256:)?([0-9a-f]{40}|[0-9a-f]{64})$")
_ORDER: dict[Refusal | None, int] = {
    None: 0,
    Refusal.PINNED: 0,
    Refusal.AMBIGUOUS: 1,
    Refusal.LOWER: 2,
    Refusal.OUT_OF_RANGE: 3,
    Refusal.PRERELEASE: 4,
    Refusal.UNDECIDED: 4,
}


@dataclass(frozen=True, slots=True)
class RunsIn:
    """A tag's digest runs in an Environment: `reached` of `of` Kustomizations have it.

    `under_another_tag`: it was rolled out by another name of the same digest.
    """

    environment: str
    under_another_tag: bool
    reached: int
    of: int

    def __str__(self) -> str:
        if self.under_another_tag:
            return f"({self.environment})"
        share = "" if self.reached == self.of else f" ({self.reached}/{self.of})"
        return self.environment + share


def runs_in(snapshot: Snapshot, tags: TagList) -> dict[str, tuple[str, ...]]:
    """Tag -> Environments in which it runs, in words.

    `production (3/6)`: half-way through a roll-out; `(production)`: its digest runs there, under
    another name.
    """
    by_tag = places(snapshot, tags)
    return {tag: tuple(dict.fromkeys(map(str, spots))) for tag, spots in by_tag.items()}


def places(snapshot: Snapshot, tags: TagList) -> dict[str, tuple[RunsIn, ...]]:
    """Tag -> Environments in which it runs."""
    by_tag: dict[str, dict[RunsIn, None]] = {}
    for row in snapshot.board.rows:
        for name, lines in row.lines.items():
            for line in lines:
                if address_of(snapshot, line.source or line.key) == tags.repository:
                    for tag, place in _of_line(name, line, tags.facts).items():
                        by_tag.setdefault(tag, {})[place] = None
    return {tag: tuple(spots) for tag, spots in by_tag.items()}


def _of_line(environment: str, line: Line, facts: Mapping[str, TagFacts]) -> dict[str, RunsIn]:
    live = [revision for _key, revision in line.running.revisions if revision]
    by_tag: dict[str, RunsIn] = {}
    for digest, count in Counter(digest_of(r) or r for r in live).items():
        spot = RunsIn(environment, False, count, len(live))
        tags = {tag_of(r) for r in live if (digest_of(r) or r) == digest} - {""}
        if line.running.version:  # all have it, by that name
            tags = {line.running.version}
        for tag in tags_of_digest(digest, facts):
            by_tag[tag] = replace(spot, under_another_tag=True) if tags else spot
        by_tag.update(dict.fromkeys(tags, spot))
    return by_tag


def ordered(selection: Selection, tags: TagList | None, sort: str = "") -> tuple[Verdict, ...]:
    """The chosen tag first, then those that were nearest to it; or by `age` or `name`."""
    facts = tags.facts if tags else {}
    if sort == "age":
        return tuple(sorted(selection.verdicts, key=lambda v: _created(facts, v.tag), reverse=True))
    verdicts = sorted(selection.verdicts, key=lambda v: natural(v.tag), reverse=sort != "name")
    return tuple(verdicts if sort == "name" else sorted(verdicts, key=_rank))


def natural(tag: str) -> tuple[tuple[int, int, str], ...]:
    """An order for people: numbers inside tags count as numbers. Not precedence."""
    return tuple((1, int(p), "") if p.isdecimal() else (0, 0, p) for p in _NUMBERS.split(tag))


def why(verdict: Verdict, selection: Selection, fact: TagFacts | None, failure: str = "") -> str:
    """The one reason of a tag; of a pinned source's also whether it is what is held. What is known
    to have failed (`failure`, see `Record`) says that before anything else."""
    pinned = selection.policy.digest
    reason = verdict.reason
    if fact is not None and fact.deprecated:
        reason = f"{reason}; the chart is deprecated"
    if pinned and fact is not None and fact.digest == pinned:
        reason = f"held by the pin; without it: {reason}"
    return f"{failure}; {reason}" if failure else reason


def on_unpin(selection: Selection) -> str:
    """What a pinned source would pick without its digest, as a sentence; "" for one that is not."""
    beneath = selection.beneath
    if beneath is None:
        return ""
    if beneath.chosen:
        return f"unpin would pick {beneath.chosen}"
    return f"unpin would pick nothing: {beneath.error or 'no tag is admitted'}"


def by_controller(snapshot: Snapshot, key: Key, selection: Selection) -> str:
    """What the controller of a policy for images has picked, as a sentence; "" of all others."""
    kind, resource = kinds.of(key), snapshot.get(key)
    if kind is None or kind.picker is None or resource is None:
        return ""
    picked = kind.picker.picked(resource)
    if not picked:
        return "its controller has picked nothing"
    same = picked.partition("@")[0] == selection.chosen
    return f"its controller has picked {picked}" + ("" if same else ", from what it scanned last")


def unread(tags: TagList, names: Sequence[str]) -> tuple[str, ...]:
    """Tags or digests of which the manifest was not read, or no signature was looked for; an index
    has no more to say."""
    if index_of(tags.repository) is not None:
        return ()
    facts = {**tags.facts, **tags.pinned}
    return tuple(n for n in names if n not in facts or facts[n].signed is None)


def short_revision(revision: str) -> str:
    """`main@sha1:8d20f6b1e47c...` as people say it: `main@8d20f6b1`; other texts as they are."""
    return _COMMIT.sub(lambda match: match[1] + match[2][:8], revision)


def signature_word(fact: TagFacts | None) -> str:
    """`yes`, `no`, or `?` when nobody has looked, or could."""
    if fact is None or fact.signed is None:
        return "?"
    return "yes" if fact.signed else "no"


def _created(facts: Mapping[str, TagFacts], tag: str) -> int:
    """When it was published; -1 when not read, or when its annotation is no time."""
    fact = facts.get(tag)
    moment = instant(fact.created, zone=False) if fact else None
    return -1 if moment is None else moment


def _rank(verdict: Verdict) -> int:
    return _ORDER.get(verdict.refusal, len(_ORDER))
