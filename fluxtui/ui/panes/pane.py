"""What every pane is: a widget that shows a Snapshot for a Target, and says what it points at.

A pane lays values out and nothing more: it must not act, fetch by itself (it posts `Wanted`) or
keep state that a Snapshot already has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from fluxtui.commands.command import Target
from fluxtui.domain.ask import Question
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.keys import MOVES
from fluxtui.ui.screens.reading import as_yaml
from fluxtui.ui.spans import Line
from fluxtui.ui.widgets.painted import Paragraph
from fluxtui.ui.widgets.table import Table

NOTHING = "nothing is selected here"


@dataclass(frozen=True, slots=True)
class View:
    """What a pane may look at. `now` is epoch seconds, for ages; `namespace` the only one shown, ""
    for all: board, chains and changes of the Snapshot are narrowed to it, its tables are not.
    `whole` is not narrowed: where a build runs is a fact, whatever is shown."""

    snapshot: Snapshot
    target: Target
    now: float
    namespace: str = ""
    whole: Snapshot | None = None


class Pane(Vertical):
    """A note line over a table; subclasses fill both in `lay_out`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("N", "sort('name')", "Sort by name", show=False),
        Binding("A", "sort('age')", "Sort by age", show=False),
        Binding("S", "sort('status')", "Sort by state", show=False),
        Binding("y", "yaml", "YAML", show=False),
        Binding("d,i", "describe", "Describe", show=False),
        Binding("l", "logs", "Logs", show=False),
    ]

    title: ClassVar[str] = ""
    hint: ClassVar[str] = ""
    sorts: ClassVar[tuple[str, ...]] = ()
    first: ClassVar[bool] = False  # fills while nobody has touched it: read from its top
    carries: ClassVar[bool] = True  # False: what its rows are about is not taken to other views
    steps: ClassVar[frozenset[str]] = MOVES  # keys that lead one known step from what is seen
    points: ClassVar[bool] = True  # False: its rows are no objects, the Target stays

    @dataclass
    class Pointed(Message):
        """The pane points at something else now."""

        pane: Pane
        target: Target

    @dataclass
    class Wanted(Message):
        """The pane needs an answer of the Engine. `done` gets it, `failed` a sentence; both on the
        UI thread, and only while the pane still shows what it asked for (`key`)."""

        question: Question
        done: Callable[[Any], object]
        failed: Callable[[str], object]

    @dataclass
    class Go(Message):
        """Open that view for this Target."""

        view: str
        target: Target

    @dataclass
    class Said(Message):
        """A sentence for the status line."""

        text: str
        role: str = "wait"

    @dataclass
    class Read(Message):
        """Open a text to read."""

        title: str
        lines: tuple[Line, ...]

    @dataclass
    class Counted(Message):
        """`reading` says something else than before, wherever the cursor is."""

    @dataclass
    class Inspect(Message):
        """Open all that is known of an object."""

        key: Key

    @dataclass
    class ReadLog(Message):
        """Open the log of the Pods behind these objects."""

        subjects: tuple[Key, ...]

    def __init__(self, view: View) -> None:
        super().__init__(id=f"pane-{type(self).__name__.lower()}")
        self.view = view
        self._given = (Target(), -1)
        self._reading = ""
        self.tells_findings = False  # the status line need not tell the loudest once more
        self.kind = ""  # the only kind of object shown, in the view that can do that
        self.sort = ""
        self.reverse = False

    def compose(self) -> ComposeResult:
        """Note and table."""
        yield Paragraph(classes="note")
        yield Table(classes="main", floats=self.first)

    @property
    def table(self) -> Table:
        """The table that has the cursor."""
        return self.query_one(".main", Table)

    @property
    def note(self) -> Paragraph:
        """The lines above the table."""
        return self.query_one(".note", Paragraph)

    def on_mount(self) -> None:
        """Paint what is known at once."""
        self.call_after_refresh(self.refresh_view)

    def on_resize(self, event: events.Resize) -> None:
        """Room for more or fewer; where lines are few, the note gives way to the rows."""
        self.note.styles.max_height = max(1, event.size.height // 3)
        self.refresh_view()

    def let_go(self) -> bool:
        """Esc, before it leads back: whether the pane held something that it has let go."""
        return False

    def show(self, view: View) -> None:
        """Show this Snapshot for this Target."""
        self.view = view
        if self.is_mounted:
            self.refresh_view()

    def pass_time(self, view: View) -> None:
        """The same Snapshot, later: ages are older."""
        self.show(view)

    def refresh_view(self) -> None:
        """Lay the newest View out again."""
        self.lay_out(self.view)
        before, self._reading = self._reading, self.reading()
        if self._reading != before:
            self.post_message(self.Counted())

    def lay_out(self, view: View) -> None:
        """Fill note and table."""
        raise TypeError(f"{type(self).__name__} does not lay out")

    def pointed(self) -> Target | None:
        """What the cursor is on; None: nothing in particular."""
        return None

    def subject(self) -> Target | str:
        """What keys act on here, which is what the pane shows; or why they act on nothing."""
        return self.pointed() or NOTHING

    def looked_at(self) -> Target | str:
        """What is read here, which is what keys act on; or why there is nothing."""
        return self.subject()

    def details(self, width: int) -> tuple[Line, ...] | None:
        """Own lines for the details strip; None leaves it to the Target."""
        return None

    def interest(self) -> frozenset[Key]:
        """Kustomizations whose pods and events must be live while this pane is visible."""
        return frozenset()

    def reading(self) -> str:
        """One word or two about what is shown, for the tab line (counts, a filter)."""
        if not self.table.words:
            return ""
        visible, whole = self.table.counts
        return f"{self.table.filter_typed}  {visible} of {whole}"

    def known(self, keys: Iterable[Key | None]) -> Iterator[Resource]:
        """Those objects that are there, for a filter by labels or fields."""
        for key in keys:
            resource = self.view.snapshot.get(key) if key is not None else None
            if resource is not None:
                yield resource

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        self.moved()
        target = self.pointed()
        if target is None and self.points:  # nothing is highlighted: nothing may be acted on
            target = Target(environment=self.view.target.environment)
        if target is None:  # keys act on what they did, but the lines below are this row's
            target = self.view.target
        self.view = replace(self.view, target=target)  # laid out again, it is still this one
        self.post_message(self.Pointed(self, target))

    @on(Table.Opened)
    def _opened(self, event: Table.Opened) -> None:
        event.stop()
        self.open_row()

    def opened_for(self, target: Target) -> None:
        """Remember why it was opened: who only looks, and moves no cursor, leaves with that."""
        self._given = (target, self.table.steps)

    def carried(self, target: Target) -> Target:
        """What another view is opened for from here, where keys act on `target`."""
        target_before, steps = self._given
        aimed = bool(target_before.service or target_before.object)
        looked = not self.carries or self.table.steps == steps
        return target_before if aimed and looked else target

    def aim(self, target: Target) -> None:
        """Opened anew for that Target; called before it is shown."""

    def moved(self) -> None:
        """The cursor moved; called before anybody is told."""

    def open_row(self) -> None:
        """Enter."""

    def group_by(self, _way: str) -> None:
        """Put rows into groups; most panes have none."""
        self.post_message(self.Said(f"{self.title} has no groups"))

    def action_sort(self, key: str) -> None:
        """Sort; the same key again turns it around, a third time ends it."""
        if key not in self.sorts:
            choices = ", ".join(self.sorts) or "nothing"
            self.post_message(self.Said(f"{self.title} sorts by {choices}"))
            return
        if self.sort != key:
            self.sort, self.reverse = key, False
        elif not self.reverse:
            self.reverse = True
        else:
            self.sort, self.reverse = "", False
        self.refresh_view()
        order = f"sorted by {self.sort}{', backwards' if self.reverse else ''}"
        self.post_message(self.Said(order if self.sort else "in the usual order", "dim"))

    # Reading one object --------------------------------------------------------------------------

    def subject_key(self) -> Key | str:
        """The object that YAML and describe are about, or why there is none."""
        target = self.subject()
        if isinstance(target, str):
            return target
        key = target.object
        if key is None and target.service:
            return f"{target.service} has no source in {target.environment}"
        return key or NOTHING

    def log_subjects(self) -> tuple[Key, ...] | str:
        """Objects whose Pods write the log that is wanted, or why there are none."""
        target, board = self.looked_at(), self.view.snapshot.board
        if isinstance(target, str):
            return target
        if target.applier is not None:
            return (target.applier,)
        line = board.line(target.source) if target.source is not None else None
        row = board.row(target.service) if target.service else None
        lines = (line,) if line else row.lines.get(target.environment, ()) if row else ()
        keys = tuple(key for entry in lines for key in entry.appliers)
        return keys or "logs are of Pods: choose a service, a Kustomization, a workload or a Pod"

    def _subject(self) -> Resource | None:
        key = self.subject_key()
        if isinstance(key, str):
            self.post_message(self.Said(key))
            return None
        resource = self.view.snapshot.get(key)
        if resource is None:
            self.post_message(self.Said(f"{key} is not known here"))
        return resource

    def action_yaml(self) -> None:
        """The object as YAML."""
        resource = self._subject()
        if resource is not None:
            self.post_message(self.Read(str(resource.key), as_yaml(resource)))

    def action_describe(self) -> None:
        """All that is known of the object."""
        resource = self._subject()
        if resource is not None:
            self.post_message(self.Inspect(resource.key))

    def action_logs(self) -> None:
        """The log of what fails behind the selected object."""
        subjects = self.log_subjects()
        if isinstance(subjects, str):
            self.post_message(self.Said(subjects))
        else:
            self.post_message(self.ReadLog(subjects))
