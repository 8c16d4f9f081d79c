"""Objects as the schema of a definition takes or refuses them, and no value in what is said."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.review.validity import faults

TEXT = {"type": "string"}


def of(spec: dict[str, Any], value: Any) -> list[str]:
    """The faults of an object whose spec is `value`."""
    schema = {"type": "object", "properties": {"spec": spec}}
    obj = {"apiVersion": "v1", "kind": "Boat", "metadata": {"name": "a"}, "spec": value}
    return list(faults(schema, obj))


@pytest.mark.parametrize(
    ("schema", "value", "fault"),
    [
        ({"type": "integer"}, "canary", "spec: is no integer"),
        ({"type": "integer"}, True, "spec: is no integer"),
        ({"type": "integer"}, 3.5, "spec: is no integer"),
        ({"type": "number"}, "3", "spec: is no number"),
        ({"type": "number"}, True, "spec: is no number"),
        ({"type": "array", "items": TEXT}, ["a", None], "spec[1]: is no string"),
        (
            {"type": "object", "nullable": True, "required": ["a"]},
            {},
            "spec.a: is not there, and required",
        ),
        ({"type": "integer", "minimum": 2}, 1, "spec: less than 2"),
        (
            {"type": "integer", "maximum": 9, "exclusiveMaximum": True},
            9,
            "spec: more than 9",
        ),
        ({"type": "string", "minLength": 3}, "ab", "spec: less than 3 length"),
        (
            {"type": "object", "maxProperties": 1},
            {"a": None, "b": None},
            "spec: more than 1 properties",
        ),
        ({"type": "array", "uniqueItems": True}, ["a", "a"], "spec: an item twice"),
        ({"x-kubernetes-int-or-string": True}, True, "spec: neither a number nor a text"),
        (
            {"type": "integer", "allOf": [{"minimum": 1}, {"maximum": 3}]},
            4,
            "spec: not all that it has to be (allOf)",
        ),
        (
            {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False},
            {"b": 1},
            "spec.b: is dropped",
        ),
        (
            {"type": "object", "required": ["a"], "properties": {"a": TEXT}},
            {"a": None},
            "spec.a: is not there, and required",
        ),
        ({"type": "integer", "maximum": 9}, 10, "spec: more than 9"),
        ({"type": "integer", "minimum": 2, "exclusiveMinimum": True}, 2, "spec: less than 2"),
        ({"type": "integer", "multipleOf": 4}, 6, "spec: no multiple of 4"),
        ({"type": "string", "enum": ["a", "b"]}, "canary", "spec: none of a, b"),
        ({"type": "string", "maxLength": 3}, "canary", "spec: more than 3 length"),
        ({"type": "string", "pattern": "^[a-c]+$"}, "canary", "spec: does not match ^[a-c]+$"),
        ({"type": "array", "items": TEXT, "maxItems": 1}, ["a", "b"], "spec: more than 1 items"),
        ({"type": "array", "items": TEXT}, ["a", 1], "spec[1]: is no string"),
        ({"type": "array", "x-kubernetes-list-type": "set"}, ["a", "a"], "spec: an item twice"),
        ({"type": "object", "required": ["a"]}, {}, "spec.a: is not there, and required"),
        ({"type": "object", "properties": {}}, {"a": "canary"}, "spec.a: is dropped"),
        ({"type": "object", "additionalProperties": TEXT}, {"a": 1}, "spec.a: is no string"),
        ({"x-kubernetes-int-or-string": True}, [], "spec: neither a number nor a text"),
        (
            {"type": "integer", "oneOf": [{"maximum": 3}, {"minimum": 2}]},
            2,
            "spec: not one of what it may be (oneOf)",
        ),
        ({"type": "integer", "not": {"minimum": 5}}, 7, "spec: what it must not be (not)"),
        ({"type": "integer", "anyOf": [{"maximum": 1}]}, 2, "spec: none of what it may be (anyOf)"),
    ],
)
def test_what_breaks_it_is_named_by_its_field(schema: Any, value: Any, fault: str) -> None:
    assert of(schema, value) == [fault]
    assert "canary" not in fault


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, 3.0),
        ({"type": "number"}, 3),
        ({"type": "string", "nullable": True}, None),
        ({"type": "string"}, None),
        ({"type": "integer", "maximum": 9}, 9),
        ({"type": "integer", "minimum": 9}, 9),
        ({"type": "integer", "minimum": 2, "exclusiveMinimum": True}, 3),
        ({"type": "integer", "maximum": 9, "exclusiveMaximum": True}, 8),
        ({"type": "integer", "multipleOf": 4}, 8),
        ({"type": "string", "minLength": 3, "maxLength": 3}, "abc"),
        ({"type": "array", "items": TEXT, "maxItems": 2}, ["a", "a"]),
        ({"type": "array", "x-kubernetes-list-type": "set"}, ["1", 1]),
        ({"type": "array", "items": {"type": "string", "nullable": True}}, [None]),
        ({"type": "integer", "allOf": [{"minimum": 1}, {"maximum": 3}]}, 2),
        ({"type": "integer", "anyOf": [{"maximum": 1}, {"minimum": 3}]}, 3),
        ({"type": "integer", "not": {"minimum": 5}}, 4),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "string", "nullable": True}},
                "required": ["a"],
            },
            {"a": None},
        ),
        ({"properties": {}}, {"a": [1]}),
        ({"type": "string", "enum": ["a", "b"]}, "b"),
        ({"type": "string", "pattern": "^[a-c]+$"}, "abc"),
        ({"type": "array", "items": {"minimum": 2}}, [None]),
        (
            {
                "type": "object",
                "properties": {"a": TEXT, "b": TEXT},
                "anyOf": [{"properties": {"a": {"minLength": 1}}}],
            },
            {"a": "x", "b": "y"},
        ),
        ({"type": "integer", "multipleOf": 0}, 6),
        ({"type": "number", "multipleOf": 0.1}, 0.25),
        ({"type": "integer", "anyOf": ["odd"]}, 1),
        ({"type": "string", "pattern": "(?!look)"}, "a pattern that is none says nothing"),
        ({"x-kubernetes-int-or-string": True}, "50%"),
        ({"type": "object", "required": ["a"], "properties": {"a": {"default": 1}}}, {}),
        ({"type": "object", "x-kubernetes-preserve-unknown-fields": True}, {"a": [1]}),
        ({"type": "object", "additionalProperties": True}, {"a": [1]}),
        (
            {"type": "object", "x-kubernetes-embedded-resource": True, "properties": {}},
            {"apiVersion": "v1", "kind": "Pod", "metadata": {}},
        ),
        (
            {
                "type": "object",
                "properties": {"a": TEXT, "b": TEXT},
                "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
            },
            {"a": "x"},
        ),
    ],
)
def test_what_fits_has_no_fault(schema: Any, value: Any) -> None:
    assert of(schema, value) == []


def test_apart_from_fields_an_object_itself_is_told_of() -> None:
    assert list(faults({"type": "object", "minProperties": 9}, {})) == [
        "the object: less than 9 properties"
    ]
    assert list(faults({"type": "object"}, {"apiVersion": "v1", "size": 1})) == ["size: is dropped"]


def test_fields_that_every_object_has_are_its_own_further_in() -> None:
    """`kind` inside of a spec is a field as any other: typed where it is named, else dropped."""
    spec = {"type": "object", "properties": {"kind": {"type": "integer"}}}
    assert of(spec, {"kind": "canary"}) == ["spec.kind: is no integer"]
    assert of(spec, {"metadata": {}}) == ["spec.metadata: is dropped"]
    assert of({"properties": {"a": TEXT}}, {"b": 1}) == ["spec.b: is dropped"]


def nested(way: str, levels: int) -> tuple[Any, Any]:
    """A schema and a value of that many levels, the innermost a number where a text is asked."""
    schema: Any = TEXT
    value: Any = 1
    for _level in range(levels):
        value = [value] if way == "items" else {"a": value}
        schema = {way: {"a": schema} if way == "properties" else schema}
    return schema, value


@pytest.mark.parametrize("way", ["items", "properties", "additionalProperties"])
def test_what_nests_deeper_than_anybody_writes_is_not_looked_at(way: str) -> None:
    def is_seen(levels: int) -> bool:
        schema, value = nested(way, levels)
        return any(fault.endswith(": is no string") for fault in faults(schema, value))

    assert is_seen(24) and not is_seen(25)
