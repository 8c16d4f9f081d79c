"""A dependency that a readyExpr judges blocks when its controller says so, and at no other time."""

from __future__ import annotations

from typing import Any

from fluxtui.domain.board import ChainNode, Level
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot
from tests.builders import NS, READY, failed, snapshot

EXPRESSION = "dep.metadata.annotations.schema == 'v2'"
HELD = failed(
    "DependencyNotReady", f"dependency '{NS}/db' is not ready according to readyExpr eval"
)
BROKEN = failed("BuildFailed", "line 3: no")
WAITS = failed("DependencyNotReady", f"dependency '{NS}/web' is not ready")


def one(name: str, ready: dict[str, Any], *depends_on: dict[str, str]) -> Resource:
    return Resource.from_object(
        "staging",
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": name, "namespace": NS, "generation": 1, "resourceVersion": "1"},
            "spec": {"dependsOn": list(depends_on)},
            "status": {"observedGeneration": 1, "conditions": [{**ready, "observedGeneration": 1}]},
        },
    )


def nodes(*resources: Resource) -> tuple[Snapshot, dict[str, ChainNode]]:
    seen = snapshot(*resources)
    return seen, {node.key.name: node for node in seen.board.chains["staging"]}


ON_DB = {"name": "db", "readyExpr": EXPRESSION}


def test_what_is_ready_and_yet_waited_for_is_the_root_with_the_expression() -> None:
    seen, by_name = nodes(
        one("db", READY), one("web", HELD, ON_DB), one("api", WAITS, {"name": "web"})
    )
    db, web, api = by_name["db"], by_name["web"], by_name["api"]
    assert web.root == db.key and web.waits_for == (db.key,)
    assert web.because == f"blocked by db: its readyExpr is not true yet: {EXPRESSION}"
    assert api.root == db.key and api.because.endswith(f"{EXPRESSION} (web depends on it)")
    assert db.root is None and db.health.level is Level.OK
    (finding,) = [f for f in seen.findings if f.subject == web.key]
    assert finding.message == (
        f"web waits for db, which is ready: its readyExpr is not true yet: {EXPRESSION}"
    )
    assert finding.behind == 2


def test_through_it_the_root_of_a_dependency_that_fails_is_found() -> None:
    _seen, by_name = nodes(one("db", BROKEN), one("web", HELD, ON_DB))
    web = by_name["web"]
    assert web.root == by_name["db"].key
    assert web.because == "blocked by db: BuildFailed: line 3: no"


def test_who_fails_by_itself_is_not_laid_on_what_its_expression_passed() -> None:
    _seen, by_name = nodes(one("db", BROKEN), one("web", BROKEN, ON_DB))
    web = by_name["web"]
    assert web.root == web.key and web.to_blame
    assert web.waits_for == ()
    assert [each.met for each in web.until] == [None]


def test_who_is_ready_waits_for_nobody_whatever_the_dependency_says() -> None:
    _seen, by_name = nodes(one("db", BROKEN), one("web", READY, ON_DB))
    web = by_name["web"]
    assert (web.root, web.waits_for) == (None, ())
    assert [each.met for each in web.until] == [True]


def test_without_an_expression_nothing_is_otherwise() -> None:
    waits = failed("DependencyNotReady", f"dependency '{NS}/db' is not ready")
    _seen, by_name = nodes(one("db", BROKEN), one("web", waits, {"name": "db"}))
    assert by_name["web"].root == by_name["db"].key and by_name["web"].until == ()


def test_a_dependency_that_is_not_there_is_missing_whatever_judges_it() -> None:
    gone = failed("DependencyNotReady", f"dependency '{NS}/db' not found: kustomizations not found")
    _seen, by_name = nodes(one("web", gone, ON_DB))
    assert [key.name for key in by_name["web"].missing] == ["db"]
