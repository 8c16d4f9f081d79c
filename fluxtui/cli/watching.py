"""`--watch`: the rows once, then each row again when it changes, until a signal or a closed pipe.

For a program each is one line of JSON. Nothing is asked here: the Engine's Snapshots are compared.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Hashable, Sequence
from typing import NoReturn

from fluxtui.cli import output
from fluxtui.cli.forms.envelope import document
from fluxtui.cli.looking import Look, again
from fluxtui.cli.rows import Item
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.port import EnginePort

_LONG = 3600.0
_GAP = 2


class _Over(Exception):
    """A signal asked for the end."""


def watch(engine: EnginePort, seen: Look, items_of: Callable[[Look], list[Item]], form: str) -> int:
    """Print and stay. Returns 0 at SIGINT or SIGTERM; raises UsageError for other forms."""
    if form not in ("table", "wide", "json"):
        raise UsageError(f"--watch does not print {form}", next="-o table or -o json")
    before = {number: signal.signal(number, _end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        _stay(engine, seen, items_of, form)
    except _Over:
        return 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(_number: int, _frame: object) -> NoReturn:
    raise _Over


def _stay(
    engine: EnginePort, seen: Look, items_of: Callable[[Look], list[Item]], form: str
) -> NoReturn:
    out: _Json | _Table = _Json() if form == "json" else _Table()
    for text in seen.problems:
        print(f"fluxtui: {output.visible_text(text)}", file=sys.stderr)
    shown: dict[Hashable, Item] = {}
    while True:
        items = _items(items_of, seen)
        now = {item.id: item for item in items}
        for item in items:
            old = shown.get(item.id)
            if old is None or old.form != item.form:
                out.line("changed" if old else "added", item)
        for gone in [item for id_, item in shown.items() if id_ not in now]:
            out.line("removed", gone)
        shown = now
        seen = again(seen, _next(engine, seen.snapshot.serial))


def _next(engine: EnginePort, serial: int) -> Snapshot:
    while True:
        try:
            return engine.wait_for(lambda s: s.serial > serial, _LONG).result()
        except TimeoutError:
            continue


def _items(items_of: Callable[[Look], list[Item]], seen: Look) -> list[Item]:
    """None while what was asked for is not there: it may come back."""
    try:
        return items_of(seen)
    except FluxtuiError:
        return []


class _Json:
    """One document a line."""

    def line(self, change: str, item: Item) -> None:
        body = document("Watch", of=item.of, change=change, item=item.form)
        print(output.as_json(body, indent=None), flush=True)


class _Table:
    """Columns as wide as the widest cell until now."""

    def __init__(self) -> None:
        self._widths: list[int] = []

    def line(self, change: str, item: Item) -> None:
        cells = ("-" if change == "removed" else " ", *map(output.visible_text, item.cells))
        self._grow(cells)
        text = (" " * _GAP).join(c.ljust(w) for c, w in zip(cells, self._widths, strict=False))
        print(text.rstrip().replace("\n", " "), flush=True)

    def _grow(self, cells: Sequence[str]) -> None:
        self._widths += [0] * (len(cells) - len(self._widths))
        for number, cell in enumerate(cells[:-1]):
            self._widths[number] = max(self._widths[number], len(cell))
