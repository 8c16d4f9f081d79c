"""Acts on each object that Flux's own controllers wrote: a Plan that can be read, or why not."""

from __future__ import annotations

import pytest
from flux_objects import plan, refusal

from fluxtui.commands.command import Command, Context, Target
from fluxtui.commands.registry import ACTS, by_id
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.kinds import suspended
from fluxtui.domain.plan import WRITES
from fluxtui.domain.protection import demand
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from tests.builders import NOW, snapshot
from tests.contract.fleet.recordings import recorded

CONFIG = Config(environments=(Environment("fleet", "fleet", protected=True),), user="anna")
FLEET: tuple[Resource, ...] = tuple(
    Resource.from_object("fleet", obj) for obj in recorded().values()
)
ON_OBJECTS = [c for c in ACTS if not c.id.startswith(("publish", "promote", "range"))]


@pytest.fixture(scope="module")
def fleet() -> Snapshot:
    return snapshot(*FLEET, config=CONFIG)


def on(fleet: Snapshot, key: Key) -> Context:
    return Context(fleet, Target("fleet", "", key), NOW, "anna")


def named(fleet: Snapshot, kind: str, name: str) -> Context:
    (key,) = (r.key for r in FLEET if (r.key.kind, r.key.name) == (kind, name))
    return on(fleet, key)


@pytest.mark.parametrize("command", ON_OBJECTS, ids=lambda c: c.id)
def test_an_act_can_be_planned_or_says_in_words_why_not(fleet: Snapshot, command: Command) -> None:
    planned = 0
    for resource in FLEET:
        where = on(fleet, resource.key)
        values = {"reason": "a drill"}
        for argument in command.arguments:
            if argument.name == "version":
                values["version"] = argument.default(where)
        why = refusal(command.id, where)
        assert not why or " " in why, resource.key
        if why or values.get("version") == "":
            continue
        made = plan(command.id, where, **values)
        assert made.effects and isinstance(made.steps[0], WRITES), resource.key
        assert demand(made, fleet).names == ("fleet",), resource.key
        planned += 1
    assert planned or command.id in ("unpin", "unfreeze"), "nobody has pinned anything there"


@pytest.mark.parametrize(
    ("name", "version"), [("upgraded", "1.0.0"), ("rolled-back", "1.0.0"), ("no-retries", "1.0.0")]
)
def test_a_release_of_helm_controllers_goes_back_to_what_was_deployed(
    fleet: Snapshot, name: str, version: str
) -> None:
    where = named(fleet, "HelmRelease", name)
    assert by_id("rollback").arguments[0].default(where) == version
    assert refusal("reconcile-reset", where) == ""


def test_what_controllers_call_suspended_can_be_resumed_and_nothing_else(fleet: Snapshot) -> None:
    held = {r.key for r in FLEET if suspended(r)}
    assert {r.key for r in FLEET if refusal("resume", on(fleet, r.key)) == ""} == held
    assert {key.kind for key in held} >= {"HelmRelease", "Alert", "ResourceSet", "Bucket"}


def test_an_address_of_a_registry_is_never_asked(fleet: Snapshot) -> None:
    where = named(fleet, "HelmRepository", "oci-charts")
    for command in ("reconcile", "reconcile-with-source", "reconcile-chain"):
        assert "no controller looks at it" in refusal(command, where)


def test_a_source_that_verifies_tags_is_not_pinned_on_a_commit(fleet: Snapshot) -> None:
    assert "verifies tags" in refusal("pin", named(fleet, "GitRepository", "bad-verify"))
