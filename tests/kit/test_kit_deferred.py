"""Modules that are read at first use: nobody notices but the clock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def said(code: str) -> str:
    """What a fresh Python prints that defers `inspect` first."""
    begin = "import sys, threading\nfrom fluxtui.kit.deferred import defer\ndefer()\n"
    done = subprocess.run(
        [sys.executable, "-c", begin + code], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_is_imported_and_not_used_is_not_read() -> None:
    code = "import asyncio, dataclasses, inspect\nprint('dis' in sys.modules)"
    assert said(code) == "False"


def test_it_is_whole_at_its_first_use() -> None:
    assert said("import inspect\nprint(inspect.isfunction(defer), 'dis' in sys.modules)") == (
        "True True"
    )
    assert said("from inspect import signature\nprint(signature(lambda a: a))") == "(a)"
    assert said("import inspect\ninspect.mine = 1\nprint(inspect.mine, inspect.isclass(int))") == (
        "1 True"
    )
    assert said("import inspect\ninspect.ismodule\nprint(type(inspect))") == "<class 'module'>"


def test_threads_that_come_at_once_all_find_it_whole() -> None:
    code = (
        "import inspect\n"
        "gate, seen = threading.Barrier(8), []\n"
        "def look():\n"
        "    gate.wait()\n"
        "    seen.append(inspect.isclass(int) and str(inspect.signature(look)))\n"
        "threads = [threading.Thread(target=look) for _ in range(8)]\n"
        "[t.start() for t in threads]\n[t.join() for t in threads]\n"
        "print(set(seen))"
    )
    assert said(code) == "{'()'}"


def test_what_is_there_already_stays() -> None:
    assert said("import inspect\ninspect.ismodule\ndefer()\nprint(type(inspect))") == (
        "<class 'module'>"
    )
