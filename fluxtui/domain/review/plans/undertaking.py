"""An act as its rules see it: which builds it brings where, and what is known of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import field

from fluxtui.domain import roles
from fluxtui.domain.danger import Danger
from fluxtui.domain.following import TagEffects
from fluxtui.domain.kinds import appliers, sources, suspended
from fluxtui.domain.moves import patched
from fluxtui.domain.naming import names_in
from fluxtui.domain.plan import AnyStep, Move, PatchStep, TagStep
from fluxtui.domain.record import Record, record_of
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import digest_of, is_digest, short_digest, version_text
from fluxtui.domain.snapshot import Snapshot, TagFacts
from fluxtui.kit.values import frozen


@frozen
class Candidate:
    """A build that an act gives to somebody, or names. `name`: what it is called so far; `tag`: the
    tag by which it comes, "" for a digest alone; `digest` "" where nobody has read it. `record`:
    how it went wherever it was tried; `facts`: what its manifest says; `repository` `oci://...`."""

    name: str
    tag: str
    digest: str
    repository: str
    record: Record
    facts: TagFacts | None = None


@frozen
class Arrival:
    """A build that comes to a source. `users`: who would take it from there."""

    source: Resource
    build: Candidate
    users: tuple[Resource, ...]

    @property
    def environment(self) -> str:
        """Where it comes to."""
        return self.source.key.environment


@frozen
class Undertaking:
    """One act. `builds`: all that come to somebody, or get a name; `picks`: what its registry
    writes do to followers; `held`: sources that it pins; `inputs` and `moves`: what it rests on and
    which builds it brings where, also of what has no tags, as in the Plan; `later`: what it patches
    or asks, as that is afterwards."""

    snapshot: Snapshot
    steps: tuple[AnyStep, ...]
    picks: TagEffects | None
    arrivals: tuple[Arrival, ...]
    builds: tuple[Candidate, ...] = ()
    held: tuple[Resource, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    later: Mapping[Key, Resource] = field(default_factory=dict)

    def rests(self, resource: Resource) -> bool:
        """Whether it is suspended once the act is done: what the act resumes waits for nobody."""
        return suspended(self.later.get(resource.key, resource))


@frozen
class PlanRule:
    """A danger that lies in where a build goes and how it did so far, not in what it holds.
    `why`: what happens and what to do instead. `blind`: what it could not look at, in sentences."""

    id: str
    title: str
    why: str
    judge: Callable[[Undertaking], Iterable[Danger]]
    blind: Callable[[Undertaking], Iterable[str]] = lambda _act: ()


def undertaking(
    snapshot: Snapshot,
    steps: Iterable[AnyStep],
    picks: TagEffects | None,
    moves: Iterable[Move],
    inputs: Mapping[str, str],
) -> Undertaking:
    """The act of these Steps; `moves` as they follow from them."""
    all_steps = tuple(steps)
    finding = _Finding(snapshot, all_steps)
    all_moves = tuple(moves)
    arrivals = tuple(finding.arrivals(all_moves))
    builds = dict.fromkeys(arrival.build for arrival in arrivals)
    builds |= dict.fromkeys(finding.named(picks, {build.digest for build in builds}))
    held = tuple(_held(snapshot, all_steps))
    later = {before.key: after for before, after in patched(snapshot, all_steps)}
    return Undertaking(
        snapshot, all_steps, picks, arrivals, tuple(builds), held, inputs, all_moves, later
    )


def _held(snapshot: Snapshot, steps: Iterable[AnyStep]) -> Iterator[Resource]:
    for step in steps:
        if isinstance(step, PatchStep) and sources.is_tagged(step.target):
            reference = (step.patch.get("spec") or {}).get("ref") or {}
            resource = snapshot.get(step.target)
            if resource is not None and reference.get("digest"):
                yield resource


class _Finding:
    """Looks builds up, each repository's record once."""

    def __init__(self, snapshot: Snapshot, steps: tuple[AnyStep, ...]) -> None:
        self._snapshot = snapshot
        self._tagging = [step for step in steps if isinstance(step, TagStep)]
        self._records: dict[str, Record] = {}

    def arrivals(self, moves: Iterable[Move]) -> Iterator[Arrival]:
        for move in moves:
            source = self._snapshot.get(move.source)
            if not sources.is_tagged(move.source):
                continue  # what a commit or a chart's version did so far is told by its histories
            reference = move.after or (digest_of(sources.revision(source)) if source else "")
            if source is None or not reference:
                continue
            users = _users(self._snapshot, source.key, move.applier)
            build = self._build(source, sources.url(source), reference)
            tried = {digest_of(appliers.attempted(user)) for user in users}
            if move.applier is not None and tried == {build.digest}:
                continue  # it is at it already: its own state says how that goes
            yield Arrival(source, build, users)

    def named(self, picks: TagEffects | None, known: Collection[str]) -> Iterator[Candidate]:
        """What gets a tag that nobody picks."""
        follower = picks.followers[0] if picks is not None and picks.followers else None
        for step in self._tagging:
            if step.digest not in known and step.expect != step.digest:
                yield self._build(follower, step.repository, step.digest)

    def _build(self, source: Resource | None, repository: str, reference: str) -> Candidate:
        digest, facts = self._known(repository, reference)
        tags = {step.digest: step.tag for step in self._tagging}
        tag = tags.get(digest, "" if is_digest(reference) else reference)
        names = names_in(self._snapshot, source) if source is not None else ()
        record = self._records.get(repository)
        if record is None:
            record = self._records[repository] = record_of(self._snapshot, repository)
        name = version_text(digest, names)
        if name == short_digest(digest):  # unless somebody ran it by a name
            name = next((trial.tag for trial in record.of(digest) if trial.tag), tag or name)
        return Candidate(name, tag, digest, repository, record, facts)

    def _known(self, repository: str, reference: str) -> tuple[str, TagFacts | None]:
        """(digest, what was read of its manifest)."""
        listed = self._snapshot.tags.get(repository)
        by_tag: Mapping[str, TagFacts] = listed.facts if listed is not None else {}
        if not is_digest(reference):
            facts = by_tag.get(reference)
            return (facts.digest if facts is not None else "", facts)
        pinned = listed.pinned.get(reference) if listed is not None else None
        same = (facts for facts in by_tag.values() if facts.digest == reference)
        return reference, pinned or next(same, None)


def _users(snapshot: Snapshot, source: Key, only: Key | None) -> tuple[Resource, ...]:
    return tuple(u for u in roles.users_of(snapshot, source) if only in (None, u.key))
