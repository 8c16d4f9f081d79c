"""The chain names what really blocks: the root, the object behind it and why."""

from collections.abc import Iterable, Mapping
from typing import Any

from fluxtui.domain.chain import Chain, Node
from fluxtui.domain.chain import analyse as analyse_keys
from fluxtui.domain.resource import Key


def key(name: str) -> Key:
    return Key("", "", "", "", name)


def node(name: str, depends_on: Iterable[str] = (), **rest: Any) -> Node:
    return Node(key(name), tuple(map(key, depends_on)), label=name, **rest)


def analyse(nodes: Iterable[Node], before: str = "") -> Chain:
    return analyse_keys(nodes, label=lambda key: f"{before}{key.name}")


def names(value: Any) -> Any:
    """The same by names instead of Keys."""
    if isinstance(value, Key):
        return value.name
    if isinstance(value, Mapping):
        return {names(k): names(v) for k, v in value.items()}
    return tuple(map(names, value))


def test_dependents_run_after_what_they_depend_on() -> None:
    chain = analyse(
        [node("ui", ("api",)), node("api", ("db", "queue")), node("db"), node("queue", ("db",))]
    )
    assert names(chain.waves) == (("db",), ("queue",), ("api",), ("ui",))
    assert chain.roots == {} and chain.stuck == ()
    assert names(chain.downstream(key("db"))) == ("api", "queue", "ui")
    assert chain.wave_of(key("api")) == 2 and chain.wave_of(key("nothing")) is None


def test_the_root_of_a_blockage_is_named_with_its_object() -> None:
    nodes = [
        node("db", ready=False, blocker="StatefulSet shop/db", blocker_reason="CrashLoopBackOff"),
        node("api", ("db",), ready=False, reason="DependencyNotReady", message="db is not ready"),
        node("ui", ("api",), ready=False, reason="DependencyNotReady"),
    ]
    chain = analyse(nodes)
    (root,) = chain.roots[key("ui")]
    assert root.key == key("db") and names(root.path) == ("ui", "api", "db")
    assert root.sentence == "blocked by db: StatefulSet shop/db CrashLoopBackOff"
    assert chain.roots[key("db")][0].sentence == "StatefulSet shop/db CrashLoopBackOff"
    assert [r.key.name for r in chain.blocking()] == ["db"]


def test_two_roots_are_both_named_and_a_ready_dependency_is_none() -> None:
    nodes = [
        node("a", ready=False, reason="BuildFailed", message="no such file"),
        node("b", ready=False, suspended=True, reason="HealthCheckFailed"),
        node("c"),
        node("d", ("a", "b", "c"), ready=False),
    ]
    assert [r.sentence for r in analyse(nodes).roots[key("d")]] == [
        "blocked by a: BuildFailed: no such file",
        "blocked by b: HealthCheckFailed (suspended)",
    ]


def test_a_missing_dependency_is_a_state() -> None:
    chain = analyse([node("ui", ("api",), ready=False), node("api", ("gone",), ready=False)])
    assert names(chain.missing) == {"api": ("gone",)}
    assert chain.roots[key("ui")][0].kind == "missing"
    assert chain.roots[key("ui")][0].sentence == "blocked by gone: not found (api depends on it)"
    assert names(chain.waves) == (("api",), ("ui",))
    named = analyse([node("api", ("gone",), ready=False)], "Kustomization ")
    assert named.roots[key("api")][0].sentence == "blocked by Kustomization gone: not found"


def test_a_circle_is_shown_as_it_runs_and_blocks_what_hangs_on_it() -> None:
    chain = analyse(
        [
            node("a", ("c",), ready=False),
            node("b", ("a",), ready=False),
            node("c", ("b",), ready=False),
            node("d", ("c",), ready=False),
            node("e"),
        ]
    )
    assert names(chain.waves) == (("e",),) and names(chain.stuck) == ("a", "b", "c", "d")
    (cycle,) = chain.cycles
    assert set(names(cycle)) == {"a", "b", "c"}
    (root,) = chain.roots[key("d")]
    assert root.kind == "cycle" and root.sentence.startswith("dependsOn goes in a circle: ")
    assert root.sentence.count(" -> ") == 3


def test_a_node_that_waits_for_itself_is_a_circle_of_one() -> None:
    chain = analyse([node("a", ("a",))])
    assert names(chain.cycles) == (("a",),) and names(chain.stuck) == ("a",)
    assert chain.roots[key("a")][0].sentence == "dependsOn goes in a circle: a -> a"


def test_a_long_row_is_followed_to_its_beginning() -> None:
    nodes = [node(str(i), (str(i - 1),) if i else (), ready=False) for i in range(300)]
    chain = analyse(nodes)
    assert len(chain.waves) == 300
    assert chain.roots[key("299")][0].key == key("0")
    assert len(chain.roots[key("299")][0].path) == 300


def test_what_waits_is_told_once_however_many_ways_lead_there() -> None:
    chain = analyse([node("d", ("b", "c")), node("b", ("a",)), node("c", ("a",)), node("a")])
    assert names(chain.downstream(key("a"))) == ("b", "c", "d")
    assert chain.downstream(key("d")) == () == chain.downstream(key("gone"))
    ring = analyse([node("a", ("b",)), node("b", ("a",)), node("c", ("b", "a"))])
    assert names(ring.downstream(key("a"))) == ("b", "c"), "not itself, though it waits for itself"


def test_who_blocks_most_comes_first_told_from_where_it_is_nearest() -> None:
    nodes = [
        node("far", ("near",), ready=False),
        node("near", ("bad",), ready=False),
        node("other", ("lone",), ready=False),
        node("bad", ready=False, reason="BuildFailed"),
        node("lone", ready=False, reason="BuildFailed"),
        node("gone-user", ("gone",), ready=False),
    ]
    blocking = analyse(nodes).blocking()
    assert [root.key.name for root in blocking] == ["bad", "lone", "gone"]
    assert [names(root.path) for root in blocking] == [("bad",), ("lone",), ("gone-user", "gone")]
    turned = analyse(nodes[::-1]).blocking()
    assert turned[0].key == key("bad") and names(turned[0].path) == ("bad",)


def test_a_circle_begins_with_who_was_named_first() -> None:
    for first, second in (("b", "a"), ("a", "b")):
        chain = analyse(
            [node(first, (second,)), node(second, (first,)), node("x", ("y",)), node("y", ("x",))]
        )
        assert names(chain.cycles) == ((first, second), ("x", "y"))
    behind = analyse([node("c", ("a",)), node("a", ("a",)), node("b", ("c",))])
    assert names(behind.cycles) == (("a",),) and names(behind.stuck) == ("c", "a", "b")


def test_a_root_says_as_much_as_it_knows() -> None:
    def says(**root: Any) -> str:
        chain = analyse([node("b", ("a",), ready=False), node("a", ready=False, **root)])
        (found,) = chain.roots[key("b")]
        return found.sentence

    assert says() == "blocked by a: not ready yet"
    assert says(suspended=True) == "blocked by a: suspended"
    assert says(suspended=True, message="old") == "blocked by a: suspended"
    assert says(suspended=True, reason="X") == "blocked by a: X (suspended)"
    assert says(reason="X", message="x") == "blocked by a: X: x" and says(message="x").endswith(
        ": x"
    )
    assert says(blocker="Pod/x", suspended=True) == "blocked by a: Pod/x (suspended)"


def test_a_dependency_that_two_ways_lead_to_is_one_root() -> None:
    nodes = [
        node("top", ("left", "right", "gone"), ready=False),
        node("left", ("low", "gone"), ready=False),
        node("right", ("low",), ready=False),
        node("low", ready=False, reason="X"),
    ]
    roots = analyse(nodes).roots[key("top")]
    assert [(r.key.name, r.kind) for r in roots] == [("gone", "missing"), ("low", "self")]
    assert names(roots[1].path) == ("top", "left", "low")
    assert roots[0].sentence == "blocked by gone: not found"
    (_low, far) = sorted(analyse(nodes).roots[key("left")], key=lambda r: r.kind == "missing")
    assert far.sentence == "blocked by gone: not found"
    nameless = Node(key("n"), ready=False)
    assert nameless.name == str(key("n"))
