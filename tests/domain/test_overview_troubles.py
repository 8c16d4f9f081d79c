"""What of a chain is a finding, said once and with a way out; and how the chain is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain.board import Finding, Level
from fluxtui.domain.config import Config
from fluxtui.domain.overview.remedies import SOURCE, remedy
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from tests.builders import (
    CONFIG,
    NS,
    condition,
    deployment,
    failed,
    ks,
    revision,
    snapshot,
    source,
)

A, B = revision("1.4.2", "a"), revision("1.5.0", "b")
WAITS = failed("DependencyNotReady", "dependency is not ready")
SLOW = condition("Ready", "Unknown", "Progressing", "works")
SPOILT = failed("BuildFailed", f"no such file in Deployment/{NS}/web")


def of(seen: Snapshot, *codes: str) -> list[Finding]:
    return [f for f in seen.findings if f.code in codes and f.environment == "staging"]


def test_a_failure_is_told_with_names_of_its_own_namespace_left_out() -> None:
    (one,) = of(snapshot(source(), ks(name="a", conditions=[SPOILT])), "failed")
    assert one.severity.value == "error"
    assert one.message.endswith("no such file in Deployment/web")


def test_what_was_seen_last_is_not_told_as_what_is() -> None:
    lost = snapshot(
        source(), ks(name="a", conditions=[SPOILT]), unreachable={"staging": "connection refused"}
    )
    (one,) = of(lost, "failed", "last-seen")
    assert one.code == "last-seen" and one.message.startswith("as last seen, ")


def test_what_is_only_slow_is_told_when_it_cannot_start_or_somebody_waits() -> None:
    slow = ks(name="a", conditions=[SLOW], inventory=[f"{NS}_web_apps_Deployment"])
    assert of(snapshot(source(), slow, deployment("web")), "not-ready", "failed") == []
    behind = ks(name="b", needs=["a"], conditions=[WAITS])
    (one,) = of(snapshot(source(), slow, deployment("web"), behind), "not-ready")
    assert (one.subject, one.behind, one.severity.value) == (slow.key, 1, "warning")


def test_what_cannot_start_is_told_though_nobody_waits_for_it() -> None:
    slow = ks(name="a", conditions=[SLOW], inventory=[f"{NS}_web_apps_Deployment"])
    obj = deployment("web").as_object()
    obj["spec"]["selector"] = {"matchLabels": {"app": "web"}}
    state = {"waiting": {"reason": "CrashLoopBackOff"}}
    pod = Resource.from_object("staging", {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web-1", "namespace": NS, "labels": {"app": "web"}},
        "status": {"containerStatuses": [{"name": "c", "ready": False, "state": state}]},
    })  # fmt: skip
    (one,) = of(snapshot(source(), slow, Resource.from_object("staging", obj), pod), "not-ready",
                "failed")  # fmt: skip
    assert (one.subject, one.behind) == (slow.key, 0) and "CrashLoopBackOff" in one.message


def test_who_waits_for_a_failure_is_counted_and_not_told() -> None:
    """However far behind it, and whether or not it fails for that alone."""
    bad = ks(name="a", conditions=[SPOILT])
    row = [ks(name=n, needs=[d], conditions=[WAITS]) for n, d in (("b", "a"), ("c", "b"))]
    (one,) = of(snapshot(source(), bad, *row), "failed", "not-ready")
    assert one.behind == 2 and one.next.startswith("2 more wait for it; ")


def test_a_source_is_to_blame_once_for_its_users_and_who_waits_for_them() -> None:
    broken = source(ready=failed("OCIPullFailed", "no route"))
    users = [ks(name=n, conditions=[failed("ArtifactFailed", "no artifact")]) for n in "ab"]
    waits = ks(name="c", needs=["a"], conditions=[WAITS])
    (one,) = of(snapshot(broken, *users, waits), "failed", "source", "not-ready")
    assert one.behind == 2, "b, which it feeds too, and c, which waits"
    assert one.next == f"2 more wait for it; {SOURCE}"


def test_two_sources_are_two_findings() -> None:
    first, second = (
        source(name=n, ready=failed("OCIPullFailed", "no route")) for n in ("one", "two")
    )
    users = [ks(name=n, of=n, conditions=[failed("ArtifactFailed", "no artifact")]) for n in
             ("one", "two")]  # fmt: skip
    assert len(of(snapshot(first, second, *users), "failed")) == 2


def test_a_failure_with_a_dependency_that_is_not_there_is_that_one_finding() -> None:
    lost = ks(name="a", needs=["gone"], conditions=[SPOILT])
    (one,) = of(snapshot(source(), lost), "failed", "missing-dependency")
    assert one.code == "missing-dependency" and one.subject == lost.key


@pytest.mark.parametrize(("namespaces", "missing"), [((), 1), ((NS,), 1), (("elsewhere",), 0)])
def test_what_is_not_looked_at_is_not_called_missing(
    namespaces: tuple[str, ...], missing: int
) -> None:
    places = (replace(CONFIG.environments[0], namespaces=namespaces), *CONFIG.environments[1:])
    config: Config = replace(CONFIG, environments=places)
    seen = snapshot(source(), ks(name="a", needs=["gone"], conditions=[WAITS]), config=config)
    assert len(of(seen, "missing-dependency")) == missing


def test_two_circles_are_two_findings_and_each_is_said_once() -> None:
    rings = [ks(name=n, needs=[d]) for n, d in (("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"))]
    assert len(of(snapshot(source(), *rings), "cycle")) == 2
    sick = [ks(name=n, needs=[d], conditions=[WAITS]) for n, d in (("a", "b"), ("b", "a"))]
    behind = ks(name="c", needs=["a"], conditions=[WAITS])
    (one,) = of(snapshot(source(), *sick, behind), "cycle", "failed", "not-ready")
    assert one.code == "cycle", "and neither of them is told by itself, though somebody waits"


# -- expressions


def until(name: str, needs: str = "dep", expression: str = "dep.status.x == 1") -> Resource:
    """One that waits for `needs`, which its own controller says is not so."""
    message = f"dependency '{NS}/{needs}' is not ready according to readyExpr eval"
    one = ks(name=name, conditions=[failed("DependencyNotReady", message)])
    spec = {**one.spec, "dependsOn": [{"name": needs, "readyExpr": expression}]}
    return replace(one, spec=spec)


def test_what_is_ready_and_yet_waited_for_is_told_by_who_asks() -> None:
    (one,) = of(snapshot(source(), ks(name="dep"), until("a")), "not-ready")
    assert one.message == (
        "a waits for dep, which is ready: its readyExpr is not true yet: dep.status.x == 1"
    )
    assert one.next == "mend what it asks of dep, or the expression"
    assert one.subject == until("a").key


def test_what_a_node_waits_for_is_what_is_not_ready_to_it() -> None:
    """A dependency by its Ready; one with an expression by that alone; what is not there always."""

    def waits(*others: Resource, one: Resource) -> list[str]:
        nodes = snapshot(source(), one, *others).board.chains["staging"]
        node = next(node for node in nodes if node.key == one.key)
        return [key.name for key in node.waits_for]

    plain = ks(name="a", needs=["dep", "gone"], conditions=[WAITS])
    sick = ks(name="dep", conditions=[SPOILT])
    assert waits(sick, one=plain) == ["dep", "gone"]
    assert waits(ks(name="dep"), one=plain) == ["gone"]
    assert waits(ks(name="dep"), one=until("a")) == ["dep"]
    passed = until("a", "other")
    spec = {
        **passed.spec,
        "dependsOn": [{"name": "dep", "readyExpr": "x"}, *passed.spec["dependsOn"]],
    }
    assert waits(sick, ks(name="other"), one=replace(passed, spec=spec)) == ["other"]


def test_two_who_ask_the_same_are_one_finding_and_two_who_are_asked_are_two() -> None:
    both = snapshot(source(), ks(name="dep"), until("a"), until("b"))
    (one,) = of(both, "not-ready")
    assert one.subject == until("a").key
    two = snapshot(source(), ks(name="dep"), ks(name="x"), until("a"), until("b", "x"))
    assert len(of(two, "not-ready")) == 2


def test_what_is_asked_while_it_rolls_out_is_told_with_who_waits_for_it() -> None:
    dep = ks(name="dep", inventory=[f"{NS}_web_apps_Deployment"])
    (one,) = of(snapshot(source(), dep, deployment("web"), until("a")), "not-ready", "failed")
    assert (one.subject, one.behind, one.severity.value) == (dep.key, 1, "warning")
    assert "Ready, but Deployment" in one.message


def test_what_is_not_ready_itself_is_told_itself() -> None:
    sick = ks(name="dep", conditions=[SPOILT])
    found = of(snapshot(source(), sick, until("a")), "not-ready", "failed")
    assert [one.subject for one in found] == [sick.key]


# -- what applies nothing


def chart(index: str) -> Resource:
    meta = {"name": "chart", "namespace": NS, "generation": 1}
    body = {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "HelmChart", "metadata": meta,
            "spec": {"chart": "web", "sourceRef": {"kind": "HelmRepository", "name": index}},
            "status": {"conditions": [failed("Failed", "no chart")]}}  # fmt: skip
    return Resource.from_object("staging", body)


def index(*conditions: Any) -> Resource:
    meta = {"name": "index", "namespace": NS, "generation": 1}
    body = {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "HelmRepository",
            "metadata": meta, "spec": {"url": "https://r.example"},
            "status": {"observedGeneration": 1, "conditions": list(conditions)}}  # fmt: skip
    return Resource.from_object("staging", body)


def test_who_stands_on_what_fails_is_counted_with_it() -> None:
    (one,) = of(snapshot(chart("index"), index(failed("Failed", "401"))), "source")
    assert (one.subject, one.behind) == (index().key, 1)
    assert one.message == f"HelmRepository/{NS}/index: Failed: 401"
    well = condition("Ready", "True", "Succeeded", "stored")
    (own,) = of(snapshot(chart("index"), index(well)), "source")
    assert (own.subject, own.behind) == (chart("index").key, 0)
    assert own.next == SOURCE


# -- ways out


def origin(kind: str) -> Key:
    return Key("staging", "source.toolkit.fluxcd.io", kind, NS, "x")


@pytest.mark.parametrize(
    ("text", "more", "way"),
    [
        ("odd", {}, "see Chain: <key:chain>"),
        ("odd", {"of_source": True}, SOURCE),
        ("odd", {"waits": 1}, "1 more waits for it; see Chain: <key:chain>"),
        ("odd", {"waits": 2}, "2 more wait for it; see Chain: <key:chain>"),
        ("BuildFailed: x", {"origin": origin("OCIRepository")},
         "diff it: <key:diff>, and mend the bundle or its patches"),
        ("BuildFailed: x", {}, "mend what the sentence names, in its source or the object's"
         " patches"),
        ("BuildFailed: x", {"origin": origin("GitRepository")},
         "mend what the sentence names, in Git or the object's patches"),
        ("BuildFailed: x", {"origin": origin("ExternalArtifact")},
         "mend what the sentence names, in what ExternalArtifact x is made of or the object's"
         " patches"),
        ("OOMKilled", {"origin": origin("Bucket")}, "raise its memory limit"),
        ("OOMKilled", {"origin": origin("GitRepository")}, "raise its memory limit, or roll back"),
        ("CrashLoopBackOff", {"origin": origin("Bucket")}, "read its log: l on the Pod in Chain"),
    ],
)  # fmt: skip
def test_a_way_out_is_one_that_can_be_gone(text: str, more: dict[str, Any], way: str) -> None:
    assert remedy(text, **more) == way


# -- how a chain is drawn


def owned(name: str, by: str, **more: Any) -> Resource:
    labels = {
        "kustomize.toolkit.fluxcd.io/name": by,
        "kustomize.toolkit.fluxcd.io/namespace": more.get("namespace", NS),
    }
    return ks(name=name, labels=labels, **more)


def drawn(*resources: Resource) -> list[tuple[str, int]]:
    nodes = snapshot(source(), *resources).board.chains["staging"]
    return [(node.key.name, node.depth) for node in nodes]


def test_each_is_drawn_below_the_last_of_what_it_waits_for() -> None:
    assert drawn(ks(name="c", needs=["a", "b"]), ks(name="b", needs=["a"]), ks(name="a")) == [
        ("a", 0), ("b", 1), ("c", 2),
    ]  # fmt: skip
    assert drawn(ks(name="z"), ks(name="y"), ks(name="x", needs=["z"])) == [
        ("y", 0), ("z", 0), ("x", 1),
    ]  # fmt: skip


def test_who_waits_for_nobody_is_drawn_below_who_made_it() -> None:
    assert drawn(ks(name="root"), owned("a", "root"), owned("b", "root", needs=["a"])) == [
        ("root", 0), ("a", 1), ("b", 2),
    ]  # fmt: skip
    assert drawn(owned("a", "gone")) == [("a", 0)]


def test_those_who_made_each_other_are_drawn_all_the_same() -> None:
    assert sorted(drawn(owned("a", "b"), owned("b", "a"))) == [("a", 1), ("b", 0)]
    # What waits for what it made is drawn below that.
    assert drawn(owned("a", "b"), ks(name="b", needs=["a"])) == [("a", 0), ("b", 1)]


def test_a_circle_is_drawn_flat_and_what_waits_for_nothing_there_is_not_lost() -> None:
    names = [name for name, _depth in drawn(ks(name="a", needs=["b"]), ks(name="b", needs=["a"]))]
    assert sorted(names) == ["a", "b"]
    assert drawn(ks(name="a", needs=["gone"])) == [("a", 0)]
    ring = (ks(name="a", needs=["b", "x"]), ks(name="b", needs=["a"]), ks(name="x"))
    assert dict(drawn(*ring)) == {"a": 0, "b": 0, "x": 0}, "also where one of it waits for more"


# -- what a dependency is to who waits for it


def because(*resources: Resource, stored: str = B) -> str:
    nodes = snapshot(source(stored=stored), *resources).board.chains["staging"]
    return next(node.because for node in nodes if node.key.name == "c")


def test_a_dependency_on_the_old_build_is_late_for_who_waits_on_the_same_source() -> None:
    late, waits = ks(name="a", applied=A), ks(name="c", needs=["a"], conditions=[WAITS])
    assert "has not applied 1.5.0 yet" in because(late, waits)
    assert "yet" not in because(ks(name="a", applied=B), waits)
    assert "yet" not in because(late, replace(waits, spec={**waits.spec, "sourceRef": {
        "kind": "OCIRepository", "name": "other"}}))  # fmt: skip
    assert "yet" not in because(late, ks(name="c", needs=["a"], conditions=[SPOILT]))
    assert "yet" not in because(late, waits, stored="")


def test_a_dependency_that_is_well_and_late_is_no_trouble_of_its_own() -> None:
    late, waits = ks(name="a", applied=A), ks(name="c", needs=["a"], conditions=[WAITS])
    assert "has not applied 1.5.0 yet" in because(late, waits)
    assert of(snapshot(source(stored=B), late, waits), "failed", "not-ready") == []


def test_an_unwell_dependency_says_why_it_is_unwell_and_not_that_it_is_late() -> None:
    waits = ks(name="c", needs=["a"], conditions=[WAITS])
    sick = ks(name="a", applied=A, conditions=[failed("BuildFailed", "no such file")])
    assert "no such file" in because(sick, waits) and "yet" not in because(sick, waits)


def test_a_place_that_is_not_known_now_is_told_as_it_was() -> None:
    seen = snapshot(source(), ks(name="a"), unreachable={"staging": "connection refused"})
    (node,) = seen.board.chains["staging"]
    assert node.health.level is Level.UNKNOWN and "last seen: " in node.health.text
    ((line,),) = (row.lines["staging"] for row in seen.board.rows)
    assert line.health.level is Level.UNKNOWN and not line.behind
