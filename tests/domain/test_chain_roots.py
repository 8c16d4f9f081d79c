"""Where a blockage starts, in one sentence: the object and its reason as far as they are known."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.chain import Node, analyse
from fluxtui.domain.resource import Key


def key(name: str) -> Key:
    return Key("staging", "g", "Kustomization", "apps", name)


def node(name: str, *needs: str, ready: bool = False, **more: Any) -> Node:
    return Node(key(name), tuple(map(key, needs)), ready, label=name, **more)


def sentences(name: str, *nodes: Node) -> list[tuple[str, str]]:
    roots = analyse(nodes, lambda missing: missing.name).roots.get(key(name), ())
    return [(root.kind, root.sentence) for root in roots]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "not ready yet"),
        ({"reason": "BuildFailed"}, "BuildFailed"),
        ({"message": "works"}, "works"),
        ({"reason": "BuildFailed", "message": "no file"}, "BuildFailed: no file"),
        ({"blocker": "Deployment x", "reason": "HealthCheckFailed"}, "Deployment x"),
        ({"blocker": "Deployment x", "blocker_reason": "crashes"}, "Deployment x crashes"),
        ({"suspended": True}, "suspended"),
        ({"suspended": True, "message": "works"}, "suspended"),
        ({"suspended": True, "reason": "BuildFailed"}, "BuildFailed (suspended)"),
        ({"suspended": True, "blocker": "Deployment x"}, "Deployment x (suspended)"),
    ],
)
def test_why_it_is_not_ready_is_said_as_far_as_it_is_known(more: dict[str, Any], why: str) -> None:
    assert sentences("a", node("a", **more)) == [("self", why)]
    assert sentences("b", node("a", **more), node("b", "a")) == [("self", f"blocked by a: {why}")]


def test_what_is_ready_and_blocks_nobody_is_no_root() -> None:
    assert sentences("a", node("a", ready=True)) == []
    assert sentences("b", node("a", ready=True), node("b", "a", reason="Bad")) == [("self", "Bad")]


def test_a_dependency_that_is_not_there_is_said_with_who_needs_it() -> None:
    assert sentences("a", node("a", "gone")) == [("missing", "blocked by gone: not found")]
    assert sentences("b", node("a", "gone"), node("b", "a")) == [
        ("missing", "blocked by gone: not found (a depends on it)")
    ]


def test_an_expression_that_is_not_true_holds_up_who_asks_and_who_waits_for_it() -> None:
    dep = node("dep", ready=True)
    asks = node("a", "dep", held=((key("dep"), "x is not 1"),))
    assert sentences("a", dep, asks) == [("held", "blocked by dep: x is not 1")]
    assert sentences("b", dep, asks, node("b", "a")) == [
        ("held", "blocked by dep: x is not 1 (a depends on it)")
    ]
    sick = node("dep", reason="Bad")
    assert sentences("a", sick, asks) == [("self", "blocked by dep: Bad")], "its own fault first"


def test_a_dependency_whose_expression_is_true_blocks_nobody_however_unwell() -> None:
    dep, asks = (
        node("dep", reason="Bad"),
        node("a", "dep", reason="Own", passed=frozenset({key("dep")})),
    )
    assert sentences("a", dep, asks) == [("self", "Own")]
    both = node("a", "dep", "other", passed=frozenset({key("dep")}))
    assert sentences("a", dep, node("other", reason="Bad"), both) == [
        ("self", "blocked by other: Bad")
    ]


def test_each_root_is_said_once_however_many_ways_lead_there() -> None:
    root = node("r", reason="Bad")
    ways = [node("x", "r"), node("y", "r"), node("top", "x", "y", "x")]
    assert sentences("top", root, *ways) == [("self", "blocked by r: Bad")]


def test_a_circle_is_said_as_it_runs_to_who_waits_for_it_too() -> None:
    ring = [node("a", "b"), node("b", "a")]
    says = [("cycle", "dependsOn goes in a circle: a -> b -> a")]
    assert sentences("a", *ring) == sentences("c", *ring, node("c", "b")) == says
    assert sentences("a", node("a", "a", ready=True)) == [
        ("cycle", "dependsOn goes in a circle: a -> a")
    ]
