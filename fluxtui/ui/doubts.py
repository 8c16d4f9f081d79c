"""What a pane says where it has nothing to show, as long as not all is known. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.domain.knowledge import Knowledge
from fluxtui.domain.known import place_known
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.spans import Line


def doubt_line(name: str, knowledge: Knowledge) -> Line:
    """`✗ staging refuses the connection: ... (what to do)`; `○` while it is only not read yet."""
    glyph, role = ("○", "wait") if knowledge.pending else ("✗", "bad")
    way = f" ({knowledge.step})" if knowledge.step else ""
    return ((f"{glyph} ", role), (name, "name"), (f" {knowledge.clause}{way}", role))


def doubt_lines(snapshot: Snapshot, names: Iterable[str]) -> tuple[Line, ...]:
    """One line for each of these Environments that is not known now."""
    places = ((name, place_known(snapshot, name)) for name in names)
    return tuple(doubt_line(name, knowledge) for name, knowledge in places if not knowledge.known)


def doubts_of(snapshot: Snapshot, environment: str) -> tuple[Line, ...]:
    """Of this Environment; "" while none is chosen: of all there are."""
    names = snapshot.board.environments or [e.name for e in snapshot.config.environments]
    return doubt_lines(snapshot, (environment,) if environment else names)
