"""What an act asks for: a dry run asks for nothing that only a real one needs."""

from __future__ import annotations

import json

import pytest
from cli_delivery import Shell
from cli_objects import pushed
from documents import checked


@pytest.mark.parametrize("words", ["suspend ks/web", "suspend app", "pin app", "pin app -o json"])
def test_a_dry_run_asks_for_no_reason_and_says_that_the_act_will(
    blocked: Shell, words: str
) -> None:
    said = blocked(*words.split(), "-e", "staging", "--dry-run")
    assert said.code == 0, said
    assert "it asks for a reason when it runs: --reason TEXT" in said.out
    if "json" in words:
        assert checked(said.out, "Plan")["reason"] == ""
    given = blocked(*words.split(), "-e", "staging", "--dry-run", "--reason", "audit")
    assert given.code == 0 and "asks for a reason" not in given.out
    real = blocked(*words.split(), "-e", "staging", "--yes")
    assert real.code == 2 and "--reason is missing: Why?" in real.err
    assert "add --reason TEXT" in real.err


def test_an_act_that_needs_no_reason_does_not_announce_one(blocked: Shell) -> None:
    said = blocked("reconcile", "ks/web", "-e", "staging", "--dry-run", "-o", "json")
    assert said.code == 0 and "reason when" not in said.out
    assert json.loads(said.out)["reason"] == ""


def test_a_plan_carries_no_time_of_the_review_as_that_of_the_write(blocked: Shell) -> None:
    said = blocked("suspend", "ks/web", "-e", "staging", "--dry-run", "-o", "json")
    (step, *_waits) = checked(said.out, "Plan")["steps"]
    notes = step["patch"]["metadata"]["annotations"]
    assert notes["fluxtui.dev/suspended-at"] == "(the time of writing)"


def test_several_objects_are_one_plan_in_the_order_they_depend_on_each_other(
    blocked: Shell,
) -> None:
    said = blocked(*["reconcile", "ks/web", "ks/db", "-e", "staging", "--dry-run", "-o", "json"])
    plan = checked(said.out, "Plan")
    steps = {step["id"]: step for step in plan["steps"]}
    assert plan["title"] == "reconcile 2 objects in staging"
    assert steps["1-request-1"]["target"]["name"] == "db"
    assert steps["2-request-1"]["target"]["name"] == "web"
    assert steps["2-request-1"]["needs"] == ["1-handled-1"]


def test_kind_and_names_and_labels_name_several_too(blocked: Shell) -> None:
    said = blocked(*["suspend", "ks", "web", "db", "-e", "staging", "--reason", "move", "--yes"])
    assert said.code == 0, said
    assert blocked(*["get", "ks", "-e", "staging", "-o", "name"]).code == 0
    noted = blocked(*["get", "ks", "-e", "staging", "-o", "json"])
    suspended = {
        i["object"]["name"]: i["suspended"] for i in checked(noted.out, "Objects")["items"]
    }
    assert suspended == {"db": True, "web": True, "idle": True}
    back = blocked(*["resume", "ks", "-e", "staging", "-l", "!nothing", "--dry-run"])
    assert back.code == 0 and "resume 3 objects in staging" in back.out, back
    none = blocked(*["resume", "hr", "-e", "staging", "-l", "app=web", "--dry-run"])
    assert none.code == 2 and "no HelmRelease in staging has the labels app=web" in none.err
    mixed = blocked(*["resume", "app", "-e", "staging", "-l", "app=web", "--dry-run"])
    assert mixed.code == 2 and "'app' is given beside labels" in mixed.err


def test_what_it_cannot_be_done_to_is_left_out_and_said(blocked: Shell) -> None:
    said = blocked(*["resume", "ks/web", "ks/idle", "-e", "staging", "--dry-run"])
    assert said.code == 0
    assert "Kustomization/apps/web" in said.out and "is left out" in said.out
    other = blocked(
        *["reconcile", "ks/web", "ks/db", "--with-source", "-e", "staging", "--dry-run"]
    )
    assert other.code == 2 and "one object at a time" in other.err


@pytest.mark.parametrize("words", [("resume", "app"), ("reconcile", "app", "--with-source")])
def test_a_review_of_what_lets_a_build_come_shows_what_comes(
    blocked: Shell, words: tuple[str, ...]
) -> None:
    """It asked no registry, and showed nothing: as if nothing came."""
    if words[0] == "resume":
        held = blocked("suspend", "app", "-e", "staging", "--reason", "audit", "--yes")
        assert held.code == 0, held
    pushed(blocked, "v0.0.0-build-2", b"3")
    said = blocked(*words, "-e", "staging", "--dry-run")
    assert said.code == 0 and "Changes:" in said.out and "1 changed" in said.out, said
