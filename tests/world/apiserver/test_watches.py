"""Watches: nothing is lost, selectors are honoured, and the past has an end."""

from __future__ import annotations

import threading

from fluxtui.world.apiserver.server import ApiServer
from tests.world.apiserver.client import MAPS, TABLE, Client, Json, config_map


def seen(event: tuple[str, Json]) -> tuple[str, str]:
    return event[0], event[1]["metadata"]["name"]


def test_an_open_watch_can_expire_and_says_so_in_the_stream(api: Client, server: ApiServer) -> None:
    with api.watch(MAPS, resourceVersion=server.state.store.rv) as stream:
        server.compact()
        change, status = stream.next()
        assert change == "ERROR"
        assert (status["code"], status["reason"]) == (410, "Expired")
        assert list(stream) == [], "nothing comes after it"


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


def test_a_watch_can_come_as_tables(api: Client) -> None:
    api.post(MAPS, config_map("a", {"k": "v"})).ok()
    with api.watch(MAPS, accept=TABLE) as stream:
        first = stream.next()[1]
        assert first["kind"] == "Table"
        assert [c["name"] for c in first["columnDefinitions"]] == ["Name", "Data", "Age"]
        assert first["rows"][0]["cells"][:2] == ["a", 1]
        api.post(MAPS, config_map("b")).ok()
        assert stream.next()[1]["columnDefinitions"] is None


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
