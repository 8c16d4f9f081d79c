"""`make mutants`: a sample of mutants, each against the tests of its own room.

A mutant is killed by a test that fails, or by not ending in time. It is tried in a fork of one
process (`live`); what is done at import runs by itself on a copy of the package. The working
tree is never touched.
ARGS: --sample N, --seed N, --only PATH, --workers N.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.mutants.live import Verdict, body, try_room
from tests.mutants.operators import Mutant, mutants

ROOT = Path(__file__).parents[2]
ENGINE = "tests/engine/test_engine_inputs.py tests/engine/test_engine_unheard.py "
ENGINE += "tests/engine/test_engine_jobs.py tests/engine/test_engine_steps.py "
ENGINE += "tests/engine/test_engine_preconditions.py "
ENGINE += "tests/engine/test_engine_protection.py tests/engine/test_engine_stale.py"
TABLE = "tests/ui/test_ui_table.py tests/ui/test_ui_table_groups.py tests/ui/test_ui_scrolling.py "
TABLE += "tests/ui/test_ui_chain_rows.py tests/ui/test_ui_columns.py "
TABLE += "tests/ui/test_ui_versions_rows.py tests/ui/test_ui_looking.py"
ROOMS = {
    "fluxtui/commands": "tests/commands",
    "fluxtui/domain": "tests/domain tests/commands",
    "fluxtui/engine/acts/writes.py": ENGINE,
    "fluxtui/engine/acts/inputs.py": ENGINE,
    "fluxtui/engine/acts/jobs.py": ENGINE,
    "fluxtui/ui/widgets/table.py": TABLE,
}
PATIENCE = 600


def all_mutants(only: str) -> list[tuple[Mutant, str]]:
    """Every mutant with the tests that must notice it."""
    return [
        (mutant, tests)
        for room, tests in ROOMS.items()
        for path in _modules(ROOT / room)
        if only in str(path)
        for mutant in mutants(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    ]


def _modules(place: Path) -> Iterator[Path]:
    yield from sorted(place.rglob("*.py")) if place.is_dir() else (place,)


class Desk:
    """One copy of the tree in which one mutant at a time is tried."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writes = 0
        for name in ("fluxtui", "tests", "styles", "docs"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        for name in ("pyproject.toml", "README.md"):
            shutil.copy(ROOT / name, folder)

    def killed(self, mutant: Mutant, tests: str) -> bool:
        """Whether the room's tests notice it."""
        place = self._folder / mutant.path
        before = place.read_text(encoding="utf-8")
        self._write(place, mutant.source)
        near = nearest(self._folder, mutant.path, tests)
        try:
            return bool(near and self.fails(" ".join(near))) or self.fails(tests, near)
        finally:
            self._write(place, before)

    def _write(self, place: Path, source: str) -> None:
        """Each write a second later than the last: equal in size, they would share bytecode."""
        self._writes += 1
        place.write_text(source, encoding="utf-8")
        moment = place.stat().st_mtime + self._writes
        os.utime(place, (moment, moment))

    def fails(self, tests: str, but: Sequence[str] = ()) -> bool:
        """Whether these tests fail, or do not end; `but`: files that ran already."""
        words = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider"]
        rest = [path for path in tests.split() if path not in but]
        if not rest:
            return False
        words += [f"--ignore={path}" for path in but]
        environ = {**os.environ, "FLUXTUI_PATIENCE": "20", "PYTHONPATH": str(self._folder)}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        try:
            done = subprocess.run(
                [*words, *rest], cwd=self._folder, env=environ, timeout=PATIENCE,
                capture_output=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return True
        if done.returncode == pytest.ExitCode.USAGE_ERROR:
            raise RuntimeError(done.stderr.decode())
        return done.returncode not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


def nearest(folder: Path, module: str, tests: str) -> list[str]:
    """The test files below `tests` that name this module, as paths from the folder."""
    path = Path(module).with_suffix("")
    dotted, stem = ".".join(path.parts), path.name
    return [
        str(test.relative_to(folder))
        for room in tests.split()
        for test in _modules(folder / room)
        if test.name.startswith("test_")
        and (stem in test.stem or dotted in test.read_text(encoding="utf-8"))
    ]


def main(words: list[str]) -> int:
    """0 when at least nine in ten were killed, 2 when the tests fail by themselves."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args(words)
    every = all_mutants(args.only)
    chosen = random.Random(args.seed).sample(every, min(args.sample, len(every)))
    print(f"{len(chosen)} of {len(every)} mutants, seed {args.seed}", flush=True)
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        desks: SimpleQueue[Desk] = SimpleQueue()
        for number in range(args.workers):
            desks.put(Desk(Path(folder) / str(number)))
        for tests in sorted({tests for _mutant, tests in chosen}):
            mine = [mutant for mutant, its_tests in chosen if its_tests == tests]
            texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in paths(mine)}
            swapped = [mutant for mutant in mine if body(mutant, texts[mutant.path])]
            apart = [mutant for mutant in mine if mutant not in swapped]
            lives = _alive(swapped, tests, args.workers)
            if lives is None:
                print(f"these fail without any mutant: {tests}", file=sys.stderr)
                return 2
            survivors += lives + _apart(apart, tests, desks, args.workers)
    killed = len(chosen) - survivors
    print(f"{killed} of {len(chosen)} killed ({killed / max(1, len(chosen)):.0%})")
    return 0 if killed >= 0.9 * len(chosen) else 1


def paths(chosen: list[Mutant]) -> set[str]:
    """The modules they change."""
    return {mutant.path for mutant in chosen}


def _alive(chosen: list[Mutant], tests: str, workers: int) -> int | None:
    """How many no test noticed in a fork; None: these tests fail by themselves."""
    context = multiprocessing.get_context("spawn")
    verdicts: multiprocessing.Queue[Verdict] = context.Queue()
    room = context.Process(target=try_room, args=(ROOT, tests, chosen, workers, verdicts))
    room.start()
    survivors = 0
    while not isinstance(verdict := verdicts.get(), int):
        mutant, reached = verdict
        survivors += 1
        _say(mutant, "" if reached else ": no test calls it")
    room.join()
    return survivors if verdict == pytest.ExitCode.OK else None


def _apart(chosen: list[Mutant], tests: str, desks: SimpleQueue[Desk], workers: int) -> int:
    """How many live on of those that change what is done at import: a process of its own each."""

    def tried(mutant: Mutant) -> bool:
        desk = desks.get()
        try:
            lives = not desk.killed(mutant, tests)
        finally:
            desks.put(desk)
        if lives:
            _say(mutant)
        return lives

    with ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(tried, chosen))


def _say(mutant: Mutant, why: str = "") -> None:
    print(f"survived: {mutant.path}:{mutant.line} {mutant.what}{why}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
