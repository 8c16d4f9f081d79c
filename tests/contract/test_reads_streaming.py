"""Streaming lists: a watch that begins with everything and says when that was all."""

from __future__ import annotations

import pytest

from tests.contract.reads import INITIAL_END, make_maps, maps_of, take, version_of
from tests.world.apiserver.client import Client, Json, Stream

STREAMED = {
    "sendInitialEvents": "true",
    "resourceVersionMatch": "NotOlderThan",
    "allowWatchBookmarks": "true",
}


def first_part(stream: Stream) -> tuple[list[tuple[str, str]], Json]:
    """What comes before the marked bookmark, and it."""
    seen: list[tuple[str, str]] = []
    for change, obj in stream:
        if change == "BOOKMARK":
            assert obj["metadata"]["annotations"] == {INITIAL_END: "true"}
            return seen, obj
        seen.append((change, obj["metadata"]["name"]))
    raise AssertionError(f"the watch ended after {seen}")


@pytest.mark.parametrize("version", ["", "0", "last"])
def test_everything_comes_then_a_bookmark_then_changes(api: Client, ns: str, version: str) -> None:
    newest = make_maps(api, ns, "a", "b")
    api.get(maps_of(ns), resourceVersion=newest).ok()  # a cache has them now
    asked = {"resourceVersion": str(newest) if version == "last" else version}
    with api.watch(maps_of(ns), **STREAMED, **asked) as stream:
        seen, mark = first_part(stream)
        assert sorted(seen) == [("ADDED", "a"), ("ADDED", "b")]
        assert set(mark) == {"kind", "apiVersion", "metadata"} and mark["kind"] == "ConfigMap"
        assert version_of(mark) >= newest
        api.patch(f"{maps_of(ns)}/a", {"data": {"of": "c"}}).ok()
        assert take(stream, 1) == [("MODIFIED", "a")]


def test_selectors_hold_from_the_beginning(api: Client, ns: str) -> None:
    make_maps(api, ns, "a", on="yes")
    make_maps(api, ns, "b", on="no")
    with api.watch(maps_of(ns), labelSelector="on=yes", **STREAMED) as stream:
        assert first_part(stream)[0] == [("ADDED", "a")]


def test_without_initial_events_only_changes_come(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    asked = {"sendInitialEvents": "false", "resourceVersionMatch": "NotOlderThan"}
    with api.watch(maps_of(ns), resourceVersion=version, **asked) as stream:
        make_maps(api, ns, "b")
        assert take(stream, 1) == [("ADDED", "b")]
