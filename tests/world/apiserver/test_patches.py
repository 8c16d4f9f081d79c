"""Merge, JSON and strategic-merge patches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.world.apiserver import strategic
from fluxtui.world.apiserver.patches import json_patch, merge_patch
from fluxtui.world.apiserver.shape import builtin
from fluxtui.world.apiserver.status import StatusError
from tests.world.apiserver.client import (
    DEPLOYMENTS,
    FLUX,
    JSON_PATCH,
    MAPS,
    STRATEGIC,
    Client,
    config_map,
    deployment,
    kustomization,
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def test_a_merge_patch_merges_and_null_removes(api: Client) -> None:
    api.post(MAPS, config_map("settings", {"a": "1", "b": "2"})).ok()
    after = api.patch(f"{MAPS}/settings", {"data": {"a": None, "c": "3"}}).ok()
    assert after["data"] == {"b": "2", "c": "3"}


def test_a_merge_patch_of_a_custom_resource_replaces_lists(api: Client) -> None:
    api.post(FLUX, kustomization("app", dependsOn=[{"name": "a"}, {"name": "b"}])).ok()
    after = api.patch(f"{FLUX}/app", {"spec": {"dependsOn": [{"name": "c"}]}}).ok()
    assert after["spec"]["dependsOn"] == [{"name": "c"}]


def test_custom_resources_know_no_strategic_merge(api: Client) -> None:
    api.post(FLUX, kustomization("app")).ok()
    refused = api.patch(f"{FLUX}/app", {"spec": {}}, STRATEGIC)
    assert (refused.status, refused.json["reason"]) == (415, "UnsupportedMediaType")


def test_a_strategic_patch_merges_lists_by_key(api: Client) -> None:
    api.post(DEPLOYMENTS, deployment("web")).ok()
    change = {
        "spec": {
            "template": {
                "spec": {
                    "containers": [
                        {"name": "app", "env": [{"name": "A", "value": "1"}]},
                        {"name": "side", "image": "side:1"},
                    ]
                }
            }
        }
    }
    after = api.patch(f"{DEPLOYMENTS}/web", change, STRATEGIC).ok()
    containers = after["spec"]["template"]["spec"]["containers"]
    assert [c["image"] for c in containers] == ["nginx:1.27", "side:1"]
    assert containers[0]["env"] == [{"name": "A", "value": "1"}]
    remove = {
        "spec": {
            "template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}},
        }
    }
    less = api.patch(f"{DEPLOYMENTS}/web", remove, STRATEGIC).ok()
    assert len(less["spec"]["template"]["spec"]["containers"]) == 1


def test_strategic_directives_replace_retain_and_order() -> None:
    pod = builtin("PodSpec")
    spec = {"containers": [{"name": "a"}, {"name": "b"}], "volumes": [{"name": "v"}]}
    replaced = strategic.merge(spec, {"containers": [{"$patch": "replace"}, {"name": "c"}]}, pod)
    assert replaced["containers"] == [{"name": "c"}]
    ordered = strategic.merge(
        spec, {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}, pod
    )
    assert [c["name"] for c in ordered["containers"]] == ["b", "a"]
    retained = strategic.merge(spec, {"$retainKeys": ["volumes"]}, pod)
    assert set(retained) == {"volumes"}
    meta = builtin("ObjectMeta")
    fewer = strategic.merge(
        {"finalizers": ["a", "b"]}, {"$deleteFromPrimitiveList/finalizers": ["a"]}, meta
    )
    assert fewer["finalizers"] == ["b"]


def test_a_json_patch_does_all_its_operations(api: Client) -> None:
    api.post(MAPS, config_map("settings", {"a": "1", "b": "2"})).ok()
    operations = [
        {"op": "test", "path": "/data/a", "value": "1"},
        {"op": "add", "path": "/metadata/labels", "value": {"x/y": "z"}},
        {"op": "replace", "path": "/metadata/labels/x~1y", "value": "slash"},
        {"op": "move", "from": "/data/a", "path": "/data/c"},
        {"op": "copy", "from": "/data/c", "path": "/data/d"},
        {"op": "remove", "path": "/data/b"},
        {"op": "replace", "path": "/data/d", "value": "4"},
    ]
    after = api.patch(f"{MAPS}/settings", operations, JSON_PATCH).ok()
    assert after["data"] == {"c": "1", "d": "4"}
    assert after["metadata"]["labels"] == {"x/y": "slash"}


def test_a_json_patch_that_does_not_fit_changes_nothing(api: Client) -> None:
    made = api.post(MAPS, config_map("settings", {"a": "1"})).ok()
    for operation in (
        {"op": "remove", "path": "/data/nope"},
        {"op": "test", "path": "/data/a", "value": "2"},
        {"op": "replace", "path": "/spec/x", "value": 1},
    ):
        refused = api.patch(f"{MAPS}/settings", [operation], JSON_PATCH)
        assert (refused.status, refused.json["reason"]) == (422, "Invalid")
    assert api.patch(f"{MAPS}/settings", {"op": "add"}, JSON_PATCH).status == 400
    assert api.get(f"{MAPS}/settings").ok() == made


def test_json_patch_lists() -> None:
    assert json_patch([1, 3], [{"op": "add", "path": "/1", "value": 2}]) == [1, 2, 3]
    assert json_patch([1], [{"op": "add", "path": "/-", "value": 2}]) == [1, 2]
    with pytest.raises(StatusError, match="invalid index"):
        json_patch([1], [{"op": "remove", "path": "/1"}])
    with pytest.raises(StatusError, match="test failed"):
        json_patch({"a": 1}, [{"op": "test", "path": "/a", "value": True}])


@given(target=values, patch=values)
def test_a_merge_patch_is_idempotent(target: object, patch: object) -> None:
    once = merge_patch(target, patch)
    assert merge_patch(once, patch) == once


@given(target=values, patch=st.dictionaries(st.text(max_size=3), values))
def test_a_merge_patch_never_changes_its_target(target: object, patch: dict[str, object]) -> None:
    import copy

    before = copy.deepcopy(target)
    merge_patch(target, patch)
    assert target == before


def test_a_strategic_patch_puts_new_items_first_unless_told_otherwise() -> None:
    pod = builtin("PodSpec")
    spec = {"containers": [{"name": "a"}, {"name": "b"}]}
    added = strategic.merge(spec, {"containers": [{"name": "n"}]}, pod)
    assert [c["name"] for c in added["containers"]] == ["n", "a", "b"]
    moved = {
        "containers": [{"name": "n"}],
        "$setElementOrder/containers": [{"name": "a"}, {"name": "n"}],
    }
    told = strategic.merge(spec, moved, pod)
    assert [c["name"] for c in told["containers"]] == ["a", "n", "b"]
    with pytest.raises(StatusError, match="does not contain declared merge key: name"):
        strategic.merge(spec, {"containers": [{"image": "x"}]}, pod)
