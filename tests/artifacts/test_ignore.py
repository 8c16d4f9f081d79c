"""Files that Flux leaves out, and files it takes back."""

from __future__ import annotations

import time

import pytest

from fluxtui.artifacts.ignore import apply_source_ignore, glob, ignored


def names(files: dict[str, bytes]) -> list[str]:
    return sorted(files)


def tree(*paths: str, **texts: str) -> dict[str, bytes]:
    return {**dict.fromkeys(paths, b"x"), **{k: v.encode() for k, v in texts.items()}}


def test_without_a_pattern_the_default_sets_hold() -> None:
    files = tree("a.yaml", ".git/config", "logo.png", ".github/x.yml", "b/.sops.yaml", "c.tgz")
    assert names(apply_source_ignore(files)) == ["a.yaml", "c.tgz"]
    assert names(apply_source_ignore(files, "")) == ["a.yaml", "c.tgz"]


def test_one_user_pattern_switches_the_defaults_off_but_for_version_control() -> None:
    files = tree("a.yaml", ".git/config", "logo.png", ".github/x.yml", "b.md")
    kept = apply_source_ignore(files, "*.md\n")
    assert names(kept) == [".github/x.yml", "a.yaml", "logo.png"]


def test_a_sourceignore_counts_in_its_own_folder_only() -> None:
    files = tree("a/x.txt", "b/x.txt", **{"a/.sourceignore": "x.txt\n"})
    assert names(apply_source_ignore(files)) == ["a/.sourceignore", "b/x.txt"]


def test_the_objects_own_ignore_comes_last_and_wins() -> None:
    files = tree("keep.md", "drop.md", **{".sourceignore": "*.md\n"})
    assert "keep.md" in apply_source_ignore(files, "!keep.md\n")


def test_a_file_below_an_ignored_folder_can_be_taken_back_unlike_in_git() -> None:
    files = tree("deploy/a.yaml", "docs/b.yaml", "c.yaml")
    assert names(apply_source_ignore(files, "/*\n!/deploy\n")) == ["deploy/a.yaml"]


def test_a_sourceignore_inside_dot_git_says_nothing() -> None:
    files = tree("a.png", **{".git/.sourceignore": "*.yaml\n"})
    assert names(apply_source_ignore(files)) == []


@pytest.mark.parametrize(
    ("pattern", "path", "is_dir", "gone"),
    [
        ("logs/", "logs", True, True),
        ("logs/", "logs", False, False),
        ("logs/", "x/logs/today", False, True),
        ("/logs", "x/logs", False, False),
        ("a/b", "a/b/c", False, True),
        ("a/*/c", "a/b/c", False, True),
        ("a/*/c", "a/b/b/c", False, False),
        ("**/c", "a/b/c", False, True),
        ("a/**/c", "a/c", False, True),
        ("a**b/c", "ab/c", False, False),
        ("[!c].md", "c.md", False, True),
        ("[^c].md", "c.md", False, False),
        ("[a-c]x", "bx", False, True),
        ("[a-", "a", False, False),
        ("a\\", "a", False, False),
        ("\\*", "*", False, True),
        ("\\*", "x", False, False),
        ("#x", "#x", False, False),
        ("a ", "a", False, True),
        ("*.txt\r", "a.txt", False, True),
    ],
)
def test_one_pattern_against_one_path(pattern: str, path: str, is_dir: bool, gone: bool) -> None:
    assert ignored(pattern + "\n", [], [(path, is_dir)], vcs=False) == [gone]


def test_a_pattern_speaks_only_below_its_domain() -> None:
    paths = [("team/a.txt", False), ("a.txt", False), ("team", True)]
    assert ignored("a.txt", ["team"], paths, vcs=False) == [True, False, False]


def test_a_malicious_glob_costs_no_time() -> None:
    began = time.process_time()
    assert not glob("*a" * 40 + "b", "a" * 5000)
    assert time.process_time() - began < 10
