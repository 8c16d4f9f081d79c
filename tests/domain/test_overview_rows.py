"""A row that nothing of is new is the same object: then nobody compares or draws it again."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from fluxtui.domain.board import Row
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.overview import Overview
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed, Snapshot
from tests.builders import NS, READY, failed, ks, revision, snapshot, source, tag_list

A, B = revision("1.4.2", "a"), revision("1.5.0", "b")
OTHER = "oci://registry.example.com/acme/shop"
TAGS = (tag_list({"1.4.2": "a"}), tag_list({"1.4.2": "a"}, OTHER))


def release(version: str = "1.4.2", **more: Any) -> Resource:
    meta = {"name": "store", "namespace": NS, "generation": 1, **more}
    entry = {"version": 1, "chartVersion": version, "status": "deployed"}
    status = {"conditions": [READY], "observedGeneration": 1, "history": [entry]}
    body = {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": meta,
            "spec": {"chart": {"spec": {"chart": "store"}}}, "status": status}  # fmt: skip
    return Resource.from_object("staging", body)


def shop(stored: str = A, **more: Any) -> Resource:
    return source(name="shop", url=OTHER, stored=stored, **more)


ACTIVITY = (source(stored=A), ks(applied=A))
SHOP = (shop(), ks(name="shop", of="shop", applied=A))
RELEASE = release()
EVERY = (*ACTIVITY, *SHOP, RELEASE)
FIRST = snapshot(*EVERY, tags=TAGS)


def then(*now: Resource, **more: Any) -> Snapshot:
    """The same Snapshot, but for these resources; tables that none of them is in stay."""
    kinds = dict(FIRST.resources["staging"])
    for one in now:
        kind = (one.key.group, one.key.kind)
        kinds[kind] = {**kinds[kind], one.key: one}
    resources = {**FIRST.resources, "staging": kinds}
    return dataclasses.replace(FIRST, resources=resources, **more)


def rows(overview: Overview, seen: Snapshot) -> dict[str, Row]:
    board, _findings = overview(seen)
    return {row.service.rpartition("/")[2]: row for row in board.rows}


def renewed(seen: Snapshot) -> set[str]:
    """Which rows are other objects than those of the first look."""
    overview = Overview()
    before, after = rows(overview, FIRST), rows(overview, seen)
    assert before.keys() == after.keys() == {"activity", "shop", "store"}
    return {name for name in after if after[name] is not before[name]}


@pytest.mark.parametrize(
    ("now", "renews"),
    [
        (source(stored=A, ready=failed("Lost", "401")), {"activity"}),
        (ks(applied=B), {"activity"}),
        (shop(ready=failed("Lost", "401")), {"shop"}),
        (ks(name="shop", of="shop", conditions=[failed("BuildFailed")]), {"shop"}),
        (release("1.5.0"), {"store"}),
    ],
)
def test_only_the_row_of_what_changed_is_another(now: Resource, renews: set[str]) -> None:
    assert renewed(then(now)) == renews


@pytest.mark.parametrize(
    "now",
    [
        source(stored=A, resourceVersion="8"),
        ks(applied=A, resourceVersion="8"),
        shop(resourceVersion="8"),
        release(resourceVersion="8"),
    ],
)
def test_what_is_told_alike_of_another_version_is_the_same_row(now: Resource) -> None:
    assert renewed(then(now)) == set()


def test_a_list_of_tags_renews_the_rows_that_are_of_it() -> None:
    newer = dataclasses.replace(TAGS[1], listed_at=200.0)
    tags = {**FIRST.tags, OTHER: newer}
    assert renewed(dataclasses.replace(FIRST, tags=tags)) == {"shop"}


def test_a_feed_of_another_place_renews_nothing() -> None:
    kind = ("kustomize.toolkit.fluxcd.io", "Kustomization")
    away = Feed("production", kind, "", FeedState.RETRYING, "connection refused")
    assert renewed(dataclasses.replace(FIRST, feeds=(away,))) == set()


def test_what_is_doubted_is_told_so_in_every_row_and_then_as_before() -> None:
    kind = ("kustomize.toolkit.fluxcd.io", "Kustomization")
    stale = Feed("staging", kind, "", FeedState.RETRYING, "connection refused")
    overview = Overview()
    before = rows(overview, FIRST)
    doubted = rows(overview, dataclasses.replace(FIRST, feeds=(stale,)))
    again = rows(overview, FIRST)
    known = {name: row.lines["staging"][0].known.known for name, row in doubted.items()}
    assert known == {"activity": False, "shop": False, "store": True}
    assert again == before


def test_a_service_that_goes_and_one_that_comes_leave_the_others() -> None:
    overview = Overview()
    before = rows(overview, FIRST)
    kinds = {
        kind: {key: one for key, one in table.items() if key.name != "shop"}
        for kind, table in FIRST.resources["staging"].items()
    }
    less = rows(overview, dataclasses.replace(FIRST, resources={"staging": kinds}))
    assert less.keys() == {"activity", "store"}
    assert all(less[name] is before[name] for name in less)
    again = rows(overview, FIRST)
    assert again.keys() == before.keys() and again["activity"] is before["activity"]
