"""`--group-by` of `versions` and `status`: the screen's groups, worst first, in their tables."""

from __future__ import annotations

import pytest
from cli_delivery import Shell
from cli_objects import failed, ks, oci, put

B = f"v1.0.0@sha256:{'b' * 64}"


@pytest.fixture
def place(shell: Shell) -> Shell:
    """A failing Kustomization of a Git repository, and a bundle that is well."""
    shell.cluster("staging")
    revision = f"main@sha1:{'4' * 40}"
    why = failed("BuildFailed", "no such file")
    put(shell, "staging", [
        oci("app", B, semver=">=1.0.0"), ks("web", B),
        ks("infra", revision, of="platform", kind="GitRepository", condition=why),
    ])  # fmt: skip
    return shell


def heads(text: str) -> list[str]:
    lines = text.splitlines()
    return [line for line in lines if line.rstrip().endswith((" row", " rows", "not well"))]


@pytest.mark.parametrize("verb", ["versions", "status"])
def test_rows_stand_under_the_kind_of_their_source_the_worst_first(place: Shell, verb: str) -> None:
    said = place(verb, "-e", "staging", "--group-by", "source").out
    assert heads(said) == ["GitRepository: 1 row, 1 not well", "OCIRepository: 1 row"]
    lines = said.splitlines()
    assert lines[0].startswith("SERVICE"), "one heading for all groups"
    at = lines.index("OCIRepository: 1 row")
    assert "app" in lines[at + 1] and lines[at - 1] == ""


def test_by_namespace_and_by_stage_too_and_not_at_all_without_the_flag(place: Shell) -> None:
    by_stage = place("versions", "-e", "staging", "--group-by", "stage").out
    assert heads(by_stage) == ["staging: 2 rows, 1 not well"]
    by_namespace = place("versions", "-e", "staging", "--group-by", "namespace").out
    assert heads(by_namespace) == ["apps: 2 rows, 1 not well"]
    assert heads(place("versions", "-e", "staging").out) == []


@pytest.mark.parametrize("more", [("-o", "json"), ("--watch",)])
def test_what_prints_no_table_is_not_grouped(place: Shell, more: tuple[str, ...]) -> None:
    said = place("status", "-e", "staging", "--group-by", "stage", *more)
    assert said.code == 2 and "--group-by is for tables" in said.err + said.out
