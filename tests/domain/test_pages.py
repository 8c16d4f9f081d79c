"""A page of a long list read at once: the same Resources as one by one, or nothing at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fluxtui.domain.resource import Resource, slim

pages = pytest.importorskip("fluxtui.domain.pages", reason="msgspec is not installed")
KUSTOMIZE = "kustomize.toolkit.fluxcd.io/v1"
FIELDS: dict[str, Any] = {
    "f:spec": {".": {}, "f:ref": {"f:semver": {}}, "f:suspend": {}},
    "v:x": {},
}


def entry(manager: str, operation: str = "Update", **more: Any) -> dict[str, Any]:
    of = {"manager": manager, "operation": operation, "time": "2026-11-23T03:04:05Z"}
    return {**of, "apiVersion": KUSTOMIZE, "fieldsType": "FieldsV1", "fieldsV1": FIELDS, **more}


def one(name: str, **more: Any) -> dict[str, Any]:
    meta = {
        "name": name,
        "namespace": "shop",
        "uid": f"uid-{name}",
        "resourceVersion": "7",
        "generation": 3,
        "creationTimestamp": "2026-11-23T03:04:05Z",
        "deletionTimestamp": "2026-11-24T03:04:05Z",
        "labels": {"app": "web"},
        "annotations": {"note": "ünïcode 😀"},
        "ownerReferences": [{"uid": "owner"}],
        "finalizers": ["finalizers.fluxcd.io"],
        "managedFields": [
            entry("kustomize-controller", "Apply"),
            entry("kubectl-edit"),
            entry("kubectl-patch", subresource="status"),
            {**entry("kubectl-patch"), "time": None},
            entry("source-controller"),
        ],
    }
    spec = {"path": "./", "numbers": [1, -2, 1.5, True, None], "deep": {"a": [{"b": "c"}]}}
    status = {"conditions": [{"type": "Ready", "status": "True", "message": "well"}]}
    obj = {"apiVersion": KUSTOMIZE, "kind": "Kustomization", "metadata": meta}
    return {**obj, "spec": spec, "status": status, **more}


def page(*items: Any, **meta: Any) -> bytes:
    head = {"resourceVersion": "42", **meta}
    listed = {"kind": "KustomizationList", "apiVersion": KUSTOMIZE, "metadata": head}
    return json.dumps({**listed, "items": list(items)}).encode()


def test_each_object_is_what_it_would_be_by_itself() -> None:
    objects = [one("a"), one("b", status=None), {"metadata": {"name": "c"}}]
    read = pages.read(page(*objects, **{"continue": "more"}), KUSTOMIZE, "Kustomization")
    assert (read.kind, read.version, read.token) == ("KustomizationList", "42", "more")
    named = {"apiVersion": KUSTOMIZE, "kind": "Kustomization"}
    alone = [Resource.from_object("eu", slim({**named, **obj})) for obj in objects]
    together = [Resource.from_object("eu", obj) for obj in read.items]
    assert together == alone
    assert together[0].declared == {"spec.ref.semver", "spec.suspend"}
    assert [edit.manager for edit in together[0].edits] == ["kubectl-edit"]
    assert together[0].deleting and together[0].owners == ("owner",)


def test_of_what_is_not_kept_nothing_is_made() -> None:
    read = pages.read(page(one("a")), KUSTOMIZE, "Kustomization")
    assert not {"managedFields", "finalizers"} & read.items[0]["metadata"].keys()


def test_the_last_page_says_so() -> None:
    assert pages.read(page(one("a")), "", "").token == ""


def test_texts_that_thousands_have_are_kept_once() -> None:
    first, second = pages.read(page(one("a"), one("b")), "", "").items
    ours = (obj["status"]["conditions"][0]["message"] for obj in (first, second))
    labels = (obj["metadata"]["labels"]["app"] for obj in (first, second))
    assert len({id(text) for text in ours}) == len({id(text) for text in labels}) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"data": {"password": "aHVudGVyMg=="}},  # a Secret; an Event has parts of its own, too
        {"metadata": None},
        {"metadata": {"namespace": "shop"}},
        {"metadata": {"name": "x", "labels": {"a": 1}}},
        {"metadata": {"name": "x", "generation": "3"}},
        {"metadata": {"name": "x", "managedFields": ["nonsense"]}},
        {"kind": 3},
    ],
    ids=lambda odd: json.dumps(odd)[:40],
)
def test_one_object_of_another_shape_leaves_the_page_to_others(odd: dict[str, Any]) -> None:
    assert pages.read(page(one("a"), one("b", **odd)), "", "") is None


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"kind": "Status"}', b'{"kind": "XList", "metadata": {}, "items": null}',
     page(one("a")).replace(b"web", b"\xff"), page(one("a")).replace(b'"web"', b"NaN")],
)  # fmt: skip
def test_what_is_no_such_page_is_left_to_others(body: bytes) -> None:
    assert pages.read(body, "", "") is None


def test_a_status_that_is_no_mapping_harms_nothing() -> None:
    read = pages.read(page(one("a", status=[1], spec="x")), "", "")
    assert Resource.from_object("eu", read.items[0]).status == {}
