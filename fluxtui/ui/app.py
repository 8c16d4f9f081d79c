"""The application: paints at once whom it connects to, then puts the main screen over it.

Everything but that first paint is imported afterwards, so that a person on a slow machine sees
something in the time of an empty Textual app. It must stay light to import.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from fluxtui.domain.config import Config
from fluxtui.ui import theme
from fluxtui.ui.bridge import Bridge
from fluxtui.ui.gate import KeyGate, Passed, Typed
from fluxtui.ui.opening import opening_lines
from fluxtui.ui.styles import sheets
from fluxtui.ui.suspending import suspended
from fluxtui.ui.widgets.painted import Paragraph

if TYPE_CHECKING:
    from fluxtui.commands.command import Command, Target
    from fluxtui.engine.port import EnginePort
    from fluxtui.ui.mainscreen import MainScreen
    from fluxtui.ui.panes.pane import Pane
    from fluxtui.ui.words import Word


class FluxtuiApp(App[None]):
    """`now` gives RFC 3339 for Plans, `clock` epoch seconds for ages (by default of `now`).

    `engine` may be a function that makes it: it is called after the first paint. `start` is where
    to go once that is known; `commands` are all of the registry unless given.
    """

    ENABLE_COMMAND_PALETTE = False  # we have a command line of our own
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("colon,ctrl+p", "command_line", "All commands", show=False),
        Binding("ctrl+s", "screenshot", "Save the screen", show=False),
    ]

    def __init__(
        self,
        engine: EnginePort | Callable[[], EnginePort],
        *,
        config: Config,
        user: str,
        now: Callable[[], str],
        start: Target | None = None,
        clock: Callable[[], float] | None = None,
        commands: Sequence[Command] | None = None,
    ) -> None:
        super().__init__(css_path=sheets(), watch_css=False)
        self.bridge = Bridge(engine)
        self.gate = KeyGate(self, self, self._hand_on)
        self._config, self._user = config, user
        self._now, self._clock = now, clock
        self._start, self._chosen = start, commands
        self._main: MainScreen | None = None
        self._running_calls: list[Callable[[], None]] = []
        self._ended_early = False  # by a signal that came before there was a loop
        theme.install(self, config)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Roles, for themes that do not know them."""
        return theme.defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        """The first paint."""
        yield Paragraph(opening_lines(self._config), id="opening")

    def on_mount(self) -> None:
        """Go on when that is painted."""
        for call in self._running_calls:
            call()
        if self._ended_early:
            self.exit()
        self.call_after_refresh(self._sit_down)

    async def _sit_down(self) -> None:
        self.bridge.begin()
        from fluxtui.commands import registry
        from fluxtui.commands.command import Target
        from fluxtui.ui.ages import epoch
        from fluxtui.ui.mainscreen import MainScreen, Setting

        now = self._now
        setting = Setting(
            self._config,
            self._user,
            now,
            self._clock or (lambda: epoch(now())),
            self._start or Target(),
            tuple(self._chosen) if self._chosen is not None else registry.ALL,
        )
        self._main = MainScreen(self.bridge, self.gate, setting)
        await self.push_screen(self._main)

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """Textual lays out and paints the screen below even behind an opaque one."""
        return super()._background_screens if self.screen.styles.background.a < 1 else []

    @property
    def main(self) -> MainScreen:
        """The main screen. Raises RuntimeError before it is there."""
        if self._main is None:
            raise RuntimeError("the first paint is not over yet")
        return self._main

    @property
    def target(self) -> Target:
        """What the cursor is on; before the main screen is there, where to start."""
        from fluxtui.commands.command import Target

        return self._main.target if self._main is not None else self._start or Target()

    @property
    def pane(self) -> Pane | None:
        """The visible pane."""
        return self._main.pane if self._main is not None else None

    # Keys ----------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Keys go through the gate; Ctrl-C and Ctrl-Z never wait there."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif isinstance(event, events.Key) and event.key in ("ctrl+c", "ctrl+z"):
            self.gate.clear()
            if event.key == "ctrl+c":
                self.leave(event.time)
            else:
                self.action_suspend_process()
        else:
            self.gate.take(event)

    async def _hand_on(self, event: Typed) -> None:
        if isinstance(event, events.Key) and event.key == "Q" and not self.gate.typing:
            self.leave(event.time)  # over a dialog, too, where the keys of the app are hidden
        else:
            await super().on_event(event)

    def on_passed(self, passed: Passed) -> None:
        """The gate's own message is back."""
        self.gate.passed(passed)

    def takes(self, event: Typed) -> bool | None:
        """The screen on top says; before the main screen is there, only Q is taken."""
        if self._main is None:
            quits = isinstance(event, events.Key) and event.key == "Q"
            return True if quits else None
        if not (self.is_running and self.screen_stack):
            return False  # they go, or are gone: it was typed as the app was left
        takes = getattr(self.screen, "takes", None)
        answer: bool | None = takes(event) if takes is not None else True
        return answer

    # Leaving -------------------------------------------------------------------------------------

    async def action_quit(self) -> None:
        """Textual's own word for it."""
        self.leave(self.gate.pressed)

    def leave(self, pressed: float) -> None:
        """End; ask first where that would cut something off. `pressed`: when, monotonic s."""
        if self._main is None:
            self.exit()
            return
        from fluxtui.ui.screens.leaving import Leaving, at_stake

        if isinstance(self.screen, Leaving):
            if self.screen.seen(pressed):
                self.exit()
            return
        below = self.screen
        if at_stake(below, self.bridge):
            question = Leaving(lambda: at_stake(below, self.bridge))
            self.push_screen(question, lambda yes: self.exit() if yes else None)
        else:
            self.exit()

    def when_running(self, call: Callable[[], None]) -> None:
        """Call it on the app's thread once the terminal is the app's."""
        self._running_calls.append(call)

    def from_signal(self, wish: Literal["end", "suspend", "continue"]) -> None:
        """Do that on the loop, as soon as there is one. From any thread, or a signal's handler."""
        does = {"end": self.exit, "suspend": self.action_suspend_process, "continue": self.redraw}
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(does[wish])
        elif wish == "end":
            self._ended_early = True

    def redraw(self) -> None:
        """Take the terminal again: who stopped us may have left it in any state."""
        if self._driver is not None and self._driver.can_suspend:
            self._driver.suspend_application_mode()
            self._driver.resume_application_mode()
            self.refresh(layout=True)

    def action_suspend_process(self) -> None:
        """As Ctrl-Z does elsewhere: the shell has the terminal until `fg`."""
        if self._driver is not None and self._driver.can_suspend:
            suspended(self._driver)
            self.refresh(layout=True)

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """The screen as SVG, in the state folder; the status line says where, or why not."""
        if self._main is not None:
            self.run_worker(self._save_screen(self._main), group="screenshot")

    async def _save_screen(self, main: MainScreen) -> None:
        from fluxtui.ui.saving import save

        svg = self.export_screenshot()
        try:
            saved = await self.bridge.aside(save, svg, self._config.journal, self._now())
        except OSError as error:
            where = error.filename or self._config.journal
            main.say(f"the screen was not saved: {error.strerror or error}: {where}", "bad")
        else:
            main.say(f"saved: {saved}")

    def action_command_line(self) -> None:
        """All commands, by word."""
        main, opened = self._main, self.gate.pressed  # what an act is about stood there then
        if main is None or self.screen is not main:
            return
        from fluxtui.ui.screens.commandline import CommandLine
        from fluxtui.ui.wordacts import carry_out, known_words

        def done(word: Word) -> None:
            if word.does == "theme":
                self.theme = word.value
            elif word.does == "quit":
                self.exit() if word.value else self.leave(self.gate.pressed)
            else:
                carry_out(main, word, opened)

        look = partial(known_words, main, self.available_themes)
        self.push_screen(CommandLine(look, partial(main.call_next, done)))
