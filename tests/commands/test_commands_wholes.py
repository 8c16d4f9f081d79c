"""A whole scope is suspended and resumed as one Plan: what it is made of, and who is left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.commands.command import Context, Target
from fluxtui.commands.registry import by_id
from fluxtui.domain.errors import UsageError
from fluxtui.domain.marks import SUSPENDED_BY, SUSPENDED_REASON
from fluxtui.domain.plan import PatchStep, Plan
from fluxtui.domain.resource import Resource
from tests.builders import CONFIG, NOW, NS, ks, revision, snapshot, source, tag_list
from tests.commands.flux_objects import charts, obj

A = revision("1.4.2", "a")
TAGS = (tag_list({"1.4.2": "a"}),)
SERVICE = (source(stored=A), ks(applied=A), ks(name="web", applied=A))
ELSEWHERE = obj("gitrepo", "infra", {"url": "https://x.example/r"}, namespace="flux-system")
PAGER = obj("alert", "pager")


def at(*resources: Resource, **target: Any) -> Context:
    seen = snapshot(*resources, tags=TAGS, config=CONFIG)
    return Context(seen, Target(**{"environment": "staging", **target}), NOW, "anna")


def plan(command: str, where: Context, **values: str) -> Plan:
    declared = by_id(command)
    assert declared.plan is not None and declared.disabled_reason(where) is None
    filled = {a.name: values.get(a.name) or a.default(where) for a in declared.arguments}
    return declared.plan(where, filled)


def names(made: Plan) -> list[str]:
    return sorted(s.target.name for s in made.steps if isinstance(s, PatchStep))


EVERY = (*SERVICE, ELSEWHERE, PAGER, charts(static=True), source("production", stored=A))


@pytest.mark.parametrize(
    ("scope", "whom"),
    [
        ("service/activity", ["activity", "api", "web"]),
        (f"ns/{NS}", ["activity", "api", "web"]),
        ("ns/flux-system", ["infra"]),
        ("env/staging", ["activity", "api", "infra", "web"]),
        ("stage/production", ["activity"]),
    ],
)
def test_a_scope_is_what_delivers_there_and_no_pager(scope: str, whom: list[str]) -> None:
    made = plan("suspend-scope", at(*EVERY, scope=scope), reason="move")
    assert names(made) == whom
    for step in made.steps:
        if isinstance(step, PatchStep):
            notes = step.patch["metadata"]["annotations"]
            assert (notes[SUSPENDED_BY], notes[SUSPENDED_REASON]) == ("anna", "move")


def test_who_is_suspended_already_keeps_what_is_said_of_it() -> None:
    theirs = ks(name="web", applied=A, suspend=True, annotations={SUSPENDED_BY: "ben"})
    where = at(*SERVICE[:2], theirs, scope="service/activity")
    made = plan("suspend-scope", where, reason="move")
    assert names(made) == ["activity", "api"]
    assert any("web is left alone: suspended by ben" in effect for effect in made.effects)
    back = plan("resume-scope", where)
    assert names(back) == ["web"] and any("suspended by ben" in e for e in back.effects)
    with pytest.raises(UsageError, match="nothing is suspended in namespace flux-system"):
        plan("resume-scope", at(*EVERY, scope="ns/flux-system"))


def test_the_smallest_whole_under_the_cursor_comes_first() -> None:
    (scope, *_rest) = by_id("suspend-scope").arguments
    where = at(*EVERY, service="acme/activity", object=SERVICE[1].key)
    assert scope.choices(where) == (
        *("service/acme/activity", f"ns/{NS}", "env/staging", "stage/staging"),
    )
    assert scope.note(where, "env/staging") == "4 objects"
    assert scope.note(where, "ns/nowhere").startswith("there is no namespace")


@pytest.mark.parametrize(
    ("scope", "says"),
    [("ns/apps", "there is no namespace"), ("service/x", "there is no service"),
     ("stage/x", "there is no stage"), ("x", "there is no environment or stage")],
)  # fmt: skip
def test_what_is_not_there_is_refused_with_what_is(scope: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        plan("suspend-scope", at(*EVERY, scope=scope), reason="move")


def test_a_namespace_without_its_environment_is_asked_back() -> None:
    where = replace(at(*EVERY, scope=f"ns/{NS}"), target=Target(scope=f"ns/{NS}"))
    with pytest.raises(UsageError, match="in which environment"):
        by_id("suspend-scope").plan(where, {"scope": f"ns/{NS}", "reason": "x"})  # type: ignore[misc]


def test_a_whole_that_is_named_is_meant_instead_of_the_one_under_the_cursor() -> None:
    where = at(*EVERY, service="acme/activity")
    made = plan("suspend-scope", where, scope="ns/flux-system", reason="move")
    assert names(made) == ["infra"]
    assert made.title == "suspend namespace flux-system in staging"
    assert made.effects[0].startswith("1 object of 1 that deliver there")
    still = replace(ELSEWHERE, spec={**ELSEWHERE.spec, "suspend": True})
    back = plan("resume-scope", at(*SERVICE, still), scope="ns/flux-system")
    assert names(back) == ["infra"] and back.title == "resume namespace flux-system in staging"


def test_what_is_suspended_is_counted_beside_what_there_is() -> None:
    (scope, *_rest) = by_id("suspend-scope").arguments
    theirs = ks(name="web", applied=A, suspend=True)
    where = at(*SERVICE[:2], theirs)
    assert scope.note(where, "env/staging") == "3 objects, 1 suspended"
    with pytest.raises(UsageError, match="nothing is left to suspend in namespace"):
        plan("suspend-scope", at(theirs, scope=f"ns/{NS}"), reason="move")
    with pytest.raises(UsageError, match="which whole"):
        by_id("suspend-scope").plan(at(theirs, environment=""), {"reason": "x"})  # type: ignore[misc]


def test_nothing_selected_is_no_whole_and_a_name_alone_is_one() -> None:
    for command in ("suspend-scope", "resume-scope"):
        refuse = by_id(command).disabled_reason
        assert (refuse(at(*EVERY, environment="")) or "").startswith("nothing is selected")
        assert refuse(at(*EVERY, environment="", scope="env/staging")) is None
        shut = replace(CONFIG, read_only=True)
        seen = snapshot(*EVERY, config=shut)
        closed = Context(seen, Target("staging"), NOW, "anna")
        assert refuse(closed) == "fluxtui was started read-only"


def test_a_whole_without_a_service_or_an_object_is_the_environment_and_its_stage() -> None:
    (scope, *_rest) = by_id("suspend-scope").arguments
    assert scope.choices(at()) == ("env/staging", "stage/staging")
    assert scope.choices(at(environment="gone")) == ("env/gone",)
    assert scope.choices(at(environment="")) == ()


def test_what_nothing_can_suspend_is_no_part_of_a_whole() -> None:
    where = at(*SERVICE, obj("ea", "made"), scope="env/staging")
    made = plan("suspend-scope", where, reason="move")
    assert names(made) == ["activity", "api", "web"] and made.warnings == ()
    assert made.effects[0].startswith("3 objects of 3 that deliver there")


def test_what_is_not_looked_into_is_neither_suspended_nor_resumed() -> None:
    (staging, *others) = CONFIG.environments
    narrow = replace(CONFIG, environments=(replace(staging, namespaces=("a",)), *others))
    for command, suspend, says in (
        ("suspend-scope", False, "not suspended"), ("resume-scope", True, "not resumed"),
    ):  # fmt: skip
        seen = snapshot(source(stored=A, suspend=suspend), tags=TAGS, config=narrow)
        where = Context(seen, Target("staging", scope="env/staging"), NOW, "anna")
        made = plan(command, where, reason="x")
        assert any("outside of a" in t and t.endswith(says) for t in made.unseen)
