"""The table that every pane is made of: a line-API ScrollView that repaints only what changed.

A DataTable repaints itself whole for one cell (docs/architecture.md#costs); here the rows in sight
are compared with those drawn before, and a changed cell costs that cell. It knows nothing of what
it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip

from fluxtui.domain.counts import counted
from fluxtui.ui.spans import Line, fit, shorter_names, wrap
from fluxtui.ui.widgets.columns import GAP, Column, Slot, layout
from fluxtui.ui.widgets.listing import ROWS, Recipe, TableRow
from fluxtui.ui.widgets.scrolling import Scrolling


class Table(Scrolling):
    """Rows under sticky headings, with a cursor on a row and, if asked, on a group of columns."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "group(-1)", "Left", show=False),
        Binding("right", "group(1)", "Right", show=False),
    ]

    def __init__(
        self, *, id: str | None = None, classes: str | None = None, floats: bool = False
    ) -> None:
        super().__init__(id=id, classes=classes, floats=floats)
        self._columns: tuple[Column, ...] = ()
        self._slots: tuple[Slot, ...] = ()
        self._empty: tuple[Line, ...] = ()
        self._drawn: dict[
            int, tuple[TableRow, bool]
        ] = {}  # screen line -> row, whether the cursor's
        self.groups: tuple[str, ...] = ()
        self.group = ""
        self.on_drawn: Callable[[], None] = lambda: None  # the cursor's line is being painted

    # What it shows -------------------------------------------------------------------------------

    @property
    def head(self) -> int:
        """Rows taken by headings; none where they would leave no room for a row."""
        titled = any(c.title for c in self._columns)
        headings = int(titled) + any(c.group for c in self._columns)
        height = self.size.height
        return max(0, min(headings, height - 2)) if height else headings

    @property
    def counts(self) -> tuple[int, int]:
        """(shown, all): rows that pass the filter, and all of them; headings do not count."""
        return self._listing.counts

    @property
    def words(self) -> str:
        """The filter."""
        return self._listing.words

    @property
    def filter_typed(self) -> str:
        """The filter as it is typed, its key before it; a pattern begins with that already."""
        return self.words if self.words.startswith("/") else f"/{self.words}"

    @property
    def filter_trouble(self) -> str:
        """Why what is typed is no filter, or what it asks for that nothing has; "" for neither."""
        fault = self._listing.filter_fault
        return f"no filter: {fault}" if fault else self._filter_nowhere

    @property
    def _filter_nowhere(self) -> str:
        """`no object here has the field spec.nope`; "" when some object has all that is asked."""
        names = " or ".join(self._listing.nowhere)
        return f"no object here has {names}" if names else ""

    def show_rows(
        self, columns: Sequence[Column], rows: Sequence[TableRow], empty: Sequence[Line] = ()
    ) -> None:
        """Show these rows, or `empty` for none; the cursor stays on the row of the same id."""
        self.show_items(columns, rows, ROWS, empty)

    def show_items(
        self,
        columns: Sequence[Column],
        items: Sequence[Any],
        recipe: Recipe,
        empty: Sequence[Line] = (),
    ) -> None:
        """As `show_rows`, with rows that are made of the items when they come into sight."""
        before, place = self._selected_id, self._place()
        columns = tuple(columns)
        unchanged = columns == self._columns and tuple(empty) == self._empty
        afresh = columns != self._columns
        self._columns, self._empty = columns, tuple(empty)
        size, slots = len(self._listing), self._slots
        if self._listing.give(items, recipe, afresh=afresh):
            self._follow(*place)
        self._lay_out()
        if not unchanged or slots != self._slots or bool(size) != bool(len(self._listing)):
            self._draw_again()
        else:
            self._draw_changes()
        if self._selected_id != before:
            self.post_message(self.Moved(self))

    def look_again(self) -> None:
        """The present moved on: draw the cells in sight that say how old something is."""
        self._listing.outdated()
        self._draw_changes()

    def filter(self, words: str) -> None:
        """Show only rows with these words ("" = all)."""
        place = self._place()
        self._listing.filter(words)
        self._follow(*place)
        self._lay_out()
        self._draw_again()
        self.post_message(self.Moved(self))

    def set_groups(self, groups: Sequence[str], group: str = "") -> None:
        """Which column groups the cursor can stand in."""
        self.groups = tuple(groups)
        name = group or self.group
        self.group = name if name in self.groups else (self.groups[0] if self.groups else "")

    @property
    def _marks_group(self) -> bool:
        return len({c.group for c in self._columns} & set(self.groups)) > 1

    # Layout --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        room = max(10, self.size.width or self.app.size.width) - 2
        widest = (*self._listing.widest, *(0 for _ in self._columns))
        self._slots = layout(self._columns, widest, room) if self._columns else ()
        self._resize_list()
        self._keep_in_sight()

    def on_resize(self, _event: events.Resize) -> None:
        """Columns are laid out again for the new width."""
        self._lay_out()
        self._draw_again()

    def on_show(self) -> None:
        """What changed while nobody saw it was not painted."""
        self._draw_again()

    # Painting ------------------------------------------------------------------------------------

    def _draw_again(self) -> None:
        self._drawn.clear()
        self.refresh()

    def _draw_changes(self) -> None:
        """Of the lines in sight, those that say something else than when they were drawn."""
        sight, head = self._in_sight(), self.head
        for y, index in enumerate(sight, head):
            row, at_cursor = self._listing.row(index), index == self._cursor
            drawn = self._drawn.get(y)
            if drawn is None or drawn[1] is not at_cursor:
                self._repaint(y)
            elif drawn[0] is not row and drawn[0] != row:
                self._repaint_cells(y, drawn[0], row)
        for y in [y for y in self._drawn if y - head >= len(sight)]:
            self._repaint(y)

    def _repaint(self, y: int) -> None:
        self._drawn.pop(y, None)
        self.refresh(Region(0, y, self.size.width, 1))

    def _repaint_cells(self, y: int, was: TableRow, now: TableRow) -> None:
        whole = was.heading or was.wide or now.heading or now.wide
        if whole or len(was.cells) != len(now.cells):
            self._repaint(y)
            return
        for slot in self._slots:
            if slot.index < len(now.cells) and was.cells[slot.index] != now.cells[slot.index]:
                self.refresh(Region(1 + slot.start, y, slot.width, 1))
        self._drawn[y] = (now, self._drawn[y][1])

    def render_line(self, y: int) -> Strip:
        """Headings stay, rows scroll under them."""
        size = self.size.width
        if y < self.head:
            return self.strip_of(self._heading(y), size)
        index = y - self.head + self.scroll_offset.y
        blank = self._nothing() if not len(self._listing) else ()
        if index == self._cursor or not len(self._listing):
            self.on_drawn()
        if 0 <= y - self.head - 1 < len(blank):
            return self.strip_of(((" ", ""), *blank[y - self.head - 1]), size)
        if index >= len(self._listing):
            self._drawn.pop(y, None)
            return self.strip_of((), size)
        row, at_cursor = self._listing.row(index), index == self._cursor
        self._drawn[y] = (row, at_cursor)
        return self._row_strip(row, at_cursor, size)

    def _nothing(self) -> tuple[Line, ...]:
        """What stands in the place of rows; rows that the filter hides are not said to be none.

        Whole sentences: there is nothing else to read.
        """
        lines, hidden = self._empty, self.counts[1]
        if self.words and hidden:
            rows = counted(hidden, "row", "is")
            text = f"The filter {self.filter_typed} hides all: {rows} there. esc shows them."
            if self._listing.recipe.literal:
                text = f"Nothing is found with {self.words}. esc shows all lines again."
            nowhere = self._filter_nowhere
            text += f" {nowhere[:1].upper()}{nowhere[1:]}." if nowhere else ""
            lines = (((text, "wait"),),)
        broken = (wrap(line, self.size.width - 3, 6, 2) or ((),) for line in lines)
        return tuple(part for parts in broken for part in parts)

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

    def _row_strip(self, row: TableRow, current: bool, size: int) -> Strip:
        if row.heading:
            return self.strip_of(
                ((" ", ""), *fit(row.cells[0] if row.cells else (), size - 2)), size
            )
        if not current:
            return self.strip_of(self._row_line(row, self._slots, False), size)
        over, inside = self._cursor_styles()
        if row.wide or not self._marks_group or not self.has_focus:
            return self._laid_over(self._row_line(row, self._slots, True), size, over)
        parts = [self._laid_over((("▎", "accent"),), 1, over)]
        for name, members in groupby(self._slots, key=lambda s: s.column.group):
            slots = list(members)
            span = slots[-1].start + slots[-1].width - slots[0].start
            style = inside if name == self.group else over
            parts.append(self._laid_over(self._row_line(row, slots, True)[1:], span, style))
            parts.append(self.strip_of((), GAP, over))
        return Strip.join(parts).adjust_cell_length(size, self.rich_style + over)

    def _laid_over(self, line: Line, size: int, style: Style) -> Strip:
        """Reversed text has no colours of its own: they would make a patchwork."""
        flat = tuple((text, "") for text, _role in line) if style.reverse else line
        return self.strip_of(flat, size, style)

    def _row_line(self, row: TableRow, slots: Sequence[Slot], at_cursor: bool) -> Line:
        out: list[tuple[str, str]] = [("▎" if at_cursor else " ", "accent")]
        if row.wide:
            return (*out, *fit(row.cells[0], max(1, self.size.width - 2)))
        for slot in slots:
            cell = row.cells[slot.index] if slot.index < len(row.cells) else ()
            column = slot.column
            if column.flex and not column.middle:
                cell = shorter_names(cell, slot.width)
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

    def on_focus(self) -> None:
        """The cursor changes its looks."""
        self._repaint_cursor()

    def on_blur(self) -> None:
        """The cursor changes its looks."""
        self._repaint_cursor()

    def draw_cursor(self) -> None:
        """Paint the line of the cursor once more: what it stands for is another thing now."""
        if len(self._listing):
            self._repaint_cursor()
        else:
            self.refresh()

    def _repaint_cursor(self) -> None:
        if self._cursor in self._in_sight():
            self._repaint(self._cursor - self.scroll_offset.y + self.head)

    def action_group(self, step: int) -> None:
        """The next group of columns (an Environment) on this side."""
        if self.group in self.groups:
            index = self.groups.index(self.group) + step
            if 0 <= index < len(self.groups):
                self._floats = False
                self.group = self.groups[index]
                self.steps += 1
                for y in range(self.head):
                    self._repaint(y)
                self._repaint_cursor()
                self.post_message(self.Moved(self))
