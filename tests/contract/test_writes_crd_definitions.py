"""CustomResourceDefinitions: which are refused, how versions are served, when a kind goes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.server import crd, define, wait_gone, wait_until
from tests.contract.writing import Writer, causes_of, fresh, warnings_of
from tests.world.apiserver.client import CRDS, Client, Json

INVALID, REQUIRED = "FieldValueInvalid", "FieldValueRequired"
UNSUPPORTED = "FieldValueNotSupported"
ROOT = "spec.validation.openAPIV3Schema"
SPEC = f"{ROOT}.properties[spec]"
TEXT = {"type": "string"}


def typed(**properties: Any) -> Json:
    return {"type": "object", "properties": properties}


def with_spec(**change: Any) -> Json:
    return {"spec": change}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"scope": "X"},
            [
                (
                    UNSUPPORTED,
                    "spec.scope",
                    'Unsupported value: "X": supported values: "Cluster", "Namespaced"',
                )
            ],
        ),
        ({"scope": ""}, [(REQUIRED, "spec.scope", "Required value")]),
        (
            {"conversion": {"strategy": "X"}},
            [
                (
                    UNSUPPORTED,
                    "spec.conversion.strategy",
                    'Unsupported value: "X": supported values: "None", "Webhook"',
                )
            ],
        ),
        (
            {"preserveUnknownFields": True},
            [
                (
                    INVALID,
                    "spec.preserveUnknownFields",
                    "Invalid value: true: cannot set to true, set "
                    "x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema "
                    "instead",
                )
            ],
        ),
    ],
)
def test_a_definition_is_refused_for_its_parts(
    api: Client, group: str, change: Json, expected: Any
) -> None:
    body = crd(group)
    body["spec"] |= change
    answer = api.post(CRDS, body, dryRun="All")
    assert (answer.status, causes_of(answer)) == (422, expected)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"properties": {"a": TEXT}},
            [
                (
                    REQUIRED,
                    f"{SPEC}.type",
                    "Required value: must not be empty for specified object fields",
                )
            ],
        ),
        (
            {"type": "frob"},
            [
                (
                    UNSUPPORTED,
                    f"{SPEC}.type",
                    'Unsupported value: "frob": supported values: "array", "boolean", "integer", '
                    '"number", "object", "string"',
                )
            ],
        ),
        (
            typed(a={"type": "array"}),
            [(REQUIRED, f"{SPEC}.properties[a].items", "Required value: must be specified")],
        ),
        (
            typed(
                a={
                    "type": "array",
                    "x-kubernetes-list-type": "map",
                    "items": {"type": "object"},
                }
            ),
            [
                (
                    REQUIRED,
                    f"{SPEC}.properties[a].x-kubernetes-list-map-keys",
                    "Required value: must not be empty if x-kubernetes-list-type is map",
                )
            ],
        ),
    ],
)
def test_schemas_are_structural(api: Client, group: str, schema: Json, expected: Any) -> None:
    answer = api.post(CRDS, crd(group, schema=schema), dryRun="All")
    assert (answer.status, causes_of(answer)) == (422, expected)


@pytest.mark.parametrize(
    ("rule", "field", "start"),
    [
        ({"rule": ""}, "rule", "Required value: rule is not specified"),
        (
            {"rule": "self.a == 'x'", "message": "a\nb"},
            "message",
            'Invalid value: "a\\nb": must not contain line breaks',
        ),
        (
            {"rule": "self.a == 'x'", "reason": "Nope"},
            "reason",
            'Unsupported value: "Nope": supported values: "FieldValueDuplicate", '
            '"FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
        ),
        (
            {"rule": "self.a == 'x'", "fieldPath": ".nope"},
            "fieldPath",
            'Invalid value: ".nope": must be a valid path',
        ),
        (
            {"rule": "self =="},
            "rule",
            'Invalid value: {"Rule":"self ==","Message":"","MessageExpression":"","Reason":null,'
            '"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:',
        ),
        (
            {"rule": "self.nofield == 1"},
            "rule",
            'Invalid value: {"Rule":"self.nofield == 1","Message":"","MessageExpression":"",'
            '"Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: '
            "<input>:1:5: undefined field 'nofield'",
        ),
    ],
)
def test_rules_must_compile(api: Client, group: str, rule: Json, field: str, start: str) -> None:
    schema = typed(a=TEXT) | {"x-kubernetes-validations": [rule]}
    answer = api.post(CRDS, crd(group, schema=schema), dryRun="All")
    ((_, where, message),) = causes_of(answer)
    assert where == f"{SPEC}.x-kubernetes-validations[0].{field}"
    assert message.startswith(start)


def test_one_version_is_stored(api: Client, group: str) -> None:
    answer = api.post(CRDS, crd(group, storage=False), dryRun="All")
    version = (
        '{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,'
        '"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}'
    )
    assert causes_of(answer) == [
        (
            INVALID,
            "spec.versions",
            f"Invalid value: [{version}]: must have exactly one version marked as storage version",
        ),
        (
            INVALID,
            "status.storedVersions",
            "Invalid value: null: must have at least one stored version",
        ),
    ]


def test_the_name_is_made_of_plural_and_group(api: Client, group: str) -> None:
    body = crd(group)
    body["metadata"]["name"] = "x"
    text = 'Invalid value: "x": must be spec.names.plural+"."+spec.group'
    assert causes_of(api.post(CRDS, body)) == [(INVALID, "metadata.name", text)]


def test_an_unknown_format_is_warned_of(api: Client, group: str) -> None:
    schema = typed(a={"type": "string", "format": "no-such"})
    answer = api.post(CRDS, crd(group, schema=schema), dryRun="All")
    assert warnings_of(answer) == ['unrecognized format "no-such"']


def test_a_definition_is_established_and_names_are_accepted(api: Client, group: str) -> None:
    body = crd(group)
    made = api.post(CRDS, body).ok()
    assert made["status"] == {
        "conditions": None,
        "acceptedNames": {"plural": "", "kind": ""},
        "storedVersions": ["v1"],
    }
    path = f"{CRDS}/widgets.{group}"

    def done(found: Json) -> bool:
        conditions = (found.get("status") or {}).get("conditions") or ()
        return {c["type"] for c in conditions if c["status"] == "True"} >= {
            "NamesAccepted",
            "Established",
        }

    status = wait_until(api, path, done)["status"]
    assert status["acceptedNames"] == body["spec"]["names"]
    reasons = {c["type"]: (c["reason"], c["message"]) for c in status["conditions"]}
    assert reasons == {
        "NamesAccepted": ("NoConflicts", "no conflicts found"),
        "Established": ("InitialNamesAccepted", "the initial names have been accepted"),
    }
    other = {"spec": {"scope": "Cluster"}}
    assert causes_of(api.patch(path, other)) == [
        (INVALID, "spec.scope", 'Invalid value: "Cluster": field is immutable')
    ]


def version(name: str, spec: Json, **more: Any) -> Json:
    schema = {"openAPIV3Schema": typed(spec=spec)}
    return {"name": name, "served": True, "storage": False, "schema": schema, **more}


def test_each_version_shows_its_own_fields_and_defaults(api: Client, ns: str, group: str) -> None:
    body = crd(group)
    body["spec"]["versions"] = [
        version("v1", typed(a=TEXT), deprecated=True),
        version("v2", typed(a=TEXT, b=TEXT | {"default": "B"}), storage=True),
        version("v3", typed(a=TEXT), served=False),
    ]
    define(api, body)
    writer = Writer(api, ns)
    warned = [f"{group}/v1 Widget is deprecated; use {group}/v2 Widget"]
    one = writer.custom(group, "Widget", "one", {"a": "1"})
    made = api.post(writer.place(group, "Widget"), one)
    assert made.ok()["spec"] == {"a": "1"}
    assert warnings_of(made) == warned
    new = api.get(writer.place(group, "Widget", "one", "v2"))
    assert (new.ok()["apiVersion"], new.json["spec"]) == (f"{group}/v2", {"a": "1", "b": "B"})
    assert warnings_of(new) == []
    two = writer.custom(group, "Widget", "two", {"a": "2", "b": "x"})
    two["apiVersion"] = f"{group}/v2"
    api.post(writer.place(group, "Widget", "", "v2"), two).ok()
    old = api.get(writer.place(group, "Widget", "two"))
    assert (old.ok()["apiVersion"], old.json["spec"]) == (f"{group}/v1", {"a": "2"})
    assert warnings_of(old) == warned
    assert api.get(writer.place(group, "Widget", "", "v3")).status == 404
    wrong = api.post(writer.place(group, "Widget", "", "v2"), one)
    assert wrong.status == 400


def test_objects_go_with_their_definition(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    writer = Writer(api, ns)
    body = writer.custom(group, "Widget", fresh(), {})
    body["metadata"]["finalizers"] = ["x.io/hold"]
    held = api.post(writer.place(group, "Widget"), body).ok()
    writer.create(group, "Widget", {}).ok()
    path = f"{CRDS}/widgets.{group}"
    marked = api.delete(path).ok()["metadata"]
    assert marked["finalizers"] == ["customresourcecleanup.apiextensions.k8s.io"]
    place = writer.place(group, "Widget", held["metadata"]["name"])
    wait_until(api, place, lambda o: "deletionTimestamp" in o["metadata"])
    assert api.get(path).status == 200
    api.patch(place, {"metadata": {"finalizers": None}}).ok()
    wait_gone(api, path)
