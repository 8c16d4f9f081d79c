"""How the program ends when its reader has gone, and when it has a fault of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fluxtui.cli import verbs
from fluxtui.cli.main import HUNG_UP, NOT, main

PROGRAM = [sys.executable, "-m", "fluxtui"]


def home(folder: Path) -> dict[str, str]:
    names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    return {**os.environ, "HOME": str(folder), **{name: str(folder) for name in names}}


@pytest.mark.parametrize(
    "words",
    ["--help", "--version", "promote --help", "version --client -o json",
     "config schema", "completion bash"],
)  # fmt: skip
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_gone_ends_it_quietly(
    words: str, unbuffered: str, tmp_path: Path
) -> None:
    """`fluxtui ... | head -1`: as other programs, with the status of SIGPIPE and not a word."""
    far, near = os.pipe()
    os.close(far)
    try:
        done = subprocess.run(
            [*PROGRAM, *words.split()], stdout=near, stderr=subprocess.PIPE,
            env={**home(tmp_path), "PYTHONUNBUFFERED": unbuffered}, cwd=tmp_path,
        )  # fmt: skip
    finally:
        os.close(near)
    assert (done.returncode, done.stderr) == (HUNG_UP, b"")


def test_an_error_that_nobody_reads_ends_it_quietly(tmp_path: Path) -> None:
    far, near = os.pipe()
    os.close(far)
    try:
        done = subprocess.run([*PROGRAM, "nonsense", "-o", "json"], stdout=near, stderr=near)
    finally:
        os.close(near)
    assert done.returncode == HUNG_UP


@pytest.mark.parametrize(("words", "code"), [("--version", 0), ("nonsense", 2), ("promote", 2)])
def test_the_program_ends_with_its_exit_code_and_all_that_was_printed(
    words: str, code: int, tmp_path: Path
) -> None:
    done = subprocess.run(
        [*PROGRAM, *words.split()], capture_output=True, text=True, env=home(tmp_path), cwd=tmp_path
    )
    assert done.returncode == code
    assert done.stdout or done.stderr.startswith("fluxtui: ")


@pytest.mark.parametrize("form", ["table", "json", "yaml"])
def test_a_fault_of_our_own_is_an_error_like_any_other(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> int:
        raise KeyError("no such thing")

    monkeypatch.setattr(verbs, "verb", broken)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert main(["versions", "-o", form]) == NOT
    printed = capsys.readouterr()
    assert "unexpected KeyError: 'no such thing'" in printed.err
    assert "Traceback" not in printed.out + printed.err
    file = tmp_path / "fluxtui" / "fault.txt"
    assert str(file) in printed.err
    assert 'raise KeyError("no such thing")' in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    if form == "json":
        document = json.loads(printed.out)
        assert document["kind"] == "Error" and document["exitCode"] == NOT
        assert str(file) in document["next"]
    assert bool(printed.out) is (form != "table")


def test_a_fault_without_a_place_for_its_traceback_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> int:
        raise ZeroDivisionError

    (tmp_path / "fluxtui").write_text("in the way")
    monkeypatch.setattr(verbs, "verb", broken)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert main(["versions", "-o", "json"]) == NOT
    printed = capsys.readouterr()
    assert "Traceback" in printed.err and "unexpected ZeroDivisionError" in printed.err
    assert json.loads(printed.out)["kind"] == "Error"
