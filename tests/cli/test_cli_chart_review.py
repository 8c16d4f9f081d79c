"""A pin of a release by verb says what the other version of its chart brings, before it is run."""

from __future__ import annotations

import io
import json
from concurrent.futures import Future
from pathlib import Path

import pytest
from cli_delivery import Shell
from documents import checked
from test_cli_charts import delivery, index

from fluxtui.domain.plan import Plan, Receipt
from fluxtui.domain.reviewrecord import UNASKED
from fluxtui.engine.engine import Engine
from tests.artifacts.scripted_registry import ScriptedRegistry
from tests.helm_storage import chart

__all__ = ["delivery", "index"]
VALUES = "replicas: {n}\nimage: r.example.com/web:{tag}\n"


@pytest.fixture(autouse=True)
def packed(index: ScriptedRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no helm
    charts = {
        version: chart(version, {"values.yaml": VALUES.format(n=n, tag=tag)}, "web")
        for version, n, tag in (("1.4.2", 1, "1.4"), ("2.0.0", 2, "latest"))
    }
    listed = [{"version": v, "urls": [f"web-{v}.tgz"]} for v in charts]
    body = json.dumps({"apiVersion": "v1", "entries": {"web": listed}}).encode()
    answers = {f"/charts/web-{version}.tgz": data for version, data in charts.items()}
    index.answer = lambda asked: (200, [], answers.get(asked.path, body))


PIN = ("pin", "hr/web", "-e", "staging", "--version", "2.0.0", "--reason", "try it", "--dry-run")


def test_it_is_said_in_lines(delivery: Shell) -> None:
    said = delivery(*PIN)
    assert said.code == 0, said
    for line in (
        "  care  staging: the chart goes to another major version: 1.4.2 -> 2.0.0  (chart-major)",
        "  staging apps/web: its objects are not rendered",
        "    chart 1.4.2 -> 2.0.0, 2 of its files differ",
        "    application 1.4.2 -> 2.0.0",
        "    default ~ replicas 1 -> 2",
        "    image r.example.com/web:1.4 -> r.example.com/web:latest",
    ):
        assert f"{line}\n" in said.out, said.out
    assert "HelmRelease/apps/web: Helm chart not rendered: no `helm` on PATH" in said.out


def test_it_is_a_document_by_its_schema(delivery: Shell) -> None:
    said = delivery(*PIN, "-o", "json")
    assert said.code == 0, said
    told = checked(said.out, "Plan")["delivery"]
    (part,) = told["kustomizations"]
    assert part["counts"] is None and "not rendered" in part["countsReason"]
    assert part["chart"] == {
        "from": "1.4.2",
        "to": "2.0.0",
        "applicationFrom": "1.4.2",
        "applicationTo": "2.0.0",
        "files": 2,
        "values": [
            "~ replicas 1 -> 2",
            "~ image r.example.com/web:1.4 -> r.example.com/web:latest",
        ],
        "rendered": False,
    }
    assert {one["rule"] for one in told["dangers"]} == {"chart-major", "chart-image"}
    assert any("Helm chart not rendered" in text for text in told["unread"])


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """The Plans that the Engine is given, and does not run."""
    plans: list[Plan] = []

    def given(_engine: Engine, plan: Plan, **_confirmed: object) -> Future[tuple[Receipt, ...]]:
        plans.append(plan)
        future: Future[tuple[Receipt, ...]] = Future()
        future.set_result(())
        return future

    monkeypatch.setattr(Engine, "run", given)
    return plans


def test_what_was_shown_when_it_was_confirmed_is_what_is_recorded(
    delivery: Shell, run: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    said = delivery(*PIN[:-1])
    (plan,) = run
    assert said.code == 0 and f"Plan {plan.id}: " in said.out
    rules = [danger.rule for danger in plan.dangers]
    assert rules and all(f"({rule})" in said.out for rule in rules)
    assert {"chart-major", "chart-image"} <= set(rules)
    assert any("Helm chart not rendered" in text for text in plan.unseen)


def test_who_says_yes_beforehand_is_told_what_nobody_looked_at(
    delivery: Shell, run: list[Plan]
) -> None:
    said = delivery(*PIN[:-1], "--yes")
    assert f"Not looked at:\n  - {UNASKED}\n" in said.out, said
    assert UNASKED in run[0].unseen
    act = checked(delivery(*PIN[:-1], "--yes", "-o", "json").out, "Act")
    assert UNASKED in act["plan"]["unseen"] and act["plan"]["delivery"] is None
    assert UNASKED not in delivery(*PIN).out, "a dry run looks"


def test_it_is_markdown_for_a_chat(delivery: Shell) -> None:
    said = delivery(*PIN, "-o", "markdown")
    assert said.code == 0, said
    assert "| `staging apps/web` | not rendered | | | | |" in said.out
    assert "**Chart of web**: `1.4.2 → 2.0.0`, application `1.4.2 → 2.0.0`, 2 of" in said.out
    assert "- default `~ replicas 1 -> 2`" in said.out


def test_a_chart_that_cannot_be_had_is_not_compared_and_the_act_goes_on(
    delivery: Shell, index: ScriptedRegistry
) -> None:
    index.answer = lambda _asked: (
        200,
        [],
        b"apiVersion: v1\nentries: {web: [{version: 1.4.2}, {version: 2.0.0}]}",
    )
    said = delivery(*PIN, "-o", "json")
    assert said.code == 0, said
    told = checked(said.out, "Plan")["delivery"]
    (part,) = told["kustomizations"]
    assert part["chart"] is None and "the index says no address" in part["countsReason"]


def test_a_version_that_the_index_does_not_have_is_refused(
    delivery: Shell, index: ScriptedRegistry
) -> None:
    index.answer = lambda _asked: (200, [], b"apiVersion: v1\nentries: {web: [{version: 1.4.2}]}")
    said = delivery(*PIN)
    assert said.code == 3 and "#web has no version 2.0.0 (choose one that it has)" in said.err, said
    assert said.out == ""
    index.answer = lambda _asked: (503, [], b"")
    unread = delivery(*PIN)
    assert unread.code == 0 and "whether 2.0.0 is there to be had" in unread.out, unread
    assert "goes to 2.0.0 in staging if that is there to be had" in unread.out
