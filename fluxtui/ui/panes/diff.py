"""What would change: rendered objects, field by field.

Questions are switched by ←→ (`diffquestions`): of a bundle what patches do, version to version,
Environment to Environment, live; of a chart's release what is live, and the release before. It only
asks and lays out; the Engine renders and reads.
"""

from __future__ import annotations

from dataclasses import replace
from operator import is_not
from typing import ClassVar, cast

from textual.binding import Binding, BindingType

from fluxtui.commands.command import Target
from fluxtui.commands.releasequestions import releases_of
from fluxtui.domain import kinds
from fluxtui.domain.ask import ComparedKustomization, Comparison, Question
from fluxtui.domain.objectdiff import FieldChange, ObjectChange
from fluxtui.domain.podlog import WITH_PODS
from fluxtui.domain.resource import Key
from fluxtui.domain.unified import unified
from fluxtui.ui.diffrows import RowId, columns, counts, rows
from fluxtui.ui.doubts import doubts_of
from fluxtui.ui.fieldtext import value_text
from fluxtui.ui.panes.diffquestions import (
    ENVIRONMENTS,
    inputs,
    meaning,
    mode_of_tag,
    modes,
    questions,
)
from fluxtui.ui.panes.pane import NOTHING, Pane, View
from fluxtui.ui.panes.tags import source_of
from fluxtui.ui.screens.reading import diff_lines
from fluxtui.ui.spans import Line, wrap
from fluxtui.ui.waiting import Waiting, awaited
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import TableRow


class Diff(Pane):
    """Comparisons of rendered objects."""

    title: ClassVar[str] = "Diff"
    hint: ClassVar[str] = "←→ what is compared  enter text  / filter  esc back"
    points: ClassVar[bool] = False
    first: ClassVar[bool] = True  # its answers come one by one
    BINDINGS: ClassVar[list[BindingType]] = [Binding("w", "whole", "Whole service", show=False)]

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.modes = modes(view.snapshot, view.target)
        self.mode = self.modes[0]
        if view.target.tag:
            self.mode = mode_of_tag(view.snapshot, view.target)
        self._asked: tuple[Question, ...] = ()
        self._since = 0.0  # epoch seconds: when it was asked
        self._made_of: tuple[object, ...] = ()
        self._answers: dict[Question, Comparison] = {}
        self._failed: dict[Question, str] = {}
        self._laid: tuple[
            tuple[ComparedKustomization, ...], tuple[TableRow, ...], tuple[Column, ...]
        ] = ((), (), ())

    def aim(self, target: Target) -> None:
        """A tag means version -> version."""
        if target.tag and self.is_mounted and target.tag != self.view.target.tag:
            self._set_mode(mode_of_tag(self.view.snapshot, target))
        if self._answers or self._failed:  # else it is being asked for the first time
            self._asked = ()

    def _set_mode(self, mode: str) -> None:
        self.mode = mode
        self.table.group = mode

    def lay_out(self, view: View) -> None:
        """Ask when the question is new; show what is answered."""
        self.modes = modes(view.snapshot, view.target)
        if self.mode not in self.modes:
            self._set_mode(self.modes[0])
        self.table.set_groups(self.modes, self.mode)
        queries = questions(view.snapshot, view.target, self.mode)
        head = self._head(view)
        if isinstance(queries, str):
            self.note.show_lines((head, ()))
            doubts = doubts_of(view.snapshot, view.target.environment)
            self.table.show_rows((), (), (((queries, "dim"),), *doubts))
            return
        self._ask(queries, inputs(view.snapshot, view.target))
        answers = [self._answers[q] for q in queries if q in self._answers]
        self.note.show_lines(self._note(head, queries, answers))
        parts = tuple(part for answer in answers for part in answer.parts)
        open_ = [q for q in queries if q not in self._answers]
        says = Waiting(awaited(open_[0]), self._since).text(view.now) if open_ else ""
        waiting: Line = ((says, "busy"), ("   esc leaves" if says else "", "dim"))
        failed = tuple((("✗ " + self._failed[q], "bad"),) for q in queries if q in self._failed)
        laid = self._laid  # one change elsewhere lays no comparison out again
        if len(laid[0]) != len(parts) or any(map(is_not, laid[0], parts)):
            laid = self._laid = (parts, rows(parts), columns(parts))
        self.table.show_rows(laid[2], laid[1], failed or (waiting,))

    def pass_time(self, view: View) -> None:
        """Only what is waited for says how long."""
        self.view = view
        if any(question not in self._answers for question in self._asked):
            self.refresh_view()

    def _head(self, view: View) -> Line:
        """What is compared, and of what: keys act on that, so it is read before anything else."""
        target = view.target
        only = target.applier if self.mode != ENVIRONMENTS or not target.service else None
        if only is not None and releases_of(view.snapshot, replace(target, object=None)) == (only,):
            only = None  # the service is that release and nothing else
        subject = target.service or (only.name if only else "")
        board_row = view.snapshot.board.row(target.service)
        lines = board_row.lines.get(target.environment, ()) if board_row is not None else ()
        source = source_of(view.snapshot, target) if target.object is not None else None
        if source is not None and len(lines) > 1:
            subject = f"{subject} oci/{source.name}"
        chips: list[tuple[str, str]] = []
        for mode in self.modes:
            chips += [("  ", ""), (mode, "tab" if mode == self.mode else "dim")]
        where = f" in {target.environment}" if target.environment else ""
        head: Line = ((subject or "nothing chosen", "strong" if subject else "dim"), (where, "dim"))
        if only is None or not target.service:
            return (*head, ("  ", ""), *chips)
        tail: Line = (("   w the whole service", "dim"),)
        kind = kinds.of(only)
        word = kind.short if kind is not None else only.kind
        return (*head, (f"  only {word}/{only.name}", "busy"), ("  ", ""), *chips, *tail)

    def _note(
        self, head: Line, queries: tuple[Question, ...], answers: list[Comparison]
    ) -> tuple[Line, ...]:
        parts = tuple(part for answer in answers for part in answer.parts)
        out: list[Line] = [head]
        if answers:
            title = answers[0].title if len(answers) == 1 else meaning(queries[0])
            out.append((*counts(parts), (title, "dim")))
        for text in dict.fromkeys(t for answer in answers for t in answer.unread):
            out += wrap((("! not read: " + text, "busy"),), self.size.width - 2, 2)
        return (*out[:6], ())

    def _ask(self, queries: tuple[Question, ...], made_of: tuple[object, ...]) -> None:
        if queries == self._asked and made_of == self._made_of:
            return
        self._asked, self._made_of, self._since = queries, made_of, self.view.now
        for question in queries:
            self._failed.pop(question, None)
            self.post_message(
                self.Wanted(
                    question,
                    lambda answer, q=question: self._answered(q, answer),  # type: ignore[misc]
                    lambda text, q=question: self._refused(q, text),  # type: ignore[misc]
                )
            )

    def _answered(self, question: Question, answer: Comparison) -> None:
        if question in self._asked:  # else stale: the cursor went elsewhere meanwhile
            self._answers[question] = answer
            self.refresh_view()

    def _refused(self, question: Question, text: str) -> None:
        if question in self._asked:
            self._failed[question] = text
            self.refresh_view()

    def moved(self) -> None:
        """←→ asks another question."""
        if self.table.group and self.table.group != self.mode:
            self._set_mode(self.table.group)
            self.refresh_view()

    def action_whole(self) -> None:
        """From one Kustomization to all of the Service."""
        target = self.view.target
        if target.service:
            self.post_message(self.Go("diff", self._of_all(target)))

    def _of_all(self, target: Target) -> Target:
        """Not of one Kustomization, but of all that its source feeds."""
        return replace(target, object=source_of(self.view.snapshot, target))

    def subject(self) -> Target | str:
        """What the line above the table names."""
        target = self.view.target
        if target.service and self.mode == ENVIRONMENTS:
            return self._of_all(target)
        return target if target.service or target.object else NOTHING

    def subject_key(self) -> Key | str:
        """The Kustomization that the row under the cursor is part of."""
        row = self.table.selected
        return cast(RowId, row.id)[0] if row is not None else super().subject_key()

    def log_subjects(self) -> tuple[Key, ...] | str:
        """The workload under the cursor, or all of its Kustomization."""
        row, current = self.table.selected, self._current()
        if row is None:
            return super().log_subjects()
        own, change = cast(RowId, row.id)[0], current[0].id if current is not None else None
        if change is None or change.kind not in WITH_PODS:
            return (own,)
        return (Key(own.environment, change.group, change.kind, change.namespace, change.name),)

    def _current(self) -> tuple[ObjectChange, FieldChange | None] | None:
        row = self.table.selected
        if row is None:
            return None
        own, object_, path = cast(RowId, row.id)
        parts = [p for q in self._asked if q in self._answers for p in self._answers[q].parts]
        for change in (c for p in parts if p.kustomization == own for c in p.changes):
            if change.id == object_:
                return change, next((f for f in change.fields if f.path == path), None)
        return None

    def details(self, width: int) -> tuple[Line, ...] | None:
        """The field under the cursor, both sides whole."""
        current = self._current()
        if current is None:
            return self._said(width)
        change, field = current
        head: Line = ((_called(change), "strong"),)
        if field is None:
            return (head, ((f"{change.kind}; enter shows the text", "dim"),))
        return (
            (*head, ("  " + field.path, "dim")),
            (("− ", "removed"), (value_text(field.before), "")),
            (("+ ", "added"), (value_text(field.after), "")),
            *(((("  by ", "dim"), (field.by, "")),) if field.by else ()),
        )

    def _said(self, width: int) -> tuple[Line, ...]:
        """What stands in a row that is no object: all of it."""
        row = self.table.selected
        if row is None or row.id[1] not in ("error", "finding"):  # type: ignore[index]
            return ()
        parts = [p for q in self._asked if q in self._answers for p in self._answers[q].parts]
        own, what, text = cast(RowId, row.id)
        whole = next((p.error for p in parts if p.kustomization == own), "")
        role = "bad" if what == "error" else "busy"
        return tuple(wrap(((whole if what == "error" else text, role),), width, 2))

    def open_row(self) -> None:
        """The unified text of the object."""
        current = self._current()
        if current is not None:
            change = current[0]
            title = _called(change)
            self.post_message(self.Read(title, diff_lines(unified(change))))


def _called(change: ObjectChange) -> str:
    """`Deployment apps/web`; a file of a chart has no namespace."""
    return f"{change.id.kind} {'/'.join(filter(None, (change.id.namespace, change.id.name)))}"
