"""Files that Flux leaves out, and files it takes back."""

from __future__ import annotations

import time

import pytest

from fluxtui import kustomize
from fluxtui.artifacts.ignore import apply_source_ignore, generator_skip, glob, ignored
from fluxtui.domain.errors import BuildError
from fluxtui.kustomize import MemoryFiles


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


def a_map(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"


def built(path: str, extra: str, **texts: str) -> list[str]:
    files = MemoryFiles(tree(**texts))
    skip = generator_skip(files, path, extra)
    done = kustomize.flux_build(files, path, {"spec": {}}, skip=skip)
    return [o["metadata"]["name"] for o in done.objects]


def test_a_generated_kustomization_reads_each_sourceignore_from_its_folder() -> None:
    texts = {
        ".sourceignore": "*\n",
        "env/.sourceignore": "/draft.yaml\n",
        "env/draft.yaml": a_map("draft"),
        "env/sub/draft.yaml": a_map("sub-draft"),
        "env/sub/.sourceignore": "old.*\n!old.yml\n",
        "env/sub/old.yaml": "this is: [no YAML",
        "env/sub/old.yml": a_map("old"),
    }
    assert built("./env", "", **texts) == ["sub-draft", "old"]


def test_extra_rules_of_the_generator_come_last_and_count_from_the_folder_built() -> None:
    texts = {
        "env/.sourceignore": "two.yaml\n",
        "env/one.yaml": a_map("one"),
        "env/two.yaml": a_map("two"),
        "env/appveyor.yml": a_map("ci"),
    }
    assert built("env", "/env/one.yaml\n!two.yaml\n", **texts) == ["one", "two"]
    assert built("/env", "/one.yaml\n!two.yaml\n!appveyor.yml\n", **texts) == ["ci", "two"]


def test_what_a_kustomization_lists_is_filtered_too() -> None:
    listing = "resources: [a.yaml, part, ../near.yaml]\ncomponents: [extra]\n"
    texts = {
        "env/kustomization.yaml": listing,
        "env/a.yaml": a_map("a"),
        "env/part/kustomization.yaml": "resources: [b.yaml]",
        "env/part/b.yaml": a_map("b"),
        "env/extra/kustomization.yaml": "kind: Component\nnamePrefix: x-\n",
        "near.yaml": a_map("near"),
    }
    assert built("env", "", **texts) == ["x-a", "x-b", "x-near"]
    assert built("env", "part/\n", **texts) == ["x-a", "x-near"]
    assert built("env", "part/*\n", **texts) == ["x-a", "x-b", "x-near"]
    assert built("env", "extra\n*.yaml\n", **texts) == ["b", "near"]


@pytest.mark.parametrize(
    ("listing", "extra"),
    [("resources: [a.yaml]", "a.*"), ("resources: [a.yaml]\ncrds: [gone.yaml]", "gone.yaml")],
)
def test_a_list_that_is_filtered_empty_or_names_nothing_fails(listing: str, extra: str) -> None:
    with pytest.raises(BuildError):
        built(".", extra, **{"kustomization.yaml": listing, "a.yaml": a_map("a")})
