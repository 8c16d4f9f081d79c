"""The views that are read over the others: which Command opens which text.

Each text is made by its own file; nothing here decides what it says.
"""

from __future__ import annotations

from collections.abc import Sequence

from fluxtui.commands.command import Command
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.screens.help import help_lines
from fluxtui.ui.screens.holds import hold_lines
from fluxtui.ui.screens.reading import Reading


def read_over(
    id_: str, snapshot: Snapshot, now: float, commands: Sequence[Command], keys: dict[str, str]
) -> Reading:
    """The text of a Command of `views.READ`; `now` in epoch seconds."""
    if id_ == "holds":
        return Reading("Holds", hold_lines(snapshot, now))
    return Reading("Help", help_lines(commands, keys), 36)
