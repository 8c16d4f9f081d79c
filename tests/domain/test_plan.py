"""A Plan survives its way through JSON, and its id is its content."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxtui.domain.commitrange import CommitRange
from fluxtui.domain.plan import (
    STEP_TYPES,
    ApplyStep,
    AwaitStep,
    Outcome,
    PatchStep,
    Plan,
    PushStep,
    Receipt,
    RequestReconcile,
    TagStep,
    Taker,
    Until,
)
from fluxtui.domain.resource import Key

text = st.text(max_size=8)
keys = st.builds(Key, text, text, text, text, text)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(text, inner, max_size=2),
    max_leaves=4,
)
objects = st.dictionaries(text, json_values, max_size=3)
head = {"id": text, "title": text, "needs": st.lists(text, max_size=2).map(tuple), "undo": text}
steps = st.one_of(
    st.builds(PatchStep, **head, target=keys, patch=objects, resource_version=text),
    st.builds(RequestReconcile, **head, target=keys, at=text),
    st.builds(TagStep, **head, repository=text, digest=text, tag=text, expect=text),
    st.builds(
        PushStep,
        **head,
        repository=text,
        tag=text,
        folder=text,
        images=st.dictionaries(text, text, max_size=2),
    ),
    st.builds(ApplyStep, **head, target=keys, object=objects),
    st.builds(AwaitStep, **head, target=keys, until=st.sampled_from(Until), value=text),
)
texts = st.lists(text, max_size=2).map(tuple)
plans = st.builds(
    Plan,
    command=text,
    title=text,
    steps=st.lists(steps, max_size=3).map(tuple),
    environments=texts,
    effects=texts,
    warnings=texts,
    unseen=texts,
    inputs=st.dictionaries(text, text, max_size=2),
    takers=st.lists(
        st.builds(
            Taker, keys, text, text, st.booleans(), text, st.lists(keys, max_size=2).map(tuple)
        ),
        max_size=2,
    ).map(tuple),
    ranges=st.lists(
        st.builds(CommitRange, texts, text, text, text, text, text, text), max_size=2
    ).map(tuple),
    reason=text,
)


@settings(max_examples=60, deadline=None)
@given(plans)
def test_a_plan_comes_back_from_json_as_it_was(plan: Plan) -> None:
    again = Plan.from_json(json.loads(json.dumps(plan.to_json())))
    assert again == plan
    assert again.id == plan.id == plan.to_json()["id"]


@settings(max_examples=30, deadline=None)
@given(plans)
def test_another_content_is_another_id(plan: Plan) -> None:
    assert replace(plan, title=plan.title + "x").id != plan.id


def test_what_is_written_down_of_a_plan_is_plain() -> None:
    """Also YAML takes it, which knows nothing of our own words."""
    wait = AwaitStep("w", "wait", target=Key("", "", "", "", ""), until=Until.READY)
    plan = Plan("x", "x", (wait,), ("staging",))
    assert type(plan.to_json()["steps"][0]["until"]) is str


def test_every_step_type_says_how_it_is_undone_or_why_not() -> None:
    assert set(STEP_TYPES) == {"patch", "reconcile", "tag", "push", "delete", "apply", "await"}
    wait = AwaitStep("a", "wait", target=Key("", "", "", "", ""), until=Until.READY)
    assert wait.undo == "a wait changes nothing"


@pytest.mark.parametrize(
    "steps", [[{"type": "format-disk"}], [{"type": "patch"}], ["x"], None, [{}]]
)
def test_what_is_no_plan_is_refused_as_such(steps: object) -> None:
    data = {"command": "x", "title": "x", "environments": [], "steps": steps}
    with pytest.raises(ValueError):
        Plan.from_json(data)


def test_a_step_is_well_when_what_it_wanted_is_so() -> None:
    good = {o for o in Outcome if Receipt("p", "s", o, "", "").ok}
    assert good == {Outcome.DONE, Outcome.UNCHANGED}
