"""The log of what failed: one container at a time, followed, with the way to its neighbours.

Opens on the Pod and container that are to blame, whatever the key was pressed on, and goes on as
lines are written. It keeps no more lines than the Engine does and never parses them: what a program
writes is data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from fluxtui.domain.ask import LogView, ReadLogs
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.overview.pods import POD
from fluxtui.domain.podlog import (
    Container,
    containers_of,
    first_to_read,
    lost,
    owner_of,
    pods_behind,
)
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.rowfilter import RowFilter
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.bridge import Bridge, LogNews
from fluxtui.ui.screens.searching import Searching
from fluxtui.ui.spans import Line, join, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import ROWS, TableRow, row_text
from fluxtui.ui.widgets.painted import Paragraph
from fluxtui.ui.widgets.table import Table

TAIL = 1_000
LONGEST = 40  # rows that one line may take when it is broken
_STATES = {"reading": "reading …", "following": "following", "ended": "ended", "failed": "no log"}


class Logs(Searching):
    """Logs of the Pods behind these objects."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "container", "Next container", show=False),
        Binding("left_square_bracket", "pod(-1)", "Pod before", show=False),
        Binding("right_square_bracket", "pod(1)", "Next Pod", show=False),
        Binding("p", "previous", "Run before", show=False),
        Binding("f", "follow", "Follow", show=False),
        Binding("t", "timestamps", "Times", show=False),
        Binding("w", "wrap", "Break lines", show=False),
    ]

    def __init__(self, bridge: Bridge, subjects: Sequence[Key], title: str) -> None:
        super().__init__(classes="tall")
        self._bridge = bridge
        self._subjects = tuple(subjects)
        self._title = title
        self._snapshot = bridge.peek()
        self._pods: tuple[Resource, ...] = ()
        self._pod: Key | None = None
        self._container = ""
        self._chosen = False  # by a person: then nothing chooses another one
        self._previous = self._timestamps = False
        self._wrap = self._sticks = True
        self._meant: object = None  # what the open log is of
        self._run: object = None  # and the run that its container was in then
        self._view = LogView()
        self._rows: list[TableRow] = []
        self._written = replace(ROWS, literal=True, match=self._keeps)
        self._made = 0  # lines that are rows already, counted from the log's beginning

    def compose(self) -> ComposeResult:
        """What is read, over its lines."""
        with Vertical(id="sheet"):
            yield Paragraph(id="log-head")
            yield self.field()
            yield Table(classes="main")

    def on_mount(self) -> None:
        """The lines have the focus."""
        self.box.border_title = self._title.replace("[", r"\[")
        self.set_focus(self.query_one(Table))
        self.call_after_refresh(self.show, self._snapshot)

    def on_unmount(self) -> None:
        """Nobody reads on."""
        self._bridge.leave_log()

    def on_resize(self) -> None:
        """Break the lines again."""
        self.call_after_refresh(self._draw_anew)

    def interest(self) -> frozenset[Key]:
        """Kustomizations whose Pods must be live while this is read."""
        owners = (owner_of(self._snapshot, key) for key in self._subjects)
        return frozenset(owner for owner in owners if owner is not None)

    # What is read --------------------------------------------------------------------------------

    def show(self, snapshot: Snapshot) -> None:
        """Pods come and go, and containers begin again."""
        self._snapshot = snapshot
        pods = {p.key: p for p in pods_behind(snapshot, *self._subjects)}
        self._pods = tuple(pods.values())
        if not self._chosen and self._pods and not self._is_read(pods):
            self._pod = self._pods[0].key
            first = first_to_read(containers_of(self._pods[0]))
            self._container = first.name if first else ""
        if self._pod is None:  # a Pod that is named is read, known or not
            self._pod = next((key for key in self._subjects if key.kind == "Pod"), None)
        self._open()
        self._draw_head()
        if self._pod is None:
            self._draw()

    def _is_read(self, pods: dict[Key, Resource]) -> bool:
        """The open log is still of a Pod that is there: what is read does not jump away."""
        return self._pod in pods and self._view.state in ("following", "ended")

    def _now(self) -> Container | None:
        pod = self._snapshot.get(self._pod) if self._pod is not None else None
        containers = containers_of(pod) if pod is not None else ()
        return next((c for c in containers if c.name == self._container), None)

    def _open(self, *, anew: bool = False) -> None:
        """Read the log that is meant, when it is not open already.

        A container that runs again has another log; who reads up in the old one keeps it.
        """
        if self._pod is None:
            return
        now = self._now()
        log = (self._pod, self._container, self._previous, self._timestamps)
        run = (now.restarts, now.state) if now is not None else None
        over = self._view.state in ("ended", "failed") and self._sticks and not self._previous
        begun = now is not None and now.state == "running" and run != self._run
        if not (anew or log != self._meant or (over and begun)):
            return
        self._meant, self._run = log, run
        self._view, self._rows, self._made = LogView(), [], 0
        question = ReadLogs(
            self._pod, self._container, TAIL, self._previous, timestamps=self._timestamps
        )
        self._bridge.read_log(question, self)
        self._draw()

    def on_log_news(self, message: LogNews) -> None:
        """There are more lines."""
        view = self._bridge.log_view()
        if message.number != self._bridge.log_number or view is None:
            return  # of a log that was left meanwhile
        self._view = view
        self._draw()
        self._draw_head()

    # Drawing -------------------------------------------------------------------------------------

    def _draw_anew(self) -> None:
        self._rows, self._made = [], 0
        self._draw()
        self._draw_head()

    def _draw(self) -> None:
        if not self.stands:
            return
        view, table = self._view, self.query_one(Table)
        cells = self.inner_width - 2
        for number in range(max(self._made, view.before), view.before + len(view.lines)):
            text: Line = ((view.lines[number - view.before], ""),)
            parts = wrap(text, cells, LONGEST, 2) if self._wrap else (text,)
            self._rows += [TableRow((number, n), (p,)) for n, p in enumerate(parts or ((),))]
        self._made = max(self._made, view.before + len(view.lines))
        while self._rows and self._rows[0].id[0] < view.before:  # type: ignore[index]
            self._rows.pop(0)
        table.show_items((Column("", flex=True),), tuple(self._rows), self._written, self._empty())
        if self._sticks:
            table.action_edge(1)

    def _keeps(self, row: TableRow, typed: RowFilter) -> bool:
        """Whether the whole line that the row is a part of has what is searched for."""
        number, _part = cast("tuple[int, int]", row.id)
        at = number - self._view.before
        there = 0 <= at < len(self._view.lines)
        return typed.passes(self._view.lines[at] if there else row_text(row))

    def _empty(self) -> tuple[Line, ...]:
        if self._pod is None:
            return (((self._no_pods(), "dim"),),)
        if self._view.state == "failed":
            return ((("✗ ", "bad"), (self._view.error, "bad")),)
        if self._view.state == "reading":
            return ((("reading …", "dim"),),)
        return ((("It has written nothing.", "dim"),),)

    def _no_pods(self) -> str:
        if not self.interest():
            return "No Pods: nothing is known that would have any."
        if not all(self._sees_pods(key) for key in self._subjects):
            return "No Pods yet: looking for those behind it …"
        gone = lost(self._snapshot, self._subjects)
        return gone or "It has no Pod now: there are none, or they ended and were cleaned up."

    def _sees_pods(self, key: Key) -> bool:
        """Whether the Pods there are known, so that one that is missing is gone."""
        feeds = [
            f for f in self._snapshot.feeds if (f.environment, f.kind) == (key.environment, POD)
        ]
        return bool(feeds) and all(f.state is FeedState.LIVE for f in feeds)

    def _draw_head(self) -> None:
        if not self.stands:
            return
        lines: list[Line] = []
        pod = self._snapshot.get(self._pod) if self._pod is not None else None
        if self._pod is not None:
            number = next((i for i, p in enumerate(self._pods, 1) if p.key == self._pod), 0)
            of = f"  {number} of {len(self._pods)}" if len(self._pods) > 1 and number else ""
            absence = "  the Pod is gone" if pod is None and self._sees_pods(self._pod) else ""
            state = _STATES[self._view.state] if self._sticks else "held, f goes to the end"
            run = "the run before this one, " if self._previous else ""
            lines.append(
                ((f"Pod {self._pod.name}", "strong"), (of, "dim"), (absence, "bad"),
                 (f"  {run}{state}", "wait" if self._previous or not self._sticks else "dim"))
            )  # fmt: skip
        if pod is not None:
            lines.append(join(_chip(c, c.name == self._container) for c in containers_of(pod)))
        if self._view.state == "failed" and self._view.lines:
            lines.append((("✗ ", "bad"), (self._view.error, "bad")))
        self.query_one("#log-head", Paragraph).show_lines(lines)
        self.draw_keys()

    @property
    def keys(self) -> str:
        """Those for which there is a choice."""
        pod = self._snapshot.get(self._pod) if self._pod is not None else None
        keys = ["esc close", "f end", "p run before", "t times", "w wrap", "/ search"]
        keys[1:1] = ["c container"] if pod is not None and len(containers_of(pod)) > 1 else []
        keys[1:1] = ["[ ] Pod"] if len(self._pods) > 1 else []
        return "  ".join(keys)

    # Keys ----------------------------------------------------------------------------------------

    @on(Table.Moved)
    def _moved(self) -> None:
        at_end = self.query_one(Table).at_end
        if at_end != self._sticks:
            self._sticks = at_end
            self._draw_head()

    def narrowed(self) -> None:
        """Who is at the end stays there, whichever lines are left."""
        if self._sticks:
            self.query_one(Table).action_edge(1)

    def action_follow(self) -> None:
        """To the end, and stay there."""
        self._sticks = True
        self._open()
        self.query_one(Table).action_edge(1)
        self._draw_head()

    def action_container(self) -> None:
        """The next container of the Pod."""
        pod = self._snapshot.get(self._pod) if self._pod is not None else None
        names = [c.name for c in containers_of(pod)] if pod is not None else []
        if len(names) > 1:
            at = names.index(self._container) + 1 if self._container in names else 0
            self._choose(self._pod, names[at % len(names)])

    def action_pod(self, step: int) -> None:
        """Another Pod of the same object."""
        if len(self._pods) < 2:
            return
        keys = [p.key for p in self._pods]
        at = keys.index(self._pod) + step if self._pod in keys else 0
        pod = self._pods[at % len(keys)]
        names = [c.name for c in containers_of(pod)]
        first = first_to_read(containers_of(pod))
        also_here = self._container in names
        self._choose(pod.key, self._container if also_here else first.name if first else "")

    def _choose(self, pod: Key | None, container: str) -> None:
        self._pod, self._container = pod, container
        self._chosen = self._sticks = True
        self._previous = False
        self._open(anew=True)
        self._draw_head()

    def action_previous(self) -> None:
        """The run before this one, and back."""
        self._previous = not self._previous
        self._sticks = True
        self._open(anew=True)
        self._draw_head()

    def action_timestamps(self) -> None:
        """When each line was written, as the kubelet noted it."""
        self._timestamps = not self._timestamps
        self._open(anew=True)

    def action_wrap(self) -> None:
        """Break long lines, or cut them."""
        self._wrap = not self._wrap
        self._draw_anew()


def _chip(container: Container, current: bool) -> Line:
    sign, role = ("✗", "bad") if container.failing else ("✓", "ok")
    if not container.failing and container.state != "running":
        sign, role = ("○", "wait")
    reason = container.reason if container.failing or container.state != "running" else ""
    times = f" ×{container.restarts}" if container.restarts else ""
    kind = " (init)" if container.init else ""
    name = "strong" if current else "dim"
    mark = "▸" if current else " "
    return (
        (mark, "accent"),
        (f"{sign} ", role),
        (container.name + kind, name),
        (f" {reason}{times}" if reason or times else "", role),
    )
