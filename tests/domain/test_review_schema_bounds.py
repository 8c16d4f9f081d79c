"""Every word of a schema at its boundary: the last value that it takes and the first that it does
not.
"""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.review.validity import faults

TEXT = {"type": "string"}
OPEN = "x-kubernetes-preserve-unknown-fields"


def of(spec: dict[str, Any], value: Any) -> list[str]:
    """The faults of an object whose spec is `value`."""
    obj = {"apiVersion": "v1", "kind": "Boat", "metadata": {"name": "a"}, "spec": value}
    return list(faults({"type": "object", "properties": {"spec": spec}}, obj))


@pytest.mark.parametrize(
    ("schema", "taken", "refused", "fault"),
    [
        ({"maximum": 9}, 9, 9.5, "more than 9"),
        ({"maximum": 9, "exclusiveMaximum": True}, 8, 9, "more than 9"),
        ({"maximum": 9, "exclusiveMaximum": False}, 9, 10, "more than 9"),
        ({"minimum": 2}, 2, 1.5, "less than 2"),
        ({"minimum": 2, "exclusiveMinimum": True}, 3, 2, "less than 2"),
        ({"minimum": 0}, 0, -1, "less than 0"),
        ({"multipleOf": 4}, 8, 9, "no multiple of 4"),
        ({"maxLength": 2}, "ab", "abc", "more than 2 length"),
        ({"minLength": 2}, "ab", "a", "less than 2 length"),
        ({"maxItems": 2}, [1, 2], [1, 2, 3], "more than 2 items"),
        ({"minItems": 2}, [1, 2], [1], "less than 2 items"),
        ({"maxProperties": 1}, {"a": 1}, {"a": 1, "b": 1}, "more than 1 properties"),
        ({"minProperties": 1}, {"a": 1}, {}, "less than 1 properties"),
        ({"uniqueItems": True}, [1, "1"], [1, 1], "an item twice"),
        ({"x-kubernetes-list-type": "set"}, ["a", "b"], ["a", "b", "a"], "an item twice"),
        ({"pattern": "^a"}, "ab", "ba", "does not match ^a"),
        ({"enum": [1, "a"]}, "a", "b", "none of 1, a"),
        ({"x-kubernetes-int-or-string": True}, 5, 1.5, "neither a number nor a text"),
        ({"x-kubernetes-int-or-string": True}, "5", True, "neither a number nor a text"),
        ({"type": "integer"}, 3.0, 3.5, "is no integer"),
        ({"type": "number"}, 3.5, True, "is no number"),
        ({"type": "number"}, 3, "3", "is no number"),
        ({"type": "boolean"}, False, 0, "is no boolean"),
        ({"type": "string"}, "", [], "is no string"),
        ({"type": "array"}, [], {}, "is no array"),
        ({"type": "object"}, {}, [], "is no object"),
        ({"allOf": [{"minimum": 2}, {"maximum": 4}]}, 3, 5, "not all that it has to be (allOf)"),
        ({"anyOf": [{"minimum": 5}, {"maximum": 2}]}, 2, 3, "none of what it may be (anyOf)"),
        ({"oneOf": [{"minimum": 2}, {"maximum": 4}]}, 5, 3, "not one of what it may be (oneOf)"),
        ({"oneOf": [{"minimum": 5}, {"maximum": 2}]}, 2, 3, "not one of what it may be (oneOf)"),
        ({"not": {"minimum": 5}}, 4, 5, "what it must not be (not)"),
    ],
)
def test_the_last_value_is_taken_and_the_next_one_refused(
    schema: Any, taken: Any, refused: Any, fault: str
) -> None:
    assert of(schema, taken) == []
    assert of(schema, refused) == [f"spec: {fault}"]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"maximum": 0, "minLength": 9, "maxItems": 0}, True),
        ({"maximum": 9, "maxItems": 0}, "long"),
        ({"maxLength": 0}, 5),
        ({"maxLength": 0, "maxProperties": 0}, [1]),
        ({"maxLength": 0, "maxItems": 0}, {"a": 1}),
        ({"uniqueItems": False}, [1, 1]),
        ({"x-kubernetes-list-type": "map"}, [1, 1]),
        ({"maximum": "9", "minimum": "99"}, 50),
        ({"maxLength": "1", "minLength": "9"}, "abc"),
        ({"multipleOf": 0}, 5),
        ({"multipleOf": 0.1}, 5),
        ({"type": "tuple"}, 5),
        ({"enum": "ab"}, "c"),
        ({"not": "anything"}, 5),
        ({"anyOf": []}, 5),
        ({"oneOf": []}, 5),
        ({"anyOf": ["anything"]}, 5),
    ],
)
def test_a_word_says_nothing_of_values_that_it_is_not_for(schema: Any, value: Any) -> None:
    assert of(schema, value) == []


def test_nothing_has_no_size() -> None:
    assert of({"items": {"maximum": 3, "minLength": 3, "minItems": 3}}, [None]) == []


def test_what_is_of_another_type_is_told_of_once() -> None:
    assert of({"type": "integer", "enum": [1, 2], "maximum": 3}, "9") == ["spec: is no integer"]
    either = {"x-kubernetes-int-or-string": True, "type": "string", "maximum": 3}
    assert of(either, 9) == ["spec: more than 3"]


def test_nothing_is_a_value_only_where_it_may_be_null() -> None:
    bare = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
    may = {**bare, "properties": {"a": {"type": "string", "nullable": True}}}
    assert of(bare, {"a": None}) == ["spec.a: is not there, and required"]
    assert of(may, {"a": None}) == []
    assert list(faults({"type": "string", "nullable": True}, None)) == []
    assert list(faults({"type": "string", "nullable": True}, 5)) == ["the object: is no string"]
    assert list(faults({"type": "string"}, None)) == ["the object: is no string"]


def test_what_is_required_may_have_a_default() -> None:
    schema = {"type": "object", "required": ["a", "b"], "properties": {"a": {"default": 1}}}
    assert of(schema, {}) == ["spec.b: is not there, and required"]
    assert of({"type": "object", "required": ["a"], "properties": {"a": {}}}, {"a": 1}) == []
    assert list(faults({"required": ["spec"]}, {})) == ["spec: is not there, and required"]


@pytest.mark.parametrize(
    ("schema", "dropped"),
    [
        ({"type": "object"}, True),
        ({"properties": {"a": {}}}, True),
        ({}, False),
        ({"type": "object", "additionalProperties": True}, False),
        ({"type": "object", "additionalProperties": False}, True),
        ({"type": "object", OPEN: True}, False),
        ({"type": "object", OPEN: False}, True),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, False),
    ],
)
def test_a_field_that_is_not_named_is_dropped_unless_it_may_be_there(
    schema: Any, dropped: bool
) -> None:
    assert of(schema, {"other": 1}) == (["spec.other: is dropped"] if dropped else [])


def test_what_every_object_has_belongs_to_the_whole_one_and_to_embedded_ones() -> None:
    own = {"apiVersion": "v1", "kind": "Pod", "metadata": {"any": 1}}
    closed = {"type": "object", "properties": {"metadata": {"type": "string"}}}
    assert list(faults(closed, own)) == []
    assert of({**closed, "x-kubernetes-embedded-resource": True}, own) == []
    assert of(closed, own) == [
        "spec.apiVersion: is dropped",
        "spec.kind: is dropped",
        "spec.metadata: is no string",
    ]
    assert list(faults(closed, {"status": 1})) == ["status: is dropped"]
    whole = {"type": "object", "properties": {"spec": {"type": "string"}}}
    assert list(faults(whole, {"spec": 1})) == ["spec: is no string"]


def test_a_branch_says_values_and_not_which_fields_there_are() -> None:
    either = {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}
    named = {"type": "object", "properties": {"a": TEXT, "b": TEXT}, **either}
    assert of(named, {"a": "x"}) == []
    assert of(named, {"a": "x", "b": "y"}) == ["spec: not one of what it may be (oneOf)"]
    typed = {"anyOf": [{"type": "object", "required": ["a"]}]}
    assert of({OPEN: True, **typed}, {"a": 1, "c": 2}) == []


@pytest.mark.parametrize(("depth", "seen"), [(22, True), (23, True), (24, False), (60, False)])
def test_objects_are_read_as_deep_as_anybody_nests(depth: int, seen: bool) -> None:
    named: dict[str, Any] = {"type": "string"}
    items: dict[str, Any] = {"type": "string"}
    free: dict[str, Any] = {"type": "string"}
    inside: Any = 5
    listed: Any = 5
    for _ in range(depth):
        named, inside = {"properties": {"a": named}}, {"a": inside}
        free = {"additionalProperties": free}
        items, listed = {"items": items}, [listed]
    assert bool(of(named, inside)) is bool(of(free, inside)) is bool(of(items, listed)) is seen


@pytest.mark.parametrize(("depth", "fits"), [(10, False), (60, True)])
def test_branches_nest_no_deeper_either(depth: int, fits: bool) -> None:
    schema: dict[str, Any] = {"maximum": 1}
    for _ in range(depth):
        schema = {"allOf": [schema]}
    assert (of(schema, 5) == []) is fits
