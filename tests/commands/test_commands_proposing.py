"""From a Command to a Proposal: the order of refusal, defaults, questions, Plan and demand."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, NOW, NS, URL, context, digest, ks, revision, snapshot, source, tag_list

from fluxtui.commands.command import Context
from fluxtui.commands.declaration import Argument, Command
from fluxtui.commands.planning import plan_for
from fluxtui.commands.proposing import Proposal, advance, proposal, propose
from fluxtui.commands.registry import by_id
from fluxtui.domain.ask import ListTags, ReadFacts
from fluxtui.domain.config import Environment
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.following import tag_effects
from fluxtui.domain.plan import (
    AT_WRITE,
    AwaitStep,
    PatchStep,
    Plan,
    RequestReconcile,
    TagStep,
    Until,
)
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import tags_hash
from fluxtui.domain.snapshot import TagList

HERE = source(stored=revision("1.5.0", "b"))
THERE = source("production", stored=revision("1.5.0", "b"))
RUNS = ks(applied=revision("1.5.0", "b"))
TAGS = tag_list({"1.4.2": "a", "1.5.0": "b"})


def at(*resources: Resource, **seen: Any) -> Context:
    tags = seen.pop("tags", (TAGS,))
    found = snapshot(*(resources or (HERE, RUNS)), tags=tags, **seen)
    return context(found, environment="staging", service="acme/activity")


def ended(command: str, where: Context, **given: str) -> Proposal:
    proposing = propose(by_id(command), where, given)
    step = advance(proposing)
    while not isinstance(step, Proposal):
        step = advance(proposing, where)
    return step


# -- the order


def test_the_questions_come_first_and_the_plan_is_made_of_what_was_answered() -> None:
    before = at(tags=(TagList(URL, ("1.4.2", "1.5.0"), 100.0),))
    proposing = propose(by_id("promote"), before, {"from": "1.4.2", "version": "1.6.0"})
    assert advance(proposing) == ListTags(URL)
    assert advance(proposing, before) == ReadFacts(URL, ("1.4.2", "1.6.0"))
    made = advance(proposing, at())
    assert isinstance(made, Proposal)
    step = made.plan.steps[0]
    assert isinstance(step, TagStep) and step.digest == digest("a"), "known since the answer"


def test_what_can_be_asked_only_once_the_tags_are_listed_is_asked_then() -> None:
    before = at(tags=())
    proposing = propose(by_id("range"), before, {"semver": ">=1.5.0"})
    assert advance(proposing) == ListTags(URL)
    known = at(tags=(TagList(URL, ("1.4.2", "1.5.0"), 100.0),))
    assert advance(proposing, known) == ReadFacts(URL, ("1.5.0",)), "its pick, and each once"
    assert isinstance(advance(proposing, known), Proposal)


def test_what_was_not_given_is_what_the_command_would_offer() -> None:
    made = ended("pin", at(), reason="hold")
    assert made.plan.title.endswith("to 1.5.0") and made.plan.reason == "hold"
    assert ended("pin", at(), version="1.4.2", reason="x").plan.title.endswith("to 1.4.2")
    assert ended("pin", at(), version="", reason="x").plan.title == made.plan.title


def test_what_is_required_and_has_no_default_is_missing() -> None:
    for given in ({}, {"reason": ""}):
        with pytest.raises(UsageError, match="--reason is missing") as refused:
            ended("suspend", at(), **given)
        assert "--reason" in refused.value.next


def test_what_is_not_required_may_stay_empty() -> None:
    values: list[dict[str, str]] = []

    def planned(where: Context, given: Any) -> Plan:
        values.append(dict(given))
        return plan_for(where, given, "look", "look", ())

    note = Argument("note", "Note?", required=False)
    asks = Argument("which", "Which?", default=lambda _context: "that")
    command = Command("look", (), "Look", "", "act", (note, asks), plan=planned)
    made = advance(propose(command, at(), {}))
    assert isinstance(made, Proposal) and values == [{"note": "", "which": "that"}]


def test_a_view_has_nothing_to_propose_and_a_refusal_comes_before_the_questions() -> None:
    with pytest.raises(UsageError, match="versions is a view"):
        advance(propose(by_id("versions"), at(), {}))
    with pytest.raises(RefusedError, match="is not suspended"):
        advance(propose(by_id("resume"), at(), {}))


def test_a_proposal_says_what_must_be_named_and_refuses_what_nothing_helps() -> None:
    assert ended("suspend", at(), reason="x").demand.names == ()
    made = by_id("suspend").plan
    there = context(snapshot(THERE), environment="production", service="acme/activity")
    assert made is not None
    plan = made(there, {"reason": "x"})
    assert proposal(plan, there.snapshot).demand.names == ("production",)
    shut = (Environment("production", "p", read_only=True),)
    with pytest.raises(RefusedError, match="read-only") as refused:
        proposal(plan, replace(there.snapshot, config=replace(CONFIG, environments=shut)))
    assert refused.value.where == plan.title and "nothing was written" in refused.value.next


def test_a_proposal_that_was_reviewed_does_not_change() -> None:
    made = ended("suspend", at(), reason="x")
    with pytest.raises(AttributeError):
        made.plan = ended("suspend", at(), reason="y").plan  # type: ignore[misc]


# -- what every Plan rests on

WAIT = AwaitStep("wait", "wait", target=THERE.key, until=Until.READY)
ASK = RequestReconcile("ask", "ask", target=THERE.key, at=AT_WRITE)
PATCH = PatchStep("patch", "patch", target=HERE.key, patch={}, resource_version="7")
TAG = TagStep("tag", "tag", repository=URL, digest=digest("c"), tag="1.6.0")


def test_a_plan_carries_who_why_and_when() -> None:
    made = plan_for(at(), {"reason": " why "}, "look", "title", (PATCH,), unseen=("u",))
    assert (made.command, made.title, made.steps) == ("look", "title", (PATCH,))
    assert (made.user, made.made_at, made.reason) == ("anna", NOW, "why")
    assert made.unseen == ("u",) and made.effects == made.warnings == ()
    assert plan_for(at(), {}, "look", "title", ()).reason == ""


def test_it_touches_what_it_writes_to_and_not_what_it_waits_for() -> None:
    made = plan_for(at(HERE, THERE), {}, "look", "t", (PATCH, PATCH, WAIT))
    assert made.environments == ("staging",)
    both = plan_for(at(HERE, THERE), {}, "look", "t", (ASK, PATCH, ASK))
    assert both.environments == ("production", "staging")


def test_it_rests_on_what_it_patches_and_not_on_what_it_only_asks() -> None:
    made = plan_for(at(HERE, THERE), {}, "look", "t", (PATCH, ASK, WAIT), inputs={"more": "1"})
    assert dict(made.inputs) == {str(HERE.key): "7", "more": "1"}
    gone = plan_for(at(RUNS), {}, "look", "t", (PATCH,))
    assert dict(gone.inputs) == {}, f"{NS}/activity is not there to rest on"


def test_it_rests_on_the_tags_as_listed_and_on_who_follows() -> None:
    where = at(HERE)
    picks = tag_effects(where.snapshot, URL, "1.6.0")
    made = plan_for(where, {}, "promote", "t", (TAG,), picks=picks, effects=("e",), unseen=("u",))
    assert dict(made.inputs) == {URL: tags_hash(TAGS.tags), str(HERE.key): "7"}
    assert made.environments == ("staging",)
    assert made.effects == (*picks.sentences, "e") and made.unseen == (*picks.unseen, "u")
    assert picks.sentences and picks.unseen, "nobody answers for production"
    for tags in ((), (TagList(URL, ("1.5.0",)),)):
        assert URL not in plan_for(at(HERE, tags=tags), {}, "x", "t", (TAG,)).inputs


def test_where_nothing_may_be_written_no_plan_is_made() -> None:
    shut = (Environment("staging", "s"), Environment("production", "p", read_only=True))
    where = at(HERE, THERE, config=replace(CONFIG, environments=shut))
    with pytest.raises(RefusedError, match="production is read-only") as refused:
        plan_for(where, {}, "look", "title", (PATCH, ASK))
    assert refused.value.where == "title" and "nothing was written" in refused.value.next
    assert plan_for(where, {}, "look", "t", (PATCH, WAIT)).environments == ("staging",)
