"""The views that are read over the others: which Command opens which text.

Each text is made by its own file; nothing here decides what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fluxtui.commands.command import Command
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.screens.help import help_lines
from fluxtui.ui.screens.holds import hold_lines
from fluxtui.ui.screens.livereading import LiveReading
from fluxtui.ui.screens.reading import UNDER, Reading
from fluxtui.ui.widgets.footer import findings_lines


def read_over(
    id_: str,
    snapshot: Snapshot,
    clock: Callable[[], float],
    commands: Sequence[Command],
    keys: dict[str, str],
) -> Reading:
    """The text of a Command of `views.READ`; `clock` gives epoch seconds."""
    if id_ == "holds":
        return LiveReading("Holds", hold_lines, snapshot, clock)
    return Reading("Help", help_lines(commands, keys), UNDER)


def findings(snapshot: Snapshot, clock: Callable[[], float]) -> Reading:
    """Everything that a person should know, whole."""
    return LiveReading("Findings", findings_lines, snapshot, clock)
