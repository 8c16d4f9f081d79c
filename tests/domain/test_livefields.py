"""A live object is compared by what the build speaks of: defaults and strangers do not count."""

from __future__ import annotations

from typing import Any

from fluxtui.domain.livefields import as_kept, owned_fields, projected, tidied

LIVE: dict[str, Any] = {
    "metadata": {"name": "web", "labels": {"app": "web", "seen": "x"}, "uid": "1"},
    "spec": {
        "replicas": 2,
        "paused": False,
        "ports": [{"port": 80, "protocol": "TCP", "nodePort": 30080}, {"port": 81}],
        "args": ["a", "b"],
    },
    "status": {"ready": True},
}


def test_only_what_the_build_sets_is_left() -> None:
    wanted = {
        "metadata": {"name": "web", "labels": {"app": "x"}},
        "spec": {"replicas": 1, "ports": [{"port": 80}], "args": ["a"]},
    }
    assert projected(tidied(LIVE), wanted, {}) == {
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {"replicas": 2, "ports": [{"port": 80}], "args": ["a", "b"]},
    }


def test_what_the_manager_owns_and_the_build_has_dropped_is_left_too() -> None:
    owned: dict[str, Any] = {
        "f:metadata": {"f:labels": {"f:seen": {}}},
        "f:spec": {"f:paused": {}, "f:ports": {'k:{"port":81,"protocol":"TCP"}': {"f:port": {}}}},
    }
    live = {**LIVE, "spec": {**LIVE["spec"], "ports": [{"port": 81, "protocol": "TCP", "x": 1}]}}
    wanted = {"metadata": {"labels": {"app": "web"}}, "spec": {"ports": []}}
    assert projected(tidied(live), wanted, owned) == {
        "metadata": {"labels": {"app": "web", "seen": "x"}},
        "spec": {"paused": False, "ports": [{"port": 81}]},
    }


def test_fields_of_another_manager_or_a_subresource_are_not_the_managers() -> None:
    entry = {"manager": "flux", "operation": "Apply", "fieldsV1": {"f:spec": {}}}
    obj = {
        "metadata": {
            "managedFields": [
                {**entry, "manager": "other"},
                {**entry, "operation": "Update"},
                {**entry, "subresource": "status"},
            ]
        }
    }
    assert owned_fields(obj, "flux") == {}
    obj["metadata"]["managedFields"].append(entry)
    assert owned_fields(obj, "flux") == {"f:spec": {}}
    assert owned_fields({}, "flux") == {}


def test_a_field_of_another_shape_is_compared_whole() -> None:
    assert projected({"a": 1}, ["a"], {}) == {"a": 1} and projected(["a"], {"a": 1}, {}) == ["a"]
    assert projected("a", {"a": 1}, {}) == "a" and projected({"a": 1}, "a", {}) == {"a": 1}
    assert projected(["a"], "a", {}) == ["a"] and projected("a", ["a"], {}) == "a"
    assert projected([1, 2], [3], {}) == [1, 2], "a list without keys is one value"


def test_of_an_owned_value_only_the_parts_that_are_owned_are_left() -> None:
    live = {"meta": {"mine": 1, "theirs": 2}, "all": {"x": 1}, "word": "w", "odd": {"y": 1}}
    owned: dict[str, Any] = {
        "f:meta": {"f:mine": {}, ".": {}},
        "f:all": {".": {}},
        "f:word": {"f:x": {}},
        "f:odd": "nonsense",
    }
    assert projected(live, {}, owned) == {
        "meta": {"mine": 1}, "all": {"x": 1}, "word": "w", "odd": {"y": 1},
    }  # fmt: skip


def test_items_are_found_by_all_of_their_keys_and_a_protocol_may_be_left_out() -> None:
    port, udp = {"port": 80, "protocol": "TCP", "x": 1}, {"port": 80, "protocol": "UDP", "x": 2}
    wanted = [{"port": 80}, {"port": 81}]
    assert projected([port, udp], wanted, {}) == [{"port": 80}]
    owned: dict[str, Any] = {'k:{"port":80,"protocol":"UDP"}': {"f:x": {}}}
    assert projected([port, udp], wanted, owned) == [{"port": 80}, {"x": 2}]
    named = [{"name": "a", "x": 1}, {"name": "b", "x": 2}]
    assert projected(named, [{"name": "a"}], {}) == [{"name": "a"}]
    whole = projected(named, [{"name": "a"}], {'k:{"name":"b"}': {}})
    assert whole == [{"name": "a"}, {"name": "b", "x": 2}]
    assert projected(named, [{"name": "c"}], {'k:{"name":"b"}': "odd"}) == [named[1]]


def test_an_object_without_metadata_is_tidied_all_the_same() -> None:
    assert tidied({"kind": "X", "metadata": None, "status": 1}) == {"kind": "X", "metadata": {}}
    entry = {"manager": "flux", "operation": "Apply", "fieldsV1": "odd"}
    assert owned_fields({"metadata": {"managedFields": [entry]}}, "flux") == {}
    assert owned_fields({"metadata": None}, "flux") == {}


def test_what_an_api_drops_or_writes_otherwise_is_no_difference() -> None:
    container: dict[str, Any] = {
        "name": "web",
        "env": [{"name": "EMPTY", "value": ""}],
        "resources": {"limits": {"cpu": "1000m", "memory": "1024Mi"}, "requests": {}},
        "securityContext": {"privileged": False, "capabilities": {"drop": None}},
    }
    live = {
        "name": "web",
        "env": [{"name": "EMPTY"}],
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
    }
    wanted = {"kind": "Pod", "spec": {"nodeSelector": None, "containers": [container]}}
    assert as_kept(wanted, {"spec": {"containers": [live]}})["spec"] == {"containers": [live]}


def test_another_amount_and_a_field_that_is_gone_are_differences() -> None:
    wanted = {"spec": {"limits": {"cpu": "2000m"}, "paused": True, "replicas": "1000m"}}
    live = {"spec": {"limits": {"cpu": "1"}, "replicas": "1"}}
    assert as_kept(wanted, live) == wanted


def test_texts_stay_texts() -> None:
    wanted = {"kind": "ConfigMap", "data": {"limits": "1000m", "empty": ""}}
    assert as_kept(wanted, {"data": {"limits": "1"}}) == wanted
