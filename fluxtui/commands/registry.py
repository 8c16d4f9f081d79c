"""All Commands, once. Adding a family means naming it here; nothing else lists Commands."""

from __future__ import annotations

from fluxtui.commands import pin, promote, publish, reconcile, suspend, views
from fluxtui.commands.command import Command

ALL: tuple[Command, ...] = (
    *views.COMMANDS,
    *reconcile.COMMANDS,
    *suspend.COMMANDS,
    *promote.COMMANDS,
    *pin.COMMANDS,
    *publish.COMMANDS,
)


_BY_ID = {command.id: command for command in ALL}


def by_id(id_: str) -> Command:
    """The Command of that id. Raises KeyError: ids are constants of the program."""
    return _BY_ID[id_]
