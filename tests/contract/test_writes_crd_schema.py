"""Schemas of CRDs: what they fill in, what they drop, and what they refuse with which words."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.server import Server, crd, define
from tests.contract.writing import Writer, causes_of, group_name, warnings_of
from tests.world.apiserver.client import Answer, Client, Json

TEXT = {"type": "string"}
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
    "i": {"type": "integer", "minimum": 1, "maximum": 9},
    "n": {"type": "number", "minimum": 0.5},
    "flag": {"type": "boolean"},
    "e": {"type": "string", "enum": ["a", "b"]},
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
    "keyed": KEYED,
    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    "mixed": {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
        "properties": {"a": {"type": "integer"}},
    },
    "needy": {"type": "object", "required": ["x", "y"], "properties": {"x": TEXT, "y": TEXT}},
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
