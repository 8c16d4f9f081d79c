"""Custom kinds: served as soon as their definition is there, by the rules of its schema."""

from __future__ import annotations

import copy

import pytest

from fluxtui.world.apiserver.jsonpath import find
from tests.world.apiserver.client import CRDS, FLUX, TABLE, Client, Json, kustomization

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


def test_a_definition_makes_its_kind_served_at_once(api: Client) -> None:
    assert api.get(WIDGETS).status == 404
    api.post(CRDS, definition()).ok()
    made = api.get(f"{CRDS}/widgets.toys.example.com").ok()
    conditions = {c["type"]: c["status"] for c in made["status"]["conditions"]}
    assert conditions == {"NamesAccepted": "True", "Established": "True"}
    assert made["status"]["acceptedNames"]["listKind"] == "WidgetList"
    assert api.get(WIDGETS).ok()["kind"] == "WidgetList"
    anything = widget(deep={"list": [{"a": 1}, None]}) | {"extra": True}
    stored = api.post(WIDGETS, anything).ok()
    assert stored["spec"] == anything["spec"]
    assert stored["extra"] is True


def test_a_deleted_definition_takes_its_objects_along(api: Client) -> None:
    api.post(CRDS, definition()).ok()
    held = widget(a=1)
    held["metadata"]["finalizers"] = ["x.io/hold"]
    api.post(WIDGETS, held).ok()
    waiting = api.delete(f"{CRDS}/widgets.toys.example.com").ok()
    assert waiting["metadata"]["deletionTimestamp"]
    assert api.get(f"{WIDGETS}/w").ok()["metadata"]["deletionTimestamp"]
    api.patch(f"{WIDGETS}/w", {"metadata": {"finalizers": None}}).ok()
    assert api.get(f"{CRDS}/widgets.toys.example.com").status == 404
    assert api.get(WIDGETS).status == 404


def test_defaults_are_filled_in_and_unknown_fields_pruned_with_a_warning(api: Client) -> None:
    api.post(CRDS, definition(SCHEMA)).ok()
    body = widget(size=1, wrong=1, parts=[{"name": "a"}], free={"any": 1})
    answer = api.post(WIDGETS, body)
    assert answer.ok()["spec"] == {
        "size": 1,
        "parts": [{"name": "a", "count": 1}],
        "free": {"any": 1},
        "colour": "red",
    }
    assert answer.headers.get_all("Warning") == ['299 - "unknown field \\"spec.wrong\\""']


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


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "spec.size: Required value"),
        (
            {"size": 0},
            "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1",
        ),
        ({"size": 10}, "should be less than or equal to 9"),
        ({"size": "big"}, 'spec.size in body must be of type integer: "string"'),
        (
            {"size": 1, "colour": "green"},
            'spec.colour: Unsupported value: "green": supported values: "red", "blue"',
        ),
        ({"size": 1, "name": "A"}, "spec.name in body should match '^[a-z]+$'"),
        ({"size": 1, "name": "abcdef"}, "spec.name: Too long: may not be more than 5 bytes"),
        ({"size": 1, "port": 1.5}, 'must be of type integer,string: "number"'),
        ({"size": 1, "tags": ["a", "a"]}, 'spec.tags[1]: Duplicate value: "a"'),
        ({"size": 1, "parts": [{"count": 1}]}, "spec.parts[0].name: Required value"),
        ({"size": 1, "labels": {"a": 1}}, 'must be of type string: "integer"'),
        ({"size": None}, "spec.size: Required value"),
    ],
)
def test_values_are_validated(api: Client, spec: Json, message: str) -> None:
    api.post(CRDS, definition(SCHEMA)).ok()
    refused = api.post(WIDGETS, widget(**spec))
    assert (refused.status, refused.json["reason"]) == (422, "Invalid")
    assert message in refused.json["message"]
    assert refused.json["message"].startswith('Widget.toys.example.com "w" is invalid: ')
    assert api.get(f"{WIDGETS}/w").status == 404


def test_keyed_lists_of_custom_kinds_merge_in_an_apply(api: Client) -> None:
    api.post(CRDS, definition(SCHEMA)).ok()
    path = f"{WIDGETS}/w"
    api.apply(path, widget(size=1, parts=[{"name": "a"}], tags=["x"]), manager="one").ok()
    both = api.apply(path, widget(parts=[{"name": "b"}], tags=["y"]), manager="two").ok()
    assert [p["name"] for p in both["spec"]["parts"]] == ["a", "b"]
    assert both["spec"]["tags"] == ["x", "y"]


def test_without_a_schema_lists_are_replaced_and_maps_merged(api: Client) -> None:
    api.post(CRDS, definition()).ok()
    path = f"{WIDGETS}/w"
    api.apply(path, widget(a={"x": 1}, items=[1, 2]), manager="one").ok()
    api.apply(path, widget(a={"y": 2}), manager="two").ok()
    refused = api.apply(path, widget(items=[3]), manager="two")
    assert 'conflict with "one": .spec.items' in refused.json["message"]
    after = api.apply(path, widget(a={"y": 2}, items=[3]), manager="two", force="true").ok()
    assert after["spec"] == {"a": {"x": 1, "y": 2}, "items": [3]}


def test_generation_of_a_kind_without_status_counts_everything(api: Client) -> None:
    api.post(CRDS, definition()).ok()
    api.post(WIDGETS, widget(a=1) | {"status": {"x": 1}}).ok()
    after = api.patch(f"{WIDGETS}/w", {"status": {"x": 2}}).ok()
    assert after["metadata"]["generation"] == 2
    assert api.get(f"{WIDGETS}/w/status").status == 404


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
        "deprecated": True,
        "deprecationWarning": "use v1",
    }
    crd["spec"]["versions"].append(older)
    api.post(CRDS, crd).ok()
    api.post(WIDGETS, widget(a=1)).ok()
    old_path = WIDGETS.replace("/v1/", "/v1beta1/")
    seen = api.get(f"{old_path}/w").ok()
    assert seen["apiVersion"] == "toys.example.com/v1beta1"
    assert api.get(old_path).ok()["items"][0]["apiVersion"] == "toys.example.com/v1beta1"
    changed = api.patch(f"{old_path}/w", {"spec": {"a": 2}})
    assert '299 - "use v1"' in changed.headers.get_all("Warning")
    assert api.get(f"{WIDGETS}/w").ok()["spec"] == {"a": 2}


def test_printer_columns_and_selectable_fields(api: Client) -> None:
    columns = [
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        {"name": "Wide", "type": "string", "jsonPath": ".spec.colour", "priority": 1},
    ]
    crd = definition(
        SCHEMA, additionalPrinterColumns=columns, selectableFields=[{"jsonPath": ".spec.colour"}]
    )
    api.post(CRDS, crd).ok()
    api.post(WIDGETS, widget(size=3)).ok()
    table = api.get(WIDGETS, accept=TABLE).ok()
    assert [(c["name"], c["priority"]) for c in table["columnDefinitions"]] == [
        ("Name", 0),
        ("Size", 0),
        ("Wide", 1),
    ]
    assert table["rows"][0]["cells"] == ["w", 3, "red"]
    assert len(api.get(WIDGETS, fieldSelector="spec.colour=red").ok()["items"]) == 1
    assert len(api.get(WIDGETS, fieldSelector="spec.colour=blue").ok()["items"]) == 0


def test_flux_kinds_are_served_from_the_start(api: Client) -> None:
    api.post(FLUX, kustomization("app")).ok()
    condition = {
        "type": "Ready",
        "status": "True",
        "reason": "ReconciliationSucceeded",
        "message": "Applied revision: 1.2.3",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    api.patch(f"{FLUX}/app/status", {"status": {"conditions": [condition]}}).ok()
    table = api.get(FLUX, accept=TABLE).ok()
    assert [c["name"] for c in table["columnDefinitions"]] == ["Name", "Age", "Ready", "Status"]
    name, age, *told = table["rows"][0]["cells"]
    assert (name, told) == ("app", ["True", "Applied revision: 1.2.3"])
    assert age.endswith("s")
    wrong = api.post(FLUX, kustomization("b", interval="soon"))
    assert "spec.interval in body should match" in wrong.json["message"]
    repositories = FLUX.replace("kustomize.", "source.").replace(
        "kustomizations", "ocirepositories"
    )
    body = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "OCIRepository",
        "metadata": {"name": "r"},
        "spec": {"interval": "5m", "url": "oci://127.0.0.1/x"},
    }
    made = api.post(repositories, body).ok()
    assert made["spec"]["timeout"] == "60s"
    assert made["spec"]["provider"] == "generic"
    assert made["status"] == {"observedGeneration": -1}


def test_definitions_are_checked(api: Client) -> None:
    wrong = definition()
    wrong["metadata"]["name"] = "gadgets.toys.example.com"
    assert "must be spec.names.plural" in api.post(CRDS, wrong).json["message"]
    none = definition()
    none["spec"]["versions"][0]["storage"] = False
    assert "exactly one version" in api.post(CRDS, none).json["message"]


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
