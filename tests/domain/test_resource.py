"""A Kubernetes object as a slim value: what is kept, what is not, and what malformed input does."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.resource import LAST_APPLIED, Key, Resource


def test_secret_values_are_never_kept() -> None:
    found = Resource.from_object(
        "staging",
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "s", "annotations": {LAST_APPLIED: "hunter2", "a": "b"}},
            "data": {"password": "aHVudGVyMg=="},
            "stringData": {"password": "hunter2"},
            "spec": {"x": "hunter2"},
        },
    )
    assert "hunter2" not in repr(found) and "aHVudGVyMg" not in repr(found)
    assert found.annotations == {"a": "b"}


@pytest.mark.parametrize(
    "obj",
    [{}, {"kind": "X"}, {"kind": "X", "metadata": "y"}, {"kind": 3, "metadata": {"name": "n"}},
     {"kind": "X", "metadata": {"name": ""}}],
)  # fmt: skip
def test_an_object_without_kind_or_name_is_refused(obj: Any) -> None:
    with pytest.raises(ValueError):
        Resource.from_object("staging", obj)


def test_declared_are_the_fields_that_the_parent_applies() -> None:
    fields: dict[str, Any] = {"f:spec": {".": {}, "f:ref": {"f:semver": {}}, "f:suspend": {}}}
    entry = {"manager": "kustomize-controller", "operation": "Apply", "fieldsV1": fields}
    others = [
        {**entry, "manager": "fluxtui", "fieldsV1": {"f:spec": {"f:url": {}}}},
        {**entry, "operation": "Update", "fieldsV1": {"f:spec": {"f:url": {}}}},
        {**entry, "subresource": "status", "fieldsV1": {"f:status": {"f:x": {}}}},
        "nonsense",
    ]
    meta = {"name": "n", "managedFields": [entry, *others]}
    found = Resource.from_object("staging", {"kind": "X", "metadata": meta})
    assert found.declared == {"spec.ref.semver", "spec.suspend"}


def test_a_key_names_its_object_for_people() -> None:
    assert str(Key("staging", "apps", "Deployment", "ns", "api")) == "staging: Deployment/ns/api"
    assert Key("staging", "", "Namespace", "", "ns").label == "Namespace/ns"
