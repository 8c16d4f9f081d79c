"""Schemas of CRDs: what they fill in, what they drop, and what they refuse with which words."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.server import Server, crd, define
from tests.contract.writing import Writer, causes_of, fresh, group_name, warnings_of
from tests.world.apiserver.client import Answer, Client, Json

FORMATS = {
    "date-time": ("2024-01-01T00:00:00.123+02:00", "2024-01-01 00:00:00Z"),
    "date": ("2024-01-01", "2024-13-01"),
    "duration": ("1h30m", "5"),
    "uri": ("http://a", "nope"),
    "email": ("a@b.c", "a"),
    "ipv4": ("1.2.3.4", "1.2.3"),
    "ipv6": ("::1", "1.2.3.4"),
    "cidr": ("10.0.0.0/8", "10"),
    "uuid": ("123e4567-e89b-12d3-a456-426614174000", "x"),
    "byte": ("YWJj", "%%"),
    "hostname": ("a.example", "_a"),
    "mac": ("00:00:5e:00:53:01", "x"),
}
TEXT = {"type": "string"}
A_OR_B: Json = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
EITHER = [{"required": ["a"]}, {"required": ["b"]}]
KEYED: Json = {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["k", "p"],
    "items": {
        "type": "object",
        "required": ["k"],
        "properties": {"k": TEXT, "p": TEXT | {"default": "TCP"}, "v": {"type": "integer"}},
    },
}
PROPERTIES: Json = {
    "s": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]*$"},
    "i": {"type": "integer", "minimum": 1, "maximum": 9, "multipleOf": 3},
    "open": {
        "type": "integer",
        "minimum": 1,
        "exclusiveMinimum": True,
        "maximum": 9,
        "exclusiveMaximum": True,
    },
    "i32": {"type": "integer", "format": "int32"},
    "n": {"type": "number", "minimum": 0.5},
    "flag": {"type": "boolean"},
    "e": {"type": "string", "enum": ["a", "b"]},
    "ie": {"type": "integer", "enum": [1, 2]},
    "nullable": {"type": "string", "nullable": True},
    "nulldefault": {"type": "string", "nullable": True, "default": "x"},
    "default": {"type": "string", "default": "d"},
    "inner": {
        "type": "object",
        "default": {},
        "properties": {"a": {"type": "integer", "default": 5}, "b": TEXT},
    },
    "absent": {"type": "object", "properties": {"a": {"type": "integer", "default": 5}}},
    "list": {
        "type": "array",
        "items": {"type": "object", "properties": {"k": TEXT | {"default": "kk"}}},
    },
    "either": {"x-kubernetes-int-or-string": True},
    "percent": {
        "anyOf": [{"type": "integer"}, {"type": "string"}],
        "x-kubernetes-int-or-string": True,
        "pattern": "^[0-9]+%?$",
    },
    "set": {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
    "keyed": KEYED,
    "few": {"type": "array", "minItems": 1, "maxItems": 2, "items": TEXT},
    "pairs": {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 2,
        "additionalProperties": {"type": "string", "maxLength": 3},
    },
    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    "mixed": {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
        "properties": {"a": {"type": "integer"}},
    },
    "embedded": {
        "type": "object",
        "x-kubernetes-embedded-resource": True,
        "x-kubernetes-preserve-unknown-fields": True,
    },
    "one": A_OR_B | {"oneOf": EITHER},
    "any": A_OR_B | {"anyOf": EITHER},
    "all": {"type": "string", "allOf": [{"minLength": 3}, {"pattern": "^x"}]},
    "not": {"type": "string", "not": {"enum": ["bad"]}},
    "needy": {"type": "object", "required": ["x", "y"], "properties": {"x": TEXT, "y": TEXT}},
    **{f"f-{name}": {"type": "string", "format": name} for name in FORMATS},
}
DEFAULTS: Json = {"nulldefault": "x", "default": "d", "inner": {"a": 5}}


class Kind:
    def __init__(self, server: Server) -> None:
        self.client, self.group = Client(server), group_name()
        schema = {"type": "object", "properties": PROPERTIES}
        define(self.client, crd(self.group, schema=schema))
        self.writer = Writer(self.client)

    def create(self, spec: Any, **query: Any) -> Answer:
        return self.writer.create(self.group, "Widget", spec, dryRun="All", **query)


@pytest.fixture(scope="module")
def kind(server: Server) -> Iterator[Kind]:
    made = Kind(server)
    yield made
    made.client.close()


@pytest.mark.parametrize("name", list(FORMATS))
def test_formats(kind: Kind, name: str) -> None:
    good, bad = FORMATS[name]
    assert kind.create({f"f-{name}": good}).status == 201
    field = f"spec.f-{name}"
    text = f'Invalid value: "{bad}": {field} in body must be of type {name}: "{bad}"'
    assert causes_of(kind.create({f"f-{name}": bad})) == [("FieldValueTypeInvalid", field, text)]


def wrong(field: str, wanted: str, found: str) -> tuple[str, str, str]:
    text = f'Invalid value: "{found}": {field} in body must be of type {wanted}: "{found}"'
    return ("FieldValueTypeInvalid", field, text)


def bad(field: str, value: str, why: str) -> tuple[str, str, str]:
    text = f"Invalid value: {value}: {field} in body {why}"
    return ("FieldValueInvalid", field, text)


def nameless(text: str) -> tuple[str, str, str]:
    return ("FieldValueInvalid", "<nil>", f'Invalid value: "": {text}')


def needed(field: str) -> tuple[str, str, str]:
    return ("FieldValueRequired", field, "Required value")


REFUSED: list[tuple[Json, list[tuple[str, str, str]]]] = [
    ({"s": "a"}, [bad("spec.s", '"a"', "should be at least 2 chars long")]),
    (
        {"s": "ABCDEF"},
        [("FieldValueTooLong", "spec.s", "Too long: may not be more than 4 bytes")],
    ),
    ({"s": "A1"}, [bad("spec.s", '"A1"', "should match '^[a-z]*$'")]),
    ({"s": 5}, [wrong("spec.s", "string", "integer")]),
    ({"s": True}, [wrong("spec.s", "string", "boolean")]),
    ({"s": []}, [wrong("spec.s", "string", "array")]),
    ({"s": {}}, [wrong("spec.s", "string", "object")]),
    ({"i": 0}, [bad("spec.i", "0", "should be greater than or equal to 1")]),
    (
        {"i": 10},
        [
            bad("spec.i", "10", "should be a multiple of 3"),
            bad("spec.i", "10", "should be less than or equal to 9"),
        ],
    ),
    (
        {"i": 3.5},
        [
            wrong("spec.i", "integer", "number"),
            nameless("Checked value must be of type integer (default format) in spec.i"),
            bad("spec.i", "3.5", "should be a multiple of 3"),
        ],
    ),
    ({"i": "3"}, [wrong("spec.i", "integer", "string")]),
    ({"open": 1}, [bad("spec.open", "1", "should be greater than 1")]),
    ({"open": 9}, [bad("spec.open", "9", "should be less than 9")]),
    (
        {"i32": 3_000_000_000},
        [nameless("Checked value must be of type integer with format int32 in spec.i32")],
    ),
    ({"n": 0.1}, [bad("spec.n", "0.1", "should be greater than or equal to 0.5")]),
    ({"flag": "true"}, [wrong("spec.flag", "boolean", "string")]),
    (
        {"e": "c"},
        [
            (
                "FieldValueNotSupported",
                "spec.e",
                'Unsupported value: "c": supported values: "a", "b"',
            )
        ],
    ),
    (
        {"ie": 3},
        [
            (
                "FieldValueNotSupported",
                "spec.ie",
                'Unsupported value: 3: supported values: "1", "2"',
            )
        ],
    ),
    ({"either": 1.5}, [wrong("spec.either", "integer,string", "number")]),
    ({"percent": "x"}, [bad("spec.percent", '"x"', "should match '^[0-9]+%?$'")]),
    (
        {"set": ["a", "b", "a"]},
        [("FieldValueDuplicate", "spec.set[2]", 'Duplicate value: "a"')],
    ),
    (
        {"keyed": [{"k": "a"}, {"k": "a", "p": "TCP"}]},
        [("FieldValueDuplicate", "spec.keyed[1]", 'Duplicate value: {"k":"a","p":"TCP"}')],
    ),
    ({"keyed": [{"p": "x"}]}, [needed("spec.keyed[0].k")]),
    (
        {"keyed": ["a"]},
        [
            wrong("spec.keyed[0]", "object", "string"),
            (
                "FieldValueInvalid",
                "spec.keyed[0]",
                'Invalid value: "a": must be an object for an array of list-type map',
            ),
        ],
    ),
    ({"few": []}, [bad("spec.few", "0", "should have at least 1 items")]),
    (
        {"few": ["a", "b", "c"]},
        [("FieldValueTooMany", "spec.few", "Too many: 3: must have at most 2 items")],
    ),
    ({"pairs": {}}, [bad("spec.pairs", "0", "should have at least 1 properties")]),
    (
        {"pairs": {"a": "1", "b": "2", "c": "3"}},
        [("FieldValueTooMany", "spec.pairs", "Too many: 3: must have at most 2 items")],
    ),
    (
        {"pairs": {"a": "long"}},
        [("FieldValueTooLong", "spec.pairs.a", "Too long: may not be more than 3 bytes")],
    ),
    ({"mixed": {"a": "x"}}, [wrong("spec.mixed.a", "integer", "string")]),
    (
        {"embedded": {}},
        [needed("spec.embedded.apiVersion"), needed("spec.embedded.kind")],
    ),
    (
        {"embedded": {"apiVersion": "a/b/c", "kind": "X"}},
        [
            (
                "FieldValueInvalid",
                "spec.embedded.apiVersion",
                'Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
            )
        ],
    ),
    (
        {"one": {}},
        [
            nameless('"spec.one" must validate one and only one schema (oneOf). Found none valid'),
            needed("spec.one.a"),
        ],
    ),
    (
        {"one": {"a": "1", "b": "2"}},
        [
            nameless(
                '"spec.one" must validate one and only one schema (oneOf). Found 2 valid '
                "alternatives"
            )
        ],
    ),
    (
        {"any": {}},
        [
            nameless('"spec.any" must validate at least one schema (anyOf)'),
            needed("spec.any.a"),
        ],
    ),
    (
        {"all": "ab"},
        [
            bad("spec.all", '"ab"', "should be at least 3 chars long"),
            bad("spec.all", '"ab"', "should match '^x'"),
            nameless('"spec.all" must validate all the schemas (allOf). None validated'),
        ],
    ),
    ({"not": "bad"}, [nameless('"spec.not" must not validate the schema (not)')]),
    ({"needy": {}}, [needed("spec.needy.x"), needed("spec.needy.y")]),
]


@pytest.mark.parametrize(("spec", "expected"), REFUSED)
def test_a_refusal_names_every_cause(kind: Kind, spec: Json, expected: Any) -> None:
    answer = kind.create(spec)
    assert (answer.status, answer.json["reason"]) == (422, "Invalid"), answer.data
    assert sorted(causes_of(answer)) == sorted(expected)


@pytest.mark.parametrize(
    ("spec", "stored"),
    [
        ({}, {}),
        ({"default": None, "inner": None, "absent": {}}, {"absent": {"a": 5}}),
        ({"nulldefault": None}, {"nulldefault": None}),
        ({"nullable": None}, {"nullable": None}),
        ({"inner": {"a": None, "b": "x"}}, {"inner": {"a": 5, "b": "x"}}),
        ({"list": [{}, {"k": "z"}]}, {"list": [{"k": "kk"}, {"k": "z"}]}),
        ({"keyed": [{"k": "a"}]}, {"keyed": [{"k": "a", "p": "TCP"}]}),
        ({"i": 3.0, "n": 1.0}, {"i": 3, "n": 1}),
        ({"either": "1"}, {"either": "1"}),
        ({"either": 1}, {"either": 1}),
        ({"free": {"a": {"b": [1, None]}}}, {"free": {"a": {"b": [1, None]}}}),
        ({"mixed": {"a": 1, "z": 2}}, {"mixed": {"a": 1, "z": 2}}),
    ],
)
def test_defaults_and_nulls(kind: Kind, spec: Json, stored: Json) -> None:
    assert kind.create(spec).ok()["spec"] == DEFAULTS | stored


def test_unknown_fields_are_dropped_with_a_warning(kind: Kind) -> None:
    answer = kind.create({"zeta": 1, "list": [{"foo": 1}], "inner": {"q": 1}})
    assert answer.ok()["spec"] == DEFAULTS | {"list": [{"k": "kk"}]}
    assert warnings_of(answer) == [
        'unknown field "spec.inner.q"',
        'unknown field "spec.list[0].foo"',
        'unknown field "spec.zeta"',
    ]
    embedded = {"apiVersion": "v1", "kind": "X", "metadata": {"name": "a", "bogus": 1}, "zz": 1}
    kept = kind.create({"embedded": embedded}).ok()["spec"]["embedded"]
    assert kept == embedded | {"metadata": {"name": "a"}}


def test_a_spec_must_be_what_its_schema_says(kind: Kind) -> None:
    assert causes_of(kind.create("text")) == [wrong("spec", "object", "string")]
    nothing = kind.writer.custom(kind.group, "Widget", fresh(), None) | {"spec": None}
    made = kind.client.post(kind.writer.place(kind.group, "Widget"), nothing, dryRun="All")
    assert "spec" not in made.ok()


def test_what_has_not_changed_is_not_judged_again(server: Server, api: Client) -> None:
    group = group_name()
    loose: Json = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
    definition = crd(group, schema=loose)
    define(api, definition)
    writer = Writer(api)
    old = writer.create(group, "Widget", {"a": "toolong"}).ok()
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{group}"
    where = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a/maxLength"
    step = {"op": "add", "path": where, "value": 3}
    api.patch(path, [step], "application/json-patch+json").ok()
    refused = ("FieldValueTooLong", "spec.a", "Too long: may not be more than 3 bytes")
    pause, deadline = threading.Event(), time.monotonic() + 60
    while (probe := writer.create(group, "Widget", {"a": "toolong"}, dryRun="All")).status != 422:
        assert time.monotonic() < deadline, "the new schema is not served"
        pause.wait(0.02)  # a real server takes a moment, with nothing to watch for it
    assert causes_of(probe) == [refused]
    assert writer.merge(old, {"spec": {"b": "x"}}).ok()["spec"] == {"a": "toolong", "b": "x"}
    assert causes_of(writer.merge(old, {"spec": {"a": "other"}})) == [refused]
