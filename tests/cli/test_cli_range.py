"""`fluxtui range`: what it would pick is simulated, what is no range is refused with its place."""

from __future__ import annotations

from cli_delivery import Shell
from cli_objects import RELEASE, pushed
from documents import checked

WORDS = ("range", "app", "-e", "staging")


def test_an_edited_range_shows_what_it_would_pick_and_moves_it(blocked: Shell) -> None:
    pushed(blocked, "v1.1.0", b"3")
    planned = blocked(*WORDS, "--semver", "~1.0.0", "--filter", "none", "--dry-run", "-o", "json")
    plan = checked(planned.out, "Plan")
    assert plan["command"] == "range" and plan["steps"][0]["undo"].startswith(
        "edit it back to semver"
    )
    assert plan["steps"][0]["patch"] == {
        "spec": {"ref": {"semver": "~1.0.0", "semverFilter": None}}
    }
    assert f"staging goes to {RELEASE}" in plan["effects"][0]


def test_it_is_written_once_it_is_confirmed_and_nothing_else_is_touched(blocked: Shell) -> None:
    # Held, it needs no controller to be seen done; nobody reconciles here.
    assert blocked("suspend", *WORDS[1:], "--reason", "audit", "--yes").code == 0
    done = blocked(*WORDS, "--filter", ".*build-1$", "--reason", "only this train", "--yes")
    assert done.code == 0 and "done" in done.out, done
    again = blocked(*WORDS, "--filter", ".*build-1$", "--yes")
    assert again.code == 2 and "already" in again.err
    noted = blocked("journal", "-o", "json")
    assert "only this train" in noted.out


def test_what_is_no_range_is_refused_with_field_and_character(blocked: Shell) -> None:
    said = blocked(*WORDS, "--semver", ">=1.4 <<2", "--yes")
    assert said.code == 2
    assert "spec.ref.semver: '>=1.4 <<2' is no range from character 7 on: '<<2'" in said.err
    pattern = blocked(*WORDS, "--filter", "(", "--yes")
    assert pattern.code == 2 and "spec.ref.semverFilter" in pattern.err


def test_a_protected_environment_is_named_first(blocked: Shell) -> None:
    said = blocked("range", "app", "-e", "production", "--semver", ">=1.0.0")
    assert said.code == 3 and "production is protected" in said.err
    assert "stays on its pin" in said.out
