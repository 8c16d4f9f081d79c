"""What a source's digests are called: a pin's revision has no tag, and a digest may have several.

After a promotion the same digest is a build and a release; each Environment should read it by the
name that its own policy would pick. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from sys import intern

from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import digest_of, tag_of
from fluxtui.domain.selection import Refusal
from fluxtui.domain.snapshot import TagFacts

Tables = tuple[Mapping[str, TagFacts], ...]
_ADMITTED = (None, Refusal.LOWER, Refusal.AMBIGUOUS)


def tables_of(
    source: Resource,
    histories: Iterable[Mapping[str, TagFacts]],
    facts: Mapping[str, TagFacts],
) -> Tables:
    """Where to look a digest up, best first: what the policy takes, what ran here, all tags.

    `histories`: what each Kustomization of the source remembers (`remembered`).
    """
    ran: dict[str, TagFacts] = {}
    for history in histories:
        for tag, fact in history.items():
            ran.setdefault(tag, fact)
    return (_admitted(source, facts, ran), ran, facts)


def remembered(member: Resource) -> Mapping[str, TagFacts]:
    """Tags of digests that the history of a Kustomization tells."""
    found: dict[str, TagFacts] = {}
    for entry in kustomization.history(member):
        meta = entry.get("metadata")
        revision = str(meta.get("revision") or "") if isinstance(meta, Mapping) else ""
        tag = tag_of(revision)
        if tag:
            # All Kustomizations of a source remember the same ones: each text is kept once.
            tag, digest = intern(tag), intern(digest_of(revision))
            found.setdefault(tag, TagFacts(tag, digest))
    return found


def _admitted(
    source: Resource, listed: Mapping[str, TagFacts], ran: Mapping[str, TagFacts]
) -> Mapping[str, TagFacts]:
    """Of a pinned source: the tags that its policy would admit were it not pinned."""
    policy = ocirepository.policy(source)
    if not policy.digest or not policy.semver:
        return {}
    facts = {**listed, **ran}
    from fluxtui.domain.versions import select

    shared = [tag for tag, fact in facts.items() if fact.digest == policy.digest]
    verdicts = select(shared, replace(policy, digest="")).verdicts
    return {v.tag: facts[v.tag] for v in verdicts if v.refusal in _ADMITTED}
