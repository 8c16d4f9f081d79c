"""The rows of the chain: who blocks, who waits, and what is wrong with the names."""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain.board import ChainNode, HealthLine, Level, Mark, ObjectLine
from fluxtui.domain.resource import Key, Resource
from fluxtui.ui.panes.chain import WORDS_FROM, columns, object_state, row_of, sizes, why, with_pods
from fluxtui.ui.panes.tree import Tree, guides
from fluxtui.ui.signs import summary
from fluxtui.ui.spans import plain, width
from fluxtui.ui.tally import Tally
from fluxtui.ui.widgets.columns import layout
from tests.builders import snapshot
from tests.ui.ui_delivery import CHAIN, blocked_nodes, ks


def test_everyone_behind_the_root_blocker_names_it() -> None:
    told = {node.key.name: plain(why(node)) for node in blocked_nodes()}
    assert told["clickhouse-migrations"].startswith(
        "BackoffLimitExceeded: Job/activity-system/clickhouse"
    )
    for waiting in ("activity-apiserver", "activity-processor", "activity-ui"):
        assert told[waiting].startswith(
            "blocked by clickhouse-migrations: BackoffLimitExceeded: Job/"
        )
    assert told["clickhouse-keeper"] == ""


def test_the_objects_of_an_open_node_hang_under_it() -> None:
    nodes = blocked_nodes()
    key = ks("staging", "clickhouse-migrations")
    items = Tree().items(nodes, lambda n: n.objects if n.key == key else None)
    names = [plain(row_of(item).cells[0]).strip("│└├ ▸▾·") for item in items]
    at = names.index("clickhouse-migrations")
    assert names[at + 1 : at + 3] == [
        "Job clickhouse-migrations",
        "Pod clickhouse-migrations-x7k2p",
    ]


def test_a_sentence_that_names_the_blocker_already_names_it_once() -> None:
    a, b = ks("staging", "a"), ks("staging", "b")
    waits = HealthLine(Level.WAITING, "")
    node = ChainNode(a, 0, waits, root=b, because="blocked by b: Deployment/x is not ready")
    assert plain(why(node)) == "blocked by b: Deployment/x is not ready"


def test_a_cycle_and_a_missing_dependency_are_said() -> None:
    a, b = ks("staging", "a"), ks("staging", "b")
    bad = HealthLine(Level.FAILED, "")
    assert plain(why(ChainNode(a, 0, bad, cycle=(a, b, a)))) == "dependsOn cycle: a → b → a"
    told = plain(why(ChainNode(a, 0, bad, missing=(b,))))
    assert told == "dependsOn names what is not there: Kustomization/activity-system/b"


def test_guides_join_siblings_and_end_with_the_last() -> None:
    assert guides([0, 1, 2, 1, 0]) == ["", "├ ", "│ └ ", "└ ", ""]


def test_a_node_drawn_twice_counts_once() -> None:
    nodes = blocked_nodes()
    again = tuple(replace(node, shared=True) for node in nodes)
    assert Tally().of((*nodes, *again)).levels == Tally().of(nodes).levels
    assert plain(summary(Tally().of(nodes).levels)) == "✗ 1 failed  ○ 3 waiting  ✓ 5 ready"
    assert len(nodes) == len(CHAIN) + 3


def test_a_pod_that_ended_badly_has_no_tick() -> None:
    """kstatus calls it current."""
    labels, job = {"job-name": "migrate"}, Key("staging", "batch", "Job", "apps", "migrate")
    bodies = [
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "migrate", "namespace": "apps"},
            "spec": {"selector": {"matchLabels": labels}},
        },
        *(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": phase.lower(), "namespace": "apps", "labels": labels},
                "status": {"phase": phase},
            }
            for phase in ("Failed", "Succeeded")
        ),
    ]
    seen = snapshot(*(Resource.from_object("staging", body) for body in bodies))
    line = ObjectLine(job, "Failed", "")
    node = ChainNode(ks("staging", "a"), 0, HealthLine(Level.FAILED, ""), objects=(line,))
    told = {each.key.name: object_state(node, each)[0] for each in with_pods(seen, node)}
    assert told == {"migrate": "✗ failed", "failed": "✗ failing", "succeeded": "✓ current"}


def test_that_a_node_is_suspended_is_in_its_row_however_narrow() -> None:
    """The mark is the newcomer's only hint there: it was cut off behind the sign."""
    mark = Mark(by="anna", reason="migration")
    node = replace(blocked_nodes()[0], suspended=mark)
    (item,) = Tree().items((node,), lambda _node: None)
    for cells in (60, 80, 200):
        words = cells >= WORDS_FROM
        slots = {s.index: s for s in layout(columns(words), sizes(item), cells - 2)}
        state = row_of(item, words=words).cells[1]
        assert plain(state).endswith("‖") and width(state) <= slots[1].width, cells
