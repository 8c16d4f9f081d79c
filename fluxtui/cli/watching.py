"""`--watch`: the rows once, then each row again when it changes, until a signal or a closed pipe.

For a program each is one line of JSON. Nothing is asked here: the Engine's Snapshots are compared.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Hashable, Mapping, Sequence

from fluxtui.cli import output
from fluxtui.cli.ending import Ending
from fluxtui.cli.forms.envelope import document
from fluxtui.cli.looking import Look, again
from fluxtui.cli.rows import Item
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.port import EnginePort

_LONG = 3600.0
_GAP = 2
_WORD = len("changed")


def watch(
    engine: EnginePort,
    view: Look,
    items_of: Callable[[Look], list[Item]],
    form: str,
    headers: Mapping[str, Sequence[str]],
) -> int:
    """Print and stay. Returns 0 at SIGINT or SIGTERM; raises UsageError for other forms.

    `headers`: the names of the columns, by what an Item is `of`.
    """
    if form not in ("table", "wide", "json"):
        raise UsageError(f"--watch does not print {form}", next="-o table or -o json")
    with Ending() as ending:
        _stay(engine, view, items_of, _Json() if form == "json" else _Table(headers), ending)
    return 0


def _stay(
    engine: EnginePort,
    view: Look,
    items_of: Callable[[Look], list[Item]],
    out: _Json | _Table,
    ending: Ending,
) -> None:
    for text in view.problems:
        print(f"fluxtui: {output.visible_text(text)}", file=sys.stderr)
    printed: dict[Hashable, Item] = {}
    while True:
        items = _items(items_of, view)
        now = {item.id: item for item in items}
        lines = [
            ("changed" if item.id in printed else "added", item)
            for item in items
            if item.id not in printed or printed[item.id].form != item.form
        ]
        lines += [("removed", item) for id_, item in printed.items() if id_ not in now]
        out.lines(lines)
        printed = now
        newer = _next(engine, view.snapshot.serial, ending)
        if newer is None:
            return
        view = again(view, newer)


def _next(engine: EnginePort, serial: int, ending: Ending) -> Snapshot | None:
    """The next Snapshot; None when a signal asked for the end."""
    while True:
        coming = engine.wait_for(lambda snapshot: snapshot.serial > serial, _LONG)
        coming.add_done_callback(ending.tell)
        if not ending.wait():
            return None
        with contextlib.suppress(TimeoutError):
            return coming.result()


def _items(items_of: Callable[[Look], list[Item]], view: Look) -> list[Item]:
    """None while what was asked for is not there: it may come back."""
    try:
        return items_of(view)
    except FluxtuiError:
        return []


class _Json:
    """One document a line."""

    def lines(self, changes: Sequence[tuple[str, Item]]) -> None:
        for change, item in changes:
            body = document("Watch", of=item.of, change=change, item=item.form)
            print(output.as_json(body, indent=None), flush=True)


class _Table:
    """A header once for what items are of, and columns that only ever grow."""

    def __init__(self, headers: Mapping[str, Sequence[str]]) -> None:
        self._headers = {of: ("CHANGE", *header) for of, header in headers.items()}
        self._widths: dict[str, list[int]] = {}

    def lines(self, changes: Sequence[tuple[str, Item]]) -> None:
        # What comes together is measured together, so that its columns stand under each other.
        rows = [
            (item.of, (change, *map(output.visible_text, item.cells))) for change, item in changes
        ]
        fresh = [of for of in dict.fromkeys(of for of, _cells in rows) if of not in self._widths]
        for of, cells in (*((of, self._headers[of]) for of in fresh), *rows):
            self._grow(of, cells)
        for of in fresh:
            self._print(of, self._headers[of])
            for row in [cells for kind, cells in rows if kind == of]:
                self._print(of, row)
        for of, cells in rows:
            if of not in fresh:
                self._print(of, cells)

    def _print(self, of: str, cells: Sequence[str]) -> None:
        widths = self._widths[of]
        text = (" " * _GAP).join(c.ljust(w) for c, w in zip(cells, widths, strict=True))
        print(text.rstrip().replace("\n", " "), flush=True)

    def _grow(self, of: str, cells: Sequence[str]) -> None:
        widths = self._widths.setdefault(of, [_WORD, *[0] * (len(cells) - 1)])
        for number, cell in enumerate(cells[:-1]):
            widths[number] = max(widths[number], len(cell))
