"""Watches: nothing is lost, selectors are honoured, and the past has an end."""

from __future__ import annotations

import threading

from fluxtui.world.apiserver.server import ApiServer
from tests.world.apiserver.client import MAPS, TABLE, Client, Json, config_map


def seen(event: tuple[str, Json]) -> tuple[str, str]:
    return event[0], event[1]["metadata"]["name"]


def test_a_watch_tells_every_change_in_order(api: Client) -> None:
    rv = api.get(MAPS).ok()["metadata"]["resourceVersion"]
    with api.watch(MAPS, resourceVersion=rv) as stream:
        api.post(MAPS, config_map("a")).ok()
        api.patch(f"{MAPS}/a", {"data": {"x": "1"}}).ok()
        api.delete(f"{MAPS}/a").ok()
        events = [stream.next() for _ in range(3)]
    assert [seen(e) for e in events] == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]
    versions = [int(e[1]["metadata"]["resourceVersion"]) for e in events]
    assert versions == sorted(set(versions))
    assert events[0][1]["kind"] == "ConfigMap"


def test_a_watch_takes_up_where_a_list_ended(api: Client) -> None:
    rv = api.post(MAPS, config_map("a")).ok()["metadata"]["resourceVersion"]
    api.post(MAPS, config_map("b")).ok()
    with api.watch(MAPS, resourceVersion=rv) as stream:
        assert seen(stream.next()) == ("ADDED", "b")


def test_without_a_version_a_watch_begins_with_what_is_there(api: Client) -> None:
    api.post(MAPS, config_map("a")).ok()
    with api.watch(MAPS) as stream:
        assert seen(stream.next()) == ("ADDED", "a")
        api.post(MAPS, config_map("b")).ok()
        assert seen(stream.next()) == ("ADDED", "b")


def test_leaving_the_selector_is_a_deletion_and_entering_an_addition(api: Client) -> None:
    api.post(MAPS, config_map("a", labels={"on": "yes"})).ok()
    rv = api.get(MAPS).ok()["metadata"]["resourceVersion"]
    with api.watch(MAPS, resourceVersion=rv, labelSelector="on=yes") as stream:
        gone = api.patch(f"{MAPS}/a", {"metadata": {"labels": {"on": "no"}}}).ok()
        change, obj = stream.next()
        assert change == "DELETED"
        assert obj["metadata"]["labels"] == {"on": "yes"}, "the last state the watcher could see"
        assert obj["metadata"]["resourceVersion"] == gone["metadata"]["resourceVersion"]
        api.patch(f"{MAPS}/a", {"data": {"unseen": "1"}}).ok()
        api.patch(f"{MAPS}/a", {"metadata": {"labels": {"on": "yes"}}}).ok()
        assert seen(stream.next()) == ("ADDED", "a")


def test_a_watch_of_one_name_or_namespace_sees_no_other(api: Client) -> None:
    with (
        api.watch(MAPS, resourceVersion="1", fieldSelector="metadata.name=b") as one,
        api.watch("/api/v1/namespaces/kube-system/configmaps", resourceVersion="1") as other,
    ):
        api.post(MAPS, config_map("a")).ok()
        api.post(MAPS, config_map("b")).ok()
        api.post("/api/v1/namespaces/kube-system/configmaps", config_map("c")).ok()
        assert seen(one.next()) == ("ADDED", "b")
        assert seen(other.next()) == ("ADDED", "c")


def test_an_old_version_is_gone(api: Client, server: ApiServer) -> None:
    rv = api.post(MAPS, config_map("a")).ok()["metadata"]["resourceVersion"]
    api.post(MAPS, config_map("b")).ok()
    server.compact()
    with api.watch(MAPS, resourceVersion=rv) as stream:
        [(change, status)] = stream
    assert (change, status["code"], status["reason"]) == ("ERROR", 410, "Expired")
    assert status["message"].startswith(f"too old resource version: {rv} (")


def test_an_open_watch_can_expire_and_says_so_in_the_stream(api: Client, server: ApiServer) -> None:
    with api.watch(MAPS, resourceVersion=server.state.store.rv) as stream:
        server.compact()
        change, status = stream.next()
        assert change == "ERROR"
        assert (status["code"], status["reason"]) == (410, "Expired")
        assert list(stream) == [], "nothing comes after it"


def test_a_watch_tells_where_it_is_before_it_ends(api: Client, server: ApiServer) -> None:
    api.post(MAPS, config_map("a")).ok()
    rv = api.get(MAPS).ok()["metadata"]["resourceVersion"]
    api.post("/api/v1/namespaces", {"metadata": {"name": "elsewhere"}}).ok()
    query = {"resourceVersion": rv, "timeoutSeconds": 3, "allowWatchBookmarks": "true"}
    with api.watch(MAPS, **query) as stream:
        change, told = stream.next()
    assert (change, told["kind"]) == ("BOOKMARK", "ConfigMap")
    assert int(told["metadata"]["resourceVersion"]) == server.state.store.rv


def test_a_streaming_list_ends_with_a_marked_bookmark(api: Client) -> None:
    for name in ("a", "b"):
        api.post(MAPS, config_map(name)).ok()
    query = {
        "sendInitialEvents": "true",
        "resourceVersionMatch": "NotOlderThan",
        "allowWatchBookmarks": "true",
    }
    with api.watch(MAPS, **query) as stream:
        events = [stream.next() for _ in range(3)]
        assert [e[0] for e in events] == ["ADDED", "ADDED", "BOOKMARK"]
        marks = events[2][1]["metadata"]["annotations"]
        assert marks == {"k8s.io/initial-events-end": "true"}
        api.post(MAPS, config_map("c")).ok()
        assert seen(stream.next()) == ("ADDED", "c")
    assert api.get(MAPS, watch="true", sendInitialEvents="true").status == 422


def test_a_watch_can_come_as_tables(api: Client) -> None:
    api.post(MAPS, config_map("a", {"k": "v"})).ok()
    with api.watch(MAPS, accept=TABLE) as stream:
        first = stream.next()[1]
        assert first["kind"] == "Table"
        assert [c["name"] for c in first["columnDefinitions"]] == ["Name", "Data", "Age"]
        assert first["rows"][0]["cells"][:2] == ["a", 1]
        api.post(MAPS, config_map("b")).ok()
        assert stream.next()[1]["columnDefinitions"] is None


def test_a_watch_of_the_future_waits(api: Client) -> None:
    with api.watch(MAPS, resourceVersion="999999", timeoutSeconds=1) as stream:
        assert list(stream) == []


def test_many_watchers_see_the_same(api: Client, server: ApiServer) -> None:
    results: list[list[tuple[str, str]]] = []
    ready = threading.Barrier(9)

    def follow() -> None:
        client = Client(server)
        with client.watch(MAPS, resourceVersion="1") as stream:
            ready.wait(120)
            results.append([seen(stream.next()) for _ in range(20)])
        client.close()

    threads = [threading.Thread(target=follow) for _ in range(8)]
    for thread in threads:
        thread.start()
    ready.wait(120)
    for i in range(20):
        api.post(MAPS, config_map(f"m{i}")).ok()
    for thread in threads:
        thread.join(120)
    assert len(results) == 8
    assert all(r == [("ADDED", f"m{i}") for i in range(20)] for r in results)


def test_stopping_the_server_ends_its_watches() -> None:
    server = ApiServer("staging", crds=())
    server.start()
    client = Client(server)
    with client.watch(MAPS) as stream:
        server.stop()
        assert list(stream) == []
    client.close()
