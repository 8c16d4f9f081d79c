"""A live object is compared by what the build speaks of: defaults and strangers do not count."""

from __future__ import annotations

from typing import Any

import pytest

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


# -- as an API keeps it


def kept(desired: Any, live: Any, kind: str = "Deployment") -> Any:
    return as_kept({"kind": kind, "spec": desired}, {"kind": kind, "spec": live})["spec"]


@pytest.mark.parametrize(
    ("desired", "live", "as_it_is_kept"),
    [
        # What is empty and not there was dropped; what is empty and there was kept.
        ({"a": "", "b": 0, "c": False, "d": [], "e": {}, "f": None, "g": {"h": ""}}, {}, {}),
        ({"a": ""}, {"a": "x"}, {"a": ""}),
        ({"a": "x"}, {}, {"a": "x"}),
        ({"g": {"h": "x"}}, {}, {"g": {"h": "x"}}),
        # An amount is compared as one, below the names that hold amounts alone.
        ({"limits": {"cpu": "1000m"}}, {"limits": {"cpu": "1"}}, {"limits": {"cpu": "1"}}),
        ({"limits": {"cpu": "2000m"}}, {"limits": {"cpu": "1"}}, {"limits": {"cpu": "2000m"}}),
        ({"limits": {"cpu": "much"}}, {"limits": {"cpu": "1"}}, {"limits": {"cpu": "much"}}),
        ({"limits": {"cpu": True}}, {"limits": {"cpu": 1}}, {"limits": {"cpu": True}}),
        ({"limits": {"cpu": "1"}}, {"limits": {"cpu": True}}, {"limits": {"cpu": "1"}}),
        ({"limits": {"cpu": 1}}, {"limits": {"cpu": "1"}}, {"limits": {"cpu": "1"}}),
        ({"width": "1000m"}, {"width": "1"}, {"width": "1000m"}),
        # Items are told apart by their keys, else by their places while there are as many.
        (
            {"ports": [{"port": 81, "limits": {"x": "1000m"}}]},
            {"ports": [{"port": 80}, {"port": 81, "limits": {"x": "1"}}]},
            {"ports": [{"port": 81, "limits": {"x": "1"}}]},
        ),
        ({"min": ["1000m"]}, {"min": ["1"]}, {"min": ["1"]}),
        ({"min": ["1000m"]}, {"min": ["1", "2"]}, {"min": ["1000m"]}),
        # What is of another shape is left as it is wanted.
        ({"a": {"b": ""}}, {"a": "x"}, {"a": {"b": ""}}),
        ({"a": [""]}, {"a": "x"}, {"a": [""]}),
        ({"a": ["x"]}, {}, {"a": ["x"]}),
        ({"a": "x"}, {"a": ["x"]}, {"a": "x"}),
        ({"a": "x"}, {"a": {"b": 1}}, {"a": "x"}),
    ],
)
def test_a_wanted_object_is_read_as_an_api_keeps_it(
    desired: Any, live: Any, as_it_is_kept: Any
) -> None:
    found = kept(desired, live)
    assert found == as_it_is_kept
    assert repr(found) == repr(as_it_is_kept), "true is not one"


def test_the_data_of_a_config_map_is_text_and_stays_as_it_is() -> None:
    for kind in ("ConfigMap", "Secret"):
        assert kept({"limits": "1000m", "a": ""}, {"limits": "1"}, kind) == {
            "limits": "1000m", "a": "",
        }  # fmt: skip


# -- what of it counts


@pytest.mark.parametrize(
    ("live", "wanted", "owned", "counts"),
    [
        ({"a": 1, "b": 2}, {"a": 9}, {}, {"a": 1}),
        ({"a": 1, "b": 2}, {}, {"f:b": {}}, {"b": 2}),
        ({"b": {"c": 1, "d": 2}}, {}, {"f:b": {"f:c": {}}}, {"b": {"c": 1}}),
        ({"b": {"c": 1, "d": 2}}, {}, {"f:b": {".": {}}}, {"b": {"c": 1, "d": 2}}),
        ({"b": {"c": 1, "d": 2}}, {"b": {"c": 0}}, {"f:b": {"f:d": {}}}, {"b": {"c": 1, "d": 2}}),
        ({"b": {"c": 1}}, {"b": "x"}, {}, {"b": {"c": 1}}),
        ({"b": [1, 2]}, {"b": [1]}, {}, {"b": [1, 2]}),
        ({"b": [1, 2]}, {"b": "x"}, {}, {"b": [1, 2]}),
        ({"b": 1}, {"b": [1]}, {}, {"b": 1}),
    ],
)
def test_what_is_wanted_or_owned_counts_and_all_else_is_a_stranger_s(
    live: Any, wanted: Any, owned: Any, counts: Any
) -> None:
    assert projected(live, wanted, owned) == counts


def test_items_with_keys_are_taken_by_their_keys_and_a_port_is_tcp_where_it_says_none() -> None:
    live = {"ports": [{"port": 80, "protocol": "TCP", "x": 1}, {"port": 80, "protocol": "UDP"}]}
    assert projected(live, {"ports": [{"port": 80}]}, {}) == {"ports": [{"port": 80}]}
    udp: dict[str, Any] = {'k:{"port":80,"protocol":"UDP"}': {"f:port": {}}}
    assert projected(live, {"ports": [{"port": 80}]}, {"f:ports": udp}) == {
        "ports": [{"port": 80}, {"port": 80}]
    }
    other: dict[str, Any] = {'k:{"port":81,"protocol":"UDP"}': {"f:port": {}}}
    assert projected(live, {"ports": []}, {"f:ports": other}) == {"ports": []}


def test_the_books_of_an_api_and_its_status_do_not_count() -> None:
    obj = {
        "kind": "X",
        "metadata": {"name": "a", "uid": "1", "resourceVersion": "2", "labels": {}},
        "status": {"x": 1},
    }
    assert tidied(obj) == {"kind": "X", "metadata": {"name": "a", "labels": {}}}
    assert tidied({"kind": "X"}) == {"kind": "X", "metadata": {}}


def test_a_manager_without_fields_has_applied_nothing() -> None:
    entry = {"manager": "flux", "operation": "Apply", "fieldsV1": "odd"}
    assert owned_fields({"metadata": {"managedFields": [entry]}}, "flux") == {}
    assert owned_fields({"metadata": {"managedFields": None}}, "flux") == {}
    assert owned_fields({"metadata": None}, "flux") == {}
