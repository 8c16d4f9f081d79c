"""What is too old: 410, in the answer of a list, as an ERROR event of a watch.

Never as the answer of a watch: apiserver begins it and then says so. (Proxies and other servers do
answer 410 at once; the World does where a fault says so.)
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest

from tests.contract.reads import (
    forget_history,
    make_maps,
    maps_of,
    names,
    until_gone,
    version_of,
)
from tests.contract.server import Server, crd, define
from tests.world.apiserver.client import Client


@dataclass(frozen=True, slots=True)
class Old:
    """A list's first page, read before anything else in this file."""

    ns: str
    version: int
    token: str


@pytest.fixture(scope="module", autouse=True)
def old(server: Server) -> Old:
    api, ns = Client(server), f"t-{uuid.uuid4().hex[:10]}"
    api.post("/api/v1/namespaces", {"metadata": {"name": ns}}).ok()
    make_maps(api, ns, *"abc")
    metadata = api.get(maps_of(ns), limit=1).ok()["metadata"]
    api.close()
    return Old(ns, int(metadata["resourceVersion"]), metadata["continue"])


def test_a_watch_from_before_a_kind_was_known_has_expired(api: Client, ns: str, group: str) -> None:
    before = make_maps(api, ns, "a")
    define(api, crd(group))
    widgets = f"/apis/{group}/v1/widgets"
    with api.watch(widgets, resourceVersion=before, allowWatchBookmarks="true") as stream:
        events = list(stream)
    [(change, status)] = events
    assert (change, status["kind"], status["code"]) == ("ERROR", "Status", 410)
    assert status["reason"] == "Expired"
    assert status["message"].startswith(f"too old resource version: {before} (")


def test_a_streaming_list_from_then_begins_afresh(api: Client, ns: str, group: str) -> None:
    before = make_maps(api, ns, "a")
    define(api, crd(group))
    asked = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}
    asked |= {"allowWatchBookmarks": "true", "resourceVersion": str(before)}
    with api.watch(f"/apis/{group}/v1/widgets", **asked) as stream:
        assert stream.next()[0] == "BOOKMARK"


def test_forgotten_versions_have_expired_and_pages_go_on_from_the_present(
    server: Server, api: Client, old: Old
) -> None:
    """Last, and up to what was read first: others read from the same history."""
    place = maps_of(old.ns)
    api.delete(f"{place}/b").ok()
    newest = make_maps(api, old.ns, "bb", "d")
    forget_history(server, api, old.version + 1)
    exact = {"resourceVersion": old.version, "resourceVersionMatch": "Exact"}
    answer = until_gone(api, place, **exact)
    assert answer.json["reason"] == "Expired"
    assert answer.json["message"] == "The resourceVersion for the provided list is too old."
    not_older = api.get(place, resourceVersion=old.version).ok()
    assert names(not_older) == ["a", "bb", "c", "d"], "not older than that is no trouble"

    answer = until_gone(api, place, limit=1, **{"continue": old.token})
    assert answer.json["reason"] == "Expired"
    assert answer.json["message"].startswith(
        "The provided continue parameter is too old to display a consistent list result."
    )
    offered = {"continue": answer.json["metadata"]["continue"]}
    rest = api.get(place, limit=2, **offered).ok()
    assert names(rest) == ["bb", "c"], "an inconsistent list, said to be one"
    assert version_of(rest) >= newest
    last = api.get(place, **{"continue": rest["metadata"]["continue"]}).ok()
    assert names(last) == ["d"]
