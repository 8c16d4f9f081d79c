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
