"""What belongs to a whole test run: its folder, and how hypothesis draws.

All processes of a run know the folder, for the one control plane; the process that starts the run
makes it and ends what was started in it. hypothesis draws the same examples everywhere, at any
speed: a busy machine must not fail a build, and neither must an example that no other run has
seen; to look for new ones, run with `--hypothesis-profile default`.
"""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.contract.control_plane import end_shared
from tests.contract.programs import HOW, missing

RUN = "FLUXTUI_TEST_RUN"

settings.register_profile(
    "fluxtui",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fluxtui")


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    # A run in the background is deaf to these, and what it starts would be too.
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(
                number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            )
    if not _is_worker(config):
        os.environ[RUN] = f"{os.getpid()}:{tempfile.mkdtemp(prefix='fluxtui-test-run-')}"


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _is_worker(config) and RUN in os.environ:
        end_shared(Path(os.environ.pop(RUN).partition(":")[2]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, ())]
    if any(r.nodeid.startswith("tests/contract/") for r in told) and missing():
        terminalreporter.write_line(f"The contract suite ran on the embedded API only: {HOW}")
