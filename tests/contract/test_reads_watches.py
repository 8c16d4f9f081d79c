"""Watches: from where they begin, what they say of what enters and leaves, and how they end."""

from __future__ import annotations

import time

import pytest

from tests.contract.reads import MAPS, make_maps, maps_of, take, version_of
from tests.contract.server import Server, crd, define
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


def test_a_version_that_is_to_come_is_waited_for_in_silence(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    asked = {"resourceVersion": version + 100_000, "timeoutSeconds": 1}
    with api.watch(maps_of(ns), **asked) as stream:
        assert list(stream) == []


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


def test_objects_enter_and_leave_a_field_selector(api: Client, ns: str) -> None:
    pods = f"/api/v1/namespaces/{ns}/pods"
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}}
    version = version_of(api.post(pods, pod).ok())
    running = {"resourceVersion": version, "fieldSelector": "status.phase=Running"}
    with api.watch(pods, **running) as stream:
        for phase in ("Running", "Succeeded"):
            api.patch(f"{pods}/p/status", {"status": {"phase": phase}}).ok()
        assert take(stream, 2) == [("ADDED", "p"), ("DELETED", "p")]


def test_custom_objects_enter_and_leave_too(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    widgets = f"/apis/{group}/v1/namespaces/{ns}/widgets"
    body = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "w"}}
    version = version_of(api.post(widgets, body).ok())
    with api.watch(widgets, resourceVersion=version, labelSelector="on") as stream:
        for labels in ({"on": "yes"}, {"on": None}):
            api.patch(f"{widgets}/w", {"metadata": {"labels": labels}}).ok()
        changes = [stream.next() for _ in range(2)]
    assert [change for change, _ in changes] == ["ADDED", "DELETED"]
    assert all(obj["kind"] == "Widget" for _, obj in changes)


def test_a_watch_of_one_name_sees_no_other(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    one = {"resourceVersion": version, "fieldSelector": "metadata.name=b"}
    with api.watch(maps_of(ns), **one) as stream:
        make_maps(api, ns, "c", "b")
        assert take(stream, 1) == [("ADDED", "b")]


def test_a_watch_of_all_namespaces_and_one_of_another(api: Client, ns: str) -> None:
    other = f"{ns}-other"
    version = version_of(api.post("/api/v1/namespaces", {"metadata": {"name": other}}).ok())
    asked = {"resourceVersion": version, "labelSelector": f"kept={ns}"}
    with api.watch(MAPS, **asked) as everywhere, api.watch(maps_of(other), **asked) as there:
        make_maps(api, ns, "a", kept=ns)
        make_maps(api, other, "b", kept=ns)
        assert take(everywhere, 2) == [("ADDED", "a"), ("ADDED", "b")]
        assert take(there, 1) == [("ADDED", "b")]


def test_two_watchers_hear_the_same(server: Server, api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    other = Client(server)
    with (
        api.watch(maps_of(ns), resourceVersion=version) as one,
        other.watch(maps_of(ns), resourceVersion=version) as two,
    ):
        make_maps(api, ns, "b", "c")
        assert take(one, 2) == take(two, 2) == [("ADDED", "b"), ("ADDED", "c")]
    other.close()


@pytest.mark.parametrize("query", ["watch=true", "watch=1", "watch=yes", "watch"])
def test_a_watch_ends_when_its_time_is_up(api: Client, ns: str, query: str) -> None:
    version = make_maps(api, ns, "a")
    began = time.monotonic()
    answer = api.get(f"{maps_of(ns)}?{query}&resourceVersion={version}&timeoutSeconds=1")
    assert (answer.status, answer.data) == (200, b"")
    assert time.monotonic() - began >= 0.9
    assert api.get(maps_of(ns)).status == 200, "the connection is still good"


@pytest.mark.parametrize("query", ["watch=false", "watch=0", "watch=False"])
def test_no_watch_is_a_list(api: Client, ns: str, query: str) -> None:
    assert api.get(f"{maps_of(ns)}?{query}").ok()["kind"] == "ConfigMapList"


def test_the_old_paths_of_watches_still_work(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    old = f"/api/v1/watch/namespaces/{ns}/configmaps"
    make_maps(api, ns, "b", "c")
    with api.watch(old, resourceVersion=version) as stream:
        assert take(stream, 2) == [("ADDED", "b"), ("ADDED", "c")]
    with api.watch(f"{old}/c", resourceVersion=version) as stream:
        assert take(stream, 1) == [("ADDED", "c")]
    answer = api.get(f"{old}/c", fieldSelector="metadata.name=b")
    assert answer.status == 400
    assert answer.json["message"] == "fieldSelector metadata.name doesn't match requested name"


def bookmarked(api: Client, ns: str, version: int, name: str) -> Json | None:
    """The first bookmark that is as new as something a watch does not hear of, made while it is
    open; None where making it took longer than the watch."""
    asked = {"resourceVersion": version, "allowWatchBookmarks": "true", "timeoutSeconds": 5}
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


REFUSED = [
    ({"resourceVersion": "abc"}, 500, "strconv.ParseUint: parsing"),
    ({"labelSelector": "a in b"}, 400, "unable to parse requirement"),
    ({"fieldSelector": "data.x=1"}, 400, "is not a known field selector"),
    ({"continue": "x"}, 422, "resourceVersionMatch is forbidden when continue is provided"),
]


@pytest.mark.parametrize(("query", "code", "words"), REFUSED)
def test_what_is_wrong_with_a_watch_is_said_before_it_begins(
    api: Client, ns: str, query: dict[str, str], code: int, words: str
) -> None:
    answer = api.get(maps_of(ns), watch="true", **query)
    assert answer.status == code and words in answer.json["message"]
