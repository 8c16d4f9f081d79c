"""What an act asks for: a dry run asks for nothing that only a real one needs."""

from __future__ import annotations

import json

import pytest
from cli_delivery import Shell
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
