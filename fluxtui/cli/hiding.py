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
    if view.problems or not (view.selector or _parts(view)) or items_of(view):
        return []
    return [*_by_labels(view, items_of, thing), *_by_namespaces(view)]


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
    """Environments of which a part only is looked into, and nothing of Flux is in that part."""
    environments = view.snapshot.config.environments
    return [e for e in environments if e.name in view.environments and e.namespaces
            and not _flux(view.snapshot, e.name)
            and place_known(view.snapshot, e.name).known]  # fmt: skip


def _flux(snapshot: Snapshot, environment: str) -> int:
    """How many objects of Flux are there."""
    return sum(len(snapshot.table(environment, kind)) for kind in ALL)


def _by_namespaces(view: Look) -> list[str]:
    parts = _parts(view)
    if not parts:
        return []
    elsewhere = _everywhere(view.snapshot.config, parts)
    sentences = []
    for part in parts:
        within = "namespace" if len(part.namespaces) == 1 else "namespaces"
        number = _flux(elsewhere, part.name)
        summary = f"{number} {agreed(number, 'is')} in others"
        if not place_known(elsewhere, part.name).known:
            summary = "whether there is any in others is not known"
        sentences.append(
            f"{part.name}: no object of Flux is in {within} {', '.join(part.namespaces)}, and no"
            f" other was looked into: {summary} (-A looks into all)"
        )
    return sentences


def _everywhere(config: Config, parts: Sequence[Environment]) -> Snapshot:
    """Those environments as they are without a namespace being named."""
    from fluxtui.cli.session import running
    from fluxtui.cli.settling import settle

    whole = tuple(replace(part, namespaces=()) for part in parts)
    with running(replace(config, environments=whole), tags=False) as engine:
        settle(engine, tags=False)
        return engine.snapshot
