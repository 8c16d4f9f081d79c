"""Custom kinds: served as soon as their definition is there, by the rules of its schema."""

from __future__ import annotations

import copy

import pytest

from fluxtui.world.apiserver.print.jsonpath import find
from tests.world.apiserver.client import CRDS, Client, Json

WIDGETS = "/apis/toys.example.com/v1/namespaces/default/widgets"


def definition(schema: Json | None = None, **version: object) -> Json:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.toys.example.com"},
        "spec": {
            "group": "toys.example.com",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets", "shortNames": ["wd"]},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "openAPIV3Schema": schema
                        or {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
                    },
                    **version,
                }
            ],
        },
    }


SCHEMA: Json = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 1, "maximum": 9},
                "colour": {"type": "string", "enum": ["red", "blue"], "default": "red"},
                "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
                "port": {"x-kubernetes-int-or-string": True},
                "tags": {
                    "type": "array",
                    "items": {"type": "string"},
                    "x-kubernetes-list-type": "set",
                },
                "parts": {
                    "type": "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                    "items": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {
                            "name": {"type": "string"},
                            "count": {"type": "integer", "default": 1},
                        },
                    },
                },
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        }
    },
}


def widget(**spec: object) -> Json:
    return {
        "apiVersion": "toys.example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w"},
        "spec": spec,
    }


def test_strict_validation_refuses_unknown_fields(api: Client) -> None:
    api.post(CRDS, definition(SCHEMA)).ok()
    refused = api.post(WIDGETS, widget(size=1, wrong=1), fieldValidation="Strict")
    assert refused.status == 400
    assert refused.json["message"] == (
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: '
        'unknown field "spec.wrong"'
    )
    quiet = api.post(WIDGETS, widget(size=1, wrong=1), fieldValidation="Ignore")
    assert quiet.ok()["spec"] == {"size": 1, "colour": "red"}
    assert quiet.headers.get_all("Warning") is None


def test_scale_of_a_custom_kind(api: Client) -> None:
    scale = {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"}
    api.post(CRDS, definition(SCHEMA, subresources={"scale": scale, "status": {}})).ok()
    api.post(WIDGETS, widget(size=2)).ok()
    assert api.get(f"{WIDGETS}/w/scale").ok()["spec"] == {"replicas": 2}
    api.patch(f"{WIDGETS}/w/scale", {"spec": {"replicas": 5}}).ok()
    assert api.get(f"{WIDGETS}/w").ok()["spec"]["size"] == 5


def test_another_version_shows_the_same_objects(api: Client) -> None:
    crd = definition()
    older = copy.deepcopy(crd["spec"]["versions"][0]) | {
        "name": "v1beta1",
        "storage": False,
    }
    crd["spec"]["versions"].append(older)
    api.post(CRDS, crd).ok()
    api.post(WIDGETS, widget(a=1)).ok()
    old_path = WIDGETS.replace("/v1/", "/v1beta1/")
    seen = api.get(f"{old_path}/w").ok()
    assert seen["apiVersion"] == "toys.example.com/v1beta1"
    assert api.get(old_path).ok()["items"][0]["apiVersion"] == "toys.example.com/v1beta1"
    api.patch(f"{old_path}/w", {"spec": {"a": 2}}).ok()
    assert api.get(f"{WIDGETS}/w").ok()["spec"] == {"a": 2}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".a.b", [1]),
        ("{.a.b}", [1]),
        ('.list[?(@.type=="Ready")].status', ["True"]),
        (".list[0].type", ["Ready"]),
        (".list[-1].type", ["Other"]),
        (".list[*].type", ["Ready", "Other"]),
        (".a['b']", [1]),
        (r".a.x\.y", [2]),
        (".nope.b", []),
        ("???", []),
    ],
)
def test_json_paths(path: str, found: list[object]) -> None:
    document = {
        "a": {"b": 1, "x.y": 2},
        "list": [{"type": "Ready", "status": "True"}, {"type": "Other", "status": "False"}],
    }
    assert find(path, document) == found
