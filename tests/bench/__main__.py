"""Run all parts, or those named: `python -m tests.bench [--check] [part ...]`.

Ends with 1 only when asked to (`--check`) and a figure is over its budget: it must not judge by
itself, since a busy machine is no fault of the code.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable
from typing import Any

import tests.bench
from tests.bench.measure import Row


def parts() -> dict[str, Callable[[], Iterable[Row]]]:
    """Every module of this folder that has `rows`, by name."""
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if module.name.startswith("_"):
            continue
        rows = getattr(importlib.import_module(f"tests.bench.{module.name}"), "rows", None)
        if rows is not None:
            found[module.name] = rows
    return found


def main(words: list[str]) -> int:
    """Print each line as it is measured; the exit code."""
    known = parts()
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--check", action="store_true", help="exit 1 when a budget is not kept")
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(known))
    chosen = parser.parse_args(words)
    if unknown := set(chosen.parts) - set(known):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    over = 0
    for name in chosen.parts or known:
        for row in known[name]():
            print(row.text(), flush=True)
            over += not row.kept
    if over:
        print(f"{over} over budget", flush=True)
    return 1 if over and chosen.check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
