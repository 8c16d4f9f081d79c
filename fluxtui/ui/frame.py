"""The frame around the panes as pure lines plus the widgets that hold them.

Top line, views, body, rule, details, status and keys; it derives all of it from a View and the
Commands, and repaints a line only when it changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen

from fluxtui.commands.command import Command, Context
from fluxtui.ui.keys import named_keys
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.spans import Line, elide, fit, width
from fluxtui.ui.widgets.actstrip import ActStrip
from fluxtui.ui.widgets.details import target_details
from fluxtui.ui.widgets.filterfield import FilterField, below
from fluxtui.ui.widgets.footer import Refusals, footer_line, status_lines
from fluxtui.ui.widgets.header import tab_line, top_line
from fluxtui.ui.widgets.painted import Paragraph

ROOMY = 32  # lines from which there is air between the parts


@dataclass(frozen=True, slots=True)
class Framing:
    """What the frame is drawn from."""

    view: View
    context: Context
    pane: Pane | None
    current: str
    message: Line
    namespace: str = ""  # the only one shown
    nothing: str = ""  # why keys act on nothing


def parts() -> ComposeResult:
    """The widgets, top to bottom."""
    yield Paragraph(id="top")
    yield Paragraph(id="tabs")
    yield Vertical(id="body")
    yield Paragraph(id="rule")
    yield Paragraph(id="details")
    yield ActStrip()
    yield Paragraph(id="status")
    yield FilterField()
    yield Footer(id="footer")


class Footer(Paragraph):
    """The keys of the acts, and which of them are refused."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.refusals = Refusals()


def draw(
    screen: Screen[None], framing: Framing, commands: Sequence[Command], keys: dict[str, str]
) -> None:
    """Show all lines of the frame."""
    fit_height(screen, screen.size.height)
    cells = screen.size.width
    snapshot, pane = framing.view.snapshot, framing.pane
    reading = pane.reading() if pane is not None else ""
    if framing.namespace:
        reading = f"only namespace {framing.namespace}  {reading}".rstrip()
    top = top_line(snapshot, framing.view.now, cells)
    screen.query_one("#top", Paragraph).show_lines((top,))
    tabs = tab_line(commands, keys, framing.current, reading, cells)
    screen.query_one("#tabs", Paragraph).show_lines((tabs,))
    hint = named_keys(pane.hint, snapshot.config.keys) if pane else ""
    screen.query_one("#rule", Paragraph).show_lines((rule_line(hint, cells),))
    details = pane.details(cells - 2) if pane is not None else ()
    if details is None:
        details = target_details(snapshot, framing.view.target, framing.view.now, cells - 2)
    screen.query_one("#details", Paragraph).show_lines(details)
    screen.query_one(ActStrip).show_acts(snapshot.acts, framing.view.now, snapshot.config.keys)
    findings = () if pane is not None and pane.tells_findings else snapshot.findings
    rows = 3 if screen.size.height >= 15 else 1
    trouble = pane.table.filter_trouble if pane is not None else ""
    message = framing.message or (((trouble, "bad"),) if trouble else ())
    about = (framing.view.now, snapshot.config.keys)
    status = status_lines(message, findings, cells, rows, about)
    screen.query_one("#status", Paragraph).show_lines(status)
    footer = screen.query_one("#footer", Footer)
    if screen.has_class("filtering"):
        footer.show_lines((fit(below(trouble), cells),))
        return
    acts = footer_line(commands, keys, framing.context, cells, framing.nothing, footer.refusals)
    footer.show_lines((acts,))


def fit_height(screen: Screen[None], lines: int) -> None:
    """Rows before ornaments: what a low terminal has no lines for is left out, the data never."""
    screen.query_one("#body").set_class(lines >= ROOMY, "roomy")
    details = details_height(lines)
    screen.query_one("#details").styles.height = details
    screen.query_one("#details").display = details > 0
    screen.query_one("#rule").display = details > 0
    screen.query_one("#tabs").display = lines >= 9
    screen.query_one("#footer").display = lines >= 6


def details_height(lines: int) -> int:
    """Lines for the details on a screen of so many."""
    steps = ((ROOMY, 4), (18, 3), (15, 2), (13, 1))
    return next((details for least, details in steps if lines >= least), 0)


def rule_line(hint: str, cells: int) -> Line:
    """A rule with the keys of this pane in it."""
    hint = elide(hint, cells - 8)
    dashes = max(2, cells - width(((hint, ""),)) - 6)
    return ((" " + "─" * dashes + " ", "rule"), (hint, "dim"), (" ──", "rule"))
