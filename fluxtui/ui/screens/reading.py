"""Text to read: an object, a unified diff, a log, the findings. Lines, a cursor, and a search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from fluxtui.domain.blocktext import block_text
from fluxtui.domain.resource import Resource
from fluxtui.ui.screens.searching import Searching
from fluxtui.ui.spans import Line, plain, width, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Recipe, TableRow
from fluxtui.ui.widgets.table import Table

AROUND = 5  # cells of frame, air and scroll bar beside the text
COLUMNS = (Column("", flex=True),)
Part = tuple[int, int, Line, str]
"""A line's number, which part of it, that part; the text of the whole line where it is broken."""
PARTS = Recipe(
    key=lambda part: part[:2],  # a line keeps its name when it is broken in other places
    make=lambda part: TableRow(part[:2], (part[2],)),
    measure=lambda _part: (0,),
    match=lambda part, typed: typed.passes(part[3] or plain(part[2])),
    literal=True,
)
UNDER = -1  # a line goes on under its last span


def broken(text: Sequence[Line], cells: int, hang: int) -> Iterator[Part]:
    """The lines in as many parts as they need; those after the first `hang` cells to the right."""
    for index, line in enumerate(text):
        if sum(len(words) for words, _role in line) * 2 <= cells or width(line) <= cells:
            yield index, 0, line, ""
            continue
        under = min(width(line[:-1]), cells // 2 + 1) if hang == UNDER else hang
        whole = plain(line)
        for number, part in enumerate(wrap(line, cells, 40, under) or ((),)):
            yield index, number, part, whole


class Reading(Searching):
    """A titled text."""

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
            yield self.field()
            yield Table(classes="main")

    def on_mount(self) -> None:
        """Fill it; the text has the focus."""
        self.box.border_title = self._title.replace("[", r"\[")
        self.draw_keys()
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

    @property
    def keys(self) -> str:
        """What can be done while it is read."""
        return self.hint


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
