"""One small delivery for all screens of this folder, and a terminal to open them in.

What real use broke is looked at through doors that any version of the product has: the installed
program at a terminal, its words, HTTP. So each story can be told of an older one, and fails there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fluxtui.cli.demo import apply_roots
from fluxtui.cli.embedded import embedded
from fluxtui.cli.session import running
from fluxtui.cli.story import settled
from fluxtui.world.registry import RegistryServer
from tests.end_to_end.terminal import Terminal

sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))
from cli_delivery import Shell

PROGRAM = str(Path(sys.executable).parent / "fluxtui")
Opens = Callable[..., Terminal]


@pytest.fixture(scope="session")
def config_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Leads to a staging where everything is ready."""
    folder = tmp_path_factory.mktemp("real-use")
    with embedded(folder, speed=20, environments=("staging",)) as delivery:
        problem = apply_roots(delivery)
        assert not problem, problem
        with running(delivery.config()) as engine:
            engine.wait_for(settled, 120).result()
        yield delivery.config_file


@pytest.fixture
def opens(config_file: Path) -> Iterator[Opens]:
    """The screen on the board, everything known, before any key."""
    opened: list[Terminal] = []

    def make(columns: int = 80, rows: int = 24) -> Terminal:
        terminal = Terminal([PROGRAM, "--config", str(config_file)], columns, rows)
        opened.append(terminal)
        terminal.sees("fluxtui", "staging ✓", within=60.0)
        return terminal

    yield make
    for terminal in opened:
        terminal.kill()


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shell]:
    """Words typed at a home with nothing in it, a registry in reach."""
    for name in ("KUBECONFIG", "DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with RegistryServer(credentials=None) as server:
        made = Shell(tmp_path, server, capsys)
        yield made
        made.close()
