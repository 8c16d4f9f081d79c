"""`fluxtui journal`: the acts that were asked for, whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_delivery import Shell
from documents import checked

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
