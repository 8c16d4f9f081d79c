"""A sheet over the panes: a titled box with lines to read, closed by esc or q.

It answers once: what is typed for it before it was drawn, or after it has answered, goes nowhere,
but for a key that only closes it.
"""

from __future__ import annotations

from time import monotonic
from typing import ClassVar, Generic, TypeVar, cast

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget

from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.gate import Gated, KeyGate, Typed, is_text
from fluxtui.ui.spans import fit, plain, shorter_names

Result = TypeVar("Result")


class Sheet(ModalScreen[Result], Generic[Result]):
    """Base of everything that opens over the panes.

    `typeahead`: text typed before it was drawn goes into its field; keys that act never do.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False),
    ]
    typeahead: ClassVar[bool] = False

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._drawn: float | None = None
        self._answered = False
        self._composed = False

    @property
    def gate(self) -> KeyGate:
        """Where keys come from."""
        return cast("Gated", self.app).gate

    @property
    def low(self) -> bool:
        """Whether there are so few lines that air is left out."""
        return self.app.size.height < 20

    def on_resize(self) -> None:
        """Air where there is room."""
        self.set_class(self.low, "low")

    @property
    def box(self) -> Vertical:
        """The box."""
        return self.query_one("#sheet", Vertical)

    @property
    def inner_width(self) -> int:
        """Cells for text inside the box, minus a scroll bar."""
        return max(20, (self.box.content_size.width or min(self.app.size.width, 110) - 4) - 1)

    def entitle(self, title: str) -> None:
        """Over the box: what does not fit loses namespaces and middles of versions before its end,
        which says where to."""
        room = self.inner_width - 1  # a cell of the frame's on each side of it, and of air
        line = fit(shorter_names(((title, ""),), room), room)
        self.box.border_title = plain(line).rstrip().replace("[", r"\[")

    async def mount_composed_widgets(self, widgets: list[Widget]) -> None:
        """Its widgets are there when this is over, and not before."""
        await super().mount_composed_widgets(widgets)
        self._composed = True

    @property
    def stands(self) -> bool:
        """Whether its widgets are there: they come after it does, and go before it."""
        return self._composed and self.is_attached and self.display

    @property
    def stake(self) -> str:
        """What would be lost if the program were left now, as a sentence; "" nothing."""
        return ""

    def show(self, snapshot: Snapshot) -> None:
        """A newer Snapshot; most sheets do not care."""

    def interest(self) -> frozenset[Key]:
        """Kustomizations whose Pods must be live while it is open."""
        return frozenset()

    # Answering once ------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """From now on it can be answered: it is being drawn."""
        if self._drawn is None and self.is_mounted:
            self._drawn = monotonic()
            self.app.call_later(self.gate.go)
        return super().render_lines(crop)

    def seen(self, pressed: float) -> bool:
        """Whether it stood on the screen when a key was pressed (monotonic seconds)."""
        return self._drawn is not None and pressed >= self._drawn

    def takes(self, event: Typed) -> bool | None:
        """A key for it; see `KeyTaker`."""
        if self._drawn is None:
            return None
        ahead = (self.typeahead and is_text(event)) or self._leaves(event)
        return self.seen(event.time) or ahead

    def _leaves(self, event: Typed) -> bool:
        """Whether it only closes the sheet: who types `!q` at once has seen enough, and nothing is
        done by it."""
        if self.gate.typing and is_text(event):
            return False
        bound = self._bindings.key_to_bindings.get(getattr(event, "key", ""), ())
        return any(binding.action == "close" for binding in bound)

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Answer; a second answer, or one from below another sheet, is none."""
        if self._answered or not self.is_current:
            return AwaitComplete()
        self._answered = True
        self.gate.cut()
        return super().dismiss(result)

    def action_close(self) -> None:
        """Leave without a result."""
        self.dismiss(None)
