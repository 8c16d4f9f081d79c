"""A merge patch read as a statement about an object: whether it holds, what it touches."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.patchfields import difference, holds, touched
from fluxtui.kit.mergepatch import merged

OBJECT: dict[str, Any] = {
    "metadata": {"labels": {"a": "x"}},
    "spec": {"ref": {"tag": "1"}, "suspend": False, "none": None},
}


@pytest.mark.parametrize(
    ("patch", "so"),
    [
        ({}, True),
        ({"spec": {"ref": {"tag": "1"}}}, True),
        ({"spec": {"ref": {"tag": "2"}}}, False),
        ({"spec": {"ref": {"digest": None}}}, True),
        ({"spec": {"ref": {"tag": None}}}, False),
        ({"spec": {"none": None}}, True),  # a null is as good as nothing
        ({"spec": {"new": {}}}, True),
        ({"spec": {"new": {"x": None}}}, True),
        ({"spec": {"new": {"x": 1}}}, False),
        ({"spec": {"suspend": {"x": 1}}}, False),
        ({"spec": {"suspend": False, "ref": {"tag": "2"}}}, False),
        ({"spec": {"ref": "x"}}, False),
    ],
)
def test_a_patch_holds_when_it_would_change_nothing(patch: dict[str, Any], so: bool) -> None:
    assert holds(OBJECT, patch) is so


def test_what_a_patch_touches_is_told_by_path_with_what_is_there() -> None:
    patch = {"spec": {"ref": {"tag": "2", "digest": None}, "new": {"x": 1}, "empty": {}}}
    assert touched(OBJECT, patch) == {
        "spec.ref.tag": "1", "spec.ref.digest": None, "spec.new.x": None, "spec.empty": None,
    }  # fmt: skip


def test_two_states_are_told_apart_by_what_differs() -> None:
    before = {"b": "x", "a": 1, "same": 0}
    after = {"b": None, "a": 2, "same": 0, "c": "y"}
    assert difference(before, after) == "a 1 -> 2, b 'x' -> (none), c (none) -> 'y'"
    assert difference(before, before) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from("ab"),
    lambda inner: st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.sampled_from("xyz"), JSON, max_size=3)


@given(OBJECTS, OBJECTS)
def test_a_patch_holds_of_what_it_has_been_merged_into(obj: Any, patch: Any) -> None:
    assert holds(merged(obj, patch), patch)
