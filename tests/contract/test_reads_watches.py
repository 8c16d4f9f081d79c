"""Watches: from where they begin, what they say of what enters and leaves, and how they end."""

from __future__ import annotations

import time

import pytest

from tests.contract.reads import MAPS, make_maps, maps_of, take, version_of
from tests.world.apiserver.client import Client, Json, config_map


@pytest.mark.parametrize("version", [{}, {"resourceVersion": ""}, {"resourceVersion": "0"}])
def test_without_a_version_a_watch_begins_with_what_is_there(
    api: Client, ns: str, version: dict[str, str]
) -> None:
    newest = make_maps(api, ns, "a", "b")
    api.get(maps_of(ns), resourceVersion=newest).ok()  # a cache has them now
    with api.watch(maps_of(ns), **version) as stream:
        assert sorted(take(stream, 2)) == [("ADDED", "a"), ("ADDED", "b")]
        make_maps(api, ns, "c")
        assert take(stream, 1) == [("ADDED", "c")]


def test_from_a_version_a_watch_tells_what_came_after(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    make_maps(api, ns, "b")
    api.patch(f"{maps_of(ns)}/a", {"data": {"of": "b"}}).ok()
    gone = api.delete(f"{maps_of(ns)}/b").ok()
    with api.watch(maps_of(ns), resourceVersion=version) as stream:
        changes = [("ADDED", "b"), ("MODIFIED", "a"), ("DELETED", "b")]
        assert take(stream, 2) == changes[:2]
        change, last = stream.next()
    assert change == "DELETED" and gone["status"] == "Success"
    assert last["data"] == {"of": "b"}, "the last state it had"
    assert version_of(last) > version + 2, "under the version of its end"


def test_objects_enter_and_leave_a_label_selector(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a", on="no")
    with api.watch(maps_of(ns), resourceVersion=version, labelSelector="on=yes") as stream:
        for value in ("yes", "no", "yes"):
            api.patch(f"{maps_of(ns)}/a", {"metadata": {"labels": {"on": value}}}).ok()
        change, entered = stream.next()
        assert (change, entered["metadata"]["labels"]) == ("ADDED", {"on": "yes"})
        change, left = stream.next()
        assert (change, left["metadata"]["labels"]) == ("DELETED", {"on": "yes"})
        assert version_of(left) > version_of(entered), "as it was last seen, at the time it left"
        assert take(stream, 1) == [("ADDED", "a")]
        api.delete(f"{maps_of(ns)}/a").ok()
        assert take(stream, 1) == [("DELETED", "a")]


def test_a_watch_of_one_name_sees_no_other(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    one: Json = {"resourceVersion": version, "fieldSelector": "metadata.name=b"}
    with api.watch(maps_of(ns), **one) as stream:
        make_maps(api, ns, "c", "b")
        assert take(stream, 1) == [("ADDED", "b")]


def test_a_watch_of_all_namespaces_and_one_of_another(api: Client, ns: str) -> None:
    other = f"{ns}-other"
    version = version_of(api.post("/api/v1/namespaces", {"metadata": {"name": other}}).ok())
    asked: Json = {"resourceVersion": version, "labelSelector": f"kept={ns}"}
    with api.watch(MAPS, **asked) as everywhere, api.watch(maps_of(other), **asked) as there:
        make_maps(api, ns, "a", kept=ns)
        make_maps(api, other, "b", kept=ns)
        assert take(everywhere, 2) == [("ADDED", "a"), ("ADDED", "b")]
        assert take(there, 1) == [("ADDED", "b")]


@pytest.mark.parametrize("query", ["watch=true", "watch=1", "watch=yes", "watch"])
def test_a_watch_ends_when_its_time_is_up(api: Client, ns: str, query: str) -> None:
    version = make_maps(api, ns, "a")
    began = time.monotonic()
    answer = api.get(f"{maps_of(ns)}?{query}&resourceVersion={version}&timeoutSeconds=1")
    assert (answer.status, answer.data) == (200, b"")
    assert time.monotonic() - began >= 0.9
    assert api.get(maps_of(ns)).status == 200, "the connection is still good"


def bookmarked(api: Client, ns: str, version: int, name: str) -> Json | None:
    """The first bookmark that is as new as something a watch does not hear of, made while it is
    open; None where making it took longer than the watch."""
    asked: Json = {"resourceVersion": version, "allowWatchBookmarks": "true", "timeoutSeconds": 5}
    with api.watch(maps_of(ns), fieldSelector="metadata.name=none", **asked) as stream:
        newest = make_maps(api, ns, name)
        for change, told in stream:
            assert change == "BOOKMARK"
            if version_of(told) >= newest:
                return told
    return None


def test_before_its_end_a_watch_tells_where_it_is(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    tries = (bookmarked(api, ns, version, f"b{i}") for i in range(10))
    told = next((each for each in tries if each is not None), None)
    assert told is not None
    assert set(told) == {"kind", "apiVersion", "metadata"} and told["kind"] == "ConfigMap"
    with api.watch(maps_of(ns), resourceVersion=version_of(told)) as stream:
        api.post(maps_of(ns), config_map("c")).ok()
        assert take(stream, 1) == [("ADDED", "c")], "going on from there misses nothing"
