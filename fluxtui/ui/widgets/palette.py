"""The command palette: every Command by its title, with its key, and the reason when it is off."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from fluxtui.commands.command import Command
from fluxtui.ui.keys import shown_key

if TYPE_CHECKING:
    from fluxtui.ui.app import FluxtuiApp
    from fluxtui.ui.desk import Desk


class Commands(Provider):
    """Hits from the registry."""

    @property
    def _desk(self) -> Desk:
        return cast("FluxtuiApp", self.app).desk

    def _help(self, command: Command) -> str:
        reason = command.disabled_reason(self._desk.context())
        return f"not now: {reason}" if reason else command.help

    def _title(self, command: Command) -> str:
        key = shown_key(self._desk.keys.get(command.id, ""))
        return f"{command.title}  ({key})" if key else command.title

    async def discover(self) -> Hits:
        """Everything, in the registry's order."""
        for command in self._desk.setting.commands:
            yield DiscoveryHit(
                Content(self._title(command)),
                lambda c=command: self._desk.start(c),
                text=command.title,
                help=self._help(command),
            )

    async def search(self, query: str) -> Hits:
        """By title, id or help."""
        matcher = self.matcher(query)
        for command in self._desk.setting.commands:
            score = max(matcher.match(command.title), matcher.match(command.id))
            if score > 0:
                yield Hit(
                    score,
                    Content(self._title(command)),
                    lambda c=command: self._desk.start(c),
                    text=command.title,
                    help=self._help(command),
                )
