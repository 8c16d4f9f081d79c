"""`fluxtui journal`: the acts that were asked for, whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_delivery import Shell
from documents import checked

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.plan import Outcome, Plan, Receipt, RequestReconcile
from fluxtui.domain.resource import Key
from fluxtui.engine.acts.journal import Journal
from fluxtui.kit.moments import rfc3339

NOON = 1_795_435_200.0


@pytest.fixture
def done(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Ada asked web at ten; ben asked db at eleven, and ada approved. It is noon."""
    shell.cluster("staging")
    monkeypatch.setattr("fluxtui.cli.journalled.time.time", lambda: NOON)
    journal = Journal(tmp_path / "journal.jsonl")
    for name, user, approver, ago in (("web", "ada", "", 7200), ("db", "ben@laptop", "ada", 3600)):
        at = rfc3339(NOON - ago)
        key = Key("staging", "kustomize.toolkit.fluxcd.io", "Kustomization", "apps", name)
        step = RequestReconcile("ask", f"ask {name}", target=key, at=at)
        plan = Plan("reconcile", f"reconcile {name}", (step,), ("staging",), user=user,
                    approver=approver)  # fmt: skip
        journal.plan(plan, at)
        journal.receipt(Receipt(plan.id, "ask", Outcome.DONE, "asked", at))
        journal.over(plan.id)
    return shell


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("", ["web", "db"]),
        ("--since 90m", ["db"]),
        ("--since 1d", ["web", "db"]),
        ("--since 2026-11-23T10:30:00Z", ["db"]),
        ("--by ben", ["db"]),
        ("--by ben@laptop", ["db"]),
        ("--by ada", ["web", "db"]),
        ("--object ks/web", ["web"]),
        ("--object ks/apps/db", ["db"]),
        ("--object Kustomization/web", ["web"]),
        ("--object ocirepo/web", []),
        ("--object ks/other/db", []),
        ("--by ada --since 90m --object ks/db", ["db"]),
    ],
)
def test_acts_are_shown_whole_or_not_at_all(done: Shell, words: str, titles: list[str]) -> None:
    said = done("journal", *words.split(), "-o", "json")
    items = checked(said.out, "Journal")["items"]
    assert [i["title"] for i in items if i["type"] == "plan"] == [f"reconcile {t}" for t in titles]
    assert len(items) == 2 * len(titles), "with its outcome"
    assert said.code == (0 if titles else 1)
    if not titles:
        assert f"none of 2 Plans in the Journal is about {words.split()[-1]}" in said.err


def test_a_table_has_the_same_acts(done: Shell) -> None:
    said = done("journal", "--by", "ben")
    assert (
        said.code == 0
        and "reconcile db (ben@laptop)" in said.out
        and "reconcile web" not in said.out
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--since yesterday", "neither a time nor a duration"),
        ("--object web", "names no object"),
        ("--object ks/", "names no object"),
    ],
)
def test_what_says_nothing_is_a_mistake(done: Shell, words: str, why: str) -> None:
    said = done("journal", *words.split())
    assert said.code == 2 and why in said.err


def acts(shell: Shell) -> dict[str, Any]:
    """Title -> the act, as `-o json` has it."""
    items = checked(shell("journal", "-o", "json").out, "Journal")["items"]
    return {item["title"]: item for item in items if item["type"] == "plan"}


def test_an_act_has_what_its_review_had_shown(done: Shell, tmp_path: Path) -> None:
    member = Key("staging", "kustomize.toolkit.fluxcd.io", "Kustomization", "apps", "web")
    claim = ObjectId("apps", "orders", "", "PersistentVolumeClaim")
    pruned = Danger("prune-data", Gravity.LOSS, "orders is pruned", claim, member, ("keeps: no",))
    frozen = Danger("in-freeze", Gravity.STOP, "staging is frozen", environment="staging")
    plan = Plan("promote", "promote web", (), ("staging",), dangers=(pruned, frozen),
                unseen=("the images: the registry did not answer",))  # fmt: skip
    Journal(tmp_path / "journal.jsonl").plan(plan, rfc3339(NOON))
    kept = acts(done)["promote web"]
    assert [(d["rule"], d["level"], d["says"]) for d in kept["dangers"]] == [
        ("prune-data", "loss", "orders is pruned"),
        ("in-freeze", "stop", "staging is frozen"),
    ]
    first, second = kept["dangers"]
    assert first["about"]["name"] == "orders" and first["look"] == ["keeps: no"]
    assert first["kustomization"]["name"] == "web" and first["environment"] == "staging"
    assert second["about"] is None and second["environment"] == "staging"
    assert kept["unseen"] == ["the images: the registry did not answer"]
    assert (acts(done)["reconcile web"]["dangers"], acts(done)["reconcile web"]["unseen"]) == (
        [],
        [],
    ), "known to be none"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({}, "whoever wrote the line kept none"),
        ({"dangers": [{"rule": "x"}]}, "no form that is read here"),
    ],
)
def test_what_a_line_does_not_say_of_its_review_is_not_known(
    done: Shell, tmp_path: Path, line: dict[str, Any], why: str
) -> None:
    body = {"command": "suspend", "title": "suspend web", "steps": [], "environments": [], **line}
    entry = {"type": "plan", "at": rfc3339(NOON), "plan": "0" * 12, "body": body}
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write(json.dumps(entry) + "\n")
    kept = acts(done)["suspend web"]
    assert kept["dangers"] is None and why in kept["dangersReason"]
    assert kept["unseen"] is None and why in kept["unseenReason"]
