"""A list with a cursor that is always in sight: where the window is, and what keys and mouse move.

The cursor stands for an item, not for a line: it stays on it when others come in above. Painting
is the business of those who inherit.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp

from fluxtui.ui.widgets.listing import RowListing, TableRow
from fluxtui.ui.widgets.painted import Painted


class Scrolling(Painted, ScrollView, can_focus=True):
    """A RowListing, a cursor in it, and the window around the cursor.

    `floats`: until a key is pressed here, the cursor stays on the first row instead of on its item.
    """

    # Textual takes DEFAULT_CSS from the first base alone, and that is Painted: a ScrollView does
    # not scroll without this.
    DEFAULT_CSS = "Scrolling { height: 1fr; overflow-x: hidden; overflow-y: auto; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", "Up", show=False),
        Binding("down,j", "cursor(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f,space", "page(1)", "Page down", show=False),
        Binding("home,ctrl+home", "edge(-1)", "First", show=False),
        Binding("end,G,ctrl+end", "edge(1)", "Last", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another row or group."""

        table: Scrolling

    @dataclass
    class Opened(Message):
        """Enter was pressed on a row."""

        table: Scrolling

    def __init__(self, *, id: str | None, classes: str | None, floats: bool) -> None:
        super().__init__(id=id, classes=classes)
        self._listing = RowListing()
        self._cursor = 0
        self._floats = floats
        self.steps = 0  # how often a person moved the cursor
        self.keys = 0  # how many keys a person pressed here

    @property
    def head(self) -> int:
        """Lines above the rows that do not scroll."""
        return 0

    def _draw_changes(self) -> None:
        """Paint the lines in sight that say something else than when they were drawn."""
        raise TypeError(f"{type(self).__name__} does not paint")

    @property
    def room(self) -> int:
        """Rows that fit into the window."""
        return max(1, self.size.height - self.head)

    @property
    def selected(self) -> TableRow | None:
        """The row under the cursor."""
        inside = 0 <= self._cursor < len(self._listing)
        if inside and not self._listing.is_heading(self._cursor):
            return self._listing.row(self._cursor)
        return None

    @property
    def at_end(self) -> bool:
        """Whether the cursor is on the last row that is listed."""
        return self._cursor >= len(self._listing) - 1

    @property
    def first(self) -> Hashable:
        """What the first row stands for; None where there is none."""
        return self._listing.id_at(self._nearest(0, 1))

    @property
    def item(self) -> Any:
        """What the row under the cursor was made of; None for no row."""
        return self._listing.item(self._cursor) if self.selected is not None else None

    @property
    def listed_items(self) -> tuple[Any, ...]:
        """What all rows are made of that pass the filter."""
        return tuple(self._listing.item(index) for index in range(len(self._listing)))

    @property
    def visible_items(self) -> tuple[Any, ...]:
        """What the rows inside the window are made of."""
        return tuple(self._listing.item(index) for index in self._in_sight())

    @property
    def visible_rows(self) -> tuple[TableRow, ...]:
        """Rows inside the window now."""
        return tuple(self._listing.row(index) for index in self._in_sight())

    @property
    def _selected_id(self) -> Hashable:
        selected = self.selected
        return selected.id if selected is not None else None

    def select(self, id_: Hashable) -> bool:
        """Put the cursor on the row of that id; False when it is not shown."""
        index = self._listing.index_of(id_, self._cursor)
        if index is None or self._listing.is_heading(index):
            return False
        self._move_to(index)
        return True

    # Where the cursor and the window are ---------------------------------------------------------

    def _place(self) -> tuple[Hashable, int]:
        """What the cursor is on, and in which line of the window."""
        return self._listing.id_at(self._cursor), self._cursor - self.scroll_offset.y

    def _follow(self, id_: Hashable, line: int) -> None:
        """The cursor to the row of that id, in that line unless the list begins above."""
        index = 0 if self._floats else self._listing.place_of(id_, self._cursor)
        if index is None:
            index = min(self._cursor, max(0, len(self._listing) - 1))
        moved = index - self._cursor
        self._cursor = self._nearest(index, 1)
        top = self.scroll_offset.y
        if top and moved:
            self._resize_list()
            self._scroll(max(0, self._cursor - line))

    def _nearest(self, index: int, step: int) -> int:
        """The selectable row at or after `index` in that direction, else the other way."""
        for direction in (step, -step):
            i = index
            while 0 <= i < len(self._listing):
                if not self._listing.is_heading(i):
                    return i
                i += direction
        return index

    def _in_sight(self) -> range:
        top = self.scroll_offset.y
        return range(min(top, len(self._listing)), min(top + self.room, len(self._listing)))

    def _keep_in_sight(self) -> None:
        """Scroll until the cursor is in the window, with the headings around it if they fit."""
        if not len(self._listing) or not self.size.height:
            return
        top, last = self.scroll_offset.y, self._cursor + 1
        first = self._cursor
        while first > 0 and self._listing.is_heading(first - 1):
            first -= 1
        while last < len(self._listing) and self._listing.is_heading(last):
            last += 1
        if last < len(self._listing):
            last = self._cursor + 1
        goal = max(top, last - self.room)  # as little as that shows the last of them,
        goal = min(goal, first)  # but rather the first,
        goal = max(goal, self._cursor - self.room + 1)  # and the cursor in any case
        if goal != top:
            self._scroll(min(goal, self._cursor))

    def _scroll(self, top: int) -> None:
        # Forced: whether there is more than fits is known to Textual only after the next layout.
        self.scroll_to(y=top, animate=False, immediate=True, force=True)

    def _move_to(self, index: int, step: int = 1) -> None:
        if not len(self._listing):
            return
        old = self._cursor
        self._floats = False
        self._cursor = self._nearest(max(0, min(index, len(self._listing) - 1)), step)
        self._keep_in_sight()
        if old != self._cursor:
            self._draw_changes()
            self.post_message(self.Moved(self))

    def _scroll_by(self, rows: int) -> None:
        """Move the window; the cursor goes along when it would leave it."""
        self._scroll(self.scroll_offset.y + rows)
        sight = self._in_sight()
        if self._cursor not in sight and len(sight):
            down = self._cursor < sight.start
            near = self._nearest(sight.start if down else sight.stop - 1, 1 if down else -1)
            if near in sight:
                self._step(near)

    def _resize_list(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._listing) + self.head)

    # Keys and mouse ------------------------------------------------------------------------------

    def _step(self, index: int, direction: int = 1) -> None:
        self.steps += 1
        self._move_to(index, direction)

    def hold(self) -> None:
        """A person is here: from now on the cursor stays on the row it is on."""
        self._floats = False

    def on_key(self) -> None:
        """Whatever it is for."""
        self.keys += 1
        self.hold()

    def on_click(self, event: events.Click) -> None:
        """A click selects; a second one on the same row opens."""
        if event.y < self.head:
            return
        index = event.y - self.head + self.scroll_offset.y
        if index < len(self._listing):
            again = index == self._cursor
            self._step(index)
            if again:
                self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the window."""
        event.stop().prevent_default()
        self._scroll_by(round(self.app.scroll_sensitivity_y))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the window."""
        event.stop().prevent_default()
        self._scroll_by(-round(self.app.scroll_sensitivity_y))

    def on_scroll_to(self, event: ScrollTo) -> None:
        """The scroll bar was dragged."""
        event.stop().prevent_default()
        if event.y is not None:
            self._scroll_by(round(event.y) - self.scroll_offset.y)

    def on_scroll_down(self, event: ScrollDown) -> None:
        """A click below the scroll bar's handle."""
        event.stop().prevent_default()
        self.action_page(1)

    def on_scroll_up(self, event: ScrollUp) -> None:
        """A click above the scroll bar's handle."""
        event.stop().prevent_default()
        self.action_page(-1)

    def action_cursor(self, step: int) -> None:
        """One row up or down."""
        self._step(self._cursor + step, step)

    def action_page(self, step: int) -> None:
        """One window up or down."""
        self._step(self._cursor + step * max(1, self.room - 1), step)

    def action_edge(self, step: int) -> None:
        """First or last row."""
        self._step(0 if step < 0 else len(self._listing) - 1, -step)

    def action_open(self) -> None:
        """Say that the row is wanted."""
        if self.selected is not None:
            self.post_message(self.Opened(self))
