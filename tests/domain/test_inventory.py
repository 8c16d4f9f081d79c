"""Objects keep their identity through inventories, and go on and off in Flux's order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.errors import UsageError
from fluxtui.domain.inventory import (
    InventoryEntry,
    apply_order,
    delete_order,
    entries,
    stages,
    stale,
    to_inventory,
)
from fluxtui.domain.objectid import ObjectId

RBAC = "rbac.authorization.k8s.io"


def obj(api: str, kind: str, name: str = "x", namespace: str = "") -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace}}


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("default_podinfo__Service", ObjectId("default", "podinfo", "", "Service")),
        ("_apps__Namespace", ObjectId("", "apps", "", "Namespace")),
        (f"_system__node_{RBAC}_ClusterRole", ObjectId("", "system:node", RBAC, "ClusterRole")),
        (f"_a:b_{RBAC}_Widget", ObjectId("", "a:b", RBAC, "Widget")),
        (f"_a__b_{RBAC}_Widget", ObjectId("", "a__b", RBAC, "Widget")),
        ("_a__b_x.io_Role", ObjectId("", "a__b", "x.io", "Role")),
        ("_a:b_x.io_Role", ObjectId("", "a:b", "x.io", "Role")),
        ("_a_b__c_x.io_Widget", ObjectId("", "a_b__c", "x.io", "Widget")),
    ],
)
def test_ids_are_written_as_flux_writes_them(text: str, id: ObjectId) -> None:
    assert ObjectId.parse(text) == id and id.format() == text


@given(
    st.from_regex(r"[a-z0-9-]{0,8}", fullmatch=True),
    st.from_regex(r"[a-z0-9.:-]{1,12}", fullmatch=True),
    st.sampled_from([("", "ConfigMap"), (RBAC, "Role"), ("apps", "Deployment")]),
)
def test_an_id_reads_back(namespace: str, name: str, kind: tuple[str, str]) -> None:
    id = ObjectId(namespace, name, *kind)
    assert ObjectId.parse(id.format()) == id


@pytest.mark.parametrize("text", ["", "a_b", "a_b_c", "a__b_c", "a_b_c_", "a___c", "a__c_d"])
def test_a_broken_id_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        ObjectId.parse(text)


def test_an_object_without_its_words_has_empty_ones() -> None:
    for bare in ({}, {"apiVersion": None, "kind": None, "metadata": None}):
        assert (
            ObjectId.of(bare) == ObjectId("", "", "", "") and InventoryEntry.of(bare).version == ""
        )
    nameless = {"metadata": {"name": None, "namespace": None}}
    assert ObjectId.of(nameless) == ObjectId("", "", "", "")
    (entry,) = entries({"entries": [{"id": "_a__Namespace", "v": None}]})
    assert entry.version == "" and entries(None) == entries({"entries": None}) == ()


def test_a_new_api_version_is_the_same_object_and_what_is_gone_is_deleted_in_reverse() -> None:
    old = [
        InventoryEntry.of(obj("v1", "Namespace", "shop")),
        InventoryEntry.of(obj("apps/v1beta1", "Deployment", "web", "shop")),
        InventoryEntry.of(obj("v1", "ConfigMap", "env", "shop")),
    ]
    new = [InventoryEntry.of(obj("apps/v1", "Deployment", "web", "shop"))]
    assert [str(e.id) for e in stale(old, new)] == ["ConfigMap/shop/env", "Namespace/shop"]
    assert stale(old, old) == ()


def test_an_inventory_reads_back_with_every_id_once() -> None:
    new = [InventoryEntry.of(obj("apps/v1", "Deployment", "web", "shop"))]
    written = to_inventory([*new, *new])
    assert written == {"entries": [{"id": "shop_web_apps_Deployment", "v": "v1"}]}
    assert entries(written) == tuple(new) and entries(None) == ()


def test_objects_are_applied_in_stages() -> None:
    given = [
        obj("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
        obj("example.com/v1", "Widget"),
        obj("apps/v1", "Deployment"),
        obj("v1", "ConfigMap"),
        obj("networking.k8s.io/v1", "IngressClass"),
        obj("gateway.networking.k8s.io/v1", "GatewayClass"),
        obj(RBAC + "/v1", "ClusterRole"),
        obj("v1", "Namespace"),
        obj("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        obj("cert.io/v1", "Issuer"),
    ]
    assert [
        (s.name, s.wait, [o["kind"] for o in s.objects])
        for s in stages(given, custom_kinds={("cert.io", "Issuer")})
    ] == [
        ("definitions", True, ["CustomResourceDefinition", "Namespace", "ClusterRole"]),
        ("classes", True, ["IngressClass", "GatewayClass"]),
        ("custom", False, ["Issuer"]),
        (
            "rest",
            False,
            ["ConfigMap", "Deployment", "Widget", "ValidatingWebhookConfiguration"],
        ),
    ]


def test_ties_are_broken_by_group_kind_namespace_and_name() -> None:
    given = [obj("v1", "Secret", n, ns) for ns in ("b", "a") for n in ("y", "x")]
    in_order = apply_order(given)
    assert [(o["metadata"]["namespace"], o["metadata"]["name"]) for o in in_order] == [
        ("a", "x"),
        ("a", "y"),
        ("b", "x"),
        ("b", "y"),
    ]
    assert delete_order(given) == in_order[::-1]
