"""What is not known now is doubted on board and chain, however well all the rest is known."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.knowledge import FeedState, Knowing
from fluxtui.domain.overview import Overview
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed, Snapshot
from tests.builders import NS, READY, ks, revision, snapshot, source

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


def of_two_kinds(environment: str) -> Snapshot:
    """One that applies a Deployment and a StatefulSet; the Deployments of `environment` are not
    known now, nor are the StatefulSets here."""
    entries = ("activity-system_api_apps_Deployment", "activity-system_db_apps_StatefulSet")
    parent = ks(inventory=entries, applied=RUNS)
    feeds = [Feed("staging", kind, "", FeedState.LIVE) for kind in (OCI, KS, APP)]
    feeds += [Feed("production", kind, "", FeedState.LIVE) for kind in (OCI, KS, APP)]
    feeds = [
        dataclasses.replace(f, state=STALE) if (f.environment, f.kind) == (environment, APP) else f
        for f in feeds
    ]
    feeds.append(Feed("staging", ("apps", "StatefulSet"), "", STALE, "cut off"))
    return dataclasses.replace(snapshot(source(stored=RUNS), parent), feeds=tuple(feeds))


@pytest.mark.parametrize("environment", ["staging", "production", "nowhere"])
def test_what_is_not_known_elsewhere_hides_no_doubt_here(environment: str) -> None:
    board, _findings = Overview()(of_two_kinds(environment))
    (node,) = board.chains["staging"]
    assert node.known.state is Knowing.STALE
    kind = "Deployment: " if environment == "staging" else "StatefulSet: "
    assert node.known.why.startswith(kind)


def test_what_is_not_known_itself_says_that_and_not_what_is_unknown_of_its_objects() -> None:
    feeds = [
        Feed("staging", kind, "", state, why)
        for kind, state, why in (
            (OCI, FeedState.LIVE, ""), (KS, STALE, "cut off"), (APP, STALE, "too slow"),
        )
    ]  # fmt: skip
    board, _findings = Overview()(dataclasses.replace(seen(), feeds=tuple(feeds)))
    (node,) = board.chains["staging"]
    assert node.known.why == "cut off"


def test_the_row_of_a_release_is_doubted_with_its_feed_and_well_again_with_it() -> None:
    kind = ("helm.toolkit.fluxcd.io", "HelmRelease")
    status = {"conditions": [READY], "observedGeneration": 1}
    meta = {"name": "web", "namespace": NS, "generation": 1}
    body = {"apiVersion": f"{kind[0]}/v2", "kind": kind[1], "metadata": meta, "status": status}
    there, look = snapshot(Resource.from_object("staging", body)), Overview()

    def known(state: FeedState) -> Knowing:
        feeds = (Feed("staging", KS, "", FeedState.LIVE), Feed("staging", kind, "", state))
        board, _findings = look(dataclasses.replace(there, feeds=feeds))
        ((line,),) = (row.lines["staging"] for row in board.rows)
        return line.known.state

    assert [known(state) for state in (FeedState.LIVE, STALE, FeedState.LIVE)] == [
        Knowing.KNOWN, Knowing.STALE, Knowing.KNOWN,
    ]  # fmt: skip


@pytest.mark.parametrize("sources", [FeedState.LIVE, STALE])
def test_claims_and_pods_are_read_while_somebody_looks_and_are_no_doubt(sources: FeedState) -> None:
    """Whatever else is not known: what nobody always watches says nothing of a chain."""
    claim = ("", "PersistentVolumeClaim")
    member = ks(applied=RUNS, inventory=("activity-system_data__PersistentVolumeClaim",))
    there = snapshot(source(stored=RUNS), member)
    states = {OCI: sources, KS: FeedState.LIVE, claim: STALE}
    feeds = tuple(Feed("staging", kind, "", state) for kind, state in states.items())
    board, _findings = Overview()(dataclasses.replace(there, feeds=feeds))
    (node,) = board.chains["staging"]
    assert node.known.state is Knowing.KNOWN


@pytest.mark.parametrize("feeds", [True, False])
def test_a_place_that_cannot_be_reached_is_doubted_whatever_its_feeds_say(feeds: bool) -> None:
    """The feeds may not have noticed yet, or be gone with the connection."""
    away = dataclasses.replace(seen(), unreachable={"staging": "no route"})
    there = away if feeds else dataclasses.replace(away, feeds=())
    unreachable = (Knowing.UNREACHABLE, Knowing.UNREACHABLE)
    assert doubts(Overview(), there) == unreachable
