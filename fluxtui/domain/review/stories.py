"""What is known of the builds that an act brings: where each runs well and for how long, which
source commit it was made of, and what lies between that and what runs there now.

Sentences for a review; nothing is judged here, and no remote is asked. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from fluxtui.domain.board import Level, Line
from fluxtui.domain.commitrange import CommitRange
from fluxtui.domain.durations import age
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.plan import Move
from fluxtui.domain.resource import Resource
from fluxtui.domain.review.plans.undertaking import Candidate, Undertaking
from fluxtui.domain.revision import commit_of, digest_of
from fluxtui.domain.snapshot import Snapshot, TagFacts
from fluxtui.domain.spells import came_again
from fluxtui.kit.moments import order, seconds

_SHORT = 8
_COMPARED = (
    ("github.com", "{url}/compare/{old}...{new}"),
    ("gitlab.com", "{url}/-/compare/{old}...{new}"),
    ("bitbucket.org", "{url}/branches/compare/{new}..{old}"),
)


def stories(act: Undertaking, now: str) -> tuple[str, ...]:
    """All sentences, each once; `now`: RFC 3339."""
    sentences = (
        text for build in act.builds for text in (*_runs(act, build, now), *_made(act, build))
    )
    return tuple(dict.fromkeys(sentences))


def _runs(act: Undertaking, build: Candidate, now: str) -> Iterator[str]:
    """Where it is well, the longest first, and where it only was."""
    well: dict[str, tuple[str, bool]] = {}
    for row in act.snapshot.board.rows:
        for line in (line for lines in row.lines.values() for line in lines):
            place = line.key.environment
            if line.running.digest and line.running.digest == build.digest:
                told = _since(act.snapshot, line)
                if line.health.level is Level.OK:
                    well[place] = max(well.get(place, ("", True)), told, key=_moment)
    moment = seconds(now)
    for place, (since, sure) in sorted(well.items(), key=lambda entry: _moment(entry[1])):
        at = seconds(since)
        if moment is not None and at is not None:
            least = "" if sure else "at least "
            yield f"{build.name} is healthy in {place} for {least}{age(moment - at)}"


def _moment(since: tuple[str, bool]) -> int:
    return order(since[0])


def _since(snapshot: Snapshot, line: Line) -> tuple[str, bool]:
    """Since when all its Kustomizations run it well (RFC 3339), "" where one does not say; and
    whether not for longer."""
    begun: list[tuple[str, bool]] = []
    for key in line.appliers:
        member = snapshot.get(key)
        ready = member.condition("Ready") if member is not None else None
        if member is None or ready is None or ready.status != "True":
            return "", True
        digest = digest_of(appliers.running(member))
        runs = [run for run in appliers.history(member) if digest_of(run.revision) == digest]
        # One entry for each outcome (docs/flux.md#history): well since it was so first, and since
        # it failed last.
        times = [r.first if appliers.is_good(key, r.status) else r.last for r in runs]
        # Ready turns with every run: only where nothing is remembered does it say since when.
        since = max(times, key=order, default="") or ready.last_transition
        again = came_again(_feed(snapshot, member), digest, since)
        begun.append((again or since, not again))
    return max(begun, key=_moment, default=("", True))


def _feed(snapshot: Snapshot, member: Resource) -> Resource | None:
    source = appliers.source(member)
    return snapshot.get(source) if source is not None else None


def _made(act: Undertaking, build: Candidate) -> Iterator[str]:
    """The commit it was made of, and where what lies between can be read."""
    facts = build.facts
    new = commit_of(facts.revision) if facts is not None else ""
    if facts is None or not new:
        return
    where = f" of {facts.source}" if facts.source else ""
    yield f"{build.name} was made of commit {new[:_SHORT]}{where}"
    for between in _ranges(act, build):
        asked = f"git log {between.old[:_SHORT]}..{new[:_SHORT]}"
        asked += f" in {between.source}" if between.source else ""
        for place in between.environments:
            yield f"changes for {place}: {between.page or asked}"


def ranges(act: Undertaking) -> tuple[CommitRange, ...]:
    """What lies between what runs and each build that comes, where both manifests say it."""
    return tuple(between for build in act.builds for between in _ranges(act, build))


def commit_ranges(snapshot: Snapshot, moves: Iterable[Move]) -> tuple[CommitRange, ...]:
    """What lies between the commit that a Git source has and the one it goes to."""
    between = []
    for move in moves:
        source = snapshot.get(move.source)
        if source is None or not sources.is_of_git(move.source):
            continue
        stored = commit_of(sources.revision(source))
        old, new = commit_of(move.before) or stored, commit_of(move.after) or stored
        if old and new and old != new:
            url, place = sources.url(source), move.source.environment
            page = _page(url, old, new)
            between.append(CommitRange((place,), new[:_SHORT], "", url, old, new, page))
    return tuple(dict.fromkeys(between))


def _ranges(act: Undertaking, build: Candidate) -> tuple[CommitRange, ...]:
    """Each range once, with all Environments that go through it."""
    facts = build.facts
    if facts is None:
        return ()
    new = commit_of(facts.revision)
    places: dict[str, list[str]] = {}
    for arrival in act.arrivals:
        place = arrival.source.key.environment
        before = _before(act, place, build)
        if before is None or before.source != facts.source:
            continue
        old = commit_of(before.revision)
        if new and old and old != new:
            places.setdefault(old, []).append(place)
    return tuple(
        CommitRange(
            tuple(dict.fromkeys(names)),
            build.name,
            build.repository,
            facts.source,
            old,
            new,
            _page(facts.source, old, new),
        )
        for old, names in places.items()
    )


def _before(act: Undertaking, environment: str, build: Candidate) -> TagFacts | None:
    """What is known of the manifest of what runs there now."""
    for arrival in act.arrivals:
        if arrival.environment != environment or arrival.build != build:
            continue
        line = act.snapshot.board.line(arrival.source.key)
        digest = line.running.digest if line is not None else ""
        listed = act.snapshot.tags.get(sources.url(arrival.source))
        if digest and listed is not None:
            every = (*listed.pinned.values(), *listed.facts.values())
            return next((facts for facts in every if facts.digest == digest), None)
    return None


def _page(url: str, old: str, new: str) -> str:
    """A page of the forge that shows them, where it has one."""
    parts = urlsplit(url)
    for host, form in _COMPARED:
        if parts.scheme == "https" and parts.hostname == host:
            page = f"https://{host}{parts.path.removesuffix('.git').rstrip('/')}"
            return form.format(url=page, old=old, new=new)
    return ""
