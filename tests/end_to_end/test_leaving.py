"""However the program is ended, the terminal is as it was and the exit code says why."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Recorded

pytestmark = [pytest.mark.pty, pytest.mark.timeout(300)]
KUBECONFIG = """apiVersion: v1
kind: Config
current-context: a
clusters: [{name: a, cluster: {server: "http://127.0.0.1:9"}}]
users: [{name: a, user: {}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
"""


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (signal.SIGTERM, 143),
        (signal.SIGHUP, 129),
        (signal.SIGINT, 130),
        (signal.SIGQUIT, 131),
        ("Q", 0),
        ("\x03", 0),
    ],
)
def test_the_terminal_is_given_back(how: signal.Signals | str, code: int, tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    words = [sys.executable, "-m", "fluxtui", "--kubeconfig", str(tmp_path / "kubeconfig")]
    terminal = Recorded(words)
    try:
        terminal.sees("Versions", "Journal")
        if isinstance(how, str):
            terminal.types(how)
        else:
            os.kill(terminal.pid, how)
        assert terminal.ends() == code
        assert terminal.given_back
    finally:
        terminal.kill()
