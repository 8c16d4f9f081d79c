"""`fluxtui holds`, and the deadline that a suspension is given."""

from __future__ import annotations

from cli_delivery import Shell
from documents import checked


def test_what_is_held_is_listed_with_who_and_why(blocked: Shell) -> None:
    words = ("suspend", "ks/web", "-e", "staging", "--reason", "audit", "--until", "2h", "--yes")
    assert blocked(*words).code == 0
    said = blocked("holds")
    assert said.code == 0, said
    assert "ks/apps/web" not in blocked("holds", "-l", "app=db").out
    (line,) = (line for line in said.out.splitlines() if "ks/apps/web" in line)
    assert "suspended" in line and "audit" in line and "in 1h" in line
    items = checked(blocked("holds", "-e", "staging", "-o", "json").out, "Holds")["items"]
    web = next(item for item in items if item["object"]["name"] == "web")
    assert web["why"] == "audit" and web["until"].endswith("Z") and web["overdue"] is False
    assert {item["environment"] for item in items} == {"staging"}


def test_a_deadline_that_makes_no_sense_is_refused_before_anything_is_written(
    blocked: Shell,
) -> None:
    words = ("suspend", "ks/web", "-e", "staging", "--reason", "x", "--yes", "--until")
    said = blocked(*words, "tomorrow")
    assert said.code == 2 and "neither a time nor a duration" in said.err
    assert "ks/apps/web" not in blocked("holds", "-o", "name").out.split()


def test_resuming_takes_every_note_away(blocked: Shell) -> None:
    words = ("ks/web", "-e", "staging", "--yes")
    assert blocked("suspend", *words, "--reason", "x", "--until", "3d").code == 0
    planned = blocked("resume", "ks/web", "-e", "staging", "--dry-run", "-o", "json")
    (patch, *_rest) = checked(planned.out, "Plan")["steps"]
    assert patch["patch"]["metadata"]["annotations"]["fluxtui.dev/suspended-until"] is None


def test_a_whole_namespace_is_held_and_let_go_as_one_plan(blocked: Shell) -> None:
    words = ("--scope", "ns/apps", "-e", "staging")
    done = blocked("suspend", *words, "--reason", "move", "--yes")
    assert done.code == 0, done
    held = checked(blocked("holds", "-e", "staging", "-o", "json").out, "Holds")["items"]
    assert {item["object"]["name"] for item in held} == {"app", "db", "idle", "web"}
    back = blocked("resume", *words, "--dry-run")
    assert back.code == 0 and "resume namespace apps in staging" in back.out
    again = blocked("suspend", *words, "--reason", "move", "--yes")
    assert again.code == 2 and "nothing is left to suspend" in again.err
    whole = blocked("suspend", "--scope", "stage/production", "--reason", "move", "--yes")
    assert whole.code == 3 and "production is protected" in whole.err


def test_an_old_hold_is_called_ageing_from_when_the_configuration_says(blocked: Shell) -> None:
    words = ("suspend", "ks/web", "-e", "staging", "--reason", "audit", "--yes")
    assert blocked(*words).code == 0
    assert "ageing" not in blocked("holds").out
    blocked.settings["ageing"] = "0s"
    assert "ageing" in blocked("holds").out
    items = checked(blocked("holds", "-e", "staging", "-o", "json").out, "Holds")["items"]
    assert {i["object"]["name"]: i["ageing"] for i in items}["web"] is True
