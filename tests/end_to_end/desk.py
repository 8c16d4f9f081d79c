"""Two people at one delivery: each types at the installed program, in a terminal or without one.

Nothing but the program itself is run: keys go in as bytes, often several at once, and what stands
on the screen or in a document comes out.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.cli.documents import checked
from tests.end_to_end.terminal import Terminal

PROGRAM = str(Path(sys.executable).parent / "fluxtui")
LOW, WIDE = (80, 24), (200, 50)
ENTER, ESC, TAB, F4 = "\r", "\x1b", "\t", "\x1bOS"
DOWN, RIGHT, PAGE_DOWN, END = "\x1b[B", "\x1b[C", "\x1b[6~", "\x1b[F"
CTRL_L = "\x0c"


@dataclass(frozen=True)
class Said:
    """What a run printed, and its exit code."""

    code: int
    out: str
    err: str

    def document(self, kind: str) -> Any:
        """What it printed, when it is a document of that kind as its schema says."""
        return checked(self.out, kind)


@dataclass(frozen=True)
class Desk:
    """One person, by name, with a configuration that leads to the delivery."""

    config: Path
    name: str = "anna"

    def __call__(self, *words: str, within: float = 240.0) -> Said:
        """Without a terminal."""
        ran = subprocess.run(
            [PROGRAM, "--config", str(self.config), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=self._environment(),
            timeout=within,
            check=False,
        )
        return Said(ran.returncode, ran.stdout, ran.stderr)

    def done(self, *words: str) -> Said:
        """The same, and it went well."""
        said = self(*words)
        assert said.code == 0, said
        return said

    @contextmanager
    def at(self, *words: str, size: tuple[int, int] = LOW) -> Iterator[Terminal]:
        """At a terminal, with the screen or whatever the words open."""
        with self.running([PROGRAM, "--config", str(self.config), *words], size) as terminal:
            yield terminal

    @contextmanager
    def running(self, program: list[str], size: tuple[int, int] = LOW) -> Iterator[Terminal]:
        """Another program than the installed one at a terminal."""
        environment = self._environment()
        kept = {name: os.environ.get(name) for name in environment}
        os.environ.update(environment)
        try:
            terminal = Terminal(program, *size)
        finally:
            for name, value in kept.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
        try:
            yield terminal
        finally:
            terminal.kill()

    def like(self, name: str = "", **settings: Any) -> Desk:
        """The same place for somebody else, or with other settings; `a__b` is a below of b."""
        data = yaml.safe_load(self.config.read_text())
        for path, value in settings.items():
            *above, last = path.split("__")
            part = data
            for step in above:
                part = part.setdefault(step, {})
            part[last] = value
        config = self.config.with_name(f"{len(list(self.config.parent.glob('*.yaml')))}.yaml")
        config.write_text(yaml.safe_dump(data, sort_keys=False))
        return Desk(config, name or self.name)

    def _environment(self) -> Mapping[str, str]:
        return {**os.environ, "USER": self.name, "HOME": str(self.config.parent)}


def leaves(terminal: Terminal) -> None:
    """By its own key, from the main screen."""
    terminal.types("Q")
    assert terminal.ends() == 0
