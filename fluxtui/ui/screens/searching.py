"""A sheet of lines with a search: only lines with what is typed stay.

A line that is broken into several is one line to the search: all of it stays, or nothing does. What
the lines are is the business of those who inherit; esc and q leave the search before the sheet.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.widgets.table import Table


class Searching(Sheet[None]):
    """Has a `field()` somewhere above a Table."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "close", "Close", show=False),
        Binding("slash", "search", "Search", show=False),
    ]

    @staticmethod
    def field() -> Input:
        """What is searched for; out of sight until somebody searches."""
        field = Input(placeholder="only lines with …", id="search")
        field.display = False
        return field

    @property
    def keys(self) -> str:
        """The keys that the lower edge names while nobody searches."""
        return ""

    def narrowed(self) -> None:
        """Other lines are listed than before."""

    def draw_keys(self) -> None:
        """The lower edge: what is wrong with what is searched for, or the keys."""
        trouble, keys = self.query_one(Table).filter_trouble, self.keys
        if self._field.display:
            keys = "enter keep the lines   esc end the search"
            if self.focused is not self._field:
                keys = "esc q end the search   / change it"
        self.box.border_subtitle = (trouble or keys).replace("[", r"\[")

    @property
    def _field(self) -> Input:
        return self.query_one("#search", Input)

    def action_search(self) -> None:
        """Show the search field."""
        self._field.display = True
        self.set_focus(self._field)  # now: the next key is text
        self.draw_keys()

    def action_close(self) -> None:
        """Out of the search, then out of the sheet."""
        if self._composed and self._field.display:
            self._field.value = ""
            self._narrow("")  # now: its message comes when the field is gone
            self._to_the_lines()
        else:
            super().action_close()

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self._narrow(event.value)
        self.draw_keys()

    @on(Input.Submitted, "#search")
    def _searched(self) -> None:
        self._to_the_lines()

    def _narrow(self, words: str) -> None:
        self.query_one(Table).filter(words)
        self.narrowed()

    def _to_the_lines(self) -> None:
        """The lines have the focus; a search for nothing is none."""
        self._field.display = bool(self._field.value)
        self.set_focus(self.query_one(Table))
        self.draw_keys()
