"""The table that every pane is made of: a line-API ScrollView that repaints only rows that changed.

A DataTable repaints itself whole for one cell (style.md 3.1); here a row is a value, rows are
compared with those shown before, and a changed one costs one line. It knows nothing of what it
shows.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fluxtui.ui.spans import Line, fit, plain, width
from fluxtui.ui.widgets.columns import GAP, Column, Slot, layout
from fluxtui.ui.widgets.painted import Painted


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what it stands for, and its cells.

    A `heading` cannot be selected; the first cell of a `wide` row takes the whole line.
    """

    id: Hashable
    cells: tuple[Line, ...]
    heading: bool = False
    wide: bool = False


def matches(row: Row, words: str) -> bool:
    """The filter: every word is somewhere in the row; a leading `!` turns it around (as in k9s)."""
    inverse = words.startswith("!")
    text = " ".join(plain(cell) for cell in row.cells).lower()
    hit = all(word in text for word in words.lstrip("!").lower().split())
    return hit != inverse


class Table(Painted, ScrollView, can_focus=True):
    """Rows under sticky headings, with a cursor on a row and, if asked, on a group of columns."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", "Up", show=False),
        Binding("down,j", "cursor(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("home", "edge(-1)", "First", show=False),
        Binding("end,G", "edge(1)", "Last", show=False),
        Binding("left", "group(-1)", "Left", show=False),
        Binding("right", "group(1)", "Right", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another row or group."""

        table: Table

    @dataclass
    class Opened(Message):
        """Enter was pressed on a row."""

        table: Table

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._columns: tuple[Column, ...] = ()
        self._all: tuple[Row, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self._measured: dict[Hashable, tuple[Row, tuple[int, ...]]] = {}
        self._widest: tuple[int, ...] = ()
        self._slots: tuple[Slot, ...] = ()
        self._empty: tuple[Line, ...] = ()
        self._cursor = 0
        self._touched = False  # until a person moves, the cursor stays on top
        self.groups: tuple[str, ...] = ()
        self.group = ""
        self.words = ""

    # What it shows -------------------------------------------------------------------------------

    @property
    def head(self) -> int:
        """Rows taken by headings."""
        titled = any(c.title for c in self._columns)
        return int(titled) + any(c.group for c in self._columns)

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        if 0 <= self._cursor < len(self._rows) and not self._rows[self._cursor].heading:
            return self._rows[self._cursor]
        return None

    @property
    def visible_rows(self) -> tuple[Row, ...]:
        """Rows inside the window now."""
        top = self.scroll_offset.y
        return self._rows[top : top + max(0, self.size.height - self.head)]

    @property
    def counts(self) -> tuple[int, int]:
        """(shown, all): rows that pass the filter, and all of them; headings do not count."""
        return (
            sum(not r.heading for r in self._rows),
            sum(not r.heading for r in self._all),
        )

    def show_rows(
        self, columns: Sequence[Column], rows: Sequence[Row], empty: Sequence[Line] = ()
    ) -> None:
        """Show these rows, or `empty` for none; the cursor stays on the row of the same id."""
        before, id_ = self._selected_id, self._id_at(self._cursor)
        columns = tuple(columns)
        same = columns == self._columns and tuple(empty) == self._empty
        self._columns, self._empty = columns, tuple(empty)
        self._all = self._reused(rows)
        old, old_slots = self._rows, self._slots
        self._rows = self._filtered()
        self._lay_out()
        self._follow(id_)
        if not same or old_slots != self._slots or len(old) != len(self._rows):
            self.refresh()
        else:
            for index, (was, now) in enumerate(zip(old, self._rows, strict=True)):
                if was is not now and was != now:
                    self._repaint(index)
        if self._selected_id != before:
            self.post_message(self.Moved(self))

    @property
    def _selected_id(self) -> Hashable:
        return self.selected.id if self.selected is not None else None

    def _reused(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """The same rows, as the old objects where they are equal: measured and compared once."""
        old = self._measured
        self._measured = {}
        out: list[Row] = []
        for row in rows:
            known = old.get(row.id)
            if known is None or known[0] != row:
                free = row.heading or row.wide
                known = (row, () if free else tuple(width(cell) for cell in row.cells))
            self._measured[row.id] = known
            out.append(known[0])
        return tuple(out)

    def filter(self, words: str) -> None:
        """Show only rows with these words ("" = all)."""
        self.words = words
        id_ = self._id_at(self._cursor)
        self._rows = self._filtered()
        self._lay_out()
        self._follow(id_)
        self.refresh()
        self.post_message(self.Moved(self))

    def select(self, id_: Hashable) -> bool:
        """Put the cursor on the row of that id; False when it is not shown."""
        for index, row in enumerate(self._rows):
            if row.id == id_ and not row.heading:
                self._move_to(index)
                return True
        return False

    @property
    def _marks_group(self) -> bool:
        return len({c.group for c in self._columns} & set(self.groups)) > 1

    def set_groups(self, groups: Sequence[str], group: str = "") -> None:
        """Which column groups the cursor can stand in."""
        self.groups = tuple(groups)
        wanted = group or self.group
        self.group = wanted if wanted in self.groups else (self.groups[0] if self.groups else "")

    def _filtered(self) -> tuple[Row, ...]:
        if not self.words:
            return self._all
        return tuple(r for r in self._all if r.heading or matches(r, self.words))

    def _id_at(self, index: int) -> Hashable:
        return self._rows[index].id if 0 <= index < len(self._rows) else None

    def _follow(self, id_: Hashable) -> None:
        at = (i for i, r in enumerate(self._rows) if r.id == id_)
        found = next(at, None) if self._touched else 0
        if found is None:
            found = min(self._cursor, max(0, len(self._rows) - 1))
        self._cursor = self._nearest(found, 1)

    def _nearest(self, index: int, step: int) -> int:
        """The selectable row at or after `index` in that direction, else the other way."""
        for direction in (step, -step):
            i = index
            while 0 <= i < len(self._rows):
                if not self._rows[i].heading:
                    return i
                i += direction
        return index

    # Layout --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        widths = [self._measured[row.id][1] for row in self._rows if not row.heading]
        by_column = zip_longest(*(w for w in widths if w), fillvalue=0)
        widest = [max(column) for column in by_column][: len(self._columns)]
        self._widest = tuple(widest) + (0,) * (len(self._columns) - len(widest))
        self._place()

    def _place(self) -> None:
        room = max(10, self.size.width or self.app.size.width) - 2
        self._slots = layout(self._columns, self._widest, room) if self._columns else ()
        self.virtual_size = Size(self.size.width, len(self._rows) + self.head)

    def on_resize(self, _event: events.Resize) -> None:
        """Columns are laid out again for the new width."""
        self._place()
        self._keep_in_sight()
        self.refresh()

    # Painting ------------------------------------------------------------------------------------

    def _repaint(self, index: int) -> None:
        y = index + self.head - self.scroll_offset.y
        if self.head <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Headings stay, rows scroll under them."""
        size = self.size.width
        if y < self.head:
            return self.strip_of(self._heading(y), size)
        index = y - self.head + self.scroll_offset.y
        nothing = self._nothing() if not self._rows else ()
        if 0 <= y - self.head - 1 < len(nothing):
            return self.strip_of(((" ", ""), *nothing[y - self.head - 1]), size)
        if index >= len(self._rows):
            return self.strip_of((), size)
        return self._row_strip(self._rows[index], index == self._cursor, size)

    def _nothing(self) -> tuple[Line, ...]:
        """What stands in the place of rows; rows that the filter hides are not said to be none."""
        hidden = self.counts[1]
        if not self.words or not hidden:
            return self._empty
        rows = "1 row is" if hidden == 1 else f"{hidden} rows are"
        return (((f"The filter /{self.words} hides all: {rows} there. esc shows them.", "wait"),),)

    def _heading(self, y: int) -> Line:
        if y == 0 and self.head == 2:
            return self._group_line()
        out: list[tuple[str, str]] = [(" ", "")]
        for slot in self._slots:
            title: Line = ((slot.column.title, "dim"),)
            out.extend(fit(title, slot.width, right=slot.column.right))
            out.append((" " * GAP, ""))
        return tuple(out)

    def _group_line(self) -> Line:
        out: list[tuple[str, str]] = [(" ", "")]
        for name, members in groupby(self._slots, key=lambda s: s.column.group):
            slots = list(members)
            size = slots[-1].start + slots[-1].width - slots[0].start
            role = "accent" if name == self.group else "name"
            rule = "─" * max(0, size - len(name) - 1)
            line: Line = ((name, role), (" " + rule, "rule")) if name else (("", ""),)
            out.extend(fit(line, size))
            out.append((" " * GAP, ""))
        return tuple(out)

    def _row_strip(self, row: Row, current: bool, size: int) -> Strip:
        if row.heading:
            return self.strip_of(
                ((" ", ""), *fit(row.cells[0] if row.cells else (), size - 2)), size
            )
        if not current:
            return self.strip_of(self._row_line(row, self._slots), size)
        over, inside = self._cursor_styles()
        if not self._marks_group or not self.has_focus:
            return self._laid_over(self._row_line(row, self._slots), size, over)
        parts = [self._laid_over((("▎", "accent"),), 1, over)]
        for name, members in groupby(self._slots, key=lambda s: s.column.group):
            slots = list(members)
            span = slots[-1].start + slots[-1].width - slots[0].start
            style = inside if name == self.group else over
            parts.append(self._laid_over(self._row_line(row, slots)[1:], span, style))
            parts.append(self.strip_of((), GAP, over))
        return Strip.join(parts).adjust_cell_length(size, self.rich_style + over)

    def _laid_over(self, line: Line, size: int, style: Style) -> Strip:
        """Reversed text has no colours of its own: they would make a patchwork."""
        flat = tuple((text, "") for text, _role in line) if style.reverse else line
        return self.strip_of(flat, size, style)

    def _row_line(self, row: Row, slots: Sequence[Slot]) -> Line:
        current = self.selected is row
        out: list[tuple[str, str]] = [("▎" if current else " ", "accent")]
        if row.wide:
            return (*out, *fit(row.cells[0], max(1, self.size.width - 2)))
        for slot in slots:
            cell = row.cells[slot.index] if slot.index < len(row.cells) else ()
            column = slot.column
            out.extend(fit(cell, slot.width, middle=column.middle, right=column.right))
            if slot is not slots[-1]:
                out.append((" " * GAP, ""))
        return tuple(out)

    def _cursor_styles(self) -> tuple[Style, Style]:
        """For the row of the cursor and for the group in it; reversed where shades cannot be."""
        if self.app.no_color or self.app.current_theme.ansi:
            whole = self.has_focus and not self._marks_group
            return (Style(reverse=True) if whole else Style.null()), Style(reverse=True)
        name = "row--cursor" if self.has_focus else "row--blur"
        row = self.get_component_rich_style(name, partial=True)
        return row, self.get_component_rich_style("row--cell", partial=True)

    # Moving --------------------------------------------------------------------------------------

    def _move_to(self, index: int, step: int = 1) -> None:
        if not self._rows:
            return
        old = self._cursor
        self._touched = True
        self._cursor = self._nearest(max(0, min(index, len(self._rows) - 1)), step)
        self._keep_in_sight()
        if old != self._cursor:
            self._repaint(old)
            self._repaint(self._cursor)
            self.post_message(self.Moved(self))

    def _keep_in_sight(self) -> None:
        room = max(1, self.size.height - self.head)
        top = self.scroll_offset.y
        first = 0 if self._cursor == self._nearest(0, 1) else self._cursor
        if first < top:
            self.scroll_to(y=first, animate=False, immediate=True)
        elif self._cursor >= top + room:
            self.scroll_to(y=self._cursor - room + 1, animate=False, immediate=True)

    def on_focus(self) -> None:
        """The cursor changes its looks."""
        self._repaint(self._cursor)

    def on_blur(self) -> None:
        """The cursor changes its looks."""
        self._repaint(self._cursor)

    def on_click(self, event: events.Click) -> None:
        """A click selects; a second one on the same row opens."""
        if event.y < self.head:
            return
        index = event.y - self.head + self.scroll_offset.y
        if index < len(self._rows):
            again = index == self._cursor
            self._move_to(index)
            if again:
                self.action_open()

    def action_cursor(self, step: int) -> None:
        """One row up or down."""
        self._move_to(self._cursor + step, step)

    def action_page(self, step: int) -> None:
        """One window up or down."""
        self._move_to(self._cursor + step * max(1, self.size.height - self.head - 1), step)

    def action_edge(self, step: int) -> None:
        """First or last row."""
        self._move_to(0 if step < 0 else len(self._rows) - 1, -step)

    def action_group(self, step: int) -> None:
        """The next group of columns (an Environment) on this side."""
        if self.group in self.groups:
            index = self.groups.index(self.group) + step
            if 0 <= index < len(self.groups):
                self._touched = True
                self.group = self.groups[index]
                self.refresh()
                self.post_message(self.Moved(self))

    def action_open(self) -> None:
        """Say that the row is wanted."""
        if self.selected is not None:
            self.post_message(self.Opened(self))
