"""Tries mutants in one process that has collected the tests: one fork each.

Started over for every mutant, python and pytest cost more than the tests; here the mutated function
gets its code in a forked child, whose tests alone know of it. First every test runs once: that says
which functions it calls and how long it takes, and a mutant meets only the tests that call it. What
is done at import (a constant, a default, a class body) cannot be changed this way: `body` answers
None, and it is tried by itself.
"""

from __future__ import annotations

import ast
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from multiprocessing import Queue
from pathlib import Path
from types import CodeType, FrameType, FunctionType

import pytest

from tests.mutants.operators import Mutant

PATIENCE = 20.0
"""Seconds a child has beyond three times what its tests took before."""

Verdict = tuple[Mutant, bool] | int
"""A survivor and whether any test calls its function; at the end pytest's exit code."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One mutant under way in a child."""

    mutant: Mutant
    ends: float


class Trials:
    """The pytest plugin that tries `mutants` instead of running the tests once."""

    def __init__(
        self, root: Path, mutants: Sequence[Mutant], workers: int, say: Callable[[Verdict], None]
    ) -> None:
        self._root, self._mutants, self._workers, self._say = root, mutants, workers, say
        self._reach: dict[pytest.Item, set[CodeType]] = {}
        self._took: dict[pytest.Item, float] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """All of it; the tests themselves must pass first."""
        _run(session, session.items, self._watched)
        if session.testsfailed:
            return True
        functions = _functions(self._root)
        waiting, under_way = list(self._mutants), dict[int, Trial]()
        while waiting or under_way:
            while waiting and len(under_way) < self._workers:
                self._start(session, waiting.pop(0), functions, under_way)
            self._collect(under_way)
            time.sleep(0.005)
        return True

    def _watched(self, item: pytest.Item, run: Callable[[], None]) -> None:
        reach: set[CodeType] = set()

        def note(frame: FrameType, event: str, _arg: object) -> None:
            if event == "call":
                reach.add(frame.f_code)

        before = time.monotonic()
        threading.setprofile(note)
        sys.setprofile(note)
        try:
            run()
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]  # None ends it
        self._took[item] = time.monotonic() - before
        package = str(self._root / "fluxtui")
        self._reach[item] = {code for code in reach if code.co_filename.startswith(package)}

    def _start(
        self,
        session: pytest.Session,
        mutant: Mutant,
        functions: dict[tuple[str, str, int], list[FunctionType]],
        under_way: dict[int, Trial],
    ) -> None:
        code = body(mutant, (self._root / mutant.path).read_text(encoding="utf-8"))
        assert code is not None
        place = (str(self._root / mutant.path), code.co_qualname, code.co_firstlineno)
        live = functions.get(place, [])
        codes = {function.__code__ for function in live}
        tests = sorted(
            (item for item, reach in self._reach.items() if reach & codes),
            key=lambda item: self._took[item],
        )
        if not tests:
            self._say((mutant, False))
            return
        pid = os.fork()
        if pid == 0:
            _child(session, tests, live, code)
        patience = PATIENCE + 3 * sum(self._took[item] for item in tests)
        under_way[pid] = Trial(mutant, time.monotonic() + patience)

    def _collect(self, under_way: dict[int, Trial]) -> None:
        for pid, trial in list(under_way.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended and time.monotonic() > trial.ends:
                os.kill(pid, signal.SIGKILL)
                ended, status = os.waitpid(pid, 0)
            if ended:
                del under_way[pid]
            if ended and status == 0:
                self._say((trial.mutant, True))


def _child(
    session: pytest.Session, tests: list[pytest.Item], live: list[FunctionType], code: CodeType
) -> None:
    """Never returns: 0 when no test noticed."""
    try:
        for function in live:
            function.__code__ = code
        for cache in gc.get_objects():
            if isinstance(cache, _lru_cache_wrapper):
                cache.cache_clear()
        _run(session, tests, lambda _item, run: run())
    except BaseException:
        os._exit(1)
    os._exit(1 if session.testsfailed else 0)


def _run(
    session: pytest.Session,
    items: Sequence[pytest.Item],
    around: Callable[[pytest.Item, Callable[[], None]], None],
) -> None:
    """The tests one by one until one fails."""
    for item, after in zip(items, [*items[1:], None], strict=True):

        def run(item: pytest.Item = item, after: pytest.Item | None = after) -> None:
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=after)

        around(item, run)
        if session.testsfailed:
            return


def _functions(root: Path) -> dict[tuple[str, str, int], list[FunctionType]]:
    """Every function of the package that lives now, by file, qualified name and first line."""
    places: dict[tuple[str, str, int], list[FunctionType]] = {}
    package = str(root / "fluxtui")
    gc.unfreeze()  # what the product froze at its start is no longer listed
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename.startswith(package):
            code = thing.__code__
            place = (code.co_filename, code.co_qualname, code.co_firstlineno)
            places.setdefault(place, []).append(thing)
    return places


def body(mutant: Mutant, source: str) -> CodeType | None:
    """The mutated code of the outermost function around the change; None: it is done at import."""
    name = _outermost(source, mutant.line)
    before = _code(compile(source, mutant.path, "exec"), name)
    after = _code(compile(mutant.source, mutant.path, "exec"), name)
    if before is None or after is None or before.co_freevars != after.co_freevars:
        return None
    return None if _does(before) == _does(after) else after


def _outermost(source: str, line: int) -> tuple[str, int]:
    """Name and first line, as code objects say them, of the function of this line; ("", 0)."""

    def inside(nodes: Sequence[ast.stmt], prefix: str) -> tuple[str, int]:
        for node in nodes:
            if not (node.lineno <= line <= (node.end_lineno or 0)):
                continue
            if isinstance(node, ast.ClassDef):
                return inside(node.body, f"{prefix}{node.name}.")
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min(one.lineno for one in (node, *node.decorator_list))
                return f"{prefix}{node.name}", first
        return "", 0

    return inside(ast.parse(source).body, "")


def _code(code: CodeType, name: tuple[str, int]) -> CodeType | None:
    return next(
        (one for one in _nested(code) if (one.co_qualname, one.co_firstlineno) == name), None
    )


def _nested(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _nested(const)


def _does(code: CodeType) -> tuple[object, ...]:
    consts = [_does(c) if isinstance(c, CodeType) else (type(c), repr(c)) for c in code.co_consts]
    return (code.co_code, tuple(consts), code.co_names)


def try_room(
    root: Path, tests: str, mutants: Sequence[Mutant], workers: int, verdicts: Queue[Verdict]
) -> None:
    """What a process of its own does. Each survivor is put as it is known, the exit code last."""
    os.environ["FLUXTUI_PATIENCE"] = "20"
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    words = ["-n0", "-x", "-p", "no:cacheprovider", *tests.split()]
    verdicts.put(int(pytest.main(words, plugins=[Trials(root, mutants, workers, verdicts.put)])))
