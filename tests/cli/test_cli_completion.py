"""Completion: verbs and flags at once, names from what was seen last, in the shells themselves."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, NS, ks, snapshot, source, tag_list

from fluxtui.cli.main import main
from fluxtui.cli.remembered import recall, remember
from fluxtui.domain.plan import Plan
from fluxtui.domain.snapshot import Act
from tests.end_to_end.terminal import Terminal

BIN = Path(sys.executable).parent
ACTS = tuple(Act(Plan("suspend", name, (), (), user=name)) for name in ("anna", "ben"))
IDS = [act.plan.id for act in reversed(ACTS)]
BREAKS = " \t\n\"'><=;|&(:"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which a view has run."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{BIN}:{os.environ['PATH']}")
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "KUBECONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    seen = snapshot(
        source(), source("production"), ks(), ks("production", name="web"),
        tags=[tag_list({"1.4.2": "a", "1.5.0": "b"})], config=CONFIG,
    )  # fmt: skip
    remember(replace(seen, acts=ACTS), "", "")
    return tmp_path


def completed(line: str) -> list[str]:
    """What the program answers a shell that asks to complete this line."""
    environ = {
        **os.environ, "_ARGCOMPLETE": "1", "_ARGCOMPLETE_SHELL": "bash", "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_COMP_WORDBREAKS": BREAKS, "_ARGCOMPLETE_STDOUT_FILENAME": "answer",
        "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
        "COMP_LINE": line, "COMP_POINT": str(len(line)), "COMP_TYPE": "",
    }  # fmt: skip
    Path("answer").write_text("")
    subprocess.run([BIN / "fluxtui"], env=environ, stdin=subprocess.DEVNULL, capture_output=True)
    return Path("answer").read_text().split("\n")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("fluxtui sta", ["status"]),
        ("fluxtui -e production sus", ["suspend"]),
        ("fluxtui -e ", ["staging", "production"]),
        ("fluxtui freeze prod", ["production"]),
        ("fluxtui versions -e pro", ["production"]),
        ("fluxtui diff x --env st", ["staging"]),
        ("fluxtui -n ", [NS]),
        ("fluxtui chain acme/", ["acme/activity"]),
        ("fluxtui chain ks/", [f"ks/{NS}/api", f"ks/{NS}/web"]),
        ("fluxtui -e production chain ks/", [f"ks/{NS}/web"]),
        ("fluxtui pin acme/activity --version 1.5", ["1.5.0"]),
        ("fluxtui pin activity --ver", ["--version"]),
        ("fluxtui diff activity --to 1.", ["1.5.0", "1.4.2"]),
        ("fluxtui versions -o ", ["table", "wide", "name", "json", "yaml", "jsonpath="]),
        ("fluxtui suspend x -o ", ["table", "json", "yaml", "markdown"]),
        ("fluxtui completion ", ["bash", "zsh", "fish"]),
        ("fluxtui config ", ["check", "schema"]),
        ("fluxtui plan un", ["undo"]),
        ("fluxtui plan finish ", IDS),
        ("fluxtui plan undo " + IDS[1][:6], IDS[1:]),
        ("fluxtui journal --by b", ["ben"]),
        ("fluxtui journal --object ks/", [f"ks/{NS}/api", f"ks/{NS}/web"]),
        ("fluxtui artifact pu", ["push", "pull"]),
        ("fluxtui open acme/", ["acme/activity"]),
        ("fluxtui --config nowhere.yaml -e ", [""]),
    ],
)
def test_words_and_values_are_completed(home: Path, line: str, answer: list[str]) -> None:
    assert sorted(completed(line)) == sorted(answer)


def test_environments_of_the_file_are_known_before_any_view_has_run(home: Path) -> None:
    Path("team.yaml").write_text("environments: {blue: {}, green: {}}\n")
    assert sorted(completed("fluxtui --config team.yaml versions -e ")) == ["blue", "green"]
    Path("team.yaml").write_text("environments: [\n")
    assert completed("fluxtui --config team.yaml versions -e ") == [""]


def test_what_was_seen_with_one_configuration_is_not_told_with_another(home: Path) -> None:
    remember(snapshot(source("production"), config=CONFIG), "other.yaml", "")
    assert recall("", "")["objects"]["staging"]
    assert not recall("other.yaml", "")["objects"]["staging"]
    assert recall("", "kubeconfig") == {}
    (file,) = [f for f in home.rglob("*.json") if "other.yaml" in f.read_text()]
    assert file.stat().st_mode & 0o077 == 0 and file.parent.stat().st_mode & 0o077 == 0
    file.write_text("{")
    assert recall("other.yaml", "") == {}


def test_a_home_that_cannot_be_written_is_no_trouble(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "file"))
    remember(snapshot(source(), config=CONFIG), "", "")
    assert recall("", "") == {}


def test_an_answer_imports_nothing_heavy_and_comes_soon(home: Path) -> None:
    probe = (
        "import os, sys\nfrom fluxtui.cli import main\n"
        "os._exit = lambda code: print(*sys.modules, file=sys.stderr) or sys.exit(0)\n"
        "main.main([])\n"
    )
    environ = {
        **os.environ, "_ARGCOMPLETE": "1", "_ARGCOMPLETE_STDOUT_FILENAME": "answer",
        "COMP_LINE": "fluxtui chain ks/", "COMP_POINT": "17", "_ARGCOMPLETE_IFS": "\n",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", probe], env=environ, capture_output=True, text=True, check=True
    )
    heavy = {"textual", "kubernetes", "aiohttp", "asyncio", "yaml", "oras", "requests", "networkx"}
    imported = set(done.stderr.split())
    assert "fluxtui.cli.completion" in imported and not imported & heavy
    ours = {m for m in imported if m.startswith("fluxtui.")}
    assert not ours & {"fluxtui.domain.snapshot", "fluxtui.cli.verbs", "fluxtui.cli.configuration"}
    # The time itself is `make bench`'s to judge; here only that nothing waits for anything.
    times = []
    for _ in range(3):
        start = time.perf_counter()
        completed("fluxtui chain ks/")
        times.append(time.perf_counter() - start)
    assert statistics.median(times) < 5


# -- in the shells themselves


def shell(name: str) -> str:
    """Where it is, or no test."""
    return shutil.which(name) or pytest.skip(f"{name} is not installed here")


SOURCED = {
    "bash": "source <(fluxtui completion bash)",
    "zsh": "autoload -U compinit; compinit -u; source <(fluxtui completion zsh)",
}


@pytest.mark.pty
@pytest.mark.parametrize(("name", "words"), [("bash", ["--norc", "-i"]), ("zsh", ["-f", "-i"])])
def test_tab_completes_in(home: Path, name: str, words: list[str]) -> None:
    terminal = Terminal([shell(name), *words], 100, 24)
    try:
        terminal.types(f"PS1='> '; {SOURCED[name]}; echo rea''dy\n")
        terminal.sees("ready", within=60)
        terminal.types("fluxtui versions -e pro\t")
        terminal.sees("-e production", within=60)
        terminal.types("-o js\t")
        terminal.sees("-o json", within=60)
    finally:
        terminal.kill()


def test_fish_completes_too(home: Path) -> None:
    line = "fluxtui versions -e pro"
    done = subprocess.run(
        [shell("fish"), "--no-config", "-c",
         f"fluxtui completion fish | source; complete -C '{line}'; complete -C 'fluxtui sta'"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert [row.split("\t")[0].strip() for row in done.stdout.splitlines()] == [
        "production", "status"
    ]  # fmt: skip


def test_an_unknown_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["completion", "tcsh"])
    assert end.value.code == 2 and "bash" in capsys.readouterr().err
