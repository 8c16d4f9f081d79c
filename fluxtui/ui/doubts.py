"""What a pane says where it has nothing to show, as long as not all is known. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.domain.knowledge import Knowledge
from fluxtui.domain.known import place_known
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.spans import Line


def doubt_line(name: str, known: Knowledge) -> Line:
    """`✗ staging refuses the connection: ... (what to do)`; `○` while it is only not read yet."""
    glyph, role = ("○", "wait") if known.pending else ("✗", "bad")
    way = f" ({known.step})" if known.step else ""
    return ((f"{glyph} ", role), (name, "name"), (f" {known.clause}{way}", role))


def doubt_lines(snapshot: Snapshot, names: Iterable[str]) -> tuple[Line, ...]:
    """One line for each of these Environments that is not known now."""
    places = ((name, place_known(snapshot, name)) for name in names)
    return tuple(doubt_line(name, known) for name, known in places if not known.known)


def doubts_of(snapshot: Snapshot, environment: str) -> tuple[Line, ...]:
    """Of this Environment; "" while none is chosen: of all there are."""
    every = snapshot.board.environments or [e.name for e in snapshot.config.environments]
    return doubt_lines(snapshot, (environment,) if environment else every)
