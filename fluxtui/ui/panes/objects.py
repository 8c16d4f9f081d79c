"""Objects: one table for each kind of Flux's, or for all of them, of one Environment; worst first.

Whatever a kind's role is, its objects stand here and keys act on the one under the cursor. A kind
that is not known, not served or may not be read says so where its rows would be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from fluxtui.commands.command import Target
from fluxtui.commands.subject import named
from fluxtui.domain.foundkinds import all_kinds, name_of
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import Knowing, Knowledge
from fluxtui.domain.known import kind_known, place_known
from fluxtui.domain.objectstate import not_served
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import age
from fluxtui.ui.doubts import doubt_line
from fluxtui.ui.panes import objectcells
from fluxtui.ui.panes.objectrows import (
    Choice,
    ObjectRow,
    ObjectRows,
    elsewhere,
    key,
    kinds_here,
    passes,
)
from fluxtui.ui.panes.pane import NOTHING, Pane, View
from fluxtui.ui.signs import summary
from fluxtui.ui.spans import SUSPENDED, Line, join
from fluxtui.ui.widgets.listing import Recipe, TableRow
from fluxtui.ui.widgets.painted import Paragraph
from fluxtui.ui.widgets.table import Table


def by_name(snapshot: Snapshot, name: str) -> Kind | None:
    """The kind of that name; None: all of them."""
    return next((kind for kind in all_kinds(snapshot) if name_of(kind) == name), None)


def chips(snapshot: Snapshot, environment: str, current: Kind | None) -> Line:
    """`all  ks 12  hr 3`: the kinds there are here, the one shown stands out."""
    out: list[tuple[str, str]] = [("all", "tab" if current is None else "dim")]
    for kind in all_kinds(snapshot, environment):
        count = len(snapshot.table(environment, kind))
        if count or kind is current:
            text = f"{kind.called[0]} {count}" if count else kind.called[0]
            out += [("  ", ""), (text, "tab" if kind is current else "dim")]
    return tuple(out)


def unread(snapshot: Snapshot, environment: str) -> Line:
    """Kinds of which it is not known what there is, in one line; nothing when all is known. A kind
    that is not served is not missed."""
    doubts: dict[str, list[str]] = {}
    for kind in all_kinds(snapshot, environment):
        known = kind_known(snapshot, environment, kind.id)
        if not known.known and known.state is not Knowing.ABSENT:
            doubts.setdefault(known.word, []).append(kind.kind)
    if not doubts:
        return ()
    parts = (f"{word}: {', '.join(names)}" for word, names in doubts.items())
    pending = set(doubts) <= {"connecting", "listing"}
    return ((("○ " if pending else "✗ ") + "; ".join(parts), "wait" if pending else "bad"),)


class MarkTable(Table):
    """A table in which space marks a row, where it turns the page elsewhere."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "mark", "Mark", show=False)]

    @dataclass
    class Marked(Message):
        """The row under the cursor is to be marked, or not any more."""

        table: MarkTable

    def action_mark(self) -> None:
        """Space."""
        self.steps += 1
        self.post_message(self.Marked(self))


class Objects(Pane):
    """The table of one kind, or of all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "kind(-1)", "The kind before", show=False),
        Binding("right_square_bracket", "kind(1)", "The next kind", show=False),
        Binding("asterisk", "mark_all", "Mark all", show=False),
    ]

    title: ClassVar[str] = "Objects"
    hint: ClassVar[str] = "←→ environment  [ ] kind  space * mark  enter detail  / filter  N A S"
    sorts: ClassVar[tuple[str, ...]] = ("name", "age", "status")

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._rows = ObjectRows()
        self._aim: tuple[Key, int] | None = None  # and how often a person had moved the cursor
        self._marks: frozenset[Key] = frozenset()
        self._listed = self.kind
        self._mixed = True
        self._recipe = self._recipe_of(mixed=True)
        self._named: tuple[object, Key, Target] | None = None  # of which board

    def _recipe_of(self, *, mixed: bool) -> Recipe:
        def make(row: ObjectRow) -> TableRow:
            view = self.view
            return objectcells.row_of(
                row, view.snapshot, view.now, mixed=mixed, marked=row.key in self._marks
            )

        return Recipe(
            key,
            make,
            lambda row: objectcells.sizes(row, self.view.snapshot, mixed=mixed),
            match=lambda row, typed: passes(row, typed, self.view.snapshot),
            objects=lambda row: (row.resource,),
        )

    def compose(self) -> ComposeResult:
        """Note and table."""
        yield Paragraph(classes="note")
        yield MarkTable(classes="main")

    # What is shown -------------------------------------------------------------------------------

    @property
    def environment(self) -> str:
        """The Environment shown."""
        names = self.view.snapshot.board.environments
        wanted = self.view.target.environment
        return wanted if wanted in names or not names else names[0]

    @property
    def chosen(self) -> tuple[Kind, ...]:
        """The kinds shown."""
        kind = by_name(self.view.snapshot, self.kind)
        return (kind,) if kind is not None else all_kinds(self.view.snapshot, self.environment)

    def lay_out(self, view: View) -> None:
        """The rows of the Target's Environment; the cursor stays on its object."""
        name, kind = self.environment, by_name(self.view.snapshot, self.kind)
        self._marks = frozenset(k for k in self._marks if view.snapshot.get(k) is not None)
        if self._mixed is not (kind is None):
            self._mixed = kind is None
            self._recipe = self._recipe_of(mixed=self._mixed)
        choice = Choice(name, self.chosen, view.namespace, self.sort, self.reverse)
        rows = self._rows.of(view.snapshot, choice)
        self._show_note(view)
        self.table.set_groups(view.snapshot.board.environments, name)
        tight = self.size.width < objectcells.TIGHT
        spec = objectcells.columns(kind, tight=tight, apart=self._rows.apart) if rows else ()
        before = self.table.selected
        self.table.show_items(spec, rows, self._recipe, self._empty(view) if not rows else ())
        if self._listed != self.kind:
            # Another table is read from its top, unless the object under the cursor is in it.
            self._listed, now = self.kind, self.table.selected
            if before is not None and now is not None and now.id != before.id:
                self.table.action_edge(-1)
        if self._aim is not None:
            wanted, steps = self._aim
            if steps != self.table.steps or self.table.select(wanted):
                self._aim = None

    def _show_note(self, view: View) -> None:
        """How it stands with them, the kinds there are, and what is not known."""
        name, kind = self.environment, by_name(self.view.snapshot, self.kind)
        counts: Line = summary(self._rows.levels)
        if self._rows.suspended:
            counts = (*counts, (f"  {SUSPENDED} {self._rows.suspended} suspended", "wait"))
        known = kind_known(view.snapshot, name, kind.id) if kind is not None else None
        head = join((((name, "accent"),), self._standing(view, known), counts))
        others = [e for e in view.snapshot.board.environments if e != name]
        if others:
            head = (*head, ("   ←→ " + " ".join(others), "dim"))
        lines = [head, chips(view.snapshot, name, kind)]
        if kind is None and name not in view.snapshot.unreachable:
            doubts = unread(view.snapshot, name)
            lines += [doubts] if doubts else []
        self.note.show_lines((*lines, ()))

    def _standing(self, view: View, kind: Knowledge | None) -> Line:
        """What the counts are worth; nothing when they are true."""
        known = kind or place_known(view.snapshot, self.environment)
        if known.known or known.state is Knowing.ABSENT:
            return ()
        ago = age(known.since, view.now)
        says = known.word + (f" for {ago}" if ago else "")
        return ((f"? {says}", "wait" if known.pending else "bad"),)

    def pass_time(self, view: View) -> None:
        """The rows in sight say how old they are."""
        self.view = view
        self._show_note(view)
        self.table.look_again()

    def _empty(self, view: View) -> tuple[Line, ...]:
        """Why there are no rows, and where there are some."""
        name, kind, snapshot = (
            self.environment,
            by_name(self.view.snapshot, self.kind),
            view.snapshot,
        )
        if not snapshot.board.environments:
            return ((("No environments yet: connecting …", "dim"),),)
        where = f" in namespace {view.namespace}" if view.namespace else ""
        if kind is None:
            known, nothing = place_known(snapshot, name), f"There is no object of Flux in {name}"
        else:
            known = kind_known(snapshot, name, kind.id)
            nothing = f"There is no {kind.kind} in {name}"
        others = tuple(
            ((f"{other} has {count}: ←→", "dim"),)
            for other, count in elsewhere(snapshot, name, self.chosen)
        )
        if kind is not None and known.state is Knowing.ABSENT:
            return (((f"{name}: {not_served(kind)}.", "wait"),), *others)
        if not known.known:
            return (doubt_line(f"{kind.kind} in {name}" if kind else name, known), *others)
        doubts = unread(snapshot, name) if kind is None else ()
        return (((f"{nothing}{where}.", "name"),), *((doubts,) if doubts else ()), *others)

    def reading(self) -> str:
        """What is marked, and the filter."""
        parts = (self._marked(), super().reading())
        return "  ".join(part for part in parts if part)

    def _marked(self) -> str:
        """`3 marked, 1 not shown`; "" for none."""
        if not self._marks:
            return ""
        hidden = self._hidden
        return f"{len(self._marks)} marked" + (f", {hidden} not shown" if hidden else "")

    @property
    def _hidden(self) -> int:
        """How many of what is marked have no row here."""
        return len(self._marks - {row.key for row in self.table.listed_items})

    def details(self, width: int) -> tuple[Line, ...] | None:
        """The object under the cursor."""
        row = self._row()
        view = self.view
        return objectcells.details(row, view.snapshot, view.now, width) if row is not None else ()

    # Where the cursor is -------------------------------------------------------------------------

    def _row(self) -> ObjectRow | None:
        item = self.table.item
        return item if isinstance(item, ObjectRow) else None

    def aim(self, target: Target) -> None:
        """The cursor goes to the object that the Target names."""
        self._aim = (target.object, self.table.steps) if target.object is not None else None

    def moved(self) -> None:
        """←→ shows the next Environment."""
        if self.table.group and self.table.group != self.environment:
            target = Target(environment=self.table.group, service=self.view.target.service)
            self.show(replace(self.view, target=target))

    def pointed(self) -> Target | None:
        """The object under the cursor, with the Service that it delivers."""
        row, board = self._row(), self.view.snapshot.board
        if row is None:
            return None
        if self._named is None or self._named[0] is not board or self._named[1] != row.key:
            self._named = (board, row.key, named(self.view.snapshot, row.key))
        return self._named[2]

    def subject(self) -> Target | str:
        """All that is marked, else the object under the cursor."""
        if self._marks:
            marked = tuple(sorted(self._marks))
            return Target(self.environment, marked=marked, hidden=self._hidden)
        return super().subject()

    def looked_at(self) -> Target | str:
        """The object under the cursor, whatever is marked."""
        return super().subject()

    def let_go(self) -> bool:
        """Esc ends the marks."""
        held, self._marks = bool(self._marks), frozenset()
        self.table.look_again()
        return held

    @on(MarkTable.Marked)
    def _mark(self, event: MarkTable.Marked) -> None:
        event.stop()
        row = self._row()
        if row is not None:
            self._show_marks(self._marks ^ {row.key})

    def action_mark_all(self) -> None:
        """All that is shown; once more, none of it."""
        keys = frozenset(row.key for row in self.table.listed_items)
        self._show_marks(self._marks - keys if keys <= self._marks else self._marks | keys)

    def _show_marks(self, marks: frozenset[Key]) -> None:
        self._marks = marks
        self.table.look_again()
        target = self.pointed()
        if target is not None:
            self.post_message(self.Pointed(self, target))

    def subject_key(self) -> Key | str:
        """The object under the cursor, for YAML and conditions."""
        row = self._row()
        return row.key if row is not None else NOTHING

    def open_row(self) -> None:
        """Its conditions, history and inventory."""
        self.action_describe()

    def action_kind(self, step: int) -> None:
        """The next kind of which there are objects here, or all."""
        shown = by_name(self.view.snapshot, self.kind)
        here = kinds_here(self.view.snapshot, self.environment)
        every = all_kinds(self.view.snapshot)
        names = ["", *(name_of(kind) for kind in every if kind in here or kind == shown)]
        self.kind = names[(names.index(self.kind) + step) % len(names)]
        self.refresh_view()
        target = self.pointed() or Target(environment=self.environment)
        self.post_message(self.Pointed(self, target))
