"""Tables: their shape, what their rows carry, and how they are watched."""

from __future__ import annotations

from typing import Any

from tests.contract.reads import INITIAL_END, TABLE, make_maps, maps_of, version_of
from tests.world.apiserver.client import Client


def test_a_table_has_columns_rows_and_the_lists_metadata(api: Client, ns: str) -> None:
    make_maps(api, ns, *"abc")
    body = api.get(maps_of(ns), accept=TABLE, limit=2).ok()
    assert (body["kind"], body["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    columns = [(c["name"], c["type"], c["format"]) for c in body["columnDefinitions"]]
    assert columns == [("Name", "string", "name"), ("Data", "string", ""), ("Age", "string", "")]
    assert [row["cells"][:2] for row in body["rows"]] == [["a", 1], ["b", 1]]
    assert body["metadata"]["remainingItemCount"] == 1 and body["metadata"]["continue"]
    one = api.get(f"{maps_of(ns)}/a", accept=TABLE).ok()
    assert len(one["rows"]) == 1
    assert (
        one["metadata"]["resourceVersion"]
        == (one["rows"][0]["object"]["metadata"]["resourceVersion"])
    )


def test_a_row_carries_what_was_asked_for(api: Client, ns: str) -> None:
    make_maps(api, ns, "a")

    def carried(**query: str) -> Any:
        return api.get(maps_of(ns), accept=TABLE, **query).ok()["rows"][0]["object"]

    for usual in (carried(), carried(includeObject="Metadata"), carried(includeObject="")):
        assert usual["kind"] == "PartialObjectMetadata" and usual["metadata"]["name"] == "a"
        assert set(usual) == {"kind", "apiVersion", "metadata"}
    assert carried(includeObject="Object")["data"] == {"of": "a"}
    assert carried(includeObject="None") is None
    refused = api.get(maps_of(ns), accept=TABLE, includeObject="Some")
    assert (refused.status, refused.json["message"]) == (
        400,
        'Unable to convert to Table as requested: includeObject: Invalid value: "Some": must be '
        "'Metadata', 'Object', 'None', or empty",
    )


def test_both_versions_of_a_table(api: Client, ns: str) -> None:
    make_maps(api, ns, "a")
    older = api.get(maps_of(ns), accept=TABLE.replace("v=v1", "v=v1beta1")).ok()
    assert older["apiVersion"] == "meta.k8s.io/v1beta1"
    assert older["rows"][0]["object"]["apiVersion"] == "meta.k8s.io/v1beta1"


def test_a_watch_tells_its_columns_once(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    with api.watch(maps_of(ns), accept=TABLE, resourceVersion=version) as stream:
        make_maps(api, ns, "b", "c")
        (change, first), (_, second) = stream.next(), stream.next()
    assert (change, first["kind"]) == ("ADDED", "Table")
    assert [c["name"] for c in first["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert second["columnDefinitions"] is None
    assert second["rows"][0]["cells"][:2] == ["c", 1]
    assert version_of(second) > version_of(first)


def test_the_marked_bookmark_of_a_watch_of_tables_is_one_too(api: Client, ns: str) -> None:
    asked = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}
    asked |= {"allowWatchBookmarks": "true", "includeObject": "None"}
    with api.watch(maps_of(ns), accept=TABLE, **asked) as stream:
        change, mark = stream.next()
    assert (change, mark["kind"]) == ("BOOKMARK", "Table")
    [row] = mark["rows"]
    assert row["object"]["metadata"]["annotations"] == {INITIAL_END: "true"}
