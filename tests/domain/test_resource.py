"""A Kubernetes object as a slim value: what is kept, what is not, and what malformed input does."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.resource import LAST_APPLIED, Key, Resource, slim, trimmed


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
            "status": {"x": "hunter2"},
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


FLUX = {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "OCIRepository"}
FIELDS: dict[str, Any] = {"f:spec": {"f:suspend": {}, "f:ref": {"f:tag": {}, ".": {}}}, "v:x": {}}


def managed(manager: Any, operation: str = "Update", **more: Any) -> dict[str, Any]:
    entry = {"manager": manager, "operation": operation, "time": "2026-11-23T03:04:05Z"}
    return {**entry, "fieldsV1": FIELDS, **more}


def test_what_people_set_is_kept_of_flux_kinds_and_what_controllers_do_is_not() -> None:
    entries = [
        managed("kubectl-edit"),
        managed(None),
        managed("kubectl-patch", subresource="status"),
        managed("kubectl-patch", time=None),
        managed("source-controller"),
        managed("before-first-apply"),
        managed("kube-controller-manager"),
        "nonsense",
    ]
    meta = {"name": "n", "managedFields": entries}
    found = Resource.from_object("staging", {**FLUX, "metadata": meta})
    fields = frozenset({"spec.ref.tag", "spec.suspend"})
    assert [(e.manager, e.at, e.fields) for e in found.edits] == [
        ("kubectl-edit", "2026-11-23T03:04:05Z", fields),
        ("", "2026-11-23T03:04:05Z", fields),
    ]
    plain = Resource.from_object("staging", {"apiVersion": "v1", "kind": "X", "metadata": meta})
    assert plain.edits == ()


@pytest.mark.parametrize("head", [FLUX, {"apiVersion": "v1", "kind": "ConfigMap"}, {"kind": "X"}])
def test_a_trimmed_object_reads_as_the_whole_one_and_keeps_only_what_is_read(head: Any) -> None:
    entries = [
        managed("kustomize-controller", "Apply"),
        managed("kubectl-edit"),
        managed("source-controller"),
        "nonsense",
    ]
    whole = {**head, "metadata": {"name": "n", "managedFields": entries}, "spec": {"a": 1}}
    short = trimmed(whole)
    assert Resource.from_object("staging", short) == Resource.from_object("staging", whole)
    assert short["metadata"] == {"name": "n"}
    assert len(whole["metadata"]["managedFields"]) == 4, "the object itself is left alone"
    assert slim(whole) == short and slim(whole)["spec"] == {"a": 1}
    assert Resource.from_object("staging", slim(whole)) == Resource.from_object("staging", whole)


@pytest.mark.parametrize(
    "odd", [{}, {"metadata": None}, {"metadata": {"a": 1}}, {"metadata": "x"}, {"metadata": [1]}]
)
def test_what_has_no_fields_to_trim_says_the_same(odd: dict[str, Any]) -> None:
    assert trimmed(odd) == slim(odd) == odd


def test_equal_texts_are_kept_once_unless_they_are_long() -> None:
    def word(length: int) -> str:
        return "".join(["x"] * length)

    first, second = ({"a": [word(200), {word(150): word(201)}]} for _ in range(2))
    one, two = slim({"spec": first}), slim({"spec": second})
    assert one == two == {"spec": first}
    assert one["spec"]["a"][0] is two["spec"]["a"][0]
    assert one["spec"]["a"][1][word(150)] is not two["spec"]["a"][1][word(150)]


def test_what_a_watch_brings_one_by_one_shares_its_names_as_well() -> None:
    def brought() -> Resource:
        name = "".join(["x"] * 150)
        obj = {"kind": "X", "metadata": {"name": "n"}, "spec": {"a": [{name: 1}]}}
        return Resource.from_object("staging", obj)

    one, two = brought(), brought()
    assert next(iter(one.spec["a"][0])) is next(iter(two.spec["a"][0]))


def test_an_object_with_nothing_but_a_name_has_empty_words_and_not_the_word_none() -> None:
    empty = {"metadata": {"name": "n"}, "kind": "X", "apiVersion": None}
    nulls = {
        **dict.fromkeys(("namespace", "uid", "resourceVersion", "creationTimestamp")),
        **dict.fromkeys(("generation", "labels", "annotations", "ownerReferences")),
        "name": "n",
    }
    for obj in (empty, {**empty, "metadata": nulls, "spec": None, "status": None}):
        found = Resource.from_object("staging", obj)
        assert (found.key.group, found.key.namespace, found.api_version) == ("", "", "")
        assert (found.uid, found.resource_version, found.created) == ("", "", "")
        assert (found.generation, found.deleting, found.owners, found.edits) == (0, False, (), ())
        assert not found.labels and not found.annotations and not found.spec and not found.status
        assert not found.conditions and found.condition("Ready") is None
        assert found.observed, "there is no newer generation"


def test_conditions_are_read_as_far_as_they_have_a_shape() -> None:
    conditions: list[Any] = ["odd", {"type": None}, {"type": "Ready", "status": "True"}]
    conditions.append({**dict.fromkeys(("status", "reason", "message")), "type": "Healthy"})
    conditions[2]["observedGeneration"] = 3
    obj = {"kind": "X", "metadata": {"name": "n", "generation": 4}}
    found = Resource.from_object("staging", {**obj, "status": {"conditions": conditions}})
    assert [c.type for c in found.conditions] == ["", "Ready", "Healthy"]
    ready, healthy = found.condition("Ready"), found.condition("Healthy")
    assert ready is not None and (ready.status, ready.observed_generation) == ("True", 3)
    assert healthy is not None
    assert (healthy.status, healthy.reason, healthy.message) == ("", "", "")
    assert (healthy.last_transition, healthy.observed_generation) == ("", 0)
    assert not found.observed
    odd = Resource.from_object("staging", {**obj, "status": {"conditions": {"type": "Ready"}}})
    assert odd.conditions == ()


def test_an_object_made_anew_of_what_is_kept_says_the_same() -> None:
    obj = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "web", "namespace": "shop", "uid": "u", "resourceVersion": "7",
            "generation": 2, "creationTimestamp": "2026-11-23T03:04:05Z",
            "labels": {"a": "b"}, "annotations": {"c": "d"},
        },
        "spec": {"replicas": 3},
        "status": {"replicas": 3},
        "data": {"x": "y"},
    }  # fmt: skip
    assert Resource.from_object("staging", obj).as_object() == obj
    leaving: dict[str, Any] = {"kind": "X", "metadata": {"name": "n", "deletionTimestamp": "soon"}}
    again = Resource.from_object("staging", leaving).as_object()
    assert "namespace" not in again["metadata"] and "deletionTimestamp" in again["metadata"]
    assert not {"spec", "status"} & again.keys()
    owned = {"name": "n", "ownerReferences": [{"uid": "u1"}, {"uid": None}, "odd"]}
    assert Resource.from_object("staging", {"kind": "X", "metadata": owned}).owners == ("u1", "")
    secret = {"apiVersion": "example.com/v1", "kind": "Secret", "metadata": {"name": "n"}}
    assert Resource.from_object("staging", {**secret, "spec": {"a": 1}}).spec == {"a": 1}
