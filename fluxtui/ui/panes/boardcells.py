"""How a Service looks in a row of the board: its cells, laid out for the width there is. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from fluxtui.domain.board import NO_LIST, Level
from fluxtui.domain.board import Line as Cell
from fluxtui.domain.board import Row as Service
from fluxtui.domain.counts import counted
from fluxtui.domain.grouping import worst
from fluxtui.domain.known import place_known, tagged_known
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import epoch, since
from fluxtui.ui.panes.boardlines import Entry, GroupHead, key, last_part
from fluxtui.ui.panes.pane import View
from fluxtui.ui.signs import GLYPHS, health, summary
from fluxtui.ui.spans import ARROW, PINNED, SUSPENDED, Line, width
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import TableRow

NARROWEST = 21  # cells an Environment needs to say its health and what runs
FOLDED, OPEN = "▸", "▾"
LONG, LONG_IF_TIGHT = 18, 12  # cells of a name that its column has for sure


def window(names: tuple[str, ...], current: str, cells: int) -> tuple[str, ...]:
    """As many Environments side by side as fit, the current one among them."""
    room = max(1, (cells - 16) // NARROWEST)
    if len(names) <= room:
        return names
    at = names.index(current) if current in names else 0
    first = min(max(0, at - room // 2), len(names) - room)
    return names[first : first + room]


def columns(snapshot: Snapshot, names: tuple[str, ...], cells: int) -> tuple[Column, ...]:
    """Service, four columns an Environment, newest; words of health only where there is room."""
    tight = (cells - 18) // max(1, len(names)) < 40
    out = [Column("SERVICE", least=12 if tight else 14, most=26, keep=9, middle=True)]
    for name in names:
        group = heading(snapshot, name)
        out += [
            Column("" if tight else "HEALTH", least=2 if tight else 9, keep=9, group=group),
            Column("RUNNING", least=15, keep=9, group=group, middle=True, flex=True),
            Column("WOULD PICK", least=10, most=20, keep=8, group=group, middle=True),
            Column("AGE", least=3, most=4, keep=5, group=group, right=True),
        ]
    return (*out, Column("NEWEST", least=9, most=16, keep=3, middle=True))


def heading(snapshot: Snapshot, environment: str) -> str:
    """The Environment's name, and what everyone must know about it."""
    configured = snapshot.config.environment(environment)
    knowledge = place_known(snapshot, environment)
    if not knowledge.known:
        return f"{environment} {knowledge.word}"
    if configured is not None and (configured.read_only or snapshot.config.read_only):
        return f"{environment} read-only"
    return environment


@dataclass(frozen=True, slots=True)
class BoardShape:
    """What all rows have in common: the Environments shown, whether there is room for words of
    health, what stands where a Service is not, the beginning of every name, and the last parts that
    no two names share."""

    names: tuple[str, ...]
    words: bool
    absent: tuple[str, ...]
    prefix: str
    alone: frozenset[str] = frozenset()


def row_of(view: View, shape: BoardShape, entry: Entry) -> TableRow:
    """One Service and source, with cells for these Environments; or the head of a group."""
    if isinstance(entry, GroupHead):
        return TableRow(entry.id, (head_line(entry),), wide=True)
    service, number = entry
    cells: list[Line] = [_name(service, number, shape)]
    newest = ""
    for name, absent in zip(shape.names, shape.absent, strict=True):
        cell = _cell(service, number, name)
        cells += _cells(view, cell, shape.words, "" if number else absent)
        newest = newest or (cell.newest_text if cell else "")
    cells.append(((newest, "dim"),))
    return TableRow(key(entry), tuple(cells))


def head_line(head: GroupHead) -> Line:
    """`▸ apps  12 rows folded  ✗ 2 failed  ◐ 1 rolling: web, api, ui`."""
    rows = counted(head.size, "row") + (" folded" if head.folded else "")
    bad = dict(pair for pair in head.levels if pair[0] is not Level.OK)
    more = sum(bad.values()) - len(head.faulty)
    names = ", ".join(head.faulty) + (f" and {more} more" if more else "")
    state = summary(bad) if bad else health(Level.OK)
    return (
        (f"{FOLDED if head.folded else OPEN} ", "accent"),
        (head.id.name or "-", "strong"),
        (f"  {rows}  ", "dim"),
        *state,
        (f": {names}" if names else "", "dim"),
    )


def sizes(view: View, shape: BoardShape, entry: Entry) -> tuple[int, ...]:
    """What its row would like of each column, without making it."""
    if isinstance(entry, GroupHead):
        return ()
    service, number = entry
    out = [width(_name(service, number, shape))]
    newest = ""
    for name in shape.names:
        cell = _cell(service, number, name)
        if cell is None:
            out += (1, 0, 0, 0)
            continue
        marks = bool(cell.hold) + bool(cell.pinned)
        glyph = len(GLYPHS[cell.health.level][2]) + 2 + (marks and 1) if shape.words else 1
        arrow = cell.behind and not shape.words
        pick = picks(cell)[0][0]
        state = glyph + marks + arrow
        out += (state, cell_len(cell.running_text), cell_len(pick), len(_age(view, cell)))
        newest = newest or cell.newest_text
    return (*out, cell_len(newest))


def _cell(service: Service, number: int, name: str) -> Cell | None:
    lines = service.lines.get(name, ())
    return lines[number] if number < len(lines) else None


def absence(snapshot: Snapshot, environment: str) -> str:
    """What stands where a Service has no source: that it has none is known only by a whole list."""
    return "–" if tagged_known(snapshot, environment).known else "?"


def ordering(service: Service, sort: str) -> tuple[object, ...]:
    """What a Service is sorted by."""
    if sort == "status":
        return (-worst(service), service.service)
    if sort == "age":
        lines = (line for group in service.lines.values() for line in group)
        return (-max((epoch(line.at) for line in lines), default=0.0), service.service)
    return (service.service,)


def _name(service: Service, number: int, shape: BoardShape) -> Line:
    """The Service, by its last part where it is long; on further lines the source, as the first
    Environment shown calls it."""
    if not number:
        name, end = service.service.removeprefix(shape.prefix), last_part(service.service)
        is_long = len(name) > (LONG if shape.words else LONG_IF_TIGHT)
        return ((end if is_long and end in shape.alone else name, "name"),)
    groups = (service.lines.get(name, ()) for name in (*shape.names, *service.lines))
    lines = next(lines for lines in groups if number < len(lines))
    key = lines[number].key
    alone = sum(line.key.name == key.name for line in lines) == 1
    return ((f"└ {key.name if alone else f'{key.namespace}/{key.name}'}", "dim"),)


def _cells(
    view: View, cell: Cell | None, words: bool, absent: str
) -> tuple[Line, Line, Line, Line]:
    if cell is None:
        return (((absent, "dim"),), (), (), ())
    role = {Level.FAILED: "bad", Level.PROGRESSING: "busy"}.get(cell.health.level, "version")
    sure = bool(cell.running.text) and cell.known.known
    running: Line = ((cell.running_text, role if sure else "dim"),)
    state = health(cell.health.level, word=words)
    marks = (SUSPENDED if cell.hold else "") + (PINNED if cell.pinned else "")
    if marks:
        state = (*state, (f" {marks}" if words else marks, "wait"))
    if cell.behind and not words:
        state = (*state, (ARROW, "busy"))  # the column that says it is the first to go
    return (state, running, picks(cell), ((_age(view, cell), "dim"),))


def _age(view: View, cell: Cell) -> str:
    return since(cell.at, view.now) if cell.known.known else "?"


def picks(cell: Cell) -> Line:
    """What the policy would pick, loud only when that is not what runs."""
    # Why is a sentence, too long for a cell: it stands below, and among what needs attention.
    if not cell.known.known or not (cell.listed.known or cell.by_digest):
        return ((cell.pick_text, "dim"),)
    if not cell.would_pick:
        return (("✗ nothing", "bad"),) if cell.has_list else ((NO_LIST, "dim"),)
    if cell.pinned:
        return (("pinned", "wait"),)
    if cell.suspended:
        return ((cell.suspended.suspends, "wait"),)
    if cell.behind:
        return ((f"{ARROW} {cell.would_pick}", "busy"),)
    if cell.would_pick == cell.running.version:
        if cell.ahead:
            return ((f"same +{cell.ahead if cell.ahead > 0 else '?'}", "busy"),)
        if not cell.has_list:
            return (("stored", "dim"),)  # its remote is not asked: only what is stored is known
        return (("same", "dim"),)
    return ((cell.would_pick, "dim"),)
