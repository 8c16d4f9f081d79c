"""Which comparisons of releases there are, and what to ask for each. Pure.

For screen and verbs alike: a release with the one before it, the deployed one with what is live,
and its chart with another version of it.
"""

from __future__ import annotations

from fluxtui.commands.command import Target
from fluxtui.domain import roles
from fluxtui.domain.ask import ChartDiff
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import appliers, releases
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot


def releases_of(snapshot: Snapshot, target: Target) -> tuple[Key, ...]:
    """What keeps releases and is meant: the object, what it alone feeds, or the Service's part in
    that Environment; none where bundles are delivered."""
    if target.object is not None:
        if releases.has_releases(target.object):
            return (target.object,)
        keys = [resource.key for resource in roles.users_of(snapshot, target.object)]
    else:
        row = snapshot.board.row(target.service)
        lines = row.lines.get(target.environment, ()) if row is not None else ()
        keys = [key for line in lines for key in line.appliers]
    return tuple(dict.fromkeys(keys)) if all(map(releases.has_releases, keys)) else ()


def chart_question(
    snapshot: Snapshot, release: Key, after: str = "", before: str = "", *, rendered: bool = False
) -> ChartDiff:
    """Its chart as deployed -> `after`; "": what the policy would pick, else the newest there is.
    Raises UsageError where that is what runs, or is not known."""
    resource = snapshot.get(release)
    runs = appliers.running(resource).partition("@")[0] if resource is not None else ""
    before = before or runs
    if not before:
        raise UsageError("no release of it is deployed", where=str(release))
    line = snapshot.board.line(release)
    if not after and line is not None:
        known = (line.would_pick, line.newest) if line.listed.known else ()
        after = next((version for version in known if version and version != before), "")
        if not after and any(known):
            raise UsageError(
                f"{before} runs here, which is the newest version of its chart",
                next="name another one",
            )
    if not after:
        why = line.listed.reason if line is not None and not line.listed.known else ""
        raise UsageError(
            f"which versions of its chart there are is not known{f': {why}' if why else ''}",
            where=str(release),
            next="name one",
        )
    return ChartDiff(release, after, before, rendered)


def release_number(text: str) -> int:
    """The number of a release, 0 for "". Raises UsageError."""
    plain = text.removeprefix("v")
    if text and not (plain.isdecimal() and plain.isascii() and int(plain) > 0):
        raise UsageError(
            f"{text!r} is no number of a release",
            next="releases are numbered 1, 2, ...; versions of charts are compared by --chart",
        )
    return int(plain) if plain else 0
