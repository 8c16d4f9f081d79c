"""The main screen: hands Snapshots to the visible pane, and turns keys into Commands.

Holds the Target and whether it has been seen, nothing else; what is shown is the Snapshot's, what
is done is the Engine's. It is imported after the first paint.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.worker import Worker

from fluxtui.commands.command import Command, Context, Target
from fluxtui.commands.views import READ
from fluxtui.domain.config import Config
from fluxtui.domain.detail.uses import UseIndex
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui import frame
from fluxtui.ui.bridge import Bridge, LookAgain
from fluxtui.ui.flow import Acting
from fluxtui.ui.gate import KeyGate, Typed
from fluxtui.ui.keys import key_table
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.scope import scoped
from fluxtui.ui.screens.logs import Logs
from fluxtui.ui.screens.object import ObjectSheet
from fluxtui.ui.screens.reading import Reading
from fluxtui.ui.screens.readover import findings, read_over
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.shown import Shown
from fluxtui.ui.start import HOME, is_said, resolved, view_of
from fluxtui.ui.statusline import StatusLine
from fluxtui.ui.tally import Blockages
from fluxtui.ui.views import Views, WantedView
from fluxtui.ui.widgets.filterfield import FilterField

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


class MainScreen(Screen[None]):
    """The frame, and one pane at a time in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace", "back", "Back", show=False),
        Binding("q", "back(True)", "Back", show=False),
        Binding("slash", "filter", "Filter", show=False),
        Binding("exclamation_mark", "findings", "Findings", show=False),
    ]

    def __init__(self, bridge: Bridge, gate: KeyGate, setting: Setting) -> None:
        super().__init__(id="main")
        self.bridge = bridge
        self.gate = gate
        self.setting = setting
        self.keys = key_table(setting.commands, setting.config.keys)
        self.target = Target(environment=setting.start.environment)
        self.views = Views(self.view, self._opened)
        self.acting = Acting(self)
        self._blockages = Blockages()
        self._uses = UseIndex()
        self._start = setting.start if is_said(setting.start) else None
        self.namespace = ""  # the only one shown, by `:ns`
        self._snapshot = Snapshot(config=setting.config)
        self.status = StatusLine(setting.clock)
        self._shown: Shown[tuple[str, Target | str]] = Shown()
        self._before: tuple[str, Target | str] = ("", "")  # what the key under way would act on
        self._bind_commands()

    # Life ----------------------------------------------------------------------------------------

    def _bind_commands(self) -> None:
        for command in self.setting.commands:
            if self.keys[command.id]:
                self._bindings.bind(self.keys[command.id], f"command('{command.id}')", show=False)

    def compose(self) -> ComposeResult:
        """The frame; panes are mounted when they are first opened."""
        yield from frame.parts()

    def on_mount(self) -> None:
        """News are looked at once the first view is painted."""
        self.views.want(WantedView(HOME, self.target))
        self.run_worker(self._begin(), group="view")
        tick = TICK * 4 if self.setting.config.slow else TICK
        self.set_interval(tick, self._pass_time)
        self.set_interval(1.0, self.acting.tick)

    def _pass_time(self) -> None:
        """Only ages change by themselves."""
        self.status.pass_time()
        snapshot = self.bridge.peek()
        if snapshot.serial != self._snapshot.serial:
            self._show(snapshot)
        elif self.pane is not None:
            self.pane.pass_time(self.view())
            self.draw()

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
                view, self._start = view_of(self._start), None
                self._go_to(view, target, doubt)
        if self.pane is not None:
            self.pane.show(self.view())
        for sheet in self._sheets():
            sheet.show(snapshot)
        self._look()
        self.draw()

    def _go_to(self, view: str, target: Target | None, doubt: str) -> None:
        """Where words said, or why that is not clear."""
        if target is not None:
            self.open_view(view, target)
        if doubt and self.is_current:
            self.app.push_screen(Reading("Where to start?", (((doubt, "name"),),)))

    def _sheets(self) -> list[Sheet[object]]:
        return [screen for screen in self.app.screen_stack if isinstance(screen, Sheet)]

    def _look(self) -> None:
        """Live are the Pods of what is in sight, and of what fails: they know why."""
        looks = self._blockages.of(self._snapshot.board.chains)
        if self.pane is not None:
            looks |= self.pane.interest()
        self.bridge.interest(looks.union(*(sheet.interest() for sheet in self._sheets())))

    def _filled(self, snapshot: Snapshot) -> Snapshot:
        environments = snapshot.config.environments
        return snapshot if environments else replace(snapshot, config=self.setting.config)

    def draw(self) -> None:
        """The frame around the pane."""
        if not self.is_attached:
            return
        view, context = self.view(), self.context()
        subject = self.subject
        reason = subject if isinstance(subject, str) else ""
        framing = frame.Framing(
            view, context, self.pane, self.views.current, self.status.line, self.namespace, reason
        )
        frame.draw(self, framing, self.setting.commands, self.keys)
        if self.pane is not None and (self.views.current, subject) != self._shown.newest:
            self.pane.table.draw_cursor()

    def _drawn(self) -> None:
        self._shown.drawn((self.views.current, self.subject), monotonic())

    # What the screen stands on -------------------------------------------------------------------

    @property
    def pane(self) -> Pane | None:
        """The visible pane."""
        return self.views.pane

    def view(self) -> View:
        """Snapshot, Target and present for a pane."""
        snapshot, now = scoped(self._snapshot, self.namespace), self.setting.clock()
        return View(snapshot, self.target, now, self.namespace, self._snapshot)

    @property
    def subject(self) -> Target | str:
        """What keys act on: what the visible pane shows; or why they act on nothing."""
        return self.pane.subject() if self.pane is not None else "nothing is shown yet"

    def context(self, target: Target | None = None) -> Context:
        """What a Command looks at: what the screen shows."""
        subject = self.subject
        about = target or (Target() if isinstance(subject, str) else subject)
        return Context(self._snapshot, about, self.setting.now(), self.setting.user)

    def newest(self, target: Target) -> Context:
        """The same with the newest Snapshot, which has the answers to what was just asked."""
        newest = self._filled(self.bridge.peek())
        return replace(self.context(target), snapshot=newest)

    @property
    def clock(self) -> Callable[[], float]:
        """Epoch seconds."""
        return self.setting.clock

    def begin_act(self, work: Coroutine[Any, Any, None]) -> Worker[None]:
        """An act is on its way from its key to the end of its review."""
        return self.run_worker(work, group="act")

    def say(self, text: str, role: str = "name", asked: float = 0.0) -> None:
        """The status line, until something else is said or it is old."""
        self.status.say(text, role, asked)
        self.draw()

    @property
    def said(self) -> str:
        """What stands in the status line."""
        return self.status.text

    # Views ---------------------------------------------------------------------------------------

    def open_view(self, name: str, target: Target, **more: Any) -> None:
        """Show that pane for this Target, as soon as it is there; see `WantedView`."""
        request = WantedView(name, target, **more)
        if self.views.want(request):
            self.run_worker(self._opened_views(), group="view")

    async def _begin(self) -> None:
        await self._opened_views()
        self.call_after_refresh(self.bridge.tell, self)

    async def _opened_views(self) -> None:
        await self.views.opened(self.query_one("#body", Vertical))
        self.gate.go()

    def _opened(self, pane: Pane, target: Target) -> None:
        self.target = target  # while it was mounted, the pane before may have pointed elsewhere
        self.status.clear()
        pane.table.on_drawn = self._drawn
        self.set_focus(pane.table)
        self._show(self.bridge.peek())
        pane.opened_for(target)
        self.target = pane.pointed() or target
        self.draw()

    def _carried(self) -> Target:
        return self.pane.carried(self.target) if self.pane is not None else self.target

    def go(self, target: Target) -> None:
        """To what was named, if it is clear what that is."""
        self._go_to(view_of(target), *resolved(self._snapshot, target))

    def look_at(self, environment: str) -> None:
        """The cursor to that Environment."""
        view = self.views.current if self.views.current in ("chain", "objects") else HOME
        kind = self.pane.kind if self.pane is not None else ""
        self.open_view(view, Target(environment, self.target.service), kind=kind)

    def narrow(self, namespace: str) -> None:
        """Show that namespace alone; "" shows all."""
        self.namespace = namespace
        self._show(self.bridge.peek())

    def start(self, command: Command, pressed: float | None = None) -> None:
        """Open a Command's view, or carry it out. `pressed`: when its key was, monotonic s."""
        if command.id in READ:
            about = (self._snapshot, self.clock, self.setting.commands, self.keys)
            self.app.push_screen(read_over(command.id, *about))
        elif command.plan is None:
            self.open_view(command.id, self._carried())
        else:
            self._act(command, self.gate.pressed if pressed is None else pressed)

    def _act(self, command: Command, pressed: float) -> None:
        subject = self.subject
        about = self.acting.about(command, subject)
        reason = about if isinstance(about, str) else None
        if isinstance(about, Target):
            reason = command.disabled_reason(self.context(about))
            if reason is None and self._shown.at(pressed) != (self.views.current, subject):
                reason = "typed before this was on the screen; press it again"
            if reason is None:
                self.acting.begin(command, about)
        if reason is not None:
            self.say(f"{command.title}: {reason}", "wait")

    def action_command(self, id_: str) -> None:
        """A Command's key."""
        self._start = None
        if self.is_current:
            self.start(next(c for c in self.setting.commands if c.id == id_))

    @on(Pane.Pointed)
    def _pointed(self, event: Pane.Pointed) -> None:
        if event.pane is self.pane:  # else it was left meanwhile
            key = self.gate.current
            if isinstance(key, events.Key) and key.key in event.pane.steps:
                now = (self.views.current, self.subject)
                self._shown.stepped(self._before, now, key.time)
            self.target = event.target
            self.status.clear()
            self._look()
            self.draw()

    @on(Pane.Go)
    def _go(self, event: Pane.Go) -> None:
        self.open_view(event.view, event.target)

    @on(Pane.Read)
    def _read(self, event: Pane.Read) -> None:
        if self.is_current:
            self.app.push_screen(Reading(event.title, event.lines))
        else:  # it took its time, and something else is being read or answered now
            self.say(f"{event.title} is there: ask for it again", "dim")

    @on(Pane.Inspect)
    def _inspect(self, event: Pane.Inspect) -> None:
        if self.is_current:
            self.app.push_screen(ObjectSheet(self.bridge, event.key, self.clock, self._uses))

    @on(Pane.ReadLog)
    def _read_log(self, event: Pane.ReadLog) -> None:
        name = self.target.service if len(event.subjects) > 1 else event.subjects[0].label
        place = event.subjects[0].environment
        self.app.push_screen(Logs(self.bridge, event.subjects, f"Log of {name} in {place}"))
        self._look()

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

    def takes(self, event: Typed) -> bool | None:
        """Keys wait while a view is opened; while an act is prepared only esc counts."""
        if self.views.opening:
            return None
        key = event.key if isinstance(event, events.Key) else ""
        if self.acting.preparing:
            return key in ("escape", "q", "Q")
        if key != "q" and self.status.asked:
            self.say("")
        if self.focused is None and self.pane is not None:
            self.set_focus(self.pane.table)
        self._before = (self.views.current, self.subject)
        return True

    def action_back(self, leave: bool = False) -> None:
        """Out of the filter, then to the view before; at the first one, q twice leaves."""
        field = self.query_one(FilterField)
        if self.acting.preparing:
            self.acting.end()
        elif self.pane is not None and (self.pane.table.words or field.has_focus):
            field.begin(self.pane.table)
            field.end(keep=False)
        elif self.pane is not None and self.pane.let_go():
            self.draw()
        elif self.views.before:
            self.open_view(self.views.before, self._carried(), back=True)
        elif not leave:
            self.say("this is the first view; Q quits", "dim")
        elif 0 < self.status.asked < self.gate.pressed:
            self.run_worker(self.app.action_quit())
        else:
            self.say("press q again to quit (Q quits at once)", asked=monotonic())

    def action_filter(self) -> None:
        """Type words that rows must have."""
        if self.pane is not None and self.is_current:
            self.query_one(FilterField).begin(self.pane.table)
            self.draw()

    @on(FilterField.Narrowed)
    @on(Pane.Counted)
    def _counted(self) -> None:
        """The tab line says how many rows there are, and of which."""
        self.draw()

    def action_findings(self) -> None:
        """Everything that a person should know, whole."""
        self.app.push_screen(findings(self._snapshot, self.clock))
