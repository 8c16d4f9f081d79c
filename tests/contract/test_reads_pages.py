"""Lists in pages: limit, continue, what is left, and the order of it all."""

from __future__ import annotations

from typing import Any

from tests.contract.reads import make_maps, maps_of, names, version_of
from tests.world.apiserver.client import Client, Json, config_map


def pages(api: Client, path: str, limit: int, **query: Any) -> list[Json]:
    """Every page of a list."""
    out = [api.get(path, limit=limit, **query).ok()]
    while token := out[-1]["metadata"].get("continue"):
        out.append(api.get(path, limit=limit, **query, **{"continue": token}).ok())
    return out


def test_pages_follow_each_other_and_say_how_much_is_left(api: Client, ns: str) -> None:
    make_maps(api, ns, *"abcde")
    found = pages(api, maps_of(ns), 2)
    assert [names(page) for page in found] == [["a", "b"], ["c", "d"], ["e"]]
    left = [page["metadata"].get("remainingItemCount") for page in found]
    assert left == [3, 1, None]
    assert len({version_of(page) for page in found}) == 1, "all pages are of one version"


def test_a_page_shows_what_was_there_when_the_first_was_read(api: Client, ns: str) -> None:
    make_maps(api, ns, *"abcde")
    first = api.get(maps_of(ns), limit=2).ok()
    api.delete(f"{maps_of(ns)}/c").ok()
    api.post(maps_of(ns), config_map("cc")).ok()
    api.patch(f"{maps_of(ns)}/d", {"data": {"of": "another"}}).ok()
    token = {"continue": first["metadata"]["continue"]}
    rest = api.get(maps_of(ns), limit=9, **token).ok()
    assert names(rest) == ["c", "d", "e"]
    assert rest["items"][1]["data"] == {"of": "d"}
    assert version_of(rest) == version_of(first)


def test_nobody_counts_what_a_selector_leaves(api: Client, ns: str) -> None:
    make_maps(api, ns, "a", "c", on="yes")
    make_maps(api, ns, "b", "d", on="no")
    found = pages(api, maps_of(ns), 1, labelSelector="on=yes")
    assert [name for page in found for name in names(page)] == ["a", "c"]
    assert all("remainingItemCount" not in page["metadata"] for page in found)
    assert found[1]["metadata"].get("continue"), "d might have matched: there is another page"
    assert names(found[2]) == []


def test_any_version_will_do_means_one_page(api: Client, ns: str) -> None:
    make_maps(api, ns, *"abc")
    # A cache answers this one whole, and may be a moment behind.
    version = api.get(maps_of(ns)).ok()["metadata"]["resourceVersion"]
    api.get(maps_of(ns), resourceVersion=version, resourceVersionMatch="NotOlderThan").ok()
    body = api.get(maps_of(ns), limit=1, resourceVersion="0").ok()
    assert names(body) == ["a", "b", "c"] and "continue" not in body["metadata"]
