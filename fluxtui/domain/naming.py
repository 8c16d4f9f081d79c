"""What a source's digests are called: a pin's revision has no tag, and a digest may have several.

After a promotion the same digest is a build and a release; each Environment should read it by the
name that it used itself, or that its own policy would pick. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from fluxtui.domain import roles
from fluxtui.domain.board import HealthLine
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.marks import pinned_name
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import digest_of, short_digest, tag_of, version_text
from fluxtui.domain.selection import Policy, Refusal
from fluxtui.domain.snapshot import Snapshot, TagFacts

Tables = tuple[Mapping[str, TagFacts], ...]
_ADMITTED = (None, Refusal.LOWER, Refusal.AMBIGUOUS)
_DIGEST = re.compile(r"(?:([A-Za-z0-9_][A-Za-z0-9._-]*)@)?(sha256:[0-9a-f]{64})(?![0-9a-f])")


def tables_of(
    source: Resource,
    histories: Iterable[Mapping[str, TagFacts]],
    facts: Mapping[str, TagFacts],
) -> Tables:
    """Where to look a digest up, best first: what ran here and the policy takes, what it was pinned
    by, what ran here, what the policy takes, all tags.

    `histories`: what each applier of the source remembers (`remembered`).
    """
    ran: dict[str, TagFacts] = {}
    for history in histories:
        for tag, fact in history.items():
            ran.setdefault(tag, fact)
    admitted = _admitted(sources.policy(source), {**facts, **ran})
    admitted_runs = {tag: fact for tag, fact in admitted.items() if tag in ran}
    tag, digest = pinned_name(source)
    pinned = {tag: TagFacts(tag, digest)} if tag else {}
    return (admitted_runs, pinned, ran, admitted, facts)


def remembered(member: Resource) -> Mapping[str, TagFacts]:
    """Tags of digests that the history of an applier tells."""
    told: dict[str, str] = {}
    for run in appliers.history(member):
        tag = tag_of(run.revision)
        if tag:
            told.setdefault(tag, digest_of(run.revision))
    return _facts(tuple(told.items()))


@lru_cache(maxsize=4096)
def _facts(told: tuple[tuple[str, str], ...]) -> Mapping[str, TagFacts]:
    """All appliers of a source remember the same ones: they are kept once."""
    return MappingProxyType({tag: TagFacts(tag, digest) for tag, digest in told})


def _admitted(policy: Policy, facts: Mapping[str, TagFacts]) -> Mapping[str, TagFacts]:
    """Of the tags that share their digest with others, those that the policy would admit, pinned or
    not: only they leave a choice of names."""
    shares = Counter(fact.digest for fact in facts.values())
    shared = [tag for tag, fact in facts.items() if shares[fact.digest] > 1]
    if not shared:
        return {}
    from fluxtui.domain.versions import select

    verdicts = select(shared, replace(policy, digest="")).verdicts
    return {v.tag: facts[v.tag] for v in verdicts if v.refusal in _ADMITTED}


def names_in(snapshot: Snapshot, source: Resource) -> Tables:
    """The tables of one source, from a Snapshot; what has no tags needs none."""
    if not sources.is_tagged(source.key):
        return ()
    members = roles.users_of(snapshot, source.key)
    listed = snapshot.tags.get(sources.url(source))
    return tables_of(source, map(remembered, members), listed.facts if listed else {})


def worn(revision: str, names: Tables) -> str:
    """`v1.4.2 (sha256:0123abcd)`; without a tag for it the short digest alone, "" for nothing."""
    name, digest = version_text(revision, names), short_digest(digest_of(revision))
    return f"{name} ({digest})" if digest and name != digest else name


def dressed(text: str, names: Callable[[], Tables]) -> str:
    """The text with each bare digest worn by its tag: `v1.4.2 (sha256:0123abcd)`; one that comes
    with its tag (`v1.4.2@sha256:...`) stays. `names` is asked only when there is a bare one."""

    def short(match: re.Match[str]) -> str:
        return match[0] if match[1] else worn(match[2], names())

    return _DIGEST.sub(short, text) if "sha256:" in text else text


def worn_health(health: HealthLine, names: Tables) -> HealthLine:
    """The sentence with its digests worn by their tags; the same value where there is none bare."""
    text = health.text
    if "sha256:" not in text or "@sha256:" in text:
        return health
    return HealthLine(health.level, dressed(text, lambda: names))


def policy_text(policy: Policy, names: Tables) -> str:
    """The policy in words; of a pinned source the digest by its tag, and what it overrides."""
    if not policy.digest:
        return policy.describe()
    beneath = replace(policy, digest="")
    over = f", over {beneath.describe()}" if beneath.semver or beneath.tag else ""
    return f"digest {worn(policy.digest, names)}{over}"


def dressed_of(text: str, key: Key, snapshot: Snapshot) -> str:
    """A text about an object, its bare digests worn by the tags that its source knows."""
    source = roles.source_of(snapshot, key)
    return dressed(text, lambda: names_in(snapshot, source) if source is not None else ())
