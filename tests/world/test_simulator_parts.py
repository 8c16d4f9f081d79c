"""The simulator's parts alone: schedules, queues, caches, and the claims of a clock that stands."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.errors import Conflict, Invalid
from fluxtui.world.simulator import simulator
from fluxtui.world.simulator.cache import Cache
from fluxtui.world.simulator.fates import CRASH, fault_of
from fluxtui.world.simulator.kinds import POD
from fluxtui.world.simulator.pods import template_hash
from fluxtui.world.simulator.rollout import scaled

# -- queues


@pytest.mark.parametrize("trouble", [Conflict("changed meanwhile"), Invalid("refused")])
def test_a_key_that_met_trouble_comes_round_again(trouble: Exception) -> None:
    failed = simulator._failed("pods")
    assert [failed(("ns", "one"), trouble, times) for times in (1, 2, 99)] == [0.25, 0.5, 8.0]


def test_a_malformed_object_is_not_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    assert simulator._failed("pods")(("ns", "bad"), KeyError("spec"), 1) is None
    assert "('ns', 'bad')" in caplog.text


# -- caches


def pod(version: int, uid: str = "u1", owner: str = "") -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "name": "p",
        "namespace": "ns",
        "uid": uid,
        "resourceVersion": str(version),
    }
    if owner:
        metadata["ownerReferences"] = [{"uid": owner, "controller": True, "kind": "ReplicaSet"}]
    return {"metadata": metadata}


def test_older_news_do_not_undo_what_a_write_has_answered() -> None:
    cache = Cache(POD)
    heard: list[Any] = []
    cache.changed = heard.append
    cache.put(pod(7, owner="rs"))
    cache.put(pod(5))
    assert cache.get(("ns", "p")) == pod(7, owner="rs")
    assert cache.owned_by({"metadata": {"uid": "rs"}}) == [pod(7, owner="rs")]
    cache.drop(pod(8))
    cache.put(pod(6))
    assert cache.get(("ns", "p")) is None
    cache.put(pod(9, uid="u2"))
    assert cache.get(("ns", "p")) == pod(9, uid="u2")
    assert len(heard) == 3


async def test_a_new_list_replaces_everything_known() -> None:
    cache = Cache(POD)
    cache.put(pod(1))
    await cache.replace([pod(2, uid="u2")])
    assert [one["metadata"]["uid"] for one in cache] == ["u2"]
    await cache.replace([])
    assert len(cache) == 0


# -- small rules


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("example.com/web:v1-crashloop", True),
        ("example.com/web:v1", False),
        ("example.com/crashloop/web:v1", False),
        ("example.com:5000/web", False),
        ("example.com/web:crashloop@sha256:" + "0" * 64, True),
    ],
)
def test_only_a_tag_asks_for_a_crash(image: str, expected: bool) -> None:
    assert (fault_of({"metadata": {}}, {"image": image}) == CRASH) is expected


def test_equal_templates_have_equal_hashes_in_kubernetes_alphabet() -> None:
    one = template_hash({"a": 1, "b": 2})
    assert one == template_hash({"b": 2, "a": 1}) != template_hash({"a": 2, "b": 2})
    assert len(one) == 10
    assert not set(one) & set("aeiou01l")


def test_shares_of_pods_are_rounded_up_for_surge_and_down_for_unavailable() -> None:
    assert (scaled("25%", 3, up=True), scaled("25%", 3, up=False), scaled(2, 9, up=True)) == (
        1,
        0,
        2,
    )
