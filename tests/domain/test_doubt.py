"""What is not known now is doubted on board and chain, however well all the rest is known."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.knowledge import FeedState, Knowing
from fluxtui.domain.overview import Overview
from fluxtui.domain.snapshot import Feed, Snapshot
from tests.builders import ks, revision, snapshot, source

OCI, KS, APP = ocirepository.KIND.id, kustomization.KIND.id, ("apps", "Deployment")
RUNS = revision("1.4.2", "a")


def seen(**states: FeedState) -> Snapshot:
    """One source and who applies it, everything live but what is named otherwise."""
    kinds = {"oci": OCI, "ks": KS, "app": APP}
    live = FeedState.LIVE
    feeds = tuple(Feed("staging", kind, "", states.get(name, live)) for name, kind in kinds.items())
    member = ks(applied=RUNS, inventory=("activity-system_api_apps_Deployment",))
    return dataclasses.replace(snapshot(source(stored=RUNS), member), feeds=feeds)


def doubts(overview: Overview, there: Snapshot) -> tuple[Knowing, Knowing]:
    """How well the line on the board and the node in the chain are known."""
    board, _findings = overview(there)
    ((line,),) = (row.lines["staging"] for row in board.rows)
    (node,) = board.chains["staging"]
    return line.known.state, node.known.state


STALE = FeedState.RETRYING
CASES: list[tuple[dict[str, FeedState], tuple[Knowing, Knowing]]] = [
    ({}, (Knowing.KNOWN, Knowing.KNOWN)),
    ({"oci": STALE}, (Knowing.STALE, Knowing.KNOWN)),
    ({"ks": STALE}, (Knowing.STALE, Knowing.STALE)),
    ({"app": STALE}, (Knowing.STALE, Knowing.STALE)),
    ({"oci": STALE, "ks": STALE, "app": STALE}, (Knowing.STALE, Knowing.STALE)),
    ({"app": FeedState.FORBIDDEN}, (Knowing.KNOWN, Knowing.KNOWN)),
]


@pytest.mark.parametrize(("states", "expected"), CASES)
def test_one_feed_that_is_not_live_makes_doubtful_what_stands_on_it(
    states: dict[str, Any], expected: tuple[Knowing, Knowing]
) -> None:
    remembering, well = Overview(), (Knowing.KNOWN, Knowing.KNOWN)
    assert doubts(remembering, seen()) == well
    assert doubts(remembering, seen(**states)) == expected
    assert doubts(remembering, seen()) == well, "and it is well again when the feed is"


@pytest.mark.parametrize("feeds", [True, False])
def test_a_place_that_cannot_be_reached_is_doubted_whatever_its_feeds_say(feeds: bool) -> None:
    """The feeds may not have noticed yet, or be gone with the connection."""
    away = dataclasses.replace(seen(), unreachable={"staging": "no route"})
    there = away if feeds else dataclasses.replace(away, feeds=())
    unreachable = (Knowing.UNREACHABLE, Knowing.UNREACHABLE)
    assert doubts(Overview(), there) == unreachable
