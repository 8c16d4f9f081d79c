"""From resources, tags and Selections to the board, the chains and the findings.

The one computation behind every pane: pure, called by the Engine whenever a Snapshot is made. Must
not be imported before first paint (it pulls the version rules and kstatus).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from fluxtui.domain.board import Board, Finding, Line, Row
from fluxtui.domain.overview import findings
from fluxtui.domain.overview.place import Place, PlaceView, SourceEntry
from fluxtui.domain.overview.ranking import ordered
from fluxtui.domain.snapshot import Snapshot

_Grouped = Mapping[str, tuple[str, tuple[Line, ...]]]
"""Service -> its url, and its lines in one Environment."""


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
            *findings.holds(board.rows, (node for view in views for node in view.held)),
            *findings.charts(board.charts),
        ]
        return board, ordered(everything, snapshot.config)

    def _look(self, snapshot: Snapshot) -> tuple[Board, tuple[PlaceView, ...]]:
        places = {}
        for environment in snapshot.config.environments:
            place = self._places.get(environment.name)
            if place is None or place.environment != environment:
                place = Place(environment)
            places[environment.name] = place
        self._places = places
        views = {name: place.view(snapshot) for name, place in places.items()}
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
            self._grouped[name] = (
                cached if cached and unchanged else (entries, _by_service(entries))
            )
        urls: dict[str, str] = {}
        lines: dict[str, dict[str, tuple[Line, ...]]] = defaultdict(dict)
        for name, (_entries, grouped) in self._grouped.items():
            for service, (url, lines_of) in grouped.items():
                urls.setdefault(service, url)
                lines[service][name] = lines_of
        return tuple(Row(service, urls[service], lines[service]) for service in sorted(lines))


def _by_service(entries: tuple[SourceEntry, ...]) -> _Grouped:
    grouped: dict[str, tuple[str, tuple[Line, ...]]] = {}
    for entry in entries:
        url, lines = grouped.get(entry.service, (entry.url, ()))
        grouped[entry.service] = (url, (*lines, entry.line))
    return grouped
