"""Painting of spans: roles become styles of the stylesheet, lines become Strips.

The one place where text meets Segments, so control characters cannot slip past and nothing from a
cluster is ever parsed as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from fluxtui.ui.spans import Line, fit, safe

ROLES = (
    "ok",
    "busy",
    "wait",
    "bad",
    "dim",
    "name",
    "accent",
    "version",
    "rule",
    "strong",
    "key",
    "off",
    "tab",
    "added",
    "removed",
)


class Painted(Widget):
    """A widget that draws Lines. Roles: see ROLES; an unknown or empty role is plain text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"role--{role}" for role in ROLES),
        "row--cursor",
        "row--cell",
        "row--blur",
    }

    def role_style(self, role: str) -> Style:
        """The Rich style of a role, without background."""
        if role not in ROLES:
            return Style.null()
        return self.get_component_rich_style(f"role--{role}", partial=True)

    def strip_of(self, line: Line, width: int, over: Style | None = None) -> Strip:
        """A Strip of exactly that width; `over` is laid under the roles (a cursor's background)."""
        base = self.rich_style + over if over else self.rich_style
        segments = [Segment(safe(text), base + self.role_style(role)) for text, role in line]
        return Strip(segments).simplify().adjust_cell_length(width, base)


class Paragraph(Painted):
    """Some lines of text. `show_lines` repaints only those that changed."""

    def __init__(
        self, lines: Sequence[Line] = (), *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = tuple(lines)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What it shows now."""
        return self._lines

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines; the layout is only done again when their number changes."""
        new, old = tuple(lines), self._lines
        if new == old:
            return
        self._lines = new
        auto = self.styles.height is not None and self.styles.height.is_auto
        if auto and len(new) != len(old):
            # Textual counts two askings between two idles as one and keeps the box that a layout
            # between them made: the lines would stand in the room that others had.
            self._layout_updates += 1
            self.refresh(layout=True)
            return
        # Lines below the last one visible are painted anyway when the widget grows.
        pairs = zip_longest(old[: self.size.height], new[: self.size.height], fillvalue=())
        changed = [y for y, (was, now) in enumerate(pairs) if was != now]
        if changed or not self.is_mounted:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def on_show(self) -> None:
        """What was said while nobody saw it was not painted: the strips kept are of before."""
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row a line."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """One line, with an ellipsis where it is cut."""
        line: Line = self._lines[y] if 0 <= y < len(self._lines) else ()
        return self.strip_of(fit(line, self.size.width), self.size.width)
