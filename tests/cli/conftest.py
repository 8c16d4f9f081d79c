"""A shell with a registry; clusters are started by the stories that need them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from cli_delivery import Shell
from cli_objects import blocked_delivery

from fluxtui.world.registry import RegistryServer


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shell]:
    """Nobody's home: no kubeconfig, no docker config, nobody at the terminal."""
    for name in ("KUBECONFIG", "DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with RegistryServer(credentials=None) as server:
        made = Shell(tmp_path, server, capsys)
        yield made
        made.close()


@pytest.fixture
def blocked(shell: Shell) -> Shell:
    """Staging runs a build and waits for a dependency; production is pinned to a bare digest."""
    blocked_delivery(shell)
    return shell
