"""A sheet over the panes: a titled box with lines to read, closed by esc or q."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from fluxtui.domain.snapshot import Snapshot

Result = TypeVar("Result")


class Sheet(ModalScreen[Result], Generic[Result]):
    """Base of everything that opens over the panes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False),
    ]

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

    def show(self, snapshot: Snapshot) -> None:
        """A newer Snapshot; most sheets do not care."""

    def action_close(self) -> None:
        """Leave without a result."""
        self.dismiss(None)
