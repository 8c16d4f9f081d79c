"""How a feed survives what an API can do to it; time is turned by hand."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from fluxtui.cluster.port import Listing
from fluxtui.cluster.reflector import FeedPace, FeedTarget, Reflector
from fluxtui.cluster.streams import WatchEvent
from fluxtui.domain.errors import Expired, Forbidden, NotFound, Unreachable
from fluxtui.domain.knowledge import FeedState
from tests.scripted import HandClock, Notes, Script, added, bookmark, obj

TARGET = FeedTarget(("kustomize.toolkit.fluxcd.io", "Kustomization"), "v1")


async def play(
    script: Script,
    hand: HandClock,
    notes: Notes,
    target: FeedTarget = TARGET,
    *,
    watching: bool = True,
) -> None:
    """Run a Reflector until the script is over."""
    reflector = Reflector(
        script,  # type: ignore[arg-type]
        target,
        notes,
        hand,
        FeedPace(),
        lambda: 0.0,
        may_watch=lambda: watching,
    )
    task = asyncio.create_task(reflector.run())
    async with asyncio.timeout(120):
        await script.over.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def lasting(hand: HandClock, seconds: float) -> Callable[[], None]:
    def pass_() -> None:
        hand.seconds += seconds

    return pass_


async def test_a_watch_lets_go_before_it_what_the_first_picture_is_made_of() -> None:
    hand, notes, whole = HandClock(), Notes(), asyncio.Event()
    script = Script([Listing((obj("a", 5),), "10")], [[added("b", 11)]])
    reflector = Reflector(
        script,  # type: ignore[arg-type]
        TARGET,
        notes,
        hand,
        FeedPace(),
        lambda: 0.0,
        first=whole.wait,
    )
    running = asyncio.create_task(reflector.run())
    for _turn in range(20):
        await asyncio.sleep(0)
    assert notes.objects == {"a": "5"} and notes.states[-1][0] is FeedState.LIVE
    assert script.watched_from == [], "what is listed is shown; what comes later can wait"
    whole.set()
    async with asyncio.timeout(120):
        await script.over.wait()
    assert script.watched_from[0] == "10" and notes.objects == {"a": "5", "b": "11"}
    running.cancel()


async def test_a_bookmark_moves_the_place_from_which_the_watch_resumes() -> None:
    hand, notes = HandClock(), Notes()
    script = Script(
        [Listing((obj("a", 5),), "10")], [[added("b", 11), bookmark(40), lasting(hand, 300)]]
    )
    await play(script, hand, notes)
    assert script.watched_from == ["10", "40"]
    assert script.listed == 1
    assert notes.objects == {"a": "5", "b": "11"}
    assert notes.states == [(FeedState.LIVE, "")]
    assert hand.slept == []


class Raw(dict[str, Any]):
    """A raw object that a weak reference can point to."""


async def test_raw_objects_do_not_outlive_the_list_that_brought_them() -> None:
    hand, notes = HandClock(), Notes()
    raw = Raw(obj("a", 5))
    known = weakref.ref(raw)
    alive: list[bool] = []
    look = [lambda: alive.append(known() is not None), lasting(hand, 300)]
    script = Script([Listing((raw,), "10")], [look])
    del raw
    await play(script, hand, notes)
    assert notes.objects == {"a": "5"}
    assert alive == [False], "while the watch goes on, nobody needs the list"


async def test_an_expired_version_lists_again_and_what_is_gone_is_dropped() -> None:
    hand, notes = HandClock(), Notes()
    gone = Expired("too old", status=410)
    script = Script(
        [Listing((obj("a", 5), obj("b", 6)), "10"), Listing((obj("b", 7),), "90")],
        [[lasting(hand, 60), gone]],
    )
    await play(script, hand, notes)
    assert notes.objects == {"b": "7"}
    assert script.watched_from == ["10", "90"]
    assert hand.slept == [], "a 410 after a healthy life is no reason to wait"


async def test_a_server_that_expires_every_list_makes_no_hot_loop() -> None:
    hand, notes = HandClock(), Notes()
    empty, gone = Listing((), "1"), Expired("too old", status=410)
    script = Script([empty] * 4, [[gone]] * 4)
    await play(script, hand, notes)
    assert hand.slept == [0.8, 1.6, 3.2, 6.4]


async def test_a_watch_that_ends_at_once_makes_no_hot_loop() -> None:
    hand, notes = HandClock(), Notes()
    script = Script([Listing((), "1")] * 3, [[], [], []])
    await play(script, hand, notes)
    assert hand.slept == [0.8, 1.6, 3.2]
    assert (FeedState.RETRYING, "the API ends the watch at once") in notes.states


async def test_failures_back_off_up_to_the_limit_and_say_so() -> None:
    hand, notes = HandClock(), Notes()
    script = Script([Unreachable("no route", where="prod")] * 8)
    await play(script, hand, notes)
    assert hand.slept == [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0]
    assert notes.states[-1] == (FeedState.RETRYING, "prod: no route")


async def test_a_healthy_life_forgets_the_failures_and_resumes_without_listing() -> None:
    hand, notes = HandClock(), Notes()
    cut = Unreachable("cut")
    script = Script(
        [cut, cut, Listing((), "7"), Listing((), "9")],
        [[lasting(hand, 10), cut], [cut]],
    )
    await play(script, hand, notes)
    assert script.watched_from[:2] == ["7", "7"], "cut after 10 s: the same place again, at once"
    assert hand.slept == [0.8, 1.6, 0.8], "and the next failure counts from the beginning"
    assert notes.states[-1][0] is FeedState.LIVE


async def test_a_kind_whose_address_is_known_is_listed_without_asking_what_is_served() -> None:
    hand, notes = HandClock(), Notes()
    script = Script([Listing((obj("a", 1),), "1"), Listing((obj("a", 2),), "2")], [[]])
    await play(script, hand, notes, replace(TARGET, plural="kustomizations"))
    assert script.sought == 0
    assert notes.objects == {"a": "2"}


async def test_another_version_than_expected_is_found_by_asking_what_is_served() -> None:
    hand, notes = HandClock(), Notes()
    script = Script([NotFound("no such address", status=404), Listing((obj("a", 1),), "1")])
    target = replace(TARGET, version="v9", plural="kustomizations")
    await play(script, hand, notes, target)
    assert [type_.version for type_ in script.asked[:2]] == ["v9", "v1"]
    assert notes.states == [(FeedState.LIVE, "")]


async def test_who_wants_no_watch_gets_the_list_and_no_more() -> None:
    hand, notes = HandClock(), Notes()
    script = Script([Listing((obj("a", 1),), "1")])
    await play(script, hand, notes, watching=False)
    assert notes.states[0] == (FeedState.LIVE, "") and not script.watched_from
    assert hand.slept[0] == FeedPace().parked


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Forbidden("may not list", status=403), FeedState.FORBIDDEN),
        (NotFound("no such kind", status=404), FeedState.ABSENT),
    ],
)
async def test_what_is_forbidden_or_absent_is_parked_and_tried_slowly(
    error: Exception, state: FeedState
) -> None:
    hand, notes = HandClock(), Notes()
    script = Script([error, error, Listing((obj("a", 1),), "1")])
    script._watches.append([])
    await play(script, hand, notes)
    assert hand.slept[:2] == [30.0, 30.0]
    assert [s for s, _ in notes.states[:3]] == [state, state, FeedState.LIVE]
    assert notes.states[0][1] == str(error)


async def test_a_fault_of_our_own_is_shown_and_tried_again() -> None:
    hand, notes = HandClock(), Notes()
    broken = WatchEvent("ADDED", {"metadata": {"resourceVersion": "2"}})
    script = Script([Listing((), "1"), Listing((), "3")], [[broken]])
    await play(script, hand, notes)
    assert notes.states[1] == (FeedState.RETRYING, "unexpected KeyError: 'name'")
    assert notes.states[-1][0] is FeedState.LIVE
