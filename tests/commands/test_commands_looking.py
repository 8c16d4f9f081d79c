"""Reconcile, suspend and resume: who is asked and in which order, what is written, what is said."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import NS, context, digest, ks, revision, said_of, snapshot, source, tag_list

from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.errors import UsageError
from fluxtui.domain.marks import FOREIGN_KEYS, SUSPENDED_BY, SUSPENSION_KEYS
from fluxtui.domain.plan import AwaitStep, PatchStep, Plan, RequestReconcile, Until
from fluxtui.domain.resource import Resource

A, B = revision("1.4.2", "a"), revision("1.5.0", "b")
LIST = (tag_list({"1.4.2": "a", "1.5.0": "b"}),)


def at(*resources: Resource, tags: Any = (), **target: Any) -> Context:
    values = {"environment": "staging", "service": "acme/activity", **target}
    return context(snapshot(*resources, tags=tags), **values)


def plan(command: str, where: Context, **values: str) -> Plan:
    made = by_id(command).plan
    assert made is not None
    return made(where, values)


def refusal(command: str, where: Context) -> str | None:
    return by_id(command).disabled_reason(where)


def asked(made: Plan) -> list[tuple[str, tuple[str, ...]]]:
    return [(s.target.name, s.needs) for s in made.steps if isinstance(s, RequestReconcile)]


# -- who is asked


def test_one_object_is_asked_alone() -> None:
    held, member = source(stored=A), ks(applied=A)
    assert asked(plan("reconcile", at(held, member))) == [("activity", ())]
    one = plan("reconcile", at(held, member, object=member.key))
    assert asked(one) == [("api", ())] and one.effects == (f"{member.key.label} is reconciled now",)


def test_with_source_asks_the_named_user_alone_or_all_of_them() -> None:
    seen = (source(stored=A), ks(name="b", needs=["a"]), ks(name="a"))
    named = plan("reconcile-with-source", at(*seen, object=seen[2].key))
    assert asked(named) == [("activity", ()), ("a", ("handled-1",))]
    whole = plan("reconcile-with-source", at(*seen))
    assert [name for name, _needs in asked(whole)] == ["activity", "a", "b"]


def test_the_chain_is_asked_whole_whichever_of_it_the_cursor_is_on() -> None:
    seen = (source(stored=A), ks(name="b", needs=["a"]), ks(name="a"))
    made = plan("reconcile-chain", at(*seen, object=seen[1].key))
    assert asked(made) == [
        ("activity", ()),
        ("a", ("handled-1",)),
        ("b", ("handled-2", "handled-1")),
    ]


def test_users_that_do_not_need_one_another_are_asked_side_by_side() -> None:
    members = (source(), ks(name="a"), ks(name="b", needs=["a"]), ks(name="c"))
    made = plan("reconcile-chain", at(*members))
    assert [needs for _name, needs in asked(made)] == [
        (), ("handled-1",), ("handled-1",), ("handled-2", "handled-1"),
    ]  # fmt: skip


def test_a_kustomization_without_a_source_is_asked_for_itself() -> None:
    alone = ks(of="")
    made = plan("reconcile", at(alone, object=alone.key))
    assert [s.needs for s in made.steps] == [(), ("request-1",)]


# -- who is not


def test_where_nothing_is_meant_nothing_is_asked() -> None:
    nowhere = at(source(), ks(), service="")
    for command in ("reconcile", "reconcile-with-source", "reconcile-chain", "suspend", "resume"):
        said = refusal(command, nowhere)
        assert said and said.startswith("nothing is selected")
        with pytest.raises(UsageError, match="nothing is selected"):
            plan(command, nowhere, reason="x")
    gone = at(source(), object=ks(name="gone").key)
    assert (refusal("reconcile-with-source", gone) or "").endswith("gone is not there")


def test_a_suspended_source_stops_all_that_go_through_it() -> None:
    where = at(source(suspend=True), ks())
    for command in ("reconcile", "reconcile-with-source", "reconcile-chain"):
        said = refusal(command, where)
        assert said and said.startswith(f"OCIRepository/{NS}/activity is suspended")
    alone = at(source(suspend=True), ks(), object=ks().key)
    assert refusal("reconcile", alone) is None, "the user itself can be asked"
    assert refusal("reconcile-with-source", alone)


def test_suspended_users_of_a_service_are_left_out_and_named() -> None:
    seen = (source(), ks(name="a", suspend=True), ks(name="b"))
    for command in ("reconcile-with-source", "reconcile-chain"):
        assert refusal(command, at(*seen)) is None
        made = plan(command, at(*seen))
        assert [name for name, _needs in asked(made)] == ["activity", "b"]
        assert said_of(made) == (f"Kustomization/{NS}/a is suspended and is left out",)
        assert not any(f"{NS}/a " in effect for effect in made.effects)


# -- what is said


def test_the_pick_is_said_first_where_the_source_is_asked() -> None:
    seen = (source(stored=A), ks(applied=A))
    made = plan("reconcile-with-source", at(*seen, tags=LIST))
    assert made.effects[0] == "staging would pick 1.5.0" and len(made.effects) == 3
    unlisted = plan("reconcile-with-source", at(*seen))
    assert len(unlisted.effects) == 2 and not any("pick" in e for e in unlisted.effects)
    alone = plan("reconcile", at(*seen, tags=LIST, object=seen[1].key))
    assert not any("pick" in e for e in alone.effects), "a user of it picks nothing"
    elsewhere = source("elsewhere", stored=A)
    far = plan("reconcile", at(elsewhere, tags=LIST, object=elsewhere.key))
    assert far.environments == ("elsewhere",)


# -- suspend and resume


def test_what_a_suspension_stops_depends_on_what_is_suspended() -> None:
    held, member = source(stored=A), ks(applied=A)
    of_source = plan("suspend", at(held, member), reason="audit").effects
    of_member = plan("suspend", at(held, member, object=member.key), reason="audit").effects
    assert any("its artifact stays" in e for e in of_source)
    assert any("drift is no longer corrected" in e for e in of_member)
    assert not set(of_source) & set(of_member)


def test_who_uses_a_suspended_source_goes_on_unless_it_is_suspended_too() -> None:
    held, runs, still = source(stored=A), ks(applied=A), ks(name="web", suspend=True)

    def said(*seen: Resource, **target: Any) -> str:
        effects = plan("suspend", at(held, *seen, **target), reason="audit").effects
        (users,) = (e for e in effects if "use" in e and "corrected" not in e)
        return users

    assert said(runs) == "what uses it goes on with that, and corrects drift where it did"
    assert said(still) == "what uses it is suspended too: nothing corrects drift"
    assert said(runs, still) == "1 of 2 users goes on with that, the others are suspended too"
    together = said(runs, service="", environment="", marked=(held.key, runs.key))
    assert together == f"{held.key.label}: what uses it is suspended too: nothing corrects drift"
    assert said() == "nothing uses it"


@pytest.mark.parametrize("suspend", [True, False])
def test_what_is_so_already_is_refused_and_the_other_is_not(suspend: bool) -> None:
    where = at(source(suspend=suspend))
    assert (refusal("suspend", where) is None) == (not suspend)
    assert (refusal("resume", where) is None) == suspend


def test_a_suspension_and_a_resumption_are_awaited_after_their_write() -> None:
    for command, until in (("suspend", Until.SUSPENDED), ("resume", Until.RESUMED)):
        write, wait = plan(command, at(source(suspend=command == "resume")), reason="x").steps
        assert isinstance(write, PatchStep) and write.resource_version == "7"
        assert isinstance(wait, AwaitStep) and (wait.until, wait.needs) == (until, (write.id,))


def test_only_notes_that_are_there_are_taken_away_beside_ours() -> None:
    ours = at(source(suspend=True, annotations={SUSPENDED_BY: "ben", "team": "core"}))
    first = plan("resume", ours).steps[0]
    assert isinstance(first, PatchStep)
    notes = json.loads(json.dumps(first.patch))["metadata"]["annotations"]
    assert notes == dict.fromkeys(SUSPENSION_KEYS) and FOREIGN_KEYS[0] not in notes


def test_a_resumption_says_whose_it_was_and_what_comes_at_once() -> None:
    stopped = source(stored=A, suspend=True, annotations={SUSPENDED_BY: "ben"})
    whose, pick = plan("resume", at(stopped, ks(applied=A), tags=LIST)).effects
    assert "was suspended by ben" in whose
    assert pick == "staging would pick 1.5.0 (runs 1.4.2)"
    fresh = source(suspend=True)
    assert plan("resume", at(fresh, tags=LIST)).effects[-1].endswith("(runs nothing)")
    assert len(plan("resume", at(stopped, ks(applied=A))).effects) == 1, "no tags, no pick"


def test_what_runs_unsuspended_elsewhere_is_resumed_without_a_story() -> None:
    """By the command line somebody may resume what another has resumed meanwhile."""
    already = source("elsewhere", stored=A)
    made = plan("resume", at(already, tags=LIST, object=already.key))
    assert made.environments == ("elsewhere",)
    assert not any("was suspended" in e for e in made.effects)
    member = ks(applied=A, suspend=True)
    of_member = plan("resume", at(source(stored=A), member, tags=LIST, object=member.key))
    assert len(of_member.effects) == 1 and "was suspended" in of_member.effects[0]


def test_what_failed_here_is_warned_of_before_it_is_let_in_again() -> None:
    bad = ks(applied=A, history=[(B, "HealthCheckFailed", "2026-11-23T02:00:00Z")])
    (said,) = said_of(plan("resume", at(source(stored=A, suspend=True), bad, tags=LIST)))
    assert said.startswith("1.5.0 failed in staging")
    held = source(stored=A, suspend=True, ref={"semver": ">=0.0.0", "digest": digest("a")})
    assert said_of(plan("resume", at(held, bad, tags=LIST))) == ()
