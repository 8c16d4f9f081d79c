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
    """A view to open. `back`: on the way back, which is not remembered again, to what it showed.
    `kind`: the only kind of object to show, "" all; `clear`: end its filter."""

    name: str
    target: Target
    back: bool = False
    kind: str = ""
    clear: bool = False


class Views:
    """The panes in a body. `look` gives the View now, `shown` is called when one is open."""

    def __init__(self, look: Callable[[], View], on_shown: Callable[[Pane, Target], None]) -> None:
        self._look = look
        self._shown = on_shown
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

    def want(self, request: WantedView) -> bool:
        """Say what is to be opened; True when `opened` has to be run for it."""
        self._wanted = request
        first, self.opening = not self.opening, True
        return first

    async def opened(self, body: Vertical) -> None:
        """Open what is wanted last."""
        try:
            while self._wanted is not None:
                request, self._wanted = self._wanted, None
                pane = self._panes.get(request.name) or await self._mounted(request, body)
                if self._wanted is None:
                    self._show(pane, request)
        finally:
            self.opening = False

    async def _mounted(self, request: WantedView, body: Vertical) -> Pane:
        pane = PANES[request.name](replace(self._look(), target=request.target))
        for sibling in self._panes.values():
            sibling.display = False  # the new one is laid out for all the room
        await body.mount(pane)
        self._panes[request.name] = pane
        laid = asyncio.Event()
        pane.call_after_refresh(laid.set)
        await laid.wait()  # lines are broken for a width, and it has one now
        return pane

    def _show(self, pane: Pane, request: WantedView) -> None:
        pane.aim(request.target)
        for sibling in self._panes.values():
            sibling.display = sibling is pane
        if request.back:
            self._way = self._way[:-1]
        elif request.name in self._way:  # who opens what they came from goes back to it
            self._way = self._way[: self._way.index(request.name)]
        elif self.current and self.current != request.name:
            self._way = [*self._way, self.current]
        self.current = request.name
        if not request.back:
            pane.kind = request.kind
        if request.clear:
            pane.table.filter("")
        self._shown(pane, request.target)
