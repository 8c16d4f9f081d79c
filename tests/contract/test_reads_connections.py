"""Connections: one carries many requests, many carry one each at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.contract.reads import ask, make_maps, maps_of, names, take
from tests.contract.server import Server
from tests.world.apiserver.client import Client, config_map


def test_one_connection_carries_all_kinds_of_requests(api: Client, ns: str) -> None:
    api.get("/readyz")
    wire = api.connection.sock
    api.post(maps_of(ns), config_map("a")).ok()
    assert api.get(f"{maps_of(ns)}/none").status == 404
    assert api.post(maps_of(ns), b"{", dryRun="All").status == 400
    assert api.get(maps_of(ns)).ok()["kind"] == "ConfigMapList"
    ended = api.get(maps_of(ns), watch="true", resourceVersion="0", timeoutSeconds="1")
    assert ended.status == 200
    assert ask(api, "/livez", "HEAD").status == 200
    assert api.delete(f"{maps_of(ns)}/a").status == 200
    assert api.connection.sock is wire, "none of these ended it"


def test_who_asks_to_close_is_let_go(api: Client, ns: str) -> None:
    answer = ask(api, maps_of(ns), headers={"Connection": "close"})
    assert answer.status == 200 and answer.headers["Connection"] == "close"


def test_many_clients_at_once(server: Server, api: Client, ns: str) -> None:
    version = make_maps(api, ns, "first")
    together = threading.Barrier(8)

    def one(number: int) -> list[str]:
        client = Client(server)
        together.wait(60)
        client.post(maps_of(ns), config_map(f"m{number}")).ok()
        with client.watch(maps_of(ns), resourceVersion=version) as stream:
            seen = sorted(name for _, name in take(stream, 8))
        client.close()
        return seen

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(one, range(8)))
    wanted = [f"m{number}" for number in range(8)]
    assert seen == [wanted] * 8, "everybody hears of everybody"
    assert names(api.get(maps_of(ns)).ok()) == ["first", *wanted]


def test_a_watch_holds_up_nobody(server: Server, api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    idle = [api.watch(maps_of(ns), resourceVersion=version) for _ in range(20)]
    streams = [each.__enter__() for each in idle]
    other = Client(server)
    make_maps(other, ns, "b")
    assert all(take(stream, 1) == [("ADDED", "b")] for stream in streams)
    other.close()
    for each in idle:
        each.__exit__(None, None, None)
