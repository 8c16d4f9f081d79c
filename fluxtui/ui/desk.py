"""The working screen: opens views, hands Snapshots to the visible pane, turns keys into Commands.

Holds the Target and the way back, nothing else; what is shown is the Snapshot's, what is done is
the Engine's. It is imported after the first paint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from fluxtui.commands.command import Command, Context, Target
from fluxtui.domain.config import Config
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui import frame
from fluxtui.ui.bridge import Bridge, LookAgain
from fluxtui.ui.flow import carry_out
from fluxtui.ui.keys import key_table
from fluxtui.ui.panes.catalog import PANES
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.screens.help import help_lines
from fluxtui.ui.screens.reading import Reading
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.spans import Line
from fluxtui.ui.start import HOME, is_said, resolved, view_of
from fluxtui.ui.widgets.filterfield import FilterField
from fluxtui.ui.widgets.footer import findings_lines

TICK = 5.0  # seconds between two looks at the ages; a slow link gets them less often


@dataclass(frozen=True, slots=True)
class Setting:
    """What the composition root decided. `now` RFC 3339 for Plans, `clock` epoch s for ages."""

    config: Config
    user: str
    now: Callable[[], str]
    clock: Callable[[], float]
    start: Target
    commands: tuple[Command, ...]


class Desk(Screen[None]):
    """The frame, and one pane at a time in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "back", "Back", show=False),
        Binding("slash", "filter", "Filter", show=False),
        Binding("exclamation_mark", "findings", "Findings", show=False),
    ]

    def __init__(self, bridge: Bridge, setting: Setting) -> None:
        super().__init__(id="desk")
        self.bridge = bridge
        self.setting = setting
        self.keys = key_table(setting.commands, setting.config.keys)
        self.target = Target(environment=setting.start.environment)
        self._start = setting.start if is_said(setting.start) else None
        self._snapshot = Snapshot(config=setting.config)
        self._current = ""
        self._opened = 0
        self._way: list[str] = []
        self._message: Line = ()
        self._leaving = False  # q was pressed once at the first view
        self._bind_commands()

    # Life ----------------------------------------------------------------------------------------

    def _bind_commands(self) -> None:
        for command in self.setting.commands:
            if self.keys[command.id]:
                self._bindings.bind(self.keys[command.id], f"command('{command.id}')", show=False)

    def compose(self) -> ComposeResult:
        """The frame; panes are mounted when they are first opened."""
        yield from frame.parts()

    async def on_mount(self) -> None:
        """The Engine's thread starts when the first view is painted."""
        await self.open_view(HOME, self.target)
        self.call_after_refresh(self.bridge.start, self)
        every = TICK * 4 if self.setting.config.slow else TICK
        self.set_interval(every, lambda: self._show(self.bridge.peek()))

    def on_look_again(self, _message: LookAgain) -> None:
        """There is a newer Snapshot."""
        self._show(self.bridge.take())

    def on_resize(self, _event: events.Resize) -> None:
        """The frame is laid out for the new size."""
        self.call_after_refresh(self.draw)

    def _show(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot = self._filled(snapshot)
        if self._start is not None:
            target, doubt = resolved(snapshot, self._start)
            if target is not None or doubt:
                self.run_worker(self._begin(view_of(self._start), target, doubt), group="view")
                self._start = None
        if self.pane is not None:
            self.pane.show(self.view())
            self._follow(self.pane)
        for screen in self.app.screen_stack:
            if isinstance(screen, Sheet):
                screen.show(snapshot)
        self.draw()

    async def _begin(self, view: str, target: Target | None, doubt: str) -> None:
        """Go where the command line said, or say why that is not clear."""
        if target is not None:
            await self.open_view(view, target)
        if doubt:
            self.app.push_screen(Reading("Where to start?", (((doubt, "name"),),)))

    def _follow(self, pane: Pane) -> None:
        """Live are the Pods of what is in sight, and of what fails: they know why."""
        self.bridge.interest(pane.interest() | self._snapshot.board.troubled())

    def _filled(self, snapshot: Snapshot) -> Snapshot:
        known = snapshot.config.environments
        return snapshot if known else replace(snapshot, config=self.setting.config)

    def draw(self) -> None:
        """The frame around the pane."""
        if not self.is_attached:
            return
        view, context = self.view(), self.context()
        framing = frame.Framing(view, context, self.pane, self._current, self._message)
        frame.draw(self, framing, self.setting.commands, self.keys)

    # What the screen stands on -------------------------------------------------------------------

    @property
    def pane(self) -> Pane | None:
        """The visible pane."""
        return next((p for p in self.query(Pane) if p.display), None)

    def view(self) -> View:
        """Snapshot, Target and present for a pane."""
        return View(self._snapshot, self.target, self.setting.clock())

    def context(self, target: Target | None = None) -> Context:
        """What a Command looks at; the newest Snapshot, even before it is painted."""
        newest = self._filled(self.bridge.peek())
        return Context(newest, target or self.target, self.setting.now(), self.setting.user)

    def say(self, text: str, role: str = "name") -> None:
        """The status line, until the next key that says something else."""
        self._message = ((text, role),) if text else ()
        self.draw()

    # Views ---------------------------------------------------------------------------------------

    async def open_view(self, name: str, target: Target, *, back: bool = False) -> None:
        """Show that pane for this Target."""
        self._opened += 1
        mine = self._opened
        body = self.query_one("#body")
        pane = next((p for p in body.query(Pane) if isinstance(p, PANES[name])), None)
        if pane is None:
            pane = PANES[name](replace(self.view(), target=target))
            await body.mount(pane)
        if mine != self._opened:
            # Keys came faster than panes: the last one says what is shown.
            pane.display = self._current == name
            return
        self.target = target  # while it was mounted, the pane before may have pointed elsewhere
        pane.aim(target)
        for other in body.query(Pane):
            other.display = other is pane
        if not back and self._current and self._current != name:
            self._way = [w for w in self._way if w != self._current] + [self._current]
        self._current, self._message, self._leaving = name, (), False
        pane.table.focus()
        self._show(self.bridge.peek())
        self.target = pane.pointed() or target  # what is highlighted is what keys act on
        self.draw()

    def start(self, command: Command) -> None:
        """Open a Command's view, or carry it out."""
        if command.id == "help":
            self.app.push_screen(Reading("Help", help_lines(self.setting.commands, self.keys), 34))
        elif command.plan is None:
            self.run_worker(self.open_view(command.id, self.target), group="view")
        else:
            self.run_worker(carry_out(self, command), group="act")

    def action_command(self, id_: str) -> None:
        """A Command's key."""
        self._start = None
        if self.is_current:
            self.start(next(c for c in self.setting.commands if c.id == id_))

    @on(Pane.Pointed)
    def _pointed(self, event: Pane.Pointed) -> None:
        if event.pane is self.pane:  # else it was left meanwhile
            self.target, self._message, self._leaving = event.target, (), False
            self._follow(event.pane)
            self.draw()

    @on(Pane.Go)
    def _go(self, event: Pane.Go) -> None:
        self.run_worker(self.open_view(event.view, event.target), group="view")

    @on(Pane.Read)
    def _read(self, event: Pane.Read) -> None:
        self.app.push_screen(Reading(event.title, event.lines))

    @on(Pane.Wanted)
    def _wanted(self, event: Pane.Wanted) -> None:
        self.run_worker(self._answer(event), group="questions")

    async def _answer(self, event: Pane.Wanted) -> None:
        try:
            answer = await self.bridge.ask(event.question)
        except (FluxtuiError, TimeoutError) as error:
            event.failed(str(error))
        else:
            event.done(answer)
        self.draw()

    @on(Pane.Said)
    def _said(self, event: Pane.Said) -> None:
        self.say(event.text, event.role)

    # Keys that only look -------------------------------------------------------------------------

    async def action_back(self) -> None:
        """Out of the filter, then to the view before; at the first one, q twice leaves."""
        field = self.query_one(FilterField)
        if self.pane is not None and (self.pane.table.words or field.has_focus):
            field.begin(self.pane.table)
            field.end(keep=False)
        elif self._way:
            await self.open_view(self._way.pop(), self.target, back=True)
        elif self._leaving:
            self.app.exit()
        else:
            self.say("press q again to quit (Q quits at once)")
            self._leaving = True

    def action_filter(self) -> None:
        """Type words that rows must have."""
        if self.pane is not None and self.is_current:
            self.query_one(FilterField).begin(self.pane.table)

    def on_filter_field_narrowed(self) -> None:
        """The tab line counts the rows."""
        self.draw()

    def action_findings(self) -> None:
        """Everything that a person should know, whole."""
        self.app.push_screen(
            Reading("Findings", findings_lines(self._snapshot, self.setting.clock()))
        )
