"""Rows of a comparison: a heading per Kustomization, its objects, their fields with both sides.

The Diff pane and a review show the same ones. Pure; nothing is asked for here.
"""

from __future__ import annotations

from fluxtui.domain.ask import ComparedKustomization
from fluxtui.domain.counts import counted
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.kinds import appliers
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.resource import Key
from fluxtui.ui.fieldtext import path_text, side_texts
from fluxtui.ui.spans import ARROW, Line
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import TableRow

COLUMNS = (
    Column("OBJECT AND FIELD", least=12, most=64, good=26, keep=9, flex=True, middle=True),
    Column("BEFORE", least=9, good=16, keep=9, flex=True, middle=True),
    Column("AFTER", least=9, good=16, keep=9, flex=True, middle=True),
)
BY = Column("BY", least=8, most=24, keep=8, middle=True)
SHOWN_FIELDS = 8
_SIGNS = {
    "added": ("+", "added"),
    "changed": ("~", "busy"),
    "removed": ("−", "removed"),
    "pruned": ("−", "removed"),
}


def counts(parts: tuple[ComparedKustomization, ...]) -> Line:
    """`+2 ~5 −1 objects`, or that nothing changes."""
    if not parts:
        return ()  # nothing was compared: that is not "no changes"
    kinds = [c.kind for part in parts for c in part.changes]
    if not kinds:
        return (("no object changes  ", "ok"),) if not any(p.error for p in parts) else ()
    out: list[tuple[str, str]] = []
    for kind, (sign, role) in _SIGNS.items():
        number = kinds.count(kind)  # type: ignore[arg-type]
        if number:
            out.append((f"{sign}{number} {kind}  ", role))
    return tuple(out)


RowId = tuple[Key, ObjectId | str, str]
"""Kustomization, object (or what else the row is), field path: stays when others come in above."""


def rows(parts: tuple[ComparedKustomization, ...]) -> tuple[TableRow, ...]:
    """A heading per Kustomization, its objects, their fields."""
    out: list[TableRow] = []
    for n, part in enumerate(parts):
        own = part.kustomization
        unchanged = part.before == part.after
        versions = part.after if unchanged else f"{part.before} {ARROW} {part.after}"
        title: Line = ((own.label, "accent"), (f"  {versions}", "dim"), ("  ", ""))
        if not part.changes and not part.error:
            title = (*title, ("no changes", "ok"))
        if n:
            out.append(TableRow((own, "gap", ""), ((),), heading=True))
        # A heading without rows under it is a row: else the cursor could not come to it.
        bare = not part.changes
        out.append(TableRow((own, "title", ""), (title,), heading=not bare, wide=bare))
        if part.error:
            failed = "does not build" if appliers.takes_bundles(own) else "not compared"
            error: Line = ((f"✗ {failed}: {part.error}", "bad"),)
            out.append(TableRow((own, "error", ""), (error,), wide=True))
        for text in part.findings:
            out.append(TableRow((own, "finding", text), ((("  ! " + text, "busy"),),), wide=True))
        for change in part.changes:
            out.extend(_change_rows(change, own))
    return tuple(out)


def by_text(by: str, own: Key) -> str:
    """Who made a change, short: what the heading says already is left out."""
    suffix = f" of Kustomization {own.namespace}/{own.name}"
    parts = (part.removesuffix(suffix).removeprefix("transformer ") for part in by.split(", "))
    return ", ".join(parts).replace("variable ", "$")


def _change_rows(change: ObjectChange, own: Key) -> list[TableRow]:
    sign, role = _SIGNS[change.kind]
    renamed = f" (was {change.was})" if change.was else ""
    where = f"{change.id.namespace}/" if change.id.namespace else ""
    name: Line = (
        (f"{sign} ", role),
        (change.id.kind + " ", "dim"),
        (where, "dim"),
        (change.id.name, "strong"),
        (renamed, "dim"),
    )
    if change.kind != "changed":
        name = (*name, (f"  {change.kind}", role))
    if change.by:
        name = (*name, (f"  {by_text(change.by, own)}", "dim"))
    out = [TableRow((own, change.id, ""), (name,), wide=True)]
    for field in change.fields[:SHOWN_FIELDS]:
        if change.was and field.path == "metadata.name":
            continue  # the heading says it
        sign, role = _SIGNS[field.kind]
        path: Line = (("    " + path_text(field.path), ""),)
        before, after = side_texts(field.before, field.after)
        cells: tuple[Line, ...] = (
            path,
            ((before, "removed" if field.before is not None else "dim"),),
            ((after, "added" if field.after is not None else "dim"),),
            ((by_text(field.by, own), "dim"),),
        )
        out.append(TableRow((own, change.id, field.path), cells))
    if len(change.fields) > SHOWN_FIELDS:
        more = len(change.fields) - SHOWN_FIELDS
        text: Line = ((f"    … {counted(more, 'more field')}: enter", "dim"),)
        out.append(TableRow((own, change.id, "…"), (text,), wide=True))
    return out


def columns(parts: tuple[ComparedKustomization, ...]) -> tuple[Column, ...]:
    """The table's columns; who made a change only where any change says so."""
    attributed = any(f.by for part in parts for change in part.changes for f in change.fields)
    return ((*COLUMNS, BY) if attributed else COLUMNS) if parts else ()
