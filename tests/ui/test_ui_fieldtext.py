"""Diff lines as people say them."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.ui.fieldtext import path_text, side_texts, value_text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("spec.replicas", "spec.replicas"),
        ("spec.template.spec.containers[name=app].image", "container app · image"),
        (
            "spec.template.spec.containers[name=app].env[name=LEVEL].value",
            "container app · env LEVEL",
        ),
        ("spec.template.spec.containers[name=app]", "container app"),
        ("spec.template.spec.initContainers[name=db].args[0]", "init container db · args[0]"),
        (
            "spec.jobTemplate.spec.template.spec.containers[name=x].resources.limits.cpu",
            "container x · resources.limits.cpu",
        ),
        ("spec.template.spec.priorityClassName", "pod · priorityClassName"),
        ('data["server.xml"]', 'data["server.xml"]'),
    ],
)
def test_paths(path: str, text: str) -> None:
    assert path_text(path) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("30d", "30d"),
        (3, "3"),
        (True, "true"),
        ({"name": "LEVEL", "value": "debug"}, "debug"),
        ([{"a": 1}], '[{"a": 1}]'),
    ],
)
def test_values(value: Any, text: str) -> None:
    assert value_text(value) == text


def test_of_texts_with_many_lines_the_differing_ones_are_shown() -> None:
    assert side_texts("a\nb\nc\n", "a\nx\ny\nc\n") == ("b", "x  +1 lines")
    assert side_texts("a\nb\n", "a\n") == ("b", "–")
    assert side_texts("one", "two") == ("one", "two")
    assert side_texts(None, {"name": "A", "value": "x"}) == ("–", "x")
