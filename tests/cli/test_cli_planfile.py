"""A Plan that one person makes and another runs: as reviewed, or refused with what has changed."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from cli_delivery import Shell
from documents import checked

from fluxtui.cluster.client import connect

SUSPEND = ("suspend", "ks/web", "-e", "staging", "--reason", "audit")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "act.plan"


def as_user(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("fluxtui.cli.configuration._user", lambda _environ: name)


async def note(kubeconfig: Path) -> None:
    """What a controller writes at each run."""
    cluster = await connect(str(kubeconfig), "staging", name="test")
    try:
        type_ = await cluster.find("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
        patch = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}}}
        await cluster.patch(type_, "apps", "web", patch, field_manager="test")
        status = {"status": {"lastHandledReconcileAt": "now"}}
        await cluster.patch(
            type_, "apps", "web", status, field_manager="test", subresource="status"
        )
    finally:
        await cluster.close()


def suspension(shell: Shell) -> dict[str, Any]:
    items = checked(shell("get", "ks/web", "-e", "staging", "-o", "json").out, "Objects")["items"]
    (one,) = (item for item in items if item["object"]["name"] == "web")
    found: dict[str, Any] = one
    return found


def test_it_is_written_shown_and_run_by_somebody_else(
    blocked: Shell, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(monkeypatch, "anna")
    made = blocked(*SUSPEND, "--plan-out", str(file))
    assert made.code == 0 and "fluxtui plan run" in made.err
    assert suspension(blocked)["suspended"] is False, "nothing ran"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    as_user(monkeypatch, "ben")
    shown = blocked("plan", "show", str(file))
    assert shown.code == 0 and "suspend" in shown.out and "made by anna at 20" in shown.out
    assert checked(blocked("plan", "show", str(file), "-o", "json").out, "Plan")["user"] == "anna"
    ran = blocked("plan", "run", str(file), "--yes", "-o", "json")
    assert ran.code == 0, ran
    plan = checked(ran.out, "Act")["plan"]
    assert (plan["user"], plan["approver"]) == ("anna", "ben")
    assert plan["reviewed"] == json.loads(file.read_text())["plan"]["id"] in made.out
    (note,) = {
        step["patch"]["metadata"]["annotations"]["fluxtui.dev/suspended-by"]
        for step in plan["steps"]
        if step["type"] == "patch"
    }
    assert note == "anna, approved by ben"
    assert suspension(blocked)["suspended"] is True
    (entry, *_rest) = checked(blocked("journal", "-o", "json").out, "Journal")["items"]
    assert (entry["user"], entry["approver"]) == ("anna", "ben")


def test_what_has_changed_since_is_named_and_nothing_is_written(blocked: Shell, file: Path) -> None:
    assert blocked(*SUSPEND, "--plan-out", str(file)).code == 0
    assert blocked("suspend", "ks/web", "-e", "staging", "--reason", "now", "--yes").code == 0
    said = blocked("plan", "run", str(file), "--yes")
    assert said.code == 3 and "has changed since" in said.err
    assert "spec.suspend" in said.err and "annotation fluxtui.dev/suspended-reason" in said.err


def test_what_a_controller_notes_meanwhile_is_no_change(blocked: Shell, file: Path) -> None:
    assert blocked(*SUSPEND, "--plan-out", str(file)).code == 0
    asyncio.run(note(blocked.folder / "staging.kubeconfig"))
    said = blocked("plan", "run", str(file), "--yes")
    assert said.code == 0, said


def test_a_file_that_was_changed_is_refused(blocked: Shell, file: Path) -> None:
    assert blocked(*SUSPEND, "--plan-out", str(file)).code == 0
    file.write_text(file.read_text().replace("audit", "party"))
    for words in (("show",), ("run", "--yes")):
        said = blocked("plan", words[0], str(file), *words[1:])
        assert said.code == 2 and "not as it was written" in said.err


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kind": "Plan"}', "[" * 100_000])
def test_what_is_no_plan_file_is_said(blocked: Shell, file: Path, text: str) -> None:
    file.write_text(text)
    said = blocked("plan", "show", str(file))
    assert said.code == 2 and "is no Plan file" in said.err and str(file) in said.err


def test_a_file_that_is_there_is_not_written_over(blocked: Shell, file: Path) -> None:
    file.write_text("mine")
    said = blocked(*SUSPEND, "--plan-out", str(file))
    assert said.code == 2 and "there is a file already" in said.err
    assert file.read_text() == "mine"


def test_protection_holds_for_a_plan_from_a_file(blocked: Shell, file: Path) -> None:
    words = ("pin", "app", "-e", "production", "--version", "v1.0.0", "--reason", "x")
    made = blocked(*words, "--plan-out", str(file))
    assert made.code == 0, made
    said = blocked("plan", "run", str(file), "--yes")
    assert said.code == 3 and "production is protected" in said.err


def test_a_review_as_markdown_is_one_and_nothing_else(blocked: Shell) -> None:
    said = blocked(*SUSPEND, "--dry-run", "-o", "markdown")
    assert said.code == 0 and said.out.startswith("### ")
    assert "**Steps**" in said.out and "`audit`" in said.out
    refused = blocked(*SUSPEND, "--yes", "-o", "markdown")
    assert refused.code == 2 and "--dry-run" in refused.err


def test_the_file_holds_no_token_and_is_json(blocked: Shell, file: Path) -> None:
    assert blocked(*SUSPEND, "--plan-out", str(file)).code == 0
    body = json.loads(file.read_text())
    assert body["kind"] == "PlanFile" and body["seen"][0]["object"]["name"] == "web"
    kubeconfig = next(blocked.folder.glob("*.kubeconfig")).read_text()
    tokens = [line.split('"')[3] for line in kubeconfig.splitlines() if '"token"' in line]
    assert tokens and not any(token in file.read_text() for token in tokens)
