"""What a filter hides: an empty answer says which filter made it so, and how much there is without.

"Nothing is delivered" is said of what was looked at whole, never of what `-l` or `-n` left of it.
The sentences are problems of the answer: on stderr, in JSON, and in the exit code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from dataclasses import replace

from fluxtui.cli.looking import Look
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.counts import agreed, counted
from fluxtui.domain.kinds import ALL
from fluxtui.domain.known import place_known
from fluxtui.domain.snapshot import Snapshot

Items = Callable[[Look], Sized]


def hidden(view: Look, items_of: Items, thing: str) -> list[str]:
    """Why nothing is shown although there is something; nothing when there is another reason."""
    parts = _parts(view)
    if view.problems or not (view.selector or parts) or items_of(view):
        return []
    labelled = _by_labels(view, items_of, thing)
    bare = [part for part in parts if not _flux(view.snapshot, part.name)]
    if bare:
        return [*labelled, *_by_namespaces(view, bare)]
    # What a configuration keeps to is all that its owner looks at; what `-n` leaves out is told.
    return labelled or (_elsewhere(view, parts, items_of, thing) if view.namespaces else [])


def by_labels(view: Look, number: int, thing: str) -> str:
    """That none of so many has the labels that were asked for."""
    none = f"the one {thing} there" if number == 1 else f"none of {counted(number, thing)}"
    verb = "has not" if number == 1 else "has"
    again = "leave out -l to see it" if number == 1 else "leave out -l to see them"
    return f"{', '.join(view.environments)}: {none} {verb} the labels {view.selector}: {again}"


def _by_labels(view: Look, items_of: Items, thing: str) -> list[str]:
    number = len(items_of(replace(view, selector=""))) if view.selector else 0
    return [by_labels(view, number, thing)] if number else []


def _parts(view: Look) -> list[Environment]:
    """Environments of which a part only is looked into, and that part is known."""
    environments = view.snapshot.config.environments
    return [e for e in environments if e.name in view.environments and e.namespaces
            and place_known(view.snapshot, e.name).known]  # fmt: skip


def _flux(snapshot: Snapshot, environment: str) -> int:
    """How many objects of Flux are there."""
    return sum(len(snapshot.table(environment, kind)) for kind in ALL)


def _by_namespaces(view: Look, parts: Sequence[Environment]) -> list[str]:
    """That nothing of Flux is in these parts, and how much is in others."""
    elsewhere = _everywhere(view.snapshot.config, parts)
    sentences = []
    for part in parts:
        number = _flux(elsewhere, part.name)
        summary = f"{number} {agreed(number, 'is')} in others"
        if not place_known(elsewhere, part.name).known:
            summary = "whether there is any in others is not known"
        sentences.append(
            f"{part.name}: no object of Flux is in {_named(part)}, and no"
            f" other was looked into: {summary} (-A looks into all)"
        )
    return sentences


def _elsewhere(view: Look, parts: Sequence[Environment], items_of: Items, thing: str) -> list[str]:
    """How much of what was asked for is in other namespaces, where none is in these parts."""
    elsewhere = replace(view, snapshot=_everywhere(view.snapshot.config, parts), selector="")
    sentences = []
    for part in parts:
        number = len(items_of(replace(elsewhere, environments=(part.name,))))
        none = (
            f"the one {thing} there is not"
            if number == 1
            else f"none of {counted(number, thing)} is"
        )
        if number:
            sentences.append(f"{part.name}: {none} in {_named(part)}: -A looks into all")
    return sentences


def _named(part: Environment) -> str:
    within = "namespace" if len(part.namespaces) == 1 else "namespaces"
    return f"{within} {', '.join(part.namespaces)}"


def _everywhere(config: Config, parts: Sequence[Environment]) -> Snapshot:
    """Those environments as they are without a namespace being named."""
    from fluxtui.cli.session import running
    from fluxtui.cli.settling import settle

    whole = tuple(replace(part, namespaces=()) for part in parts)
    with running(replace(config, environments=whole), tags=False) as engine:
        settle(engine, tags=False)
        return engine.snapshot
