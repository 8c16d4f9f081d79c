"""How one of Flux's objects looks in a row of Objects, and in the lines below them. Pure."""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain.board import Level
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.marks import suspension
from fluxtui.domain.objectstate import revision_text
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import age
from fluxtui.ui.panes.objectrows import ObjectRow, key
from fluxtui.ui.signs import GLYPHS
from fluxtui.ui.spans import SUSPENDED, Line, brief, join, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.details import mark_line
from fluxtui.ui.widgets.listing import TableRow

MARKED = "●"
UNREADY = "?"


TIGHT = 60  # cells; below that there is no room for revisions, nor for words of readiness


def columns(kind: Kind | None, *, tight: bool = False, apart: int = 0) -> tuple[Column, ...]:
    """What people know of every kind, and what they want to see of this one; None: of all.

    `apart`: cells in which a namespace is known from that of another object of the same name; 0
    where names are enough."""
    extras = kind.columns if kind is not None else ()
    namespace = Column("NAMESPACE", least=9, most=24, keep=5, middle=True)
    if apart:
        namespace = replace(namespace, least=apart, most=max(24, apart), keep=9)
    return (
        namespace,
        *((Column("KIND", least=4, most=14, good=8, keep=9),) if kind is None else ()),
        Column("NAME", least=12, most=48, good=20, keep=9, middle=True),
        Column("READY", least=2 if tight else 9, keep=9),
        Column("REVISION", least=8, most=56, good=12, keep=2 if tight else 9, middle=True),
        Column("AGE", least=3, most=4, keep=6, right=True),
        Column("SUSPENDED", least=9, keep=4),
        *(Column(extra.title, least=6, most=32, keep=3, middle=True) for extra in extras),
        Column("MESSAGE", least=10, good=44, keep=9, flex=True),
    )


def state(row: ObjectRow) -> Line:
    """`✗ False`, `? True` of what is not known now; with the mark of a suspended one."""
    glyph, role, _word = GLYPHS[row.health.level]
    word = row.ready or (UNREADY if glyph != UNREADY else "")
    out: Line = ((f"{glyph} {word}".rstrip(), role),)
    return (*out, (f" {SUSPENDED}", "wait")) if row.suspended else out


def version(row: ObjectRow, snapshot: Snapshot) -> str:
    """Its revision, of a tag without the digest; `? 1.4.2` as last seen."""
    text = revision_text(row.resource, snapshot).partition("@sha256:")[0]
    return text if row.known.known or not text else f"? {text}"


def row_of(
    row: ObjectRow, snapshot: Snapshot, now: float, *, mixed: bool, marked: bool
) -> TableRow:
    """Its row; `mixed`: beside other kinds."""
    own = row.key
    mark: Line = ((f"{MARKED} ", "accent"),) if marked else ()
    sure = row.known.known
    cells: tuple[Line, ...] = (
        ((own.namespace, "dim"),),
        *((((row.kind.called[0], "dim"),),) if mixed else ()),
        (*mark, (own.name, "name")),
        state(row),
        ((version(row, snapshot), "version" if sure else "dim"),),
        ((age(row.born, now), "dim"),),
        ((str(row.suspended), "wait" if row.suspended else "dim"),),
        *(((text, ""),) for text in (() if mixed else row.extras)),
        message(row),
    )
    return TableRow(key(row), cells)


def message(row: ObjectRow) -> Line:
    """Why it is as it is; loud only when that is not well."""
    role = {Level.OK: "dim", Level.FAILED: "bad", Level.PROGRESSING: "busy", Level.WAITING: "wait"}
    return ((brief(row.health.text), role.get(row.health.level, "dim")),)


def sizes(row: ObjectRow, snapshot: Snapshot, *, mixed: bool) -> tuple[int, ...]:
    """What its row would like of each column, without making it."""
    own = row.key
    return (
        len(own.namespace),
        *((len(row.kind.called[0]),) if mixed else ()),
        len(own.name) + 2,
        2 + len(row.ready) + 2 * row.suspended,
        len(version(row, snapshot)),
        4,
        5,
        *(() if mixed else map(len, row.extras)),
        min(len(row.health.text), 200),
    )


def details(row: ObjectRow, snapshot: Snapshot, now: float, width: int) -> tuple[Line, ...]:
    """Three lines: what it is, who suspended it, and its message."""
    revision = revision_text(row.resource, snapshot)
    extras = zip(row.kind.columns, row.extras, strict=True)
    head = join(
        (
            ((row.key.label, "strong"),),
            state(row),
            ((revision, "version"),),
            *(((f"{column.title.lower()} ", "dim"), (text, "")) for column, text in extras if text),
        )
    )
    mark = suspension(row.resource)
    held = (mark_line(f"{SUSPENDED} {mark.suspends}", mark, now),) if mark is not None else ()
    return (head, *held, *wrap(message(row), width, 2 if not held else 1))
