"""Typed words: what is suspended, pinned, empty or refused, for people and for programs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from cli_delivery import Shell
from cli_objects import blocked_delivery


@pytest.fixture
def blocked(shell: Shell) -> Shell:
    """Staging runs a build and waits for a dependency; production is pinned to a bare digest."""
    blocked_delivery(shell)
    return shell


def keys(value: Any) -> set[str]:
    """The names of all fields, at any depth."""
    if isinstance(value, dict):
        return {k for k in value} | {k for inner in value.values() for k in keys(inner)}
    return {k for inner in value for k in keys(inner)} if isinstance(value, list) else set()


def test_what_is_suspended_under_a_ready_source_is_told_to_people_and_programs(
    blocked: Shell,
) -> None:
    """The row was of the source alone, and JSON said `suspended: null`."""
    said = blocked("versions", "-e", "staging")
    assert "idle" in said.out + said.err
    text = blocked("versions", "-e", "staging", "-o", "json").out
    assert '"suspended": true' in text and "idle" in text.partition('"suspended": true')[2]


def test_under_a_pin_each_tag_has_what_the_policy_says_of_it(blocked: Shell) -> None:
    """All rows read the same: pinned, tags play no part."""
    said = blocked("tags", "app", "-e", "production").out
    assert "the policy names the tag" in said and "unpin would pick" in said
    rows = [line.rpartition("  ")[2] for line in said.splitlines() if line.startswith("v")]
    assert len(rows) == 2 and len(set(rows)) == 2, rows


def test_an_empty_version_is_told_from_none(blocked: Shell) -> None:
    """`--version ''`, as of an unset variable, was no value, and a default could stand in."""
    words = ("app", "-e", "staging", "--version", "", "--reason", "x", "--dry-run")
    for verb in ("pin", "rollback", "promote"):
        said = blocked(verb, *words)
        assert said.code == 2 and "--version: it is empty" in said.err, (verb, said)


def test_json_has_one_shape_for_all_verbs_and_for_refusals(blocked: Shell) -> None:
    """camelCase here and snake_case there, lists or mappings, and nothing when refused."""
    for words in ("versions", "status", "chain", "events", "tags app", "journal", "versions nope"):
        text = blocked(*words.split(), "-o", "json").out
        assert text, f"{words}: nothing was printed"
        document = json.loads(text)
        assert isinstance(document, dict) and "schemaVersion" in document, words
        odd = {k for k in keys(document) if not re.fullmatch(r"[a-z][a-zA-Z0-9]*", k)}
        assert not odd, (words, odd)
