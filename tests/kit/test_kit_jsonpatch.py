"""JSON patches: the RFC's operations, and what Go's library makes of the odd ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.kit.jsonpatch import PatchError, operation, patched

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab/~", max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab/~", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


def patch(document: Any, *operations: Any) -> Any:
    return patched(json.loads(json.dumps(document)), map(operation, operations))


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"op": "add", "path": "/l/-", "value": 3}, {"l": [1, 2, 3]}),
        ({"op": "add", "path": "/l/0", "value": 0}, {"l": [0, 1, 2]}),
        ({"op": "add", "path": "/l/-1", "value": 3}, {"l": [1, 2, 3]}),
        ({"op": "remove", "path": "/l/-1"}, {"l": [1]}),
        ({"op": "replace", "path": "/l/0", "value": None}, {"l": [None, 2]}),
        ({"op": "replace", "path": "/new"}, {"l": [1, 2], "new": None}),
        ({"op": "replace", "path": "", "value": []}, []),
        ({"op": "copy", "from": "/l/1", "path": "/m"}, {"l": [1, 2], "m": 2}),
        ({"op": "move", "from": "/l", "path": "/a~1b~0"}, {"a/b~": [1, 2]}),
        ({"op": "test", "path": "/none", "value": None}, {"l": [1, 2]}),
        ({"op": "test", "path": "/l", "value": [1, 2]}, {"l": [1, 2]}),
    ],
)
def test_each_operation_does_what_it_says(step: Any, expected: Any) -> None:
    assert patch({"l": [1, 2]}, step) == expected


@pytest.mark.parametrize(
    "step",
    [
        {"op": "add", "path": "/l/9", "value": 1},
        {"op": "add", "path": "/none/x", "value": 1},
        {"op": "remove", "path": "/none"},
        {"op": "remove", "path": "/l/x"},
        {"op": "remove", "path": "/l/-3"},
        {"op": "test", "path": "/l/0", "value": True},
        {"op": "test", "path": "/l/0", "value": 1.0},
        {"op": "copy", "path": "/x"},
        {"op": "add", "value": 1},
        {"op": "add", "path": "", "value": 1},
        {"op": "grow", "path": "/l"},
        {},
    ],
)
def test_what_finds_no_place_or_makes_no_sense_is_an_error(step: Any) -> None:
    with pytest.raises(PatchError) as error:
        patch({"l": [1, 2]}, {"op": "test", "path": "/l/1", "value": 2}, step)
    assert error.value.pointer == step.get("path", "")


def test_a_copy_is_another_value_than_what_it_was_made_of() -> None:
    steps = [
        {"op": "copy", "from": "/a", "path": "/b"},
        {"op": "add", "path": "/b/x", "value": 1},
    ]
    assert patch({"a": {}}, *steps) == {"a": {}, "b": {"x": 1}}


@given(VALUES, VALUES, st.text("ab/~", max_size=3))
def test_what_was_added_is_found_and_removing_it_undoes_it(old: Any, new: Any, name: str) -> None:
    path = "/" + name.replace("~", "~0").replace("/", "~1")
    document = {"rest": old}
    added = patch(document, {"op": "add", "path": path, "value": new})
    assert added == {"rest": old, name: new}
    test = {"op": "test", "path": path, "value": new}
    assert patch(added, test, {"op": "remove", "path": path}) == document
