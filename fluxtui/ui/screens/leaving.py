"""Leave, or stay? Asked only where leaving would cut something off, and it says what."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from fluxtui.domain.counts import agreed, counted
from fluxtui.domain.plan import Plan
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.spans import Line, wrap
from fluxtui.ui.widgets.painted import Paragraph

if TYPE_CHECKING:
    from fluxtui.ui.bridge import Bridge


def at_stake(screen: Screen[object], bridge: Bridge) -> str:
    """What leaving now would cut off; "" when nothing would be lost."""
    snapshot = bridge.peek()
    running = [text for plan in bridge.running if (text := running_text(plan, snapshot))]
    if running:
        return " ".join((*running, "Leaving starts no further step of it."))
    return screen.stake if isinstance(screen, Sheet) else ""


def running_text(plan: Plan, snapshot: Snapshot) -> str:
    """`pin ...` is running: 1 of 3 steps is done; "" when it has ended."""
    acts = [act for act in snapshot.acts if act.plan.id == plan.id]
    if acts and acts[-1].finished:
        return ""
    ended = len(acts[-1].receipts) if acts else 0
    steps = f"{ended} of {counted(len(plan.steps), 'step')} {agreed(ended, 'has')}"
    return f"“{plan.title}” is running: {steps} ended."


class Leaving(Sheet[bool]):
    """Its result: whether to leave."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "leave", "Leave", show=False),
        Binding("n", "close", "Stay", show=False),
    ]

    def __init__(self, look: Callable[[], str]) -> None:
        """`look`: what is at stake now, as a sentence; "" nothing."""
        super().__init__()
        self._look = look
        self._told = ""

    def compose(self) -> ComposeResult:
        """What is at stake, and the question."""
        with Vertical(id="sheet"):
            yield Paragraph(id="stake")
            keys: Line = (("y ", "key"), ("leave   ", ""), ("n esc ", "key"), ("stay", ""))
            yield Paragraph(((), keys), id="ask")

    def on_mount(self) -> None:
        """The question's title, and what it is about."""
        self.box.border_title = "Leave fluxtui?"
        self._tell()

    def show(self, snapshot: Snapshot) -> None:
        """What runs may go on, or end, while the question stands."""
        if self.stands:
            self._tell()

    def _tell(self) -> None:
        stake = self._look()
        text = stake or "What was running has ended: leaving cuts nothing off."
        if text != self._told:
            self._told = text
            lines = wrap(((text, "busy" if stake else "ok"),), self.inner_width, 6)
            self.query_one("#stake", Paragraph).show_lines(lines)

    def action_leave(self) -> None:
        """Yes."""
        self.dismiss(True)
