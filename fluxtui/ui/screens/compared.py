"""A comparison over a review: its dangers, the rows of the Diff pane, the text of each by enter.

Everything it shows was asked for already; nothing can be done from here but read.
"""

from __future__ import annotations

from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from fluxtui.domain.ask import ComparedKustomization
from fluxtui.domain.danger import Danger
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.unified import unified
from fluxtui.ui.dangertext import danger_rows, danger_text
from fluxtui.ui.diffrows import COLUMNS, RowId, columns, rows
from fluxtui.ui.screens.reading import Reading, diff_lines
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.widgets.table import Table


class Compared(Sheet[None]):
    """Every danger; every Kustomization, its objects, their fields."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,d,f4", "close", "Close", show=False),
    ]

    def __init__(
        self,
        title: str,
        parts: tuple[ComparedKustomization, ...],
        dangers: tuple[Danger, ...] = (),
    ) -> None:
        super().__init__(classes="tall")
        self._title = title
        self._parts = parts
        self._dangers = dangers

    def compose(self) -> ComposeResult:
        """The table has the whole sheet."""
        with Vertical(id="sheet"):
            yield Table(classes="main")

    def on_mount(self) -> None:
        """Fill it: there is nothing to wait for."""
        self.entitle(self._title)
        self.box.border_subtitle = "esc q d back to the review   enter text"
        table = self.query_one(Table)
        self.set_focus(table)
        nothing = ((("Nothing changes.", "dim"),),)
        shown = (*danger_rows(self._dangers), *rows(self._parts))
        table.show_rows(columns(self._parts) or COLUMNS, shown, nothing)

    @on(Table.Opened)
    def _read(self, event: Table.Opened) -> None:
        event.stop()
        danger = self._danger()
        if danger is not None:
            self.app.push_screen(Reading(danger.rule, danger_text(danger)))
            return
        change = self._change()
        if change is not None:
            title = f"{change.id.kind} {change.id.namespace}/{change.id.name}"
            self.app.push_screen(Reading(title, diff_lines(unified(change))))

    def _danger(self) -> Danger | None:
        row = self.query_one(Table).selected
        if row is None or not isinstance(row.id, int):
            return None
        return self._dangers[row.id]

    def _change(self) -> ObjectChange | None:
        row = self.query_one(Table).selected
        if row is None:
            return None
        own, object_, _path = cast(RowId, row.id)
        changes = (c for p in self._parts if p.kustomization == own for c in p.changes)
        return next((change for change in changes if change.id == object_), None)
