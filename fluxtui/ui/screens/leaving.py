"""Leave, or stay? Asked only where leaving would cut something off, and it says what."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from fluxtui.domain.plan import Plan
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.spans import Line, wrap
from fluxtui.ui.widgets.painted import Paragraph

if TYPE_CHECKING:
    from fluxtui.ui.bridge import Bridge


def at_stake(screen: Screen[object], bridge: Bridge) -> str:
    """What leaving now would cut off; "" when nothing would be lost."""
    running = [running_text(plan, bridge.peek()) for plan in bridge.running]
    if running:
        return " ".join((*running, "Leaving starts no further step of it."))
    return screen.stake if isinstance(screen, Sheet) else ""


def running_text(plan: Plan, snapshot: Snapshot) -> str:
    """`pin ...` is running: 1 of 3 steps is done."""
    acts = [act for act in snapshot.acts if act.plan.id == plan.id]
    ended = len(acts[-1].receipts) if acts else 0
    return f"“{plan.title}” is running: {ended} of {len(plan.steps)} steps have ended."


class Leaving(Sheet[bool]):
    """Its result: whether to leave."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "leave", "Leave", show=False),
        Binding("n", "close", "Stay", show=False),
    ]

    def __init__(self, stake: str) -> None:
        super().__init__()
        self._stake = stake

    def compose(self) -> ComposeResult:
        """What is at stake, and the question."""
        with Vertical(id="sheet"):
            yield Paragraph(id="stake")
            keys: Line = (("y ", "key"), ("leave   ", ""), ("n esc ", "key"), ("stay", ""))
            yield Paragraph(((), keys), id="ask")

    def on_mount(self) -> None:
        """Break the sentence for the width there is."""
        self.box.border_title = "Leave fluxtui?"
        lines = wrap(((self._stake, "busy"),), self.inner_width, 6)
        self.query_one("#stake", Paragraph).show_lines(lines)

    def action_leave(self) -> None:
        """Yes."""
        self.dismiss(True)
