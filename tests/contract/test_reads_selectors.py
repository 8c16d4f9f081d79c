"""Label selectors: the operators that people type, and what they tolerate."""

from __future__ import annotations

from tests.contract.reads import maps_of, names
from tests.contract.server import crd, define
from tests.world.apiserver.client import Client, Json, config_map

LABELS: dict[str, Json] = {
    "a": {"on": "yes", "size": "5"},
    "b": {"on": "no", "size": "50"},
    "c": {"on": "", "example.com/team": "blue"},
    "d": {"in": "in"},
}
FOUND = [
    ("", "abcd"),
    ("on", "abc"),
    ("!on", "d"),
    ("! on", "d"),
    ("on=yes", "a"),
    ("on==yes", "a"),
    ("on = yes", "a"),
    ("on=", "c"),
    ("on!=yes", "bcd"),
    ("on!=", "abd"),
    ("on in (yes,no)", "ab"),
    ("on in(yes)", "a"),
    ("on  in  ( yes )", "a"),
    ("on in ()", "c"),
    ("on in (yes,)", "ac"),
    ("on in (,yes)", "ac"),
    ("on notin (yes)", "bcd"),
    ("on notin (yes,no)", "cd"),
    ("on=yes,size=5", "a"),
    ("on,!size", "c"),
    ("on in (yes,no),size!=5", "b"),
    ("example.com/team=blue", "c"),
    ("in in (in)", "d"),
]


def make(api: Client, ns: str) -> None:
    for name, labels in LABELS.items():
        api.post(maps_of(ns), config_map(name, labels=labels)).ok()


def test_every_operator_finds_what_it_says(api: Client, ns: str) -> None:
    make(api, ns)
    for selector, found in FOUND:
        listed = names(api.get(maps_of(ns), labelSelector=selector).ok())
        assert "".join(listed) == found, selector


def test_custom_objects_are_found_the_same_way(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    widgets = f"/apis/{group}/v1/namespaces/{ns}/widgets"
    for name, labels in LABELS.items():
        metadata = {"name": name, "labels": labels}
        api.post(
            widgets, {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": metadata}
        ).ok()
    for selector, found in FOUND:
        listed = names(api.get(widgets, labelSelector=selector).ok())
        assert "".join(listed) == found, selector
