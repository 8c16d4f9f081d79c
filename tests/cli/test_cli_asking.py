"""What a view asks of clusters and registries: each question costs both sides, and is counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cli_delivery import Shell

from fluxtui.artifacts.packing import pack
from fluxtui.artifacts.reference import Reference
from fluxtui.kit.answers import Reply
from fluxtui.kit.lines import HttpLine

BUILDS = ("0.0.0-build-8", "0.0.0-build-9", "0.0.0-build-10")


@pytest.fixture
def asked(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The targets of all questions; the staging cluster follows builds that sort as text."""
    shell.cluster("staging", semver=">=0.0.0-0")
    packed = pack(Path(shell.bundle(kustomization_yaml=b"resources: []\n")))
    client = shell.client()
    for number, tag in enumerate(BUILDS):
        reference = Reference.parse(f"oci://registry.example.com/acme/app:{tag}")
        created = f"2026-11-2{number}T10:00:00Z"
        client.push(reference, packed, source="", revision=tag, created=created)
    client.close()
    targets: list[str] = []
    real = HttpLine.ask

    def ask(line: HttpLine, method: str, target: str, *rest: Any, **more: Any) -> Reply:
        targets.append(target)
        return real(line, method, target, *rest, **more)

    monkeypatch.setattr(HttpLine, "ask", ask)
    return targets


def manifests(targets: list[str]) -> list[str]:
    return sorted(target.rpartition("/")[2] for target in targets if "/manifests/" in target)


def test_a_person_is_told_that_the_tag_published_last_is_not_the_highest(
    shell: Shell, asked: list[str]
) -> None:
    said = shell("versions")
    assert "0.0.0-build-10 was published last, but" in said.err
    assert manifests(asked) == sorted(BUILDS)


@pytest.mark.parametrize("form", ["json", "yaml", "name", "jsonpath={.items[*].version}"])
def test_a_program_has_no_manifest_read_for_its_publish_time(
    shell: Shell, asked: list[str], form: str
) -> None:
    """Of each repository up to sixty, for a warning that is in none of these documents."""
    said = shell("versions", "-o", form)
    assert manifests(asked) == ["0.0.0-build-9"], "what would be picked"
    assert said.code == 0 and "published last" not in said.err


def test_the_document_is_the_same_whoever_reads_publish_times(
    shell: Shell, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    short = shell("versions", "-o", "json").out
    monkeypatch.setattr("fluxtui.cli.verbs._needs_times", lambda _args: True)
    asked.clear()
    assert shell("versions", "-o", "json").out == short
    assert manifests(asked) == sorted(BUILDS)


def test_status_and_tags_read_publish_times_for_programs_too(
    shell: Shell, asked: list[str]
) -> None:
    assert "was published last, but" in shell("status", "-o", "json").out
    assert "was published last, but" in shell("tags", "app", "-o", "json").out


def test_no_list_and_no_manifest_is_asked_for_twice(shell: Shell, asked: list[str]) -> None:
    shell("versions", "-o", "json")
    answers = [target for target in asked if "limit=" in target or target.startswith("/v2/")]
    assert [target for target, times in Counter(answers).items() if times > 1] == []
    assert 5 <= len(answers) <= 11, answers


def test_what_an_api_serves_is_asked_once_for_all_kinds_that_it_may_not_have(
    shell: Shell, asked: list[str]
) -> None:
    shell("versions", "-o", "json")
    assert not [t for t in asked if "/buckets" in t or "/helmreleases" in t]
    lists = [t for t in asked if "/kustomizations" in t]
    assert lists and asked.count("/apis") == asked.count("/api") == len(lists)


def test_the_chain_asks_no_registry(shell: Shell, asked: list[str]) -> None:
    shell("chain", "-o", "json")
    assert asked and not [target for target in asked if target.startswith("/v2/")]
