"""How well something is known, and that what is not known never takes the words of what is."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, URL, ks, snapshot, source

from fluxtui.domain.errors import (
    ClusterError,
    ConfigError,
    FluxtuiError,
    NotFound,
    Throttled,
    Unauthorized,
    Unreachable,
)
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.knowledge import KNOWN, FeedState, Knowing, Knowledge, Trouble, trouble_of
from fluxtui.domain.known import (
    appliers_known,
    kind_known,
    not_live,
    place_known,
    tags_known,
    told_there,
    unread_environments,
)
from fluxtui.domain.snapshot import Feed, Snapshot, TagList

OCI, KS = ocirepository.KIND.id, kustomization.KIND.id
HERE = replace(CONFIG, environments=CONFIG.environments[:1])


def feed(kind: tuple[str, str] = OCI, state: FeedState = FeedState.LIVE, **more: Any) -> Feed:
    return Feed("staging", kind, more.pop("namespace", ""), state, **more)


def seen(*feeds: Feed, resources: Any = (), **more: Any) -> Snapshot:
    return snapshot(*resources, feeds=feeds, config=HERE, **more)


def known(*feeds: Feed, namespace: str = "", **more: Any) -> Knowledge:
    return kind_known(seen(*feeds, **more), "staging", OCI, namespace)


# -- the words


@pytest.mark.parametrize(
    ("knowledge", "word", "clause", "step"),
    [
        (KNOWN, "", "is known", ""),
        (Knowledge(Knowing.CONNECTING), "connecting", "is being connected to", ""),
        (Knowledge(Knowing.LISTING), "listing", "is being listed", ""),
        (Knowledge(Knowing.STALE), "not read", "cannot be read", "tried again"),
        (Knowledge(Knowing.STALE, seen=True), "stale", "is not live", "tried again"),
        (Knowledge(Knowing.ABSENT), "no Flux CRDs", "has no Flux CRDs", "install Flux"),
        (Knowledge(Knowing.FORBIDDEN), "forbidden", "may not be read", "ask for list"),
        (Knowledge(Knowing.UNREACHABLE), "unreachable", "cannot be reached", "look whether"),
        (
            Knowledge(Knowing.UNREACHABLE, trouble=Trouble.TLS),
            "TLS error", "is not trusted", "mend certificate-authority",
        ),
    ],
)  # fmt: skip
def test_each_way_of_not_knowing_has_its_own_words(
    knowledge: Knowledge, word: str, clause: str, step: str
) -> None:
    assert (knowledge.word, knowledge.reason) == (word, word)
    assert knowledge.clause.startswith(clause)
    assert step in knowledge.step and bool(knowledge.step) == bool(step)
    assert knowledge.known is (knowledge is KNOWN)
    told = replace(knowledge, why="the reason", next="do this")
    assert told.clause == f"{knowledge.clause}: the reason"
    assert told.reason == "the reason" and told.step == "do this"


def test_only_what_is_not_read_yet_is_pending() -> None:
    pending = {state for state in Knowing if Knowledge(state).pending}
    assert pending == {Knowing.CONNECTING, Knowing.LISTING}


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (Unauthorized("no", status=401), Trouble.CREDENTIALS),
        (ConfigError("no"), Trouble.CONFIG),
        (Throttled("slow", status=429), Trouble.THROTTLED),
        (ClusterError("html", reason="foreign", status=200), Trouble.FOREIGN),
        (Unreachable("tls", reason="tls"), Trouble.TLS),
        (Unreachable("x", reason="who knows"), Trouble.OTHER),
        (ClusterError("x", reason="tls"), Trouble.OTHER),
        (ClusterError("x", status=400), Trouble.SERVER),
        (ClusterError("x", status=302), Trouble.OTHER),
        (NotFound("x", status=404), Trouble.SERVER),
        (FluxtuiError("x"), Trouble.OTHER),
    ],
)
def test_an_error_stands_for_one_trouble(error: FluxtuiError, trouble: Trouble) -> None:
    assert trouble_of(error) is trouble


# -- from feeds


def test_a_place_without_feeds_is_known_only_by_what_was_read() -> None:
    assert known().state is Knowing.CONNECTING
    assert known(resources=[ks()]) is KNOWN
    assert known(feed(KS)).state is Knowing.CONNECTING, "another kind says nothing of this one"


@pytest.mark.parametrize(
    ("state", "knowing"),
    [
        (FeedState.LIVE, Knowing.KNOWN),
        (FeedState.STARTING, Knowing.CONNECTING),
        (FeedState.RETRYING, Knowing.STALE),
        (FeedState.ABSENT, Knowing.ABSENT),
        (FeedState.FORBIDDEN, Knowing.FORBIDDEN),
    ],
)
def test_a_kind_is_as_well_known_as_its_feed(state: FeedState, knowing: Knowing) -> None:
    assert known(feed(state=state)).state is knowing
    worst = known(feed(namespace="a"), feed(state=state, namespace="b"))
    assert worst.state is (Knowing.LISTING if knowing is Knowing.CONNECTING else knowing)
    near = known(feed(namespace="a"), feed(state=state, namespace="b"), namespace="a")
    assert near is KNOWN, "that namespace is looked at"
    assert known(feed(state=state), feed(namespace="b"), namespace="c").state in (
        knowing, Knowing.LISTING,
    )  # fmt: skip


def test_a_list_under_way_is_listing_once_anything_there_has_answered() -> None:
    starting = feed(state=FeedState.STARTING)
    assert known(starting, feed(KS, FeedState.RETRYING)).state is Knowing.CONNECTING
    for state in (FeedState.LIVE, FeedState.FORBIDDEN, FeedState.ABSENT):
        assert known(starting, feed(KS, state)).state is Knowing.LISTING


def test_what_the_feed_says_is_said_without_the_name_that_stands_there_already() -> None:
    broken = feed(
        state=FeedState.RETRYING, message="staging sources: no route: at all",
        next="look", since=50.0, trouble="route",
    )  # fmt: skip
    found = known(broken)
    assert (found.why, found.next, found.since) == ("no route: at all", "look", 50.0)
    assert found.trouble is Trouble.ROUTE and not found.seen
    assert known(broken, resources=[source()]).seen
    assert told_there("production: no", "staging") == "production: no"
    assert told_there("staging", "staging") == "staging"


def test_an_environment_that_cannot_be_reached_says_so_of_every_kind() -> None:
    away: dict[str, Any] = {"unreachable": {"staging": "staging: no route"}}
    first = feed(
        KS, FeedState.RETRYING, message="staging: no route", next="look", since=9.0, trouble="route"
    )
    later = feed(state=FeedState.RETRYING, message="other", since=30.0, trouble="tls")
    early = feed(state=FeedState.LIVE, message="staging: no route", since=1.0)
    found = known(early, later, first, **away)
    assert found == Knowledge(Knowing.UNREACHABLE, "no route", "look", 9.0, Trouble.ROUTE, False)
    bare = known(feed(state=FeedState.RETRYING), **away)
    assert bare == Knowledge(Knowing.UNREACHABLE, "no route")
    assert known(resources=[source()], **away).seen


def test_a_place_is_as_well_known_as_the_worst_of_sources_and_appliers() -> None:
    def place(*feeds: Feed) -> Knowing:
        return place_known(seen(*feeds), "staging").state

    assert place(feed(), feed(KS)) is Knowing.KNOWN
    assert place(feed(), feed(KS, FeedState.FORBIDDEN)) is Knowing.FORBIDDEN
    assert place(feed(state=FeedState.RETRYING), feed(KS)) is Knowing.STALE
    assert place(feed(state=FeedState.ABSENT), feed(KS, FeedState.ABSENT)) is Knowing.ABSENT


HR = ("helm.toolkit.fluxcd.io", "HelmRelease")


def test_a_kind_that_is_no_core_one_counts_once_it_is_asked_for() -> None:
    """It makes its role doubtful when it fails, and hides nothing where it may not be read."""

    def role(*feeds: Feed) -> Knowing:
        return appliers_known(seen(*feeds, resources=[ks()]), "staging").state

    assert role(feed(KS)) is Knowing.KNOWN
    assert role(feed(KS), feed(HR)) is Knowing.KNOWN
    assert role(feed(KS), feed(HR, FeedState.RETRYING)) is Knowing.STALE
    assert role(feed(KS), feed(HR, FeedState.FORBIDDEN)) is Knowing.KNOWN, "that is told by itself"
    assert role(feed(KS, FeedState.FORBIDDEN), feed(HR)) is Knowing.FORBIDDEN
    assert role(feed(KS), feed(HR, FeedState.ABSENT)) is Knowing.KNOWN
    assert role(feed(KS, FeedState.ABSENT), feed(HR)) is Knowing.KNOWN, "one of them is served"
    both = feed(KS, FeedState.ABSENT), feed(HR, FeedState.ABSENT)
    assert role(*both) is Knowing.ABSENT
    elsewhere = replace(feed(HR, FeedState.RETRYING), environment="production")
    assert role(feed(KS), elsewhere) is Knowing.KNOWN


def test_a_missed_applier_is_missed_only_where_no_other_one_is_served() -> None:
    gone = feed(KS, FeedState.ABSENT)
    assert gone in not_live(seen(feed(), gone))
    assert not_live(seen(feed(), gone, feed(HR))) == ()
    assert gone in not_live(seen(feed(), gone, feed(HR, FeedState.ABSENT)))
    assert gone in not_live(seen(feed(), gone, replace(feed(HR), environment="production")))
    lost = feed(state=FeedState.ABSENT)
    assert not_live(seen(lost, gone, feed(HR))) == (lost,), "each role is missed for itself"


# -- tags, and who cannot be asked


@pytest.mark.parametrize(
    ("tags", "knowing", "why", "was_seen"),
    [
        (None, Knowing.LISTING, "its tags are being listed", False),
        (TagList(URL), Knowing.LISTING, "its tags are being listed", False),
        (TagList(URL, (), 100.0), Knowing.KNOWN, "", False),
        (TagList(URL, (), 100.0, error="slow"), Knowing.STALE, "slow", True),
        (TagList(URL, error="no route"), Knowing.UNREACHABLE, "no route", False),
    ],
)
def test_tags_are_known_once_they_were_listed(
    tags: TagList | None, knowing: Knowing, why: str, was_seen: bool
) -> None:
    found = tags_known(tags)
    assert (found.state, found.why, found.seen) == (knowing, why, was_seen)
    assert found.since == (100.0 if was_seen else 0.0)


def test_an_environment_is_unread_while_its_sources_are() -> None:
    assert unread_environments(seen()) == {"staging": "it has not answered yet"}
    assert unread_environments(seen(feed())) == {}
    assert unread_environments(seen(feed(), feed(KS, FeedState.RETRYING))) == {}
    slow = feed(state=FeedState.RETRYING)
    (why,) = unread_environments(seen(slow)).values()
    assert why == f"its sources are {FeedState.RETRYING.value}"
    told = replace(slow, message="no route")
    assert unread_environments(seen(told, slow)) == {"staging": "no route"}
    away = seen(told, unreachable={"staging": "gone"})
    assert unread_environments(away) == {"staging": "gone"}


GIT = ("source.toolkit.fluxcd.io", "GitRepository")


def test_a_kind_that_is_not_served_is_missed_only_where_the_board_stands_on_it() -> None:
    def missing(*feeds: Feed) -> list[tuple[str, str]]:
        return [(f.kind[1], f.state.value) for f in not_live(seen(*feeds))]

    gone, pods = feed(state=FeedState.ABSENT), feed(("", "Pod"), FeedState.ABSENT)
    assert missing(feed(), feed(KS), pods) == []
    assert missing(gone, feed(KS), pods) == [("OCIRepository", "absent")]
    assert missing(feed(), feed(KS, FeedState.ABSENT)) == [("Kustomization", "absent")]
    assert missing(feed(GIT, FeedState.ABSENT), feed(), feed(KS)) == []
    for state in (FeedState.RETRYING, FeedState.FORBIDDEN):
        assert missing(feed(("", "Pod"), state), feed()) == [("Pod", state.value)]
    assert missing(feed(state=FeedState.STARTING)) == []
    far = replace(gone, environment="production")
    assert missing(feed(), far) == [("OCIRepository", "absent")]


def test_a_kind_that_is_absent_counts_as_not_live_only_where_it_is_missed() -> None:
    git = ("source.toolkit.fluxcd.io", "GitRepository")
    absent, forbidden = feed(git, FeedState.ABSENT), feed(OCI, FeedState.FORBIDDEN)
    live = feed(KS)
    assert not_live(seen(live, absent)) == ()
    assert not_live(seen(live, forbidden)) == (forbidden,)
    missing = feed(KS, FeedState.ABSENT)
    assert missing in not_live(seen(feed(), missing))
