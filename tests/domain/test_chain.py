"""The chain names what really blocks: the root, the object behind it and why."""

from fluxtui.domain.chain import Node, analyse


def test_dependents_run_after_what_they_depend_on() -> None:
    chain = analyse(
        [Node("ui", ("api",)), Node("api", ("db", "queue")), Node("db"), Node("queue", ("db",))]
    )
    assert chain.waves == (("db",), ("queue",), ("api",), ("ui",))
    assert chain.roots == {} and chain.stuck == ()
    assert chain.downstream("db") == ("api", "queue", "ui")
    assert chain.wave_of("api") == 2 and chain.wave_of("nothing") is None


def test_the_root_of_a_blockage_is_named_with_its_object() -> None:
    nodes = [
        Node("db", ready=False, blocker="StatefulSet shop/db", blocker_reason="CrashLoopBackOff"),
        Node("api", ("db",), ready=False, reason="DependencyNotReady", message="db is not ready"),
        Node("ui", ("api",), ready=False, reason="DependencyNotReady"),
    ]
    chain = analyse(nodes)
    (root,) = chain.roots["ui"]
    assert root.key == "db" and root.path == ("ui", "api", "db")
    assert root.sentence == "blocked by db: StatefulSet shop/db CrashLoopBackOff"
    assert chain.roots["db"][0].sentence == "StatefulSet shop/db CrashLoopBackOff"
    assert [r.key for r in chain.blocking()] == ["db"]


def test_two_roots_are_both_named_and_a_ready_dependency_is_none() -> None:
    nodes = [
        Node("a", ready=False, reason="BuildFailed", message="no such file"),
        Node("b", ready=False, suspended=True, reason="HealthCheckFailed"),
        Node("c"),
        Node("d", ("a", "b", "c"), ready=False),
    ]
    assert [r.sentence for r in analyse(nodes).roots["d"]] == [
        "blocked by a: BuildFailed: no such file",
        "blocked by b: HealthCheckFailed (suspended)",
    ]


def test_a_missing_dependency_is_a_state() -> None:
    chain = analyse([Node("ui", ("api",), ready=False), Node("api", ("gone",), ready=False)])
    assert chain.missing == {"api": ("gone",)}
    assert chain.roots["ui"][0].kind == "missing"
    assert chain.roots["ui"][0].sentence == "blocked by gone: not found (api depends on it)"
    assert chain.waves == (("api",), ("ui",))
    named = analyse([Node("api", ("gone",), ready=False)], label=lambda key: f"Kustomization {key}")
    assert named.roots["api"][0].sentence == "blocked by Kustomization gone: not found"


def test_a_circle_is_shown_as_it_runs_and_blocks_what_hangs_on_it() -> None:
    chain = analyse(
        [
            Node("a", ("c",), ready=False),
            Node("b", ("a",), ready=False),
            Node("c", ("b",), ready=False),
            Node("d", ("c",), ready=False),
            Node("e"),
        ]
    )
    assert chain.waves == (("e",),) and chain.stuck == ("a", "b", "c", "d")
    (cycle,) = chain.cycles
    assert set(cycle) == {"a", "b", "c"}
    (root,) = chain.roots["d"]
    assert root.kind == "cycle" and root.sentence.startswith("dependsOn goes in a circle: ")
    assert root.sentence.count(" -> ") == 3


def test_a_node_that_waits_for_itself_is_a_circle_of_one() -> None:
    chain = analyse([Node("a", ("a",))])
    assert chain.cycles == (("a",),) and chain.stuck == ("a",)
    assert chain.roots["a"][0].sentence == "dependsOn goes in a circle: a -> a"


def test_a_long_row_is_followed_to_its_beginning() -> None:
    nodes = [Node(i, (i - 1,) if i else (), ready=False) for i in range(300)]
    chain = analyse(nodes)
    assert len(chain.waves) == 300
    assert chain.roots[299][0].key == 0 and len(chain.roots[299][0].path) == 300
