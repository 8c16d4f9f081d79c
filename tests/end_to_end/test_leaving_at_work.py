"""Leaving in the middle of work: nothing is left running, and the next start says what was cut off.

The real program on the embedded World, whose Reconciler is held still once all is ready: whoever
asks it for a reconciliation waits for as long as the test likes.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fluxtui.cli.demo import apply_roots
from fluxtui.cli.embedded import embedded
from fluxtui.cli.session import running
from fluxtui.cli.story import settled
from fluxtui.domain.plan import Outcome
from fluxtui.domain.snapshot import Act
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.past import past_acts
from tests.end_to_end.terminal import Recorded

pytestmark = [
    pytest.mark.pty,
    pytest.mark.world,
    pytest.mark.timeout(300),
    # pty.fork in a process with threads: the child only calls exec.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

PROGRAM = str(Path(sys.executable).parent / "fluxtui")
MARK = "FLUXTUI_LEAVING_TEST"  # in the environment of the program and of whatever it starts
QUICK = 8.0  # seconds until nothing may be left


@pytest.fixture(scope="module")
def config_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Leads to a delivery where everything is ready and no request is answered any more."""
    folder = tmp_path_factory.mktemp("leaving")
    with embedded(folder, speed=20, environments=("staging",)) as delivery:
        assert not apply_roots(delivery)
        with running(delivery.config()) as engine:
            engine.wait_for(settled, 120).result()
        os.kill(delivery.reconciler.pid, signal.SIGSTOP)
        try:
            yield delivery.config_file
        finally:
            os.kill(delivery.reconciler.pid, signal.SIGCONT)


@dataclass
class Program:
    """One fluxtui at one terminal."""

    config_file: Path
    mark: str
    words: tuple[str, ...] = ()  # instead of the program itself
    terminal: Recorded = field(init=False)

    def __post_init__(self) -> None:
        words = self.words or (PROGRAM, "--config", str(self.config_file))
        os.environ[MARK] = self.mark
        try:
            self.terminal = Recorded(list(words))
        finally:
            del os.environ[MARK]

    def alive(self) -> list[int]:
        """The processes that it is made of, those that were orphaned too."""
        wanted = f"{MARK}={self.mark}".encode()
        pids = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if wanted in (entry / "environ").read_bytes().split(b"\0"):
                        pids.append(int(entry.name))
                except OSError:
                    continue
        return pids

    def waits(self, what: str, condition: Callable[[], bool], within: float = 120.0) -> None:
        """Until it holds; the terminal is read meanwhile."""
        deadline = time.monotonic() + within
        while not condition():
            assert time.monotonic() < deadline, f"{what}\n{self.terminal.text}"
            if self.terminal.fd >= 0:
                self.terminal.read(0.05)

    def opens(self, *keys: str) -> None:
        """The board with everything known, then those keys, one screen each."""
        self.terminal.sees("activity-ui", "v0.0.0-st", "live", "tags")
        for key in keys:
            self.terminal.types(key)

    def leaves_nothing(self) -> None:
        """Not one process is left."""
        self.waits("left behind", lambda: not self.alive(), QUICK)


@pytest.fixture
def program(config_file: Path, request: pytest.FixtureRequest) -> Iterator[Program]:
    """On the board."""
    made = Program(config_file, request.node.name)
    try:
        yield made
    finally:
        made.terminal.kill()
        for pid in made.alive():
            os.kill(pid, signal.SIGKILL)


def into_a_review(program: Program) -> None:
    program.opens("W")
    program.terminal.sees("STEPS", "y run")


def into_a_diff(program: Program) -> None:
    program.opens("4")
    program.waits("a process that builds", lambda: len(program.alive()) > 1)


def into_an_act(program: Program) -> None:
    into_a_review(program)
    program.terminal.types("y")
    program.terminal.sees("1 running", "1 of 12")


def cut_off(config_file: Path) -> Act:
    """The last act of the Journal, as the next start reads it."""
    (act,) = past_acts(Journal(config_file.parent / "journal.jsonl"), 1)
    outcomes = [receipt.outcome for receipt in act.receipts]
    assert outcomes == [Outcome.DONE, Outcome.UNKNOWN, *[Outcome.NEVER] * 10]
    return act


def assert_told(program: Program, why: str) -> None:
    """The shell's screen says it too, and how to go on."""
    words = " ".join(program.terminal.text.split())
    assert re.search(rf"fluxtui: {why}: reconcile .*: 1 of 12 steps done, 1 with", words), words
    assert "fluxtui plan finish" in words


def headless(config_file: Path) -> str:
    """What `fluxtui journal` says of the last act."""
    words = [PROGRAM, "--config", str(config_file), "journal"]
    text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return text[text.rindex("  plan ") :]  # the column, not the words of a way out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("into", [into_a_review, into_a_diff, into_an_act])
def test_a_signal_ends_it_wherever_it_is(
    into: Callable[[Program], None], number: signal.Signals, program: Program, config_file: Path
) -> None:
    into(program)
    os.kill(program.terminal.pid, number)
    assert program.terminal.ends(QUICK) == 128 + number
    assert program.terminal.given_back
    program.leaves_nothing()
    if into is into_an_act:
        why = f"fluxtui was ended by {number.name}"
        assert cut_off(config_file).cut == why
        assert_told(program, why)
        text = headless(config_file)
        assert re.search(rf"interrupted +.*{why}", text), text
        assert re.search(r"unknown +handled-1 .*cut off", text), text
        assert re.search(r"never ran +request-2 .*cut off", text), text


def test_an_act_that_is_left_on_purpose_is_told_by_the_next_start(
    program: Program, config_file: Path
) -> None:
    into_an_act(program)
    program.terminal.types("Q")
    program.terminal.sees("Leave fluxtui?")
    program.terminal.types("y")
    assert program.terminal.ends(QUICK) == 0
    assert program.terminal.given_back
    program.leaves_nothing()
    assert cut_off(config_file).cut == "fluxtui was left"
    assert_told(program, "fluxtui was left")
    next_start(config_file, "fluxtui was left")


def test_an_act_whose_program_was_killed_is_told_by_the_next_start(
    program: Program, config_file: Path
) -> None:
    into_an_act(program)
    os.kill(program.terminal.pid, signal.SIGKILL)
    os.waitpid(program.terminal.pid, 0)
    program.leaves_nothing()
    assert "without a word" in cut_off(config_file).cut
    text = headless(config_file)
    assert re.search(r"interrupted +fluxtui ended without a word", text), text
    assert re.search(r"never ran +handled-2 ", text), text
    next_start(config_file, "without a word")


def next_start(config_file: Path, why: str) -> None:
    """The board's finding, the Journal's row and its Steps."""
    program = Program(config_file, "next start")
    try:
        program.opens("6")
        program.terminal.sees("cut off", "RECEIPT")
        program.terminal.types("\r")
        program.terminal.sees("✓ done", "? unknown", "– never ran", why[:12])
        program.terminal.types("Q")
        assert program.terminal.ends(QUICK) == 0
    finally:
        program.terminal.kill()


@pytest.mark.parametrize("into", [into_a_diff, into_an_act])
def test_a_terminal_that_is_closed_takes_it_along(
    into: Callable[[Program], None], program: Program, config_file: Path
) -> None:
    into(program)
    os.close(program.terminal.fd)
    program.terminal.fd = -1
    program.waits("it has ended", lambda: ended(program.terminal.pid) != -1, QUICK)
    program.leaves_nothing()
    if into is into_an_act:
        assert cut_off(config_file).cut in (
            "the terminal was closed",
            "fluxtui was ended by SIGHUP",
        )


def ended(pid: int) -> int:
    """The exit code; -1 while it runs."""
    info = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return -1 if info is None else info.si_status


@pytest.mark.parametrize("modal", [False, True])
def test_a_stopped_program_is_the_shells_and_comes_back(modal: bool, config_file: Path) -> None:
    shell = Program(config_file, f"shell {modal}", ("/bin/bash", "--norc", "--noprofile", "-i"))
    terminal = shell.terminal
    try:
        # The shell's own editing of a line must not be taken for ours.
        terminal.types("bind 'set enable-bracketed-paste off'; PS1='ready> '\r")
        terminal.sees("ready>")
        terminal.types(f"stty -g > {config_file}.a\r")
        terminal.sees("ready>")
        terminal.types(f"{PROGRAM} --config {config_file}\r")
        shell.opens(*("W" if modal else ""))
        terminal.sees("STEPS" if modal else "SERVICE")
        terminal.types("\x1a")
        terminal.sees("Stopped", "ready>")
        assert terminal.given_back
        terminal.types(
            f"stty -g > {config_file}.b; cmp {config_file}.a {config_file}.b && echo 'sa'me\r"
        )
        terminal.sees("same")
        terminal.types("clear; fg\r")
        terminal.sees("STEPS" if modal else "SERVICE")
        terminal.types("\x1b" if modal else "3")
        terminal.sees("SERVICE" if modal else "WHY")
        terminal.loses("STEPS")
        terminal.types("Q")
        terminal.sees("ready>")
        assert terminal.given_back
        terminal.types("exit\r")
        assert terminal.ends(QUICK) == 0
        shell.leaves_nothing()
    finally:
        terminal.kill()
        for pid in shell.alive():
            os.kill(pid, signal.SIGKILL)
