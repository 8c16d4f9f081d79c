"""`fluxtui freeze` and `unfreeze`: a place is named, each object says which freeze holds it."""

from __future__ import annotations

import asyncio

from cli_delivery import Shell
from cli_objects import oci, put
from documents import checked

from fluxtui.cluster.client import connect

FREEZE = ("freeze", "staging", "--reason", "audit", "--until", "2h")


def test_what_would_be_held_and_why_is_said_before_anything_is_written(blocked: Shell) -> None:
    said = blocked(*FREEZE, "--dry-run")
    assert said.code == 0, said
    assert "staging: OCIRepository/apps/app picks by semver >=0.0.0-0" in said.out
    assert "Kustomization/apps/idle is left alone: suspended" in said.out
    assert "nothing is frozen" in blocked("unfreeze", "staging", "--dry-run").err


def test_a_frozen_place_is_listed_and_only_that_freeze_is_lifted(blocked: Shell) -> None:
    done = blocked(*FREEZE, "--yes")
    assert done.code == 0, done
    items = checked(blocked("holds", "-e", "staging", "-o", "json").out, "Holds")["items"]
    held = {item["object"]["name"]: (item["held"], item["freeze"]) for item in items}
    assert held["app"][0] == "frozen" and held["app"][1].startswith("staging-")
    assert held["idle"] == ("suspended", None)
    assert "frozen" in blocked("status", "-e", "staging").out
    lifted = blocked("unfreeze", "staging", "--dry-run", "-o", "json")
    plan = checked(lifted.out, "Plan")
    targets = {s["target"]["name"] for s in plan["steps"] if s["type"] == "patch"}
    assert targets == {"app"} and "Kustomization/apps/idle stays suspended" in str(plan["effects"])


def test_what_another_tool_has_taken_over_since_is_not_lifted(blocked: Shell) -> None:
    assert blocked(*FREEZE, "--yes").code == 0
    for value in (False, True):
        asyncio.run(_by_flux(blocked, suspend=value))
    said = blocked("unfreeze", "staging", "--dry-run")
    assert said.code == 3 and "nothing is frozen" in said.err, said


def test_what_was_resumed_since_is_named_and_taken_in_again(blocked: Shell) -> None:
    put(blocked, "staging", [oci("other", f"v1.0.0@sha256:{'0' * 64}", semver=">=1.0.0")])
    assert blocked(*FREEZE, "--yes").code == 0
    assert "not held" not in blocked("status", "-e", "staging").out
    asyncio.run(_by_flux(blocked, suspend=False))
    items = checked(blocked("holds", "-e", "staging", "-o", "json").out, "Holds")["items"]
    first, freeze = items[0], items[0]["freeze"]
    assert first["held"] == "not held" and first["object"]["name"] == "app"
    status = blocked("status", "-e", "staging").out
    assert f"app is not held by freeze {freeze}" in status and "resumed since" in status
    again = blocked("freeze", "staging", "--yes")
    assert again.code == 0, again
    items = checked(blocked("holds", "-e", "staging", "-o", "json").out, "Holds")["items"]
    held = {item["object"]["name"]: (item["held"], item["freeze"]) for item in items}
    assert held["app"] == held["other"] == ("frozen", freeze)


async def _by_flux(shell: Shell, *, suspend: bool) -> None:
    cluster = await connect(str(shell.folder / "staging.kubeconfig"), "staging", name="test")
    try:
        type_ = await cluster.find("source.toolkit.fluxcd.io/v1", "OCIRepository")
        patch = {"spec": {"suspend": suspend}}
        await cluster.patch(type_, "apps", "app", patch, field_manager="flux")
    finally:
        await cluster.close()


def test_a_protected_place_is_named_and_an_unknown_one_is_not_guessed(blocked: Shell) -> None:
    assert blocked("resume", "ks/web", "-e", "production", "--dry-run").code == 3
    said = blocked("freeze", "production", "--reason", "audit", "--yes")
    # Its source is on a digest and nothing is still to be taken: only one that never ran is held.
    assert said.code in (2, 3), said
    wrong = blocked("freeze", "prod", "--reason", "audit", "--yes")
    assert wrong.code == 2 and "known: production, staging" in wrong.err
    nothing = blocked("freeze", "--reason", "audit", "--yes")
    assert nothing.code == 2 and "freeze what?" in nothing.err
