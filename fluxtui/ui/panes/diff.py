"""What would change: rendered objects, field by field.

Four questions, switched by ←→: what this Environment's patches do to the bundle, version to
version through the same patches, Environment to Environment, and the cluster as it is against what
applying now would make of it. It only asks and lays out; the Engine renders.
"""

from __future__ import annotations

from dataclasses import replace
from operator import is_not
from typing import ClassVar, cast

from textual.binding import Binding, BindingType

from fluxtui.commands.candidates import previous_version
from fluxtui.commands.command import Target
from fluxtui.domain.ask import (
    ComparedKustomization,
    Comparison,
    EnvironmentsDiff,
    LiveDiff,
    PatchesDiff,
    Question,
    VersionsDiff,
)
from fluxtui.domain.kinds import sources
from fluxtui.domain.objectdiff import FieldChange, ObjectChange
from fluxtui.domain.podlog import WITH_PODS
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.domain.unified import unified
from fluxtui.ui.diffrows import RowId, columns, counts, rows
from fluxtui.ui.doubts import doubts_of
from fluxtui.ui.fieldtext import value_text
from fluxtui.ui.panes.pane import NOTHING, Pane, View
from fluxtui.ui.panes.tags import source_of
from fluxtui.ui.screens.reading import diff_lines
from fluxtui.ui.spans import Line, wrap
from fluxtui.ui.waiting import Waiting, awaited
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import TableRow

PATCHES, VERSIONS, ENVIRONMENTS, LIVE = "patches", "versions", "environments", "live"
MODES = (PATCHES, VERSIONS, ENVIRONMENTS, LIVE)


def questions(snapshot: Snapshot, target: Target, mode: str) -> tuple[Question, ...] | str:
    """What to ask, or the sentence that says why there is nothing to ask."""
    source = source_of(snapshot, target)
    line = snapshot.board.line(source) if source else None
    if mode == ENVIRONMENTS:
        pair = environment_pair(snapshot, target)
        if not target.service or pair is None:
            return "there is no second environment with this service to compare with"
        return (EnvironmentsDiff(target.service, *pair),)
    if source is None or line is None:
        return "choose a service or a Kustomization with an OCI source first"
    if mode in (PATCHES, LIVE):
        keys = (target.applier,) if target.applier else line.appliers
        ask = PatchesDiff if mode == PATCHES else LiveDiff
        return tuple(ask(k) for k in keys) or "no Kustomization uses this source"
    after = target.tag or line.would_pick
    if not after:
        return "the policy picks nothing: choose a version in Tags (enter there compares)"
    before = ""
    if after == line.running.version:
        # What runs against itself says nothing: people ask what this version brought.
        holder = snapshot.get(source)
        before = previous_version(snapshot, holder) if holder else ""
        if not before:
            return f"{after} runs here, and no earlier one is known: choose another in Tags"
    return (VersionsDiff(source, after, before, target.applier),)


def environment_pair(snapshot: Snapshot, target: Target) -> tuple[str, str] | None:
    """This Environment and the one before it in promotion order; for the first: the first two."""
    row = snapshot.board.row(target.service)
    names = [e for e in snapshot.board.environments if row is not None and e in row.lines]
    if len(names) < 2 or target.environment not in names:
        return (names[0], names[1]) if len(names) > 1 else None
    at = max(1, names.index(target.environment))
    return names[at - 1], names[at]


def inputs(snapshot: Snapshot, target: Target) -> tuple[object, ...]:
    """What an answer depends on beside its question: stored revisions, specs of Kustomizations."""
    row = snapshot.board.row(target.service)
    lines = [line for group in row.lines.values() for line in group] if row is not None else []
    keys = [key for line in lines for key in (line.key, *line.appliers)]
    resources = [r for r in map(snapshot.get, keys) if r is not None]
    return tuple((r.key, r.generation, sources.revision(r)) for r in resources)


class Diff(Pane):
    """Comparisons of rendered objects."""

    title: ClassVar[str] = "Diff"
    hint: ClassVar[str] = "←→ what is compared  enter text  / filter  esc back"
    points: ClassVar[bool] = False
    first: ClassVar[bool] = True  # its answers come one by one
    BINDINGS: ClassVar[list[BindingType]] = [Binding("w", "whole", "Whole service", show=False)]

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.mode = VERSIONS if view.target.tag else PATCHES
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
            self._set_mode(VERSIONS)
        self._asked = ()

    def _set_mode(self, mode: str) -> None:
        self.mode = mode
        self.table.group = mode

    def lay_out(self, view: View) -> None:
        """Ask when the question is new; show what is answered."""
        self.table.set_groups(MODES, self.mode)
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
        subject = target.service or (only.name if only else "")
        board_row = view.snapshot.board.row(target.service)
        lines = board_row.lines.get(target.environment, ()) if board_row is not None else ()
        source = source_of(view.snapshot, target) if target.object is not None else None
        if source is not None and len(lines) > 1:
            subject = f"{subject} oci/{source.name}"
        chips: list[tuple[str, str]] = []
        for mode in MODES:
            chips += [("  ", ""), (mode, "tab" if mode == self.mode else "dim")]
        where = f" in {target.environment}" if target.environment else ""
        head: Line = ((subject or "nothing chosen", "strong" if subject else "dim"), (where, "dim"))
        if only is None or not target.service:
            return (*head, ("  ", ""), *chips)
        tail: Line = (("   w the whole service", "dim"),)
        return (*head, (f"  only ks/{only.name}", "busy"), ("  ", ""), *chips, *tail)

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
            return ()
        change, field = current
        head: Line = ((f"{change.id.kind} {change.id.namespace}/{change.id.name}", "strong"),)
        if field is None:
            return (head, ((f"{change.kind}; enter shows the text", "dim"),))
        return (
            (*head, ("  " + field.path, "dim")),
            (("− ", "removed"), (value_text(field.before), "")),
            (("+ ", "added"), (value_text(field.after), "")),
            *(((("  by ", "dim"), (field.by, "")),) if field.by else ()),
        )

    def open_row(self) -> None:
        """The unified text of the object."""
        current = self._current()
        if current is not None:
            change = current[0]
            title = f"{change.id.kind} {change.id.namespace}/{change.id.name}"
            self.post_message(self.Read(title, diff_lines(unified(change))))


def meaning(question: Question) -> str:
    """What a question asks, when several answers share one heading."""
    if isinstance(question, PatchesDiff):
        return "what the patches of this environment do to the bundle as published"
    if isinstance(question, LiveDiff):
        return "the cluster as it is, against what applying now would make of it"
    return "what changes"
