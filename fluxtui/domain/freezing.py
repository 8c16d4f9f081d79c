"""What moves by itself, and so has to stand still when a place is frozen; and what a freeze holds.

A source moves when it follows something that may name another build tomorrow; what applies it
stands still then, so it is left to correct drift, unless it has a build still to take, or takes one
from what nobody can hold. A release is held itself: it upgrades with its values, too. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fluxtui.domain import kinds
from fluxtui.domain.board import Finding, Mark, Severity
from fluxtui.domain.counts import agreed, counted
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.marks import FREEZE, frozen_by, suspension
from fluxtui.domain.naming import names_in
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import same_build, version_text
from fluxtui.domain.scopes import ENVIRONMENT, WholeScope, members
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.moments import order
from fluxtui.kit.values import frozen


@frozen
class Mover:
    """One object that would move by itself, and `why`."""

    key: Key
    why: str


@frozen
class Loose:
    """One object that moves by itself in a frozen Environment, the `freeze` it is not held by, and
    how it came to be out of it."""

    key: Key
    freeze: str
    why: str


@frozen
class Standstill:
    """What a freeze of some objects comes to. `movers` are to be suspended, `held` are already,
    `still` do not move."""

    movers: tuple[Mover, ...]
    held: tuple[tuple[Key, Mark], ...]
    still: tuple[Key, ...]


def standstill(snapshot: Snapshot, objects: Iterable[Resource]) -> Standstill:
    """Each of these objects in its place."""
    movers, held, still = [], [], []
    for resource in objects:
        mark = suspension(resource)
        if mark is not None:
            held.append((resource.key, mark))
        elif why := moves(snapshot, resource):
            movers.append(Mover(resource.key, why))
        else:
            still.append(resource.key)
    return Standstill(tuple(movers), tuple(held), tuple(still))


def moves(snapshot: Snapshot, resource: Resource) -> str:
    """Why it would move by itself; "" when it would not, or cannot be held."""
    kind = kinds.of(resource.key)
    if kind is None or kind.suspends is None:
        return ""
    if appliers.is_applier(resource.key):
        return _applier(snapshot, resource)
    return _source(resource)


def _source(resource: Resource) -> str:
    role = sources.role(resource.key)
    if role is None or role.charts is not None or role.wish is not None:
        return ""  # charts wait for the release that takes them, which is held
    if role.policy is not None:
        return "" if role.policy(resource).digest else f"picks by {sources.follows(resource)}"
    if role.reference is not None and role.reference(resource) is None:
        return ""  # a commit stays what it is
    return f"follows {sources.follows(resource) or sources.url(resource)}"


def _applier(snapshot: Snapshot, resource: Resource) -> str:
    if not appliers.takes_bundles(resource.key):
        return "upgrades by itself with its chart and its values"
    key = appliers.source(resource)
    if key is None:
        return "takes its content from no source that could be held"
    holder, kind = snapshot.get(key), kinds.of(key)
    if holder is None:
        return f"its source {key.label} is not seen here and cannot be held"
    if kind is None or kind.suspends is None:
        return f"its source {key.label} cannot be held"
    stored = sources.revision(holder)
    if stored and not same_build(stored, appliers.applied(resource)):
        return f"has {version_text(stored, names_in(snapshot, holder))} still to take"
    return ""


def freezes(objects: Iterable[Resource]) -> Mapping[str, tuple[Resource, ...]]:
    """Freeze id -> what it still holds."""
    found: dict[str, list[Resource]] = {}
    for resource in objects:
        name = frozen_by(resource)
        if name:
            found.setdefault(name, []).append(resource)
    return {name: tuple(held) for name, held in found.items()}


def escaped(objects: Iterable[Resource], freeze: str) -> tuple[Resource, ...]:
    """What that freeze held once: its note is there, and somebody has resumed it since."""
    return tuple(
        r for r in objects if r.annotations.get(FREEZE) == freeze and frozen_by(r) != freeze
    )


def loose(snapshot: Snapshot, environment: str) -> tuple[Loose, ...]:
    """What is not held there though the Environment is frozen: a freeze is suspensions, and nobody
    makes them for what is created or resumed afterwards. Nothing where nothing is frozen."""
    every = members(snapshot, WholeScope(ENVIRONMENT, environment, (environment,)))
    began = {
        name: max((mark.since for r in held if (mark := suspension(r))), key=order, default="")
        for name, held in freezes(every).items()
    }
    if not began:
        return ()
    newest = max(began, key=lambda name: order(began[name]))
    found = []
    for resource in every:
        noted = resource.annotations.get(FREEZE, "")
        freeze = noted if noted in began else newest
        why = moves(snapshot, resource) if suspension(resource) is None else ""
        if why:
            found.append(
                Loose(resource.key, freeze, f"{_out(resource, noted, began, freeze)}{why}")
            )
    return tuple(found)


def _out(resource: Resource, noted: str, began: Mapping[str, str], freeze: str) -> str:
    """How it came to be out of the freeze, as far as the object says it."""
    if noted in began:
        return "resumed since: "
    later = resource.created and began[freeze] and order(resource.created) > order(began[freeze])
    return "created since: " if later else ""


def not_held(environment: str, found: Sequence[Loose]) -> tuple[Finding, ...]:
    """The one Finding of what is not held there."""
    if not found:
        return ()
    first = found[0]
    more = f" and {counted(len(found) - 1, 'other object')}" if len(found) > 1 else ""
    return (
        Finding(
            Severity.WARNING,
            "not-held",
            environment,
            f"{first.key.label}{more} {agreed(len(found), 'is')} not held by freeze"
            f" {first.freeze}: {first.why}",
            f"freeze {environment} again: the same freeze takes it in",
            subject=first.key,
        ),
    )
