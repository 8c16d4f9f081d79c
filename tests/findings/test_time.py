"""What becomes true by time alone is said at its time, though nothing happens in any cluster."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cli_delivery import Shell

from tests.end_to_end.terminal import Terminal
from tests.findings.conftest import PROGRAM

pytestmark = [
    pytest.mark.pty,
    pytest.mark.world,
    # pty.fork in a process with threads: the child only calls exec.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
SOON = 30.0  # seconds; half of what passes between two looks at a registry


@pytest.fixture(params=[(80, 24), (200, 50)], ids=["80x24", "200x50"])
def looking(request: pytest.FixtureRequest, shell: Shell) -> Iterator[Terminal]:
    """A screen on an API in which nothing moves by itself."""
    shell.cluster("staging", semver="1.x")
    assert shell("config", "check").err == ""  # writes the file that is looked at
    config = str(shell.folder / "fluxtui.yaml")
    terminal = Terminal([PROGRAM, "--config", config], *request.param)
    yield terminal
    terminal.kill()


def test_a_hold_is_overdue_in_the_moment_that_it_says(looking: Terminal, shell: Shell) -> None:
    """The screen told it with whatever came next: here that is nothing."""
    looking.sees("acme/app", within=SOON)
    held = shell("suspend", "ocirepo/app", "-e", "staging", "--reason", "an audit",
                 "--until", "4s", "--yes")  # fmt: skip
    assert held.code == 0, held.err
    looking.sees("suspended", within=SOON)
    looking.sees("NEEDS ATTENTION", "should not be suspended", within=SOON)
