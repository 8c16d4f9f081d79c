"""The record of a build: where it was tried, and how that went, as far as Flux remembers.

From status.history (five entries for each Kustomization), lastApplied- and lastAttemptedRevision
and the Ready condition. Builds are told apart by digest, whatever they were called. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from fluxtui.domain import roles
from fluxtui.domain.durations import age
from fluxtui.domain.kinds import APPLIERS, appliers, sources
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import digest_of, tag_of
from fluxtui.domain.service import configured, repository_path
from fluxtui.domain.snapshot import Snapshot
from fluxtui.domain.spells import came_again, unbroken
from fluxtui.kit.moments import order, seconds

_NAMED = 3  # Kustomizations named in a sentence


@dataclass(frozen=True, slots=True)
class Trial:
    """How a build last went in one Kustomization. `at` RFC 3339, "" = not kept; `now`: it is what
    that Kustomization is at this moment; `since`: when it began to go so, without a break until
    `at` (RFC 3339, "" = not known); `runs`: it runs well there at this moment; `least`: it may have
    gone so for longer than since then; `source`: what that Kustomization takes its builds from.
    """

    kustomization: Key
    digest: str
    tag: str
    status: str
    at: str = ""
    now: bool = False
    since: str = ""
    runs: bool = False
    least: bool = False
    source: Key | None = None

    @property
    def good(self) -> bool:
        """Whether it went well."""
        return appliers.is_good(self.kustomization, self.status)

    @property
    def bad(self) -> bool:
        """Whether it failed."""
        return appliers.is_bad(self.kustomization, self.status)


def trials(member: Resource, feed: Resource | None = None) -> Mapping[str, Trial]:
    """Digest -> how it last went in that Kustomization; `feed`: its source."""
    by_digest: dict[str, Trial] = {}
    runs_now = _runs_now(member)
    for run in appliers.history(member):
        digest, at = digest_of(run.revision), run.last
        if digest and (digest not in by_digest or _later(at, by_digest[digest].at)):
            # What ran in between is no part of how long this one did.
            tag, since = tag_of(run.revision), run.first if unbroken(member, run) else ""
            runs = digest == runs_now and appliers.is_good(member.key, run.status)
            again = came_again(feed, digest, since) if runs else ""
            by_digest[digest] = Trial(
                member.key, digest, tag, run.status, at, False, again or since, runs, bool(again)
            )
    for trial in _standing(member):
        earlier = by_digest.get(trial.digest)
        # The condition says what history may not: a build that fails leaves no entry there.
        if earlier is None or (trial.bad and not earlier.bad):
            by_digest[trial.digest] = trial
    source = appliers.source(member)
    return {digest: replace(trial, source=source) for digest, trial in by_digest.items()}


def _runs_now(member: Resource) -> str:
    """The digest of what runs well at this moment; "" when nothing does."""
    ready, live = member.condition("Ready"), digest_of(appliers.applied(member))
    is_well = ready is not None and ready.status == "True"
    return live if is_well and live == digest_of(appliers.attempted(member)) else ""


def _standing(member: Resource) -> Iterator[Trial]:
    """What the Kustomization is at now."""
    applied, tried = appliers.applied(member), appliers.attempted(member)
    runs = bool(_runs_now(member))
    if digest_of(applied) and applied != tried:
        yield Trial(member.key, digest_of(applied), tag_of(applied), appliers.good(member.key))
    ready = member.condition("Ready")
    live = tried or applied
    if not digest_of(live):
        return
    if ready is not None and ready.status == "False":
        digest, tag = digest_of(live), tag_of(live)
        yield Trial(member.key, digest, tag, ready.reason, ready.last_transition, True)
    elif live == applied:
        good, digest, tag = appliers.good(member.key), digest_of(live), tag_of(live)
        yield Trial(member.key, digest, tag, good, "", True, runs=runs)


def _later(first: str, second: str) -> bool:
    return (order(first), first) > (order(second), second)


class Record:
    """All trials of the builds of one repository, in all Environments that are seen."""

    def __init__(self, trials: Iterable[Trial]) -> None:
        self._by_digest: dict[str, list[Trial]] = defaultdict(list)
        self._by_tag: dict[str, list[Trial]] = defaultdict(list)
        for trial in trials:
            self._by_digest[trial.digest].append(trial)
            if trial.tag:
                self._by_tag[trial.tag].append(trial)

    def of(self, digest: str, tag: str = "") -> tuple[Trial, ...]:
        """Trials of that digest; where it is not known, those of whatever had that tag."""
        return tuple(self._by_digest.get(digest, ()) if digest else self._by_tag.get(tag, ()))

    def note(self, digest: str, tag: str, source: Key, until: str = "", now: str = "") -> str:
        """What to know beside a choice for a source, in a few words.

        `until` (RFC 3339): it runs there now, and how long it has been well until then is said.
        `now` (RFC 3339): to when that is counted of what still runs elsewhere.
        """
        failed, environment = self.failure(digest, tag, source), source.environment
        if failed:
            return failed
        tried = self.of(digest, tag)
        local = [t for t in tried if t.kustomization.environment == environment]
        if not tried:
            return "never ran anywhere, as far as is known"
        if local:
            lasted = _lasted(local, until)
            return ("well" + lasted if lasted else "") if until else "ran well here" + lasted
        well: dict[str, list[Trial]] = defaultdict(list)
        for trial in tried:
            if trial.good:
                well[trial.kustomization.environment].append(trial)
        said: dict[str, list[str]] = defaultdict(list)
        for name, trials in well.items():
            still = bool(now) and all(trial.runs for trial in trials)
            lasted = _lasted(trials, now if still else "")
            said["runs" if still else "ran"].append(f"{name}{lasted}")
        places = (
            f", {verb} well in {', '.join(said[verb])}" for verb in ("runs", "ran") if said[verb]
        )
        return f"never ran here{''.join(places)}"

    def failure(self, digest: str, tag: str, source: Key) -> str:
        """`failed here: HealthCheckFailed` of what takes it from that source, or where else; ""
        when it is not known to have."""
        bad = [t for t in self.of(digest, tag) if t.bad]
        local = [t for t in bad if t.kustomization.environment == source.environment]
        own = [t for t in local if source in (t.source, t.kustomization)]
        if own:
            word = "fails here now" if any(t.now for t in own) else "failed here"
            return f"{word}: {own[0].status}"
        if local:
            word = "fails now" if local[0].now else "failed"
            return f"{word} in {local[0].kustomization.label}: {local[0].status}"
        return f"failed in {bad[0].kustomization.environment}: {bad[0].status}" if bad else ""

    def failures(
        self, name: str, digest: str, tag: str, environments: Iterable[str]
    ) -> tuple[tuple[str, str], ...]:
        """(Environment, sentence) of each where that build failed, those it goes to first."""
        tried = self.of(digest, tag)
        concerned = dict.fromkeys(environments)
        bad: dict[str, list[Trial]] = defaultdict(list)
        for trial in tried:
            if trial.bad:
                bad[trial.kustomization.environment].append(trial)
        order_of = sorted(bad, key=lambda environment: environment not in concerned)
        return tuple((place, _failed(name, place, bad[place])) for place in order_of)


def _lasted(trials: Iterable[Trial], until: str = "") -> str:
    """` for 3d`: how long it went well for all of them, at least; "" where one does not say, or
    where it was seen once and never again."""
    spans: list[tuple[float, bool]] = []
    for trial in trials:
        begun, ended = seconds(trial.since), seconds(until or trial.at)
        if begun is None or ended is None:
            return ""
        spans.append((ended - begun, trial.least))
    shortest, longer = min(spans, default=(0.0, False))
    return f" for {'at least ' if longer else ''}{age(shortest)}" if shortest >= 1.0 else ""


def _failed(name: str, environment: str, bad: list[Trial]) -> str:
    verb = "is failing" if any(t.now for t in bad) else "failed"
    parts = [
        f"{t.kustomization.label}: {t.status}" + (f" at {_minute(t.at)}" if t.at else "")
        for t in sorted(bad, key=lambda t: t.kustomization)[:_NAMED]
    ]
    more = f" and {len(bad) - _NAMED} more" if len(bad) > _NAMED else ""
    return f"{name} {verb} in {environment}: {', '.join(parts)}{more}"


def _minute(at: str) -> str:
    """`2026-11-23 03:04Z` of an RFC 3339 text in UTC, else the text."""
    return f"{at[:10]} {at[11:16]}Z" if at.endswith("Z") and len(at) >= 20 else at


def record_of(snapshot: Snapshot, repository: str) -> Record:
    """The record of a repository's builds (`oci://...`), mirrors of it included."""
    path = repository_path(repository)
    joined = configured(path, snapshot.config.services)
    paths = {path, *(repository_path(u) for u in (joined.urls if joined else ()))}
    followed = {r.key for r in roles.tagged(snapshot) if repository_path(sources.url(r)) in paths}
    all_appliers = (member for kind in APPLIERS for member in snapshot.of_kind(kind))
    members = (member for member in all_appliers if appliers.source(member) in followed)
    return Record(trial for member in members for trial in _tried(snapshot, member))


def _tried(snapshot: Snapshot, member: Resource) -> Iterator[Trial]:
    source = appliers.source(member)
    told = trials(member, snapshot.get(source) if source is not None else None)
    # What cannot be reached may have moved on since it was seen.
    lost = member.key.environment in snapshot.unreachable
    yield from (replace(trial, runs=False) for trial in told.values()) if lost else told.values()
