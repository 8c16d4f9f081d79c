"""The command line: a field, and under it the words that the text may mean, best first.

Enter does what stands under the cursor. Keys that came with the `:` are text, and so is an Enter
among them, unless the text names one word whole: nothing else has been seen by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from fluxtui.domain.counts import counted
from fluxtui.ui.gate import Typed, is_text
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.spans import Line, fit
from fluxtui.ui.widgets.painted import Paragraph
from fluxtui.ui.words import Word, exact, matching

SHOWN = 12
NAME = 34  # cells


class CommandLine(Sheet[Word]):
    """`look` gives the words; `chosen` is told of the one that was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "choose(1)", "Next", show=False, priority=True),
        Binding("up", "choose(-1)", "Previous", show=False, priority=True),
        Binding("tab", "complete", "Complete", show=False, priority=True),
    ]
    typeahead: ClassVar[bool] = True

    def __init__(self, look: Callable[[], Iterable[Word]], choose: Callable[[Word], None]) -> None:
        super().__init__(classes="line")
        self._look = look
        self._chosen = choose
        self._known: tuple[Word, ...] = ()
        self._hits: tuple[Word, ...] = ()
        self._at = 0

    def compose(self) -> ComposeResult:
        """Field over words."""
        with Vertical(id="sheet"):
            yield Input(id="word", placeholder="command, ks oci hr, service, object, ns, ctx, q …")
            yield Paragraph(id="words")
            yield Paragraph(id="ask")

    def on_mount(self) -> None:
        """The next key is text."""
        self.set_focus(self.query_one("#word", Input))
        self._known = tuple(self._look())
        self._narrow("")

    def takes(self, event: Typed) -> bool | None:
        """Enter and backspace that came with the text belong to it."""
        verdict = super().takes(event)
        if verdict is False and isinstance(event, events.Key):
            if event.key == "enter":
                return exact(self.query_one("#word", Input).value, self._known) is not None
            return event.key in ("backspace", "space") or is_text(event)
        return verdict

    @on(Input.Changed, "#word")
    def _changed(self, event: Input.Changed) -> None:
        self._narrow(event.value)

    def _narrow(self, typed: str) -> None:
        self._hits, self._at = matching(typed, self._known), 0
        self._lay_out()

    def _lay_out(self) -> None:
        cells = self.inner_width
        first = max(0, min(self._at - SHOWN // 2, len(self._hits) - SHOWN))
        lines: list[Line] = []
        for number, word in enumerate(self._hits[first : first + SHOWN], first):
            current = number == self._at
            name: Line = ((word.text, "strong" if current else "name"),)
            about: Line = ((word.about, "dim"),)
            if word.off:
                about = ((f"not now: {word.off}", "off"),)
            mark: Line = (("▎ " if current else "  ", "accent"),)
            lines.append(fit((*mark, *fit(name, NAME), ("  ", ""), *about), cells))
        if not self._hits:
            lines.append((("  nothing here has that name", "wait"),))
        elif len(self._hits) > SHOWN:
            lines.append(((f"  {counted(len(self._hits), 'word')}", "dim"),))
        self.query_one("#words", Paragraph).show_lines(lines)
        hint = "enter do it   ↑↓ choose   tab complete   esc leave"
        self.query_one("#ask", Paragraph).show_lines(((), ((hint, "dim"),)))

    def action_choose(self, step: int) -> None:
        """Another word."""
        if self._hits:
            self._at = (self._at + step) % len(self._hits)
            self._lay_out()

    def action_complete(self) -> None:
        """The word under the cursor into the field."""
        if self._hits:
            field = self.query_one("#word", Input)
            field.value = self._hits[self._at].text
            field.cursor_position = len(field.value)

    @on(Input.Submitted, "#word")
    def _submitted(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        if not typed and self._at == 0:
            self.dismiss(None)
            return
        if self._hits:
            word = self._hits[self._at]
            self.dismiss(word)
            self._chosen(word)
