"""A `targetPath` is read as Helm's --set reads it: commas, lists, types and all."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.errors import UsageError
from fluxtui.domain.setpaths import set_at


def _set(path: str, text: str, tree: dict[str, Any] | None = None, *, literal: bool = False) -> Any:
    tree = {} if tree is None else tree
    set_at(tree, path, text, lambda value, _stray: value, literal=literal)
    return tree


@pytest.mark.parametrize(
    ("path", "text", "tree"),
    [
        ("a.b", "text", {"a": {"b": "text"}}),
        ("a", "", {"a": ""}),
        ("a", "3", {"a": 3}),
        ("a", "-3", {"a": -3}),
        ("a", "0", {"a": 0}),
        ("a", "007", {"a": "007"}),
        ("a", "1.5", {"a": "1.5"}),
        ("a", "9223372036854775807", {"a": 9223372036854775807}),
        ("a", "9223372036854775808", {"a": "9223372036854775808"}),
        ("a", "True", {"a": True}),
        ("a", "NULL", {"a": None}),
        ("a", '"3"', {"a": "3"}),
        ("a", "'true'", {"a": "true"}),
        ("a", "{1,b}", {"a": [1, "b"]}),
        ("a", "1,b=2", {"a": 1, "b": 2}),
        ("a", "1\\,b=2", {"a": "1,b=2"}),
        ("a[0].b", "x", {"a": [{"b": "x"}]}),
        ("a[1]", "x", {"a": [None, "x"]}),
        ("a[0][1]", "x", {"a": [[None, "x"]]}),
        ("a\\.b", "x", {"a.b": "x"}),
        ("a", "x\ny", {"a": "x\ny"}),
        # What is quoted on one side alone is not quoted.
        ("a", "'3", {"a": "'3"}),
        ("a", "3'", {"a": "3'"}),
        ("a", '"3', {"a": '"3'}),
        ("a", "+3", {"a": 3}),
        ("a", "-9223372036854775808", {"a": -9223372036854775808}),
        ("a", "-9223372036854775809", {"a": "-9223372036854775809"}),
        ("a", "1" * 30, {"a": "1" * 30}),
        ("a", "{}", {"a": [""]}),
        ("a", "{1},b=2", {"a": [1], "b": 2}),
        ("a[0].b.c", "x", {"a": [{"b": {"c": "x"}}]}),
        ("a", "b\\", {"a": "b"}),
    ],
)
def test_a_text_lands_where_and_as_what_helm_would_put_it(path: str, text: str, tree: Any) -> None:
    assert _set(path, text) == tree
    assert repr(_set(path, text)) == repr(tree)  # True is no 1


def test_what_is_there_stays_beside_it() -> None:
    tree = {"a": {"b": 1}, "list": [1, 2]}
    assert _set("a.c", "2", tree) == {"a": {"b": 1, "c": 2}, "list": [1, 2]}
    assert _set("list[1]", "3", tree)["list"] == [1, 3]
    assert _set("list[0].b", "3", {"list": [{"a": 1}]}) == {"list": [{"a": 1, "b": 3}]}
    assert _set("list[0].b", "3", {"list": ["x"]}) == {"list": [{"b": 3}]}, "it takes its place"
    assert _set("list[0][1]", "3", {"list": [[1]]}) == {"list": [[1, 3]]}
    assert _set("list[0][0]", "3", {"list": []}) == {"list": [[3]]}


def test_what_comes_out_of_the_text_itself_is_told_apart() -> None:
    tree: dict[str, Any] = {}
    set_at(tree, "a", "1,b=2", lambda value, stray: (value, stray), literal=False)
    assert tree == {"a": (1, False), "b": (2, True)}


def test_a_literal_is_a_text_whatever_stands_in_it() -> None:
    text = '{"a": [1, 2], "b=c": "\\"}'
    assert _set("config\\.json", text, literal=True) == {"config.json": text}


@pytest.mark.parametrize(
    ("path", "text", "tree"),
    [
        ("a", "hush,hush", {}),
        ("a", "{hush", {}),
        ("a.b", "hush", {"a": "scalar"}),
        ("a[0]", "hush", {"a": {}}),
        ("a[x]", "hush", {}),
        ("a[70000]", "hush", {}),
        ("a[-1]", "hush", {}),
        ("a[1", "hush", {}),
        ("a[0]b", "hush", {}),
        ("a[0][1]", "hush", {"a": ["scalar"]}),
        ("a", "x,hush.more", {}),
        (".".join("a" * 32), "hush", {}),
    ],
)
def test_what_helm_refuses_is_refused_without_a_word_of_the_text(
    path: str, text: str, tree: dict[str, Any]
) -> None:
    with pytest.raises(UsageError) as refusal:
        _set(path, text, tree)
    assert "hush" not in str(refusal.value)
