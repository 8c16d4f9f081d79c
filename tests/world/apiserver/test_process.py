"""The server as a process of its own: it says where it is, and ends with its parent."""

from __future__ import annotations

import base64
import json
import os
import signal
import ssl
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    command = [sys.executable, "-m", "fluxtui.world.apiserver", "--environment", "staging"]
    command += ["--kubeconfig", str(folder / "config")]
    running = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        assert line, running.stderr.read() if running.stderr else ""
        yield running, json.loads(line)
    finally:
        if running.poll() is None:
            running.kill()
        running.communicate()


@pytest.mark.world
def test_it_says_where_it_listens_and_serves(tmp_path: Path) -> None:
    with process(tmp_path) as (_, said):
        assert said["url"].startswith("https://127.0.0.1:")
        config = tmp_path / "config"
        assert said["kubeconfig"] == str(config)
        assert stat.S_IMODE(config.stat().st_mode) == 0o600
        written = json.loads(config.read_text())
        token = written["users"][0]["user"]["token"]
        ca = base64.b64decode(written["clusters"][0]["cluster"]["certificate-authority-data"])
        context = ssl.create_default_context(cadata=ca.decode())
        request = urllib.request.Request(
            f"{said['url']}/api/v1/namespaces", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, context=context, timeout=120) as response:
            names = [i["metadata"]["name"] for i in json.load(response)["items"]]
    assert names == ["default", "kube-node-lease", "kube-public", "kube-system"]


@pytest.mark.world
@pytest.mark.parametrize("end", ["stdin", "sigterm"])
def test_it_ends_cleanly(tmp_path: Path, end: str) -> None:
    with process(tmp_path) as (running, _):
        if end == "stdin":
            assert running.stdin is not None
            running.stdin.close()
            running.stdin = None
        else:
            os.kill(running.pid, signal.SIGTERM)
        assert running.wait(120) == 0
        assert running.stderr is not None
        assert running.stderr.read() == ""


def test_it_starts_without_heavy_imports() -> None:
    code = (
        "import sys; import fluxtui.world.apiserver.__main__; "
        "bad = {'kubernetes', 'textual', 'requests', 'aiohttp', 'asyncio', 'ruamel', 'oras'} "
        "& set(sys.modules); sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
