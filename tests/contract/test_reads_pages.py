"""Lists in pages: limit, continue, what is left, and the order of it all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.reads import MAPS, make_maps, maps_of, names, version_of
from tests.contract.server import crd, define
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


def test_a_limit_of_nothing_or_less_is_none(api: Client, ns: str) -> None:
    make_maps(api, ns, *"ab")
    for limit in ("0", "-1"):
        assert names(api.get(maps_of(ns), limit=limit).ok()) == ["a", "b"]


def test_lists_of_all_namespaces_are_in_the_order_of_their_paths(api: Client, ns: str) -> None:
    other = f"{ns}-b"  # before ns: "-" comes before "/"
    api.post("/api/v1/namespaces", {"metadata": {"name": other}}).ok()
    for place in (ns, other):
        make_maps(api, place, "x", "y", kept=ns)
    listed = pages(api, MAPS, 3, labelSelector=f"kept={ns}")
    order = [
        (o["metadata"]["namespace"], o["metadata"]["name"]) for p in listed for o in p["items"]
    ]
    assert order == [(other, "x"), (other, "y"), (ns, "x"), (ns, "y")]


def test_custom_objects_come_in_pages_too(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    widgets = f"/apis/{group}/v1/namespaces/{ns}/widgets"
    for name in "abc":
        body = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": name}}
        api.post(widgets, body).ok()
    found = pages(api, widgets, 2)
    assert [names(page) for page in found] == [["a", "b"], ["c"]]
    assert found[1]["metadata"]["continue"] == "", "lists of custom kinds always say it"
    assert found[0]["metadata"]["remainingItemCount"] == 1


GARBAGE = [
    ("x", "invalid continue token: continue key is not valid: illegal base64 data at input byte 0"),
    ("e30", "invalid continue token: continue key is not valid: server does not recognize this "
     "encoded version "),
    ("eyJ2IjoidjIiLCJydiI6NSwic3RhcnQiOiJtMFx1MDAwMCJ9", "invalid continue token: continue key is "
     "not valid: server does not recognize this encoded version v2"),
    ("eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MCwic3RhcnQiOiJtMFx1MDAwMCJ9", "invalid continue token: "
     "continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)"),
]  # fmt: skip


@pytest.mark.parametrize(("token", "message"), GARBAGE)
def test_a_token_that_is_none_is_refused(api: Client, ns: str, token: str, message: str) -> None:
    answer = api.get(maps_of(ns), **{"continue": token})
    assert (answer.status, answer.json["reason"]) == (400, "BadRequest")
    assert answer.json["message"] == message


def test_a_token_has_its_own_version(api: Client, ns: str) -> None:
    make_maps(api, ns, *"abc")
    token = {"continue": api.get(maps_of(ns), limit=1).ok()["metadata"]["continue"]}
    answer = api.get(maps_of(ns), resourceVersion="5", **token)
    assert answer.status == 400
    assert answer.json["message"] == (
        "specifying resource version is not allowed when using continue"
    )
    assert names(api.get(maps_of(ns), resourceVersion="0", **token).ok()) == ["b", "c"]
