"""What is said of places, feeds, registries and holds: each thing once, in the words it has."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, NS, URL, ks, snapshot, source

from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.marks import SUSPENDED_BY, SUSPENDED_REASON
from fluxtui.domain.overview import findings
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Feed, Snapshot, TagList

OCI, KS = ocirepository.KIND.id, kustomization.KIND.id
POD, DEPLOYMENT = ("", "Pod"), ("apps", "Deployment")
HERE = replace(CONFIG, environments=CONFIG.environments[:1])
MOMENT = 1795402800.0
STAMP = "2026-11-23T03:00:00"


def feed(kind: Any = OCI, state: FeedState = FeedState.RETRYING, **more: Any) -> Feed:
    return Feed(more.pop("environment", "staging"), kind, more.pop("namespace", ""), state, **more)


def seen(*feeds: Feed, resources: Any = (), **more: Any) -> Snapshot:
    return snapshot(*resources, feeds=feeds, config=HERE, **more)


def told(found: Any) -> list[tuple[str, str, str, str]]:
    return [(f.severity.value, f.code, f.message, f.next) for f in found]


# -- places


def test_a_place_that_cannot_be_reached_says_so_and_since_when() -> None:
    away: dict[str, Any] = {"unreachable": {"staging": "staging: no route"}}
    broken = feed(message="staging: no route", since=MOMENT)
    (found,) = findings.places(seen(broken, **away))
    assert (found.severity, found.code) == (Severity.ERROR, "unreachable")
    assert found.message == "staging cannot be reached: no route"
    assert found.since.startswith(STAMP) and "last seen" not in found.next
    (again,) = findings.places(seen(broken, resources=[source(), ks()], **away))
    assert again.next == f"{found.next}; what is shown of it is as it was last seen"
    (bare,) = findings.places(seen(**away))
    assert bare.since == ""


def test_a_sentence_of_a_whole_place_names_it_once() -> None:
    gone = seen(feed(), unreachable={"staging": "connection refused"})
    starting = seen(feed(state=FeedState.STARTING))
    for snapshot_ in (gone, starting):
        said = [one for one in findings.places(snapshot_) if one.environment == "staging"]
        assert said and all(one.message.split().count("staging") == 1 for one in said)
        assert [one.place for one in said] == [""] * len(said)


def test_a_place_that_is_not_read_yet_is_pending_and_one_that_is_known_is_silent() -> None:
    (found,) = findings.places(seen())
    assert (found.severity, found.code) == (Severity.INFO, "pending")
    assert found.message.startswith("staging is being connected to")
    live = (feed(state=FeedState.LIVE), feed(KS, FeedState.LIVE))
    assert list(findings.places(seen(*live))) == []
    assert list(findings.places(seen(*live, feed(POD, FeedState.STARTING)))) == []
    elsewhere = feed(DEPLOYMENT, FeedState.STARTING, environment="production")
    assert list(findings.places(seen(*live, elsewhere))) == []
    jobs = feed(("batch", "Job"), FeedState.STARTING, namespace="a")
    twice = [jobs, replace(jobs, namespace="b"), feed(DEPLOYMENT, FeedState.STARTING)]
    (unsettled,) = findings.places(seen(*live, *twice))
    assert unsettled.message.startswith("Job, Deployment of staging being listed")
    assert unsettled.place == "", "the sentence names it"
    assert list(findings.places(seen(*live, feed(DEPLOYMENT)))) == [], "a feed that broke"


# -- feeds


def test_feeds_with_one_reason_are_said_together_flux_s_own_first() -> None:
    why: dict[str, Any] = {"message": "staging deployments: too slow", "since": MOMENT}
    three = (
        feed(DEPLOYMENT, **why),
        feed(OCI, message="staging: too slow", since=MOMENT + 60),
        feed(KS, message="staging: too slow", since=MOMENT + 90),
    )
    (found,) = findings.feeds(seen(*three))
    assert told([found]) == [
        (
            "error", "feed",
            "OCIRepository, Kustomization, Deployment is not live: too slow",
            "it is tried again by itself",
        )
    ]  # fmt: skip
    assert found.since.startswith(STAMP), "the first of them"
    (beside,) = findings.feeds(seen(feed(DEPLOYMENT, next="look at it", **why)))
    assert told([beside])[0][::3] == ("warning", "look at it")


def test_feeds_without_a_reason_are_told_apart_by_kind() -> None:
    assert len(list(findings.feeds(seen(feed(OCI), feed(KS))))) == 2
    assert len(list(findings.feeds(seen(feed(OCI), feed(OCI, namespace="a"))))) == 1
    other = feed(OCI, message="gone")
    assert len(list(findings.feeds(seen(feed(OCI), other)))) == 2
    assert list(findings.feeds(seen(other, unreachable={"staging": "gone"}))) == []
    assert list(findings.feeds(seen(feed(state=FeedState.LIVE)))) == []


def test_many_namespaces_and_kinds_are_named_in_part() -> None:
    spaces = [feed(OCI, FeedState.FORBIDDEN, namespace=n, message="no") for n in "dbcaa"]
    (found,) = findings.feeds(seen(*spaces))
    assert told([found]) == [
        (
            "error", "forbidden",
            "OCIRepository may not be read in a, b, c and 1 more namespaces: no",
            "ask for list and watch on it",
        )
    ]  # fmt: skip
    (three,) = findings.feeds(seen(*spaces[1:]))
    assert "in a, b, c: no" in three.message


def test_a_kind_that_is_not_served_is_worth_a_word_only_of_flux() -> None:
    (found,) = findings.feeds(seen(feed(OCI, FeedState.ABSENT), feed(POD, FeedState.ABSENT)))
    assert found.code == "absent" and found.message.startswith("OCIRepository is not served: ")
    same = [feed(kind, FeedState.ABSENT, message="404") for kind in (POD, OCI)]
    (both,) = findings.feeds(seen(*same))
    assert both.message.startswith("OCIRepository is not served: ")
    assert list(findings.feeds(seen(feed(POD, FeedState.ABSENT)))) == []


# -- registries, charts, holds


@pytest.mark.parametrize(
    ("listed_at", "way", "since"),
    [(MOMENT, "versions are shown as last listed", STAMP), (0.0, "what would be picked", "")],
)
def test_tags_that_cannot_be_listed_are_said(listed_at: float, way: str, since: str) -> None:
    tags = TagList(URL, (), listed_at, error="no route")
    fine = TagList("oci://registry.example.com/acme/well", (), MOMENT)
    (found,) = findings.registries(seen(tags=[fine, tags]))
    assert found.message == f"tags of {URL} cannot be listed: no route"
    assert found.next.startswith(way) and found.since.startswith(since)
    assert bool(found.since) is bool(since)


def chart(name: str) -> Key:
    return Key("staging", *OCI, NS, name)


def test_charts_are_counted_and_named_in_part() -> None:
    def said(*names: str) -> list[str]:
        return [f.message for f in findings.charts({"staging": [chart(n) for n in names]})]

    assert said() == []
    head = "OCIRepositories hold Helm charts, not bundles: "
    assert said("a", "b", "c") == [f"3 {head}a, b, c"]
    assert said("a", "b", "c", "d", "e") == [f"5 {head}a, b, c and 2 more"]


def test_a_policy_that_picks_nothing_is_said_of_a_source_that_is_there() -> None:
    one = source(ref={"semver": "9.x"})
    tags = [TagList(URL, ("1.0.0",), MOMENT)]
    here = seen(resources=[one, ks()], tags=tags)
    (found,) = findings.selections(here)
    assert (found.code, found.subject) == ("no-pick", one.key)
    assert list(findings.selections(replace(here, resources={}))) == []
    fine = seen(resources=[source(ref={"semver": "1.x"})], tags=tags)
    assert list(findings.selections(fine)) == []


def test_what_is_suspended_says_by_whom_and_why_as_far_as_it_was_said() -> None:
    def holds(**notes: str) -> list[Finding]:
        held = seen(resources=[source(), ks(suspend=True, annotations=notes)])
        (row,) = held.board.rows
        return [*findings.holds(row), *findings.nodes_held(held.board.chains["staging"])]

    label = f"Kustomization/{NS}/api is suspended"
    assert [f.message for f in holds()] == [label]
    assert [f.message for f in holds(**{SUSPENDED_BY: "anna"})] == [f"{label} by anna"]
    both = holds(**{SUSPENDED_BY: "anna", SUSPENDED_REASON: "a drill"})
    assert [f.message for f in both] == [f"{label} by anna: a drill"]
    assert findings.stamp(0.0) == findings.stamp(-1.0) == "" != findings.stamp(1.0)


def test_an_index_that_is_away_is_said_once_for_all_its_charts() -> None:
    index, other = "https://charts.test", "https://more.test"
    lists = [
        TagList(f"{index}#web", error="no answer", listed_at=MOMENT),
        TagList(f"{index}#worker", error="no answer", listed_at=MOMENT + 60),
        TagList(f"{index}#lost", error="no such chart"),
        TagList(f"{other}#web", ("1.0.0",), listed_at=MOMENT),
        TagList(URL, error="denied"),
    ]
    found = list(findings.registries(seen(tags=lists)))
    since = {f.message: f.since for f in found}
    oldest = since[f"charts of {index} cannot be listed: no answer"]
    assert oldest.startswith(STAMP), "as old as the oldest of them"
    assert sorted(f.message for f in found if f.code == "registry") == [
        f"charts of {index} cannot be listed: no answer",
        f"charts of {index} cannot be listed: no such chart",
        f"tags of {URL} cannot be listed: denied",
    ]
