"""The strip of what is being done: one line an act, with how far it is and for how long.

It stands under the details while an act runs and a moment after it ended, so that the view above,
the chain that is waited for, stays in sight. Nothing is asked here and nothing begun.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import monotonic

from fluxtui.domain.acts import ended, trouble, under_way
from fluxtui.domain.snapshot import Act
from fluxtui.ui.actwords import act_state, elapsed
from fluxtui.ui.ages import epoch
from fluxtui.ui.keys import key_of
from fluxtui.ui.spans import Line, brief
from fluxtui.ui.widgets.painted import Paragraph

MOST = 2  # acts shown at a time
STAYS, STAYS_BAD = 10.0, 60.0  # seconds that one stays after its end; longer when it failed
BAR = 10


def strip_lines(acts: Iterable[Act], now: float, journal: str) -> tuple[Line, ...]:
    """One line for each act that runs, or ended just now; the newest last."""
    visible = [act for act in acts if _is_shown(act, now)][-MOST:]
    return tuple(act_line(act, now, journal) for act in visible)


def _is_shown(act: Act, now: float) -> bool:
    if not act.finished:
        return True
    if not act.ended or act.cut:
        return False
    ago = now - epoch(act.ended)
    return ago < STAYS or (ago < STAYS_BAD and bool(trouble(act)))


def act_line(act: Act, now: float, journal: str) -> Line:
    """`◐ ━━━─────── 3 of 12  30s  reconcile ..: ask ks/web to reconcile`. `journal`: the key that
    opens it."""
    word, role = act_state(act)
    ran = elapsed(act, now)
    took: Line = ((f"{ran}  ", "name"),) if ran else ()
    if act.finished:
        why = trouble(act)
        return (
            (f"{word}  ", role),
            *took,
            (act.plan.title, "strong"),
            (f": {brief(why)}" if why else "", role),
            (f"   {journal} Journal" if why else "", "dim"),
        )
    ended_steps, count = ended(act), len(act.plan.steps)
    full = BAR * ended_steps // count if count else 0
    busy = under_way(act)
    doing = f": {busy[0].title}" if busy else ""
    more = f" and {len(busy) - 1} more" if len(busy) > 1 else ""
    return (
        (word[0] + " ", role),
        ("━" * full, role),
        ("─" * (BAR - full), "dim"),
        (f"  {ended_steps} of {count}  ", "dim"),
        *took,
        (act.plan.title, "strong"),
        (doing + more, "dim"),
    )


class ActStrip(Paragraph):
    """No line high while nothing runs."""

    def __init__(self) -> None:
        super().__init__(id="acts")
        self._acts: tuple[Act, ...] = ()
        self._live: tuple[Act, ...] = ()  # of these, those that are still shown
        self._journal = ""
        self._then = (0.0, 0.0)  # epoch seconds, and the steady clock at that moment

    def on_mount(self) -> None:
        """Seconds pass also while nothing else happens."""
        self.set_interval(1.0, self._tick)

    def show_acts(self, acts: tuple[Act, ...], now: float, remapped: Mapping[str, str]) -> None:
        """These acts, `now` in epoch seconds; `remapped`: keys that the user bound."""
        self._journal = key_of("journal", remapped)
        if acts is not self._acts:
            self._acts = self._live = acts
        self._then = (now, monotonic())
        self._draw(now)

    def _tick(self) -> None:
        if self.lines:
            then, steady = self._then
            self._draw(then + monotonic() - steady)

    def _draw(self, now: float) -> None:
        # What is over for long does not come back: hundreds of acts are looked through once.
        self._live = tuple(act for act in self._live if _is_shown(act, now))
        self.show_lines(strip_lines(self._live, now, self._journal))
