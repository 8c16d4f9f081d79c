"""Which version of things a get or list shows: any, this one, not older than this one."""

from __future__ import annotations

import threading

import pytest

from tests.contract.reads import make_maps, maps_of, names, until, version_of
from tests.contract.server import Server
from tests.world.apiserver.client import Client, config_map


def test_without_a_version_a_list_is_the_newest(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    body = api.get(maps_of(ns)).ok()
    assert names(body) == ["a"] and version_of(body) >= version


@pytest.mark.parametrize("match", [{}, {"resourceVersionMatch": "NotOlderThan"}])
def test_a_version_alone_means_not_older(api: Client, ns: str, match: dict[str, str]) -> None:
    first = make_maps(api, ns, "a")
    second = make_maps(api, ns, "b")
    body = api.get(maps_of(ns), resourceVersion=second, **match).ok()
    assert names(body) == ["a", "b"] and version_of(body) >= second
    older = api.get(maps_of(ns), resourceVersion=first, **match).ok()
    assert names(older) == ["a", "b"], "newer than asked for is fine"


def test_exactly_one_version(api: Client, ns: str) -> None:
    empty = version_of(api.get(maps_of(ns)).ok())
    first = make_maps(api, ns, "a")
    api.patch(f"{maps_of(ns)}/a", {"data": {"of": "b"}}).ok()
    api.delete(f"{maps_of(ns)}/a").ok()
    exactly = {"resourceVersionMatch": "Exact"}
    then = api.get(maps_of(ns), resourceVersion=first, **exactly).ok()
    assert [item["data"] for item in then["items"]] == [{"of": "a"}]
    assert version_of(then) == first
    before = api.get(maps_of(ns), resourceVersion=empty, **exactly).ok()
    assert (names(before), version_of(before)) == ([], empty)


def test_a_version_that_comes_is_waited_for(server: Server, api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")

    def write() -> None:
        own = Client(server)
        for i in range(3):
            own.post(maps_of(ns), config_map(f"b{i}")).ok()
        own.close()

    writer = threading.Thread(target=write)
    writer.start()
    asked = {"resourceVersion": version + 3, "resourceVersionMatch": "NotOlderThan"}
    # On a very slow machine the three writes may take longer than it waits.
    answer = until(lambda: api.get(maps_of(ns), **asked), lambda found: found.status != 504)
    writer.join()
    assert version_of(answer.ok()) >= version + 3
