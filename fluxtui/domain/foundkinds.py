"""Kinds that belong to Flux by what an API says of them, and that fluxtui has no file for.

An API is believed where it lists a kind in a category `fluxcd...`, or its definition has the label
`app.kubernetes.io/part-of: flux`. Such a kind is shown by what most kinds have in common and cannot
be acted on: nobody knows what its controller heeds. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.domain import kinds
from fluxtui.domain.kinds.kind import Kind, Means
from fluxtui.domain.kinds.reading import text_at
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot

CATEGORY = "fluxcd"
PART_OF = "app.kubernetes.io/part-of=flux"
MOST = 40
"""Kinds of one API; more are not asked for."""
_REVISIONS = (
    ("artifact", "revision"),
    ("lastAppliedRevision",),
    ("lastAttemptedRevision",),
    ("revision",),
)
_MEANS = Means()


def found(group: str, version: str, kind: str, plural: str, short: Iterable[str] = ()) -> Kind:
    """The Kind of these API names; it takes no act."""
    words = tuple(short)
    return Kind(
        group,
        version,
        kind,
        plural,
        words[0] if words else kind.lower(),
        words=words,
        reconciles=False,
        suspends=None,
        revision=revision,
    )


def is_known(group: str, kind: str) -> bool:
    """Whether it has a file of its own."""
    return any(known.id == (group, kind) for known in kinds.ALL)


def all_kinds(snapshot: Snapshot, environment: str = "") -> tuple[Kind, ...]:
    """All that are shown there, or anywhere; those that were found come last."""
    places = [environment] if environment else list(snapshot.found)
    more = (kind for place in places for kind in snapshot.found.get(place, ()))
    return (*kinds.ALL, *sorted(set(more), key=lambda kind: (kind.kind, kind.group)))


def name_of(kind: Kind) -> str:
    """What tells it from every other kind: its own name, and with its group where it was found."""
    return kind.kind if is_known(*kind.id) else f"{kind.kind}.{kind.group}"


def revision(resource: Resource) -> str:
    """What its status says that it holds, at one of the usual places; "" for nothing."""
    return next((text for path in _REVISIONS if (text := text_at(resource.status, *path))), "")


def suspended(resource: Resource) -> bool:
    """Whether it is suspended: of what was found, whether spec.suspend says so."""
    if kinds.of(resource.key) is not None:
        return kinds.suspended(resource)
    return _MEANS.holds(resource)
