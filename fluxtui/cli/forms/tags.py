"""Tags of sources, and what a tag would do, as data: `tags` and `tags --what-if`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fluxtui.cli.forms.envelope import Document, document, listing, maybe, reference
from fluxtui.domain.following import Followed, TagEffects
from fluxtui.domain.picking import index_of
from fluxtui.domain.record import Record, record_of
from fluxtui.domain.resource import Key
from fluxtui.domain.revision import tags_of_digest
from fluxtui.domain.selection import Refusal, Selection, Verdict
from fluxtui.domain.snapshot import Snapshot, TagFacts, TagList
from fluxtui.domain.tagrows import RunsIn, places, why

_REFUSALS = {
    Refusal.FILTERED: "filteredOut",
    Refusal.NOT_A_VERSION: "notAVersion",
    Refusal.PRERELEASE: "preRelease",
    Refusal.OUT_OF_RANGE: "outOfRange",
    Refusal.LOWER: "lower",
    Refusal.AMBIGUOUS: "ambiguous",
    Refusal.PINNED: "heldBackByPin",
    Refusal.UNDECIDED: "notCompared",
}
_UNREAD = "its manifest was not read"


def tags(
    snapshot: Snapshot,
    verdicts_of: Mapping[Key, Sequence[Verdict]],
    lists: Mapping[Key, TagList],
    problems: Iterable[str] = (),
) -> Document:
    """One item a source; `verdicts_of`: its verdicts in the order of the table."""
    items = (_source(snapshot, key, verdicts, lists[key]) for key, verdicts in verdicts_of.items())
    return listing("Tags", items, problems)


def _source(snapshot: Snapshot, key: Key, verdicts: Sequence[Verdict], listed: TagList) -> Document:
    selection: Selection = snapshot.selections[key]
    policy, running = selection.policy, places(snapshot, listed)
    followed, record = selection.beneath or selection, record_of(snapshot, listed.repository)
    pinned = {}
    if policy.digest:
        pinned = {
            "pinnedDigest": policy.digest,
            "tags": list(tags_of_digest(policy.digest, listed.facts)),
            **maybe("unpinWouldPick", followed.chosen, followed.error or "no tag is admitted"),
            **_facts(listed.pinned.get(policy.digest)),
        }
    return {
        "environment": key.environment,
        "source": reference(key),
        "repository": listed.repository,
        "policy": followed.policy.describe(),
        "pinned": [pinned] if pinned else [],
        **maybe("chosen", selection.chosen, selection.error or "the policy picks by digest"),
        **maybe("newest", selection.newest, "no tag is a version"),
        **maybe("publishedLast", selection.published_last, "publish times are not all known"),
        "warnings": list(selection.warnings),
        "tags": [_tag(v, key, selection, listed, running.get(v.tag, ()), record) for v in verdicts],
    }


def _tag(
    verdict: Verdict,
    key: Key,
    selection: Selection,
    listed: TagList,
    running: Iterable[RunsIn],
    record: Record,
) -> Document:
    fact = listed.facts.get(verdict.tag)
    failure = record.failure(fact.digest if fact else "", verdict.tag, key)
    return {
        "tag": verdict.tag,
        "verdict": _REFUSALS[verdict.refusal] if verdict.refusal else "chosen",
        "reason": why(verdict, selection, fact, failure),
        "runsIn": [_place(place) for place in running],
        **_facts(fact, "the index" if index_of(listed.repository) else "its manifest"),
    }


def tag_of(snapshot: Snapshot, key: Key, verdict: Verdict, listed: TagList) -> Document:
    """One tag alone, with the source that judges it."""
    running = places(snapshot, listed).get(verdict.tag, ())
    return {
        "environment": key.environment,
        "source": reference(key),
        "repository": listed.repository,
        **_tag(
            verdict,
            key,
            snapshot.selections[key],
            listed,
            running,
            record_of(snapshot, listed.repository),
        ),
    }


def _place(place: RunsIn) -> Document:
    return {
        "environment": place.environment,
        "underAnotherTag": place.under_another_tag,
        "reached": place.reached,
        "of": place.of,
    }


def _facts(fact: TagFacts | None, whose: str = "its manifest") -> Document:
    """`whose` word it is."""
    unsigned = _UNREAD if fact is None else fact.blind or "signatures could not be looked up"
    return {
        **maybe("digest", fact and fact.digest, _unsaid(fact, whose, "digest")),
        **maybe("publishedAt", fact and fact.created, _unsaid(fact, whose, "publish time")),
        **maybe("origin", fact and fact.source, _unsaid(fact, whose, "source")),
        **maybe("originRevision", fact and fact.revision, _unsaid(fact, whose, "revision")),
        **maybe(
            "signed", None if fact is None or fact.signed is None else bool(fact.signed), unsigned
        ),
    }


def _unsaid(fact: TagFacts | None, whose: str, field: str) -> str:
    return _UNREAD if fact is None else f"{whose} says no {field}"


def what_if(
    effects: TagEffects,
    followers: Iterable[Followed],
    repository: str,
    *,
    tag: str,
    deleted: str,
    problems: Iterable[str],
) -> Document:
    """Who would take a new tag, or fall back without one."""
    return document(
        "TagEffects",
        repository=repository,
        tag=tag,
        deleted=deleted,
        items=[_effect(follower) for follower in followers],
        unseen=list(effects.unseen),
        problems=list(problems),
    )


def _effect(follower: Followed) -> Document:
    return {
        "environment": follower.source.key.environment,
        "source": reference(follower.source.key),
        "changes": follower.changes,
        **maybe("before", follower.before, "it picks nothing"),
        **maybe("after", follower.after, "it would find nothing to pick"),
        "seen": follower.seen,
        "says": follower.says,
    }
