"""Which version of things a get or list shows: any, this one, not older than this one."""

from __future__ import annotations

import pytest

from tests.contract.reads import make_maps, maps_of, names, version_of
from tests.world.apiserver.client import Client


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
