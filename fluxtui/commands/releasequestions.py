"""Which comparisons of releases there are, and what to ask for each. Pure.

For screen and verbs alike: a release with the one before it, and the deployed one with what is
live.
"""

from __future__ import annotations

from fluxtui.commands.context import Target
from fluxtui.domain import roles
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import releases
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


def release_number(text: str) -> int:
    """The number of a release, 0 for "". Raises UsageError."""
    plain = text.removeprefix("v")
    if text and not (plain.isdecimal() and plain.isascii() and int(plain) > 0):
        raise UsageError(
            f"{text!r} is no number of a release",
            next="releases are numbered 1, 2, ...; versions of charts are compared by --chart",
        )
    return int(plain) if plain else 0
