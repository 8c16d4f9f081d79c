"""`fluxtui demo --serve`: a service, which ends by a signal and by nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

WAITS = """
import sys
from fluxtui.cli.demo import until_signal
until_signal("waiting")
print("over", flush=True)
"""


@contextmanager
def start(words: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """Without a standard input, as cron, systemd and `&` start it; a failed story ends it, too."""
    with subprocess.Popen(
        [sys.executable, *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        try:
            yield child
        finally:
            if child.poll() is None:
                child.terminate()
                child.communicate(timeout=60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_waits_for_any_of_these_signals(number: signal.Signals) -> None:
    with start(["-c", WAITS]) as child:
        assert child.stdout is not None and child.stdout.readline() == "waiting\n"
        child.send_signal(number)
        assert child.communicate(timeout=30)[0] == "over\n"
        assert child.returncode == 0


def test_a_signal_that_was_ignored_stays_ignored() -> None:
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + WAITS
    with start(["-c", ignoring]) as child:
        assert child.stdout is not None and child.stdout.readline() == "waiting\n"
        child.send_signal(signal.SIGHUP)  # as nohup wants it
        child.send_signal(signal.SIGTERM)
        assert child.communicate(timeout=30)[0] == "over\n"


@pytest.mark.world
def test_it_serves_without_standard_input_until_it_is_told_to_end(tmp_path: Path) -> None:
    words = ["-m", "fluxtui", "demo", "--serve", "--folder", str(tmp_path)]
    with start(words) as child:
        assert child.stdout is not None
        assert child.stdout.readline().startswith("serving; use: fluxtui --config ")
        done = subprocess.run(
            [sys.executable, "-m", "fluxtui", "--config", str(tmp_path / "fluxtui.yaml"),
             "versions", "-e", "staging"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "infra" in done.stdout, (
            done.stderr
        )  # the root, which is applied before it says that it serves
        assert child.poll() is None
        family = children(child.pid)
        assert len(family) >= 2
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)
        assert child.returncode == 0
        assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]


@pytest.mark.world
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
def test_the_infra_is_cloned_changed_and_pushed_as_it_tells_at_the_start(tmp_path: Path) -> None:
    """What is printed is typed as it stands, into a shell."""
    folder, clone = tmp_path / "de mo", tmp_path / "clone"
    words = ["-m", "fluxtui", "demo", "--serve", "--folder", str(folder), "--speed", "20"]
    with start(words) as child:
        assert child.stderr is not None and child.stdout is not None
        told = next(line for line in child.stderr if "git clone" in line)
        assert child.stdout.readline().startswith("serving")
        me = "git -c user.name=me -c user.email=me@example.com"
        note = "clusters/staging/flux-system/cluster-settings.yaml"
        script = (
            f"set -e\n{told.strip()} '{clone}'\ncd '{clone}'\n"
            f'sed -i \'s/STATUS_PAGE_REPLICAS: "1"/STATUS_PAGE_REPLICAS: "3"/\' {note}\n'
            f"{me} commit -qam 'Three of them'\ngit push -q\ngit rev-parse --short=7 HEAD\n"
        )
        own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_TERMINAL_PROMPT": "0"}
        pushed = subprocess.run(["sh", "-c", script], env=own, capture_output=True, text=True)
        assert pushed.returncode == 0, pushed.stderr
        config = ["--config", str(folder / "fluxtui.yaml")]
        done = subprocess.run(
            [sys.executable, "-m", "fluxtui", *config, "reconcile", "infra", "-e", "staging",
             "--with-source", "--yes"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        seen = subprocess.run(
            [sys.executable, "-m", "fluxtui", *config, "versions", "infra", "-e", "staging"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert f"main@{pushed.stdout.strip()}" in seen.stdout, seen.stdout + seen.stderr


def children(pid: int) -> list[int]:
    """Processes whose parent that is."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue  # it ended meanwhile
        parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    return [child for child, parent in parents.items() if parent == pid and child != os.getpid()]
