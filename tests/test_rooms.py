"""The rooms keep their shape: light starts, small files, a wheel with everything inside."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fluxtui import kustomize

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "fluxtui"
HEAVY: tuple[str, ...] = ("kubernetes", "oras", "networkx", "requests", "aiohttp", "pydantic")
HEAVY += ("ruamel", "semver", "re2")
DATA = PACKAGE / "world" / "scenarios" / "files"
MODULES = [p for p in sorted(PACKAGE.rglob("*.py")) if DATA not in p.parents]


def loaded(code: str, names: tuple[str, ...], cwd: Path) -> str:
    """Which of `names` a fresh Python has loaded after `code`."""
    tail = f"import sys; print(*sorted(set({names!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tail}"],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "HOME": str(cwd), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_the_first_paint_needs_no_heavy_library(tmp_path: Path) -> None:
    assert loaded("import fluxtui.ui.app", HEAVY, tmp_path) == ""


@pytest.mark.parametrize("word", ["--help", "--version", "promote --help"])
def test_help_and_version_load_neither_screen_nor_engine(word: str, tmp_path: Path) -> None:
    code = (
        "from fluxtui.cli.main import main\n"
        f"try: main({word.split()!r})\nexcept SystemExit as end: assert end.code == 0"
    )
    names = (*HEAVY, "textual", "yaml", "asyncio", "fluxtui.engine.engine", "fluxtui.ui")
    assert loaded(code, names, tmp_path) == ""


def test_a_headless_verb_loads_no_textual(tmp_path: Path) -> None:
    code = "import fluxtui.cli.verbs, fluxtui.cli.artifact, fluxtui.engine.engine"
    assert loaded(code, ("textual", "rich"), tmp_path) == ""
    journal = "from fluxtui.cli.main import main\nmain(['journal', '--context', 'x'])"
    assert loaded(journal, ("textual", "rich"), tmp_path) == ""


def test_one_answer_loads_nothing_of_what_follows_or_lays_out(tmp_path: Path) -> None:
    """What `versions -o json` stands on: it is paid for at every call of a script."""
    code = (
        "import fluxtui.cli.views, fluxtui.cli.verbs, fluxtui.cli.forms.board\n"
        "import fluxtui.engine.engine, fluxtui.engine.tags.watch\n"
        "import fluxtui.domain.overview, fluxtui.domain.versions\n"
        "import fluxtui.cluster.client, fluxtui.cluster.briefwire\n"
        "import fluxtui.artifacts.client, fluxtui.artifacts.transport"
    )
    cli = ("rows", "prints", "hiding", "watching", "fields", "linedyaml")
    names = (
        "yaml",
        *(f"fluxtui.cli.{name}" for name in cli),
        "fluxtui.cluster.fullwire",
        "fluxtui.cluster.proxies",
        "fluxtui.cluster.streams",
        "fluxtui.commands.context",
        "fluxtui.domain.inventory",
        "fluxtui.domain.versions.simulate",
        "fluxtui.engine.acts.past",
        "fluxtui.engine.tags.indexes",
        "fluxtui.engine.tags.pullsecrets",
        "fluxtui.artifacts.pullsecrets",
    )
    assert loaded(code, names, tmp_path) == ""
    assert loaded("import fluxtui.engine.engine", ("fluxtui.engine.tags.watch",), tmp_path) == ""


def test_a_name_of_the_door_loads_what_lies_behind_it_and_no_more(tmp_path: Path) -> None:
    behind = tuple(f"fluxtui.kustomize.{p.stem}" for p in (PACKAGE / "kustomize").glob("*.py"))
    assert loaded("import fluxtui.kustomize", behind, tmp_path) == ""
    files = "from fluxtui.kustomize import Files, FolderFiles"
    assert loaded(files, behind, tmp_path) == "fluxtui.kustomize.files"


@pytest.mark.parametrize("name", kustomize.__all__)
def test_whatever_the_door_names_is_there(name: str) -> None:
    assert getattr(kustomize, name) is not None


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_is_one_idea(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    limit = 250 if path == PACKAGE / "ui" / "app.py" else 400
    assert len(text.splitlines()) <= limit
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "why does it exist, and what must it not do?"
    assert path.stem not in ("utils", "helpers", "manager", "common", "misc")
    for part in ast.walk(tree):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (part.end_lineno or 0) - part.lineno + 1
            assert length <= 60, f"{part.name} has {length} lines"


def test_a_file_of_tests_is_no_longer_than_another() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "tests").rglob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_a_class_name_means_one_thing() -> None:
    files: dict[str, set[str]] = {}
    for path in MODULES:
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(part, ast.ClassDef) and not part.name.startswith("_"):
                files.setdefault(part.name, set()).add(str(path.relative_to(ROOT)))
    assert {name: places for name, places in files.items() if len(places) > 1} == {}


def test_the_wheel_holds_styles_and_scenarios(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    if "No module named hatchling" in done.stderr:
        pytest.skip("hatchling is not installed here")
    assert done.returncode == 0, done.stderr
    wheel = next(tmp_path.glob("*.whl"))
    names = set(zipfile.ZipFile(wheel).namelist())
    styles = {f"fluxtui/styles/{p.name}" for p in (ROOT / "styles").glob("*.tcss")}
    listed = subprocess.run(
        ["git", "ls-files", str(DATA)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = set(listed.stdout.split())
    assert styles and styles <= names
    assert files and files <= names


def test_requirements_name_no_registry() -> None:
    files = sorted(path for path in (ROOT / "requirements").rglob("*") if path.is_file())
    assert [path.name for path in files] == ["dev.txt", "run.txt"]
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text), path.name
