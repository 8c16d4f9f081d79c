"""The application: paints at once whom it connects to, then puts the working screen over it.

Everything but that first paint is imported afterwards, so that a person on a slow machine sees
something in the time of an empty Textual app. It must stay light to import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from fluxtui.domain.config import Config
from fluxtui.ui import theme
from fluxtui.ui.bridge import Bridge
from fluxtui.ui.opening import opening_lines
from fluxtui.ui.styles import sheets
from fluxtui.ui.widgets.painted import Paragraph

if TYPE_CHECKING:
    from textual.command import Provider

    from fluxtui.commands.command import Command, Target
    from fluxtui.engine.port import EnginePort
    from fluxtui.ui.desk import Desk
    from fluxtui.ui.panes.pane import Pane


def _commands() -> type[Provider]:
    from fluxtui.ui.widgets.palette import Commands

    return Commands


class FluxtuiApp(App[None]):
    """`now` gives RFC 3339 for Plans, `clock` epoch seconds for ages (by default of `now`).

    `engine` may be a function that makes it: it is called after the first paint. `start` is where
    to go once that is known; `commands` are all of the registry unless given.
    """

    COMMANDS = {_commands}  # noqa: RUF012 -- the name and the type are Textual's
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("Q,ctrl+c", "quit", "Quit", show=False),
        Binding("colon", "command_palette", "All commands", show=False),
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
        self._config, self._user = config, user
        self._now, self._clock = now, clock
        self._start, self._chosen = start, commands
        self._desk: Desk | None = None
        theme.install(self, config)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Roles, for themes that do not know them."""
        return theme.DEFAULTS

    def compose(self) -> ComposeResult:
        """The first paint."""
        yield Paragraph(opening_lines(self._config), id="opening")

    def on_mount(self) -> None:
        """Go on when that is painted."""
        self.call_after_refresh(self._sit_down)

    async def _sit_down(self) -> None:
        from fluxtui.commands import registry
        from fluxtui.commands.command import Target
        from fluxtui.ui.ages import epoch
        from fluxtui.ui.desk import Desk, Setting

        now = self._now
        setting = Setting(
            self._config,
            self._user,
            now,
            self._clock or (lambda: epoch(now())),
            self._start or Target(),
            tuple(self._chosen) if self._chosen is not None else registry.ALL,
        )
        self._desk = Desk(self.bridge, setting)
        await self.push_screen(self._desk)

    @property
    def desk(self) -> Desk:
        """The working screen. Raises RuntimeError before it is there."""
        if self._desk is None:
            raise RuntimeError("the first paint is not over yet")
        return self._desk

    @property
    def target(self) -> Target:
        """What the cursor is on; before the working screen is there, where to start."""
        from fluxtui.commands.command import Target

        return self._desk.target if self._desk is not None else self._start or Target()

    @property
    def pane(self) -> Pane | None:
        """The visible pane."""
        return self._desk.pane if self._desk is not None else None
