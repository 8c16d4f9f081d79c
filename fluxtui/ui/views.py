"""Which view is open, and the way back: panes are mounted when they are first opened.

Opening takes a moment. Whoever asks meanwhile only says what is wanted; the last one counts, and a
pane is never touched before its widgets are there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from textual.containers import Vertical

from fluxtui.commands.command import Target
from fluxtui.ui.panes.catalog import PANES
from fluxtui.ui.panes.pane import Pane, View


@dataclass(frozen=True, slots=True)
class WantedView:
    """A view to open. `back`: on the way back, which is not remembered again. `kind`: the only
    kind of object to show, "" all; `clear`: end its filter."""

    name: str
    target: Target
    back: bool = False
    kind: str = ""
    clear: bool = False


class Views:
    """The panes in a body. `look` gives the View now, `shown` is called when one is open."""

    def __init__(self, look: Callable[[], View], shown: Callable[[Pane, Target], None]) -> None:
        self._look = look
        self._shown = shown
        self._wanted: WantedView | None = None
        self._panes: dict[str, Pane] = {}
        self._way: list[str] = []
        self.opening = False
        self.current = ""

    @property
    def pane(self) -> Pane | None:
        """The visible pane; None until the first one is whole."""
        return self._panes.get(self.current)

    @property
    def before(self) -> str:
        """The view that back leads to, "" at the first one."""
        return self._way[-1] if self._way else ""

    def want(self, wanted: WantedView) -> bool:
        """Say what is to be opened; True when `opened` has to be run for it."""
        self._wanted = wanted
        first, self.opening = not self.opening, True
        return first

    async def opened(self, body: Vertical) -> None:
        """Open what is wanted last."""
        try:
            while self._wanted is not None:
                wanted, self._wanted = self._wanted, None
                pane = self._panes.get(wanted.name) or await self._mounted(wanted, body)
                if self._wanted is None:
                    self._show(pane, wanted)
        finally:
            self.opening = False

    async def _mounted(self, wanted: WantedView, body: Vertical) -> Pane:
        pane = PANES[wanted.name](replace(self._look(), target=wanted.target))
        for other in self._panes.values():
            other.display = False  # the new one is laid out for all the room
        await body.mount(pane)
        self._panes[wanted.name] = pane
        laid = asyncio.Event()
        pane.call_after_refresh(laid.set)
        await laid.wait()  # lines are broken for a width, and it has one now
        return pane

    def _show(self, pane: Pane, wanted: WantedView) -> None:
        pane.aim(wanted.target)
        for other in self._panes.values():
            other.display = other is pane
        if wanted.back:
            self._way = self._way[:-1]
        elif self.current and self.current != wanted.name:
            self._way = [w for w in self._way if w != self.current] + [self.current]
        self.current = wanted.name
        pane.kind = wanted.kind
        if wanted.clear:
            pane.table.filter("")
        self._shown(pane, wanted.target)
