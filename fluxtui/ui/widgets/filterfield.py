"""The field that narrows a table while you type; it lives in the place of the status line.

Letters do not act meanwhile, so the line below it, which has the keys of the acts else, is its own.
"""

from __future__ import annotations

from textual import on
from textual.message import Message
from textual.widgets import Input

from fluxtui.ui.spans import Line
from fluxtui.ui.widgets.table import Table

KEYS: Line = (
    (" enter ", "key"),
    ("keep the filter   ", ""),
    ("esc ", "key"),
    ("show all rows", ""),
)


def below(trouble: str) -> Line:
    """What stands under the field: what is wrong with its words, else how to leave it."""
    return ((f" ✗ {trouble}", "bad"),) if trouble else KEYS


class FilterField(Input):
    """Words that rows must have. Enter keeps them, esc (the app's back) ends them."""

    class Narrowed(Message):
        """The table shows other rows now."""

    def __init__(self) -> None:
        super().__init__(id="filter", placeholder="words a row must have; !word for without")
        self._table: Table | None = None

    def begin(self, table: Table) -> None:
        """Type for that table."""
        self._table = table
        self.value = table.words
        self.screen.add_class("filtering")
        self.screen.set_focus(self)  # now: the next key is text

    def end(self, *, keep: bool) -> None:
        """Back to the table; without `keep` it shows everything again."""
        self.screen.remove_class("filtering")
        if self._table is not None:
            if not keep:
                self._table.filter("")
            self.screen.set_focus(self._table)
        self.post_message(self.Narrowed())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._table is not None and self.has_focus:
            self._table.filter(event.value)
            self.post_message(self.Narrowed())

    @on(Input.Submitted)
    def _kept(self, event: Input.Submitted) -> None:
        event.stop()
        self.end(keep=True)
