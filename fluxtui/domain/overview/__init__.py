"""From resources, tags and Selections to the board, the chains and the findings.

The one computation behind every pane: pure, called by the Engine whenever a Snapshot is made. Must
not be imported before first paint (it pulls the version rules and kstatus).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from fluxtui.domain.board import Board, Finding, Line, Row
from fluxtui.domain.overview import findings
from fluxtui.domain.overview.deliveries import distinct
from fluxtui.domain.overview.place import Place, PlaceView, SourceEntry
from fluxtui.domain.overview.ranking import ordered
from fluxtui.domain.snapshot import Snapshot

_Group = tuple[str, str]
"""A Service's name, and the kind of the applier that it is (short, "" for a bundle)."""
_Grouped = Mapping[_Group, tuple[str, tuple[Line, ...]]]
"""Its url, and its lines in one Environment."""

_KEPT = 100  # rows that are gone, remembered until there are more


def overview(snapshot: Snapshot) -> tuple[Board, tuple[Finding, ...]]:
    """Board and findings of a Snapshot that has everything else."""
    return Overview()(snapshot)


class Overview:
    """`overview` for one Snapshot after the other: only what is new is looked at again.

    What it answers depends on the Snapshot alone; the Board is the same object as long as nothing
    in it is new.
    """

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self._views: tuple[PlaceView, ...] = ()
        self._board = Board()
        self._holds: dict[str, tuple[Row, tuple[Finding, ...]]] = {}
        self._grouped: dict[str, tuple[tuple[SourceEntry, ...], _Grouped]] = {}

    def __call__(self, snapshot: Snapshot) -> tuple[Board, tuple[Finding, ...]]:
        """Board and findings of the Snapshot."""
        board, views = self._look(snapshot)
        everything = [
            *findings.places(snapshot),
            *findings.registries(snapshot),
            *findings.selections(snapshot),
            *(finding for view in views for finding in view.troubles),
            *findings.feeds(snapshot),
            *(finding for row in board.rows for finding in self._held(row)),
            *findings.nodes_held(node for view in views for node in view.held),
            *findings.charts(board.charts),
        ]
        return board, ordered(everything, snapshot.config)

    def _held(self, row: Row) -> tuple[Finding, ...]:
        """What of the row is suspended or pinned; read once per Row."""
        if len(self._holds) > 2 * len(self._board.rows) + _KEPT:
            self._holds.clear()
        before = self._holds.get(row.service)
        if before is None or before[0] is not row:
            before = self._holds[row.service] = (row, tuple(findings.holds(row)))
        return before[1]

    def read(self, snapshot: Snapshot) -> None:
        """Read what is new in it by itself, so that the next answer has that behind it."""
        for place in self._placed(snapshot).values():
            place.read(snapshot)

    def _placed(self, snapshot: Snapshot) -> dict[str, Place]:
        places = {}
        for environment in snapshot.config.environments:
            place = self._places.get(environment.name)
            if place is None or place.environment != environment:
                place = Place(environment)
            places[environment.name] = place
        self._places = places
        return places

    def _look(self, snapshot: Snapshot) -> tuple[Board, tuple[PlaceView, ...]]:
        views = {name: place.view(snapshot) for name, place in self._placed(snapshot).items()}
        current = tuple(views.values())
        names = tuple(views)
        if names != self._board.environments or current != self._views:
            chains = {name: view.chain for name, view in views.items()}
            charts = {name: view.charts for name, view in views.items() if view.charts}
            self._board, self._views = Board(names, self._rows(views), chains, charts), current
        return self._board, current

    def _rows(self, views: Mapping[str, PlaceView]) -> tuple[Row, ...]:
        before, self._grouped = self._grouped, {}
        for name in sorted(views):
            entries = views[name].entries
            cached = before.get(name)
            unchanged = cached is not None and cached[0] is entries
            self._grouped[name] = cached if cached and unchanged else (entries, _grouped(entries))
        urls: dict[_Group, str] = {}
        lines: dict[_Group, dict[str, tuple[Line, ...]]] = defaultdict(dict)
        for name, (_entries, grouped) in self._grouped.items():
            for group, (url, lines_of) in grouped.items():
                urls.setdefault(group, url)
                lines[group][name] = lines_of
        names = distinct(lines)
        known = {row.service: row for row in self._board.rows}
        rows = (Row(names[group], urls[group], lines[group]) for group in lines)
        rows = (_same_row(row, known.get(row.service)) for row in rows)
        return tuple(sorted(rows, key=lambda row: row.service))


def _grouped(entries: tuple[SourceEntry, ...]) -> _Grouped:
    grouped: dict[_Group, tuple[str, list[Line]]] = {}
    for entry in entries:
        grouped.setdefault((entry.service, entry.short), (entry.url, []))[1].append(entry.line)
    return {group: (url, tuple(lines)) for group, (url, lines) in grouped.items()}


def _same_row(row: Row, before: Row | None) -> Row:
    """The Row that was there, when all of it is the same objects: then nothing draws it again."""
    if before is None or before.repository != row.repository:
        return row
    if before.lines.keys() != row.lines.keys():
        return row
    pairs = ((before.lines[name], lines) for name, lines in row.lines.items())
    unchanged = all(
        len(old) == len(new) and all(a is b for a, b in zip(old, new, strict=True))
        for old, new in pairs
    )
    return before if unchanged else row
