"""Text to read: an object, a unified diff, a log, the findings. Lines, a cursor, and a search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from fluxtui.domain.blocktext import block_text
from fluxtui.domain.resource import Resource
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.spans import Line, width, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Recipe, TableRow
from fluxtui.ui.widgets.table import Table

AROUND = 5  # cells of frame, air and scroll bar beside the text
COLUMNS = (Column("", flex=True),)
Part = tuple[int, int, Line]
"""A line's number, which part of it, and that part."""
PARTS = Recipe(
    key=lambda part: part[:2],  # a line keeps its name when it is broken in other places
    make=lambda part: TableRow(part[:2], (part[2],)),
    measure=lambda _part: (0,),
    literal=True,
)


def broken(text: Sequence[Line], cells: int, hang: int) -> Iterator[Part]:
    """The lines in as many parts as they need."""
    for index, line in enumerate(text):
        if sum(len(words) for words, _role in line) * 2 <= cells or width(line) <= cells:
            yield index, 0, line
            continue
        for number, part in enumerate(wrap(line, cells, 40, hang) or ((),)):
            yield index, number, part


class Reading(Sheet[None]):
    """A titled text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "close", "Close", show=False),
        Binding("slash", "search", "Search", show=False),
    ]

    hint: ClassVar[str] = "esc q close   / search"

    def __init__(self, title: str, lines: Sequence[Line], hang: int = 2) -> None:
        super().__init__(classes="tall")
        self._hang = hang
        self._title = title
        self._text = tuple(lines)
        self._broken_for = 0  # cells

    def compose(self) -> ComposeResult:
        """Search field over the text."""
        with Vertical(id="sheet"):
            yield Input(placeholder="only lines with …", id="search")
            yield Table(classes="main")

    def on_mount(self) -> None:
        """Fill it; the text has the focus."""
        self.query_one("#search", Input).display = False
        self.box.border_title = self._title.replace("[", r"\[")
        self.box.border_subtitle = self.hint
        self.set_focus(self.query_one(Table))
        self._fill(self.app.size.width - AROUND)  # before it is laid out: it is painted once

    def tell(self, lines: Sequence[Line]) -> None:
        """Another text under the same title; the cursor keeps its line's place."""
        text = tuple(lines)
        if text != self._text and self.stands:
            self._text, self._broken_for = text, 0
            self._fill(self.inner_width)

    def on_resize(self) -> None:
        """Break the lines again."""
        self.call_after_refresh(lambda: self._fill(self.inner_width))

    def _fill(self, cells: int) -> None:
        if not self.stands or cells == self._broken_for:
            return
        self._broken_for = cells
        items = list(broken(self._text, cells - 2, self._hang))
        self.query_one(Table).show_items(COLUMNS, items, PARTS, ((("Empty.", "dim"),),))

    def action_search(self) -> None:
        """Show the search field."""
        field = self.query_one("#search", Input)
        field.display = True
        self.set_focus(field)  # now: the next key is text

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self.query_one(Table).filter(event.value)

    @on(Input.Submitted, "#search")
    def _found(self) -> None:
        self.set_focus(self.query_one(Table))


def diff_lines(text: Sequence[str]) -> tuple[Line, ...]:
    """A unified diff with its colours; the signs say the same without them."""
    roles = {"+": "added", "-": "removed", "@": "accent"}
    return tuple(((line or " ", roles.get(line[:1], "")),) for line in text)


def yaml_lines(text: str) -> tuple[Line, ...]:
    """YAML with keys set off from values."""
    out: list[Line] = []
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and (not value or value.startswith(" ")) and '"' not in key:
            out.append(((key + colon, "version"), (value, "")))
        else:
            out.append(((line, ""),))
    return tuple(out)


def as_yaml(resource: Resource) -> tuple[Line, ...]:
    """What the API says of an object (without managedFields; Secrets without values)."""
    return yaml_lines(block_text(resource.as_object()))
