"""What a stranger installs: one version, its licence, and the dependencies that are really used."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import fluxtui

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "fluxtui"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def normal(name: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    """Distributions named by requirement lines."""
    return {normal(re.split(r"[\s<>=!~;\[]", line, maxsplit=1)[0]) for line in requirements}


def imported() -> dict[str, set[str]]:
    """Third-party modules of the package, top level -> the files that import them."""
    modules: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(part, ast.Import):
                names = [alias.name for alias in part.names]
            elif isinstance(part, ast.ImportFrom) and not part.level:
                names = [part.module or ""]
            for name in names:
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top != "fluxtui":
                    modules.setdefault(top, set()).add(str(path.relative_to(ROOT)))
    return modules


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    distributions = packages_distributions()
    used = {normal(distributions[module][0]): files for module, files in imported().items()}
    always = declared(PROJECT["project"]["dependencies"])
    demo = declared(PROJECT["project"]["optional-dependencies"]["demo"])
    assert {name: files for name, files in used.items() if name not in always | demo} == {}
    assert (always | demo) - used.keys() == set(), "declared, and imported nowhere"
    beside = {file for name in demo for file in used[name] if not file.startswith("fluxtui/world/")}
    assert beside == set(), "only the World may need what comes with the demo"


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_dependency_is_pinned(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pinned = {normal(line.partition("==")[0]) for line in text.splitlines() if "==" in line}
    assert declared(PROJECT["project"]["dependencies"]) <= pinned


def test_the_version_stands_in_one_place() -> None:
    assert "version" not in PROJECT["project"] and "version" in PROJECT["project"]["dynamic"]
    assert (ROOT / PROJECT["tool"]["hatch"]["version"]["path"]).samefile(fluxtui.__file__)
    top = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"[{fluxtui.__version__}]" in top or f"becomes {fluxtui.__version__}" in top


def test_the_oldest_and_the_newest_python_are_the_same_everywhere() -> None:
    start = "Programming Language :: Python :: 3."
    classifiers = PROJECT["project"]["classifiers"]
    minors = sorted(int(c.removeprefix(start)) for c in classifiers if c.startswith(start))
    oldest, newest = f"3.{minors[0]}", f"3.{minors[-1]}"
    assert minors == list(range(minors[0], minors[-1] + 1)), "none between is left out"
    assert PROJECT["project"]["requires-python"] == f">={oldest}"
    assert PROJECT["tool"]["mypy"]["python_version"] == oldest
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    assert f"Python {oldest} to {newest}" in (ROOT / "docs" / "limits.md").read_text("utf-8")
    assert "make test-newest" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_licence_goes_along() -> None:
    assert PROJECT["project"]["license"] == "Apache-2.0"
    for name in PROJECT["project"]["license-files"]:
        assert (ROOT / name).is_file()
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_hooks_run_what_is_here() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"repo: (\S+)", text) == ["local"], "nothing is fetched"
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nlint:")[2]
    lint = re.findall(r"\$\(BIN\)/([\w-]+)", recipe.partition("\n\n")[0])
    assert re.findall(r"entry: \.venv/bin/([\w-]+)", text) == lint, "as `make lint` does"
