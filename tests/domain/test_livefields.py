"""A live object is compared by what the build speaks of: defaults and strangers do not count."""

from __future__ import annotations

from typing import Any

from fluxtui.domain.livefields import owned_fields, projected, tidied

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
    owned = {
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
