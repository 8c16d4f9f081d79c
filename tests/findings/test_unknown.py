"""An environment of which nothing is known: nowhere is it said to be empty, or well."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from fluxtui.world.apiserver.server import ApiServer
from tests.end_to_end.terminal import Terminal
from tests.findings.conftest import PROGRAM

pytestmark = [
    pytest.mark.pty,
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
SOON = 20.0
Door = Callable[[], AbstractContextManager[int]]
# What is said of an environment that was read and has nothing.
EMPTY = ("No Kustomization in staging", "has no source here", "Nothing has changed", "✓", "ready")


@contextmanager
def silent() -> Iterator[int]:
    """A port where connections are taken and nothing is answered."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            try:
                while True:
                    taken.append(server.accept()[0])
            except OSError:
                return

        threading.Thread(target=take, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    for connection in taken:
        connection.close()


@contextmanager
def closed() -> Iterator[int]:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield port


def kubeconfig(folder: Path, port: int) -> Path:
    file = folder / "kubeconfig"
    cluster = {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}
    file.write_text(
        json.dumps({
            "current-context": "staging",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": {"token": "t"}}],
            "contexts": [{"name": "staging", "context": {"cluster": "c", "user": "u"}}],
        })
    )  # fmt: skip
    return file


@contextmanager
def screen(folder: Path, file: Path) -> Iterator[Terminal]:
    config = folder / "fluxtui.yaml"
    environments = {"staging": {"context": "staging", "kubeconfig": str(file)}}
    config.write_text(json.dumps({"environments": environments, "journal": "journal.jsonl"}))
    terminal = Terminal([PROGRAM, "--config", str(config)], 80, 24)
    try:
        yield terminal
    finally:
        terminal.kill()


@pytest.mark.parametrize("api", [silent, closed])
def test_an_environment_that_does_not_answer_is_not_called_empty(tmp_path: Path, api: Door) -> None:
    """`No Kustomization in staging yet`, it said, and `Nothing has changed`."""
    known = re.compile("staging (is being connected to|does not answer|refuses the connection)")
    with api() as port, screen(tmp_path, kubeconfig(tmp_path, port)) as terminal:
        terminal.sees("fluxtui", "staging", within=SOON)
        for view in "325":
            terminal.types(view)
            terminal._waits("not why", lambda: bool(known.search(terminal.text)), SOON)
            for words in EMPTY:
                assert words not in terminal.text, terminal.text


def test_a_cluster_without_flux_is_said_to_have_none(tmp_path: Path) -> None:
    """Its Chain had "no Kustomization yet", and the header was green."""
    server = ApiServer("staging", crds=[])
    server.start()
    try:
        server.write_kubeconfig(tmp_path / "kubeconfig")
        with screen(tmp_path, tmp_path / "kubeconfig") as terminal:
            terminal.sees("no Flux CRDs", within=SOON)
            terminal.types("3")
            terminal.sees("staging has no Flux CRDs", within=SOON)
            for words in EMPTY:
                assert words not in terminal.text, terminal.text
    finally:
        server.stop()
