"""What a CustomResourceDefinition takes away: by each word of its schema, the version that takes
less and the one that takes as much.
"""

from __future__ import annotations

import pytest
import yaml
from review_pairs import found

from fluxtui.domain.danger import Danger, Gravity

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "boats.sea.example.com", "namespace": ""},
}


def definition(*versions: dict[str, object]) -> str:
    return yaml.safe_dump({**CRD, "spec": {"versions": list(versions)}})


def version(name: str = "v1", schema: object = None, **more: object) -> dict[str, object]:
    served: dict[str, object] = {"name": name, "served": True, **more}
    return {**served, "schema": {"openAPIV3Schema": schema}} if schema is not None else served


def dangers(before: str, after: str) -> list[Danger]:
    return [danger for danger in found(before, after) if danger.rule == "crd-narrowed"]


def taken(before: str, after: str) -> tuple[str, ...]:
    """Where the schema of spec takes less than before; both as short YAML."""
    schemas = ({"properties": {"spec": yaml.safe_load(one)}} for one in (before, after))
    told = dangers(*(definition(version(schema=schema)) for schema in schemas))
    return told[0].look if told else ()


def test_a_version_that_goes_is_lost_with_what_is_stored_in_it() -> None:
    stored, other = version("v1", storage=True), version("v2")
    (danger,) = dangers(definition(stored, other), definition(other))
    assert danger.level is Gravity.LOSS
    assert danger.says.endswith("serves v1 no more and was what is stored")
    (danger,) = dangers(definition(stored, other), definition(stored))
    assert danger.level is Gravity.STOP and danger.says.endswith("serves v2 no more")


def test_a_version_that_stays_and_is_not_served_stops_those_who_ask_for_it() -> None:
    served, stored = version("v1", storage=True), version("v1", served=False, storage=True)
    (danger,) = dangers(definition(served), definition(stored))
    assert danger.level is Gravity.STOP and danger.says.endswith("and was what is stored")
    assert dangers(definition(stored), definition(served)) == []
    assert dangers(definition(stored, version("v2")), definition(version("v2"))) == []
    assert dangers(definition(served), definition(served, version("v2"))) == []


TAKES_LESS = [
    ("type: string", "type: integer", "spec: type integer instead of string"),
    ("{}", "type: integer", "spec: type integer instead of any"),
    ("type: number", "type: integer", "spec: type integer instead of number"),
    ("enum: [a, b, c]", "enum: [b]", "spec: no longer a, c"),
    ("type: string", "{type: string, enum: [a, b]}", "spec: only a, b"),
    ("nullable: true", "nullable: false", "spec: null no longer"),
    ("additionalProperties: true", "{}", "spec: fields that are not named are dropped"),
    ("{}", "required: [size]", "spec.size: required"),
    ("required: [a]", "required: [a, size]", "spec.size: required"),
    ("properties: {size: {type: string}}", "{}", "spec.size: gone, its value is dropped"),
    ("format: date", "format: byte", "spec: format byte"),
    ("{}", "multipleOf: 5", "spec: multipleOf 5"),
    ("{}", "oneOf: [{required: [a]}]", "spec: oneOf other conditions"),
    ("not: {required: [a]}", "not: {required: [b]}", "spec: not other conditions"),
    ("{}", "x-kubernetes-list-type: set", "spec: no item twice"),
    ("x-kubernetes-list-type: atomic", "x-kubernetes-list-type: map", "spec: no item twice"),
    ("{}", "pattern: ^a", "spec: pattern ^a"),
    ("pattern: ^b", "pattern: ^a", "spec: pattern ^a"),
    ("maximum: 9", "maximum: 8", "spec: maximum 8"),
    ("{}", "maximum: 8", "spec: maximum 8"),
    ("minimum: 1", "minimum: 1.5", "spec: minimum 1.5"),
    ("{}", "minLength: 1", "spec: minLength 1"),
    ("items: {maxLength: 9}", "items: {maxLength: 8}", "spec[]: maxLength 8"),
    (
        "additionalProperties: {type: string}",
        "additionalProperties: {type: integer}",
        "spec{}: type integer instead of string",
    ),
    (
        "additionalProperties: true",
        "additionalProperties: {type: integer}",
        "spec{}: type integer instead of any",
    ),
    (
        "x-kubernetes-preserve-unknown-fields: true",
        "additionalProperties: {type: integer}",
        "spec{}: type integer instead of any",
    ),
    ("additionalProperties: {}", "{}", "spec: fields that are not named are dropped"),
    (
        "properties: {size: {maximum: 9}}",
        "properties: {size: {maximum: 8}}",
        "spec.size: maximum 8",
    ),
    (
        "x-kubernetes-validations: [{rule: a}]",
        "x-kubernetes-validations: [{rule: a}, {rule: b}]",
        "spec: rule b",
    ),
]
TAKES_AS_MUCH = [
    ("type: integer", "type: number"),
    ("type: integer", "{}"),
    ("enum: [a, b]", "enum: [b, a]"),
    ("enum: [a]", "{}"),
    ("{}", "nullable: true"),
    ("nullable: true", "nullable: true"),
    ("{}", "additionalProperties: true"),
    ("additionalProperties: true", "x-kubernetes-preserve-unknown-fields: true"),
    ("x-kubernetes-preserve-unknown-fields: true", "additionalProperties: {}"),
    ("additionalProperties: {}", "additionalProperties: true"),
    ("required: [a]", "{}"),
    ("required: [a]", "required: [a]"),
    ("{}", "{required: [a], properties: {a: {default: 1}}}"),
    ("{}", "properties: {size: {type: string}}"),
    ("properties: {size: {type: string}}", "x-kubernetes-preserve-unknown-fields: true"),
    ("properties: {size: {type: string}}", "additionalProperties: true"),
    ("properties: {size: odd}", "properties: {size: {maximum: 8}}"),
    ("properties: {size: {maximum: 8}}", "properties: {size: odd}"),
    ("format: date", "{}"),
    ("oneOf: [{required: [a]}]", "oneOf: [{required: [a]}]"),
    ("x-kubernetes-list-type: set", "x-kubernetes-list-type: map"),
    ("x-kubernetes-list-type: set", "x-kubernetes-list-type: atomic"),
    ("pattern: ^a", "{}"),
    ("pattern: ^a", "pattern: ^a"),
    ("maximum: 8", "maximum: 9"),
    ("maximum: 8", "maximum: 8"),
    ("minimum: 2", "minimum: 1"),
    ("minimum: 2", "{}"),
    ("x-kubernetes-validations: [{rule: a}]", "x-kubernetes-validations: [{rule: a}]"),
    ("x-kubernetes-validations: [{rule: a}]", "{}"),
    ("items: {maxLength: 8}", "items: odd"),
    ("items: odd", "items: {maxLength: 8}"),
]


@pytest.mark.parametrize(("before", "after", "where"), TAKES_LESS)
def test_a_schema_that_takes_less_says_where(before: str, after: str, where: str) -> None:
    assert taken(before, after) == (where,)


@pytest.mark.parametrize(("before", "after"), TAKES_AS_MUCH)
def test_a_schema_that_takes_as_much_is_no_danger(before: str, after: str) -> None:
    old, new = yaml.safe_load(before), yaml.safe_load(after)
    assert taken(before, yaml.safe_dump({**new, "description": f"not {old}"})) == ()


@pytest.mark.parametrize(
    "names",
    [
        ("maximum", "maxLength", "maxItems", "maxProperties"),
        ("minimum", "minLength", "minItems", "minProperties"),
    ],
)
def test_each_bound_of_a_schema_is_looked_at(names: tuple[str, ...]) -> None:
    low, high = (8, 9) if names[0].startswith("max") else (9, 8)
    for name in names:
        assert taken(f"{name}: {high}", f"{name}: {low}") == (f"spec: {name} {low}",)
        assert taken(f"{name}: {low}", f"{name}: {high}") == ()


def test_the_whole_object_has_a_name_too() -> None:
    before, after = ({"type": "object"}, {"type": "object", "maxProperties": 3})
    (danger,) = dangers(*(definition(version(schema=one)) for one in (before, after)))
    assert danger.look == ("the whole object: maxProperties 3",)
    assert danger.says.endswith("v1 takes less than before: objects there are may break it")


def test_each_version_is_compared_with_itself() -> None:
    narrow, wide = {"maxProperties": 3}, {"maxProperties": 4}
    before = definition(version("v1", wide), version("v2", narrow))
    after = definition(version("v1", wide, storage=True), version("v2", narrow))
    assert dangers(before, after) == []


@pytest.mark.parametrize(("number", "rest"), [(12, ()), (13, ("... 1 more",))])
def test_of_many_places_the_first_are_shown_and_the_rest_is_counted(
    number: int, rest: tuple[str, ...]
) -> None:
    names = [f"f{n}" for n in range(number)]
    told = taken("{}", f"required: [{', '.join(names)}]")
    assert len(told) == 12 + len(rest) and told[12:] == rest


@pytest.mark.parametrize(("depth", "seen"), [(22, True), (23, True), (24, False), (40, False)])
def test_a_schema_is_read_as_deep_as_anybody_nests(depth: int, seen: bool) -> None:
    def nested(value: int, inside: str) -> str:
        schema = f"{{maximum: {value}}}"
        for _ in range(depth):
            schema = inside % schema
        return schema

    for inside in ("{properties: {a: %s}}", "{items: %s}"):
        assert bool(taken(nested(9, inside), nested(8, inside))) is seen
