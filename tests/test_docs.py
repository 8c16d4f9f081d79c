"""What is written about the house is true: citations lead somewhere, the map is the territory."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import tokenize
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
FILES = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.split()
PAGES = [name for name in FILES if name.endswith(".md") and "scenarios/files" not in name]
SOURCES = [
    name
    for name in FILES
    if name.startswith(("fluxtui/", "tests/", "styles/", ".ci/", "Makefile", "pyproject.toml"))
    and not name.startswith("fluxtui/world/scenarios/files/")
    and name.endswith((".py", ".tcss", ".toml", "Makefile", "run"))
]
# A page with or without a place on it; an outline number that only makes sense beside its outline.
CITED = re.compile(r"(?<![\w/.*-])([\w./-]*\w\.md)(?:#([\w-]+))?")
NUMBERED = re.compile(r"\((?:[A-Z]\d{1,2}[a-z]?(?:\.\d+)?(?:, |-|\)))+|\b[a-z]+-semantics\b")

NAMED = re.compile(r"`([\w./-]+/[\w.-]+\.(?:py|tcss|toml)|(?:fluxtui|tests|domain|cli|ui)/[\w/]*)`")


@cache
def anchors(page: str) -> frozenset[str]:
    """The places of a page, as GitHub names its headings."""
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return frozenset(
        re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles
    )


def prose(name: str, text: str) -> str:
    """What a file says to its readers: of Python the comments and docstrings, else all."""
    if not name.endswith(".py"):
        return text
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    parts = [token.string for token in tokens if token.type == tokenize.COMMENT]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts.append(str(node.value.value))
    return "\n".join(parts)


def leads_nowhere(page: str, anchor: str, beside: str) -> bool:
    """Whether a citation from the folder `beside` misses its page or its place on it."""
    for place in (page, str(Path(beside) / page)):
        target = os.path.normpath(place)
        if target in PAGES:
            return bool(anchor) and anchor not in anchors(target)
    return True


def test_no_file_cites_what_is_not_in_the_repository() -> None:
    wrong = []
    for name in SOURCES:
        text = (ROOT / name).read_text(encoding="utf-8")
        if not (CITED.search(text) or NUMBERED.search(text)):
            continue
        comments = prose(name, text)
        folder = str(Path(name).parent)
        for page, anchor in CITED.findall(comments):
            if leads_nowhere(page, anchor, folder):
                wrong.append(f"{name}: {page}#{anchor}")
        wrong += [f"{name}: {number}" for number in NUMBERED.findall(comments)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    wrong = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _hash, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (ROOT / page).parent / path if path else ROOT / page
        there = target.exists()
        if there and anchor:
            there = anchor in anchors(str(target.resolve().relative_to(ROOT)))
        if not there:
            wrong.append(link)
    assert wrong == []


def test_the_tests_that_pages_name_are_there() -> None:
    sources = [name for name in FILES if re.search(r"(^|/)test_\w+\.py$", name)]
    files = {Path(name).name for name in sources}
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in sources)
    tests = set(re.findall(r"^(?:async )?def (test_\w+)", text, re.MULTILINE))
    wrong = []
    for page in PAGES:
        for code in re.findall(r"`([^`\n]+)`", (ROOT / page).read_text(encoding="utf-8")):
            for word, end in re.findall(r"\b(test_\w+)(\.py|\.\.\.)?", code):
                there = {".py": f"{word}.py" in files, "": word in tests}
                if not there.get(end, any(test.startswith(word) for test in tests)):
                    wrong.append(f"{page}: {word}{end}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", [name for name in PAGES if name.startswith("docs/")])
def test_the_files_that_a_page_names_are_there(page: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    named = NAMED.findall(text)
    places = (ROOT, ROOT / "fluxtui", ROOT / "fluxtui" / "ui", ROOT / "fluxtui" / "domain")
    assert [n for n in named if not any((place / n).exists() for place in places)] == []


def test_the_map_of_the_rooms_is_that_of_the_imports() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", text, re.MULTILINE)
    drawn = {room: set(re.findall(r"`(\w+)`", imports)) for room, imports in rows}
    graph = grimp.build_graph("fluxtui", cache_dir=None)
    rooms = {module.split(".")[1] for module in graph.modules if module.count(".") == 1}
    real: dict[str, set[str]] = {room: set() for room in rooms - {"__main__"}}
    for module in graph.modules:
        room = module.split(".")[1] if "." in module else ""
        for other in graph.find_modules_directly_imported_by(module):
            target = other.split(".")[1] if "." in other else ""
            if room in real and target in real and target != room:
                real[room].add(target)
    assert drawn == real, "the rooms' table of docs/architecture.md is not what is imported"
    order = [room for room, _imports in rows]
    assert all(order.index(room) < order.index(low) for room in drawn for low in drawn[room])
