"""The Overview that remembers answers as one that looks at everything anew, and looks at less."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import (
    NS,
    READY,
    URL,
    condition,
    deployment,
    failed,
    ks,
    revision,
    snapshot,
    source,
    tag_list,
)

from fluxtui.domain.board import ChainNode, Level
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.overview import Overview, overview
from fluxtui.domain.overview.facts import Facts, facts_of
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed, Snapshot

OLD, NEW = revision("1.4.2", "a"), revision("1.5.0", "b")
WAITS = failed("DependencyNotReady", "dependency 'apps/db' is not ready")
INVENTORY = ("activity-system_api_apps_Deployment",)


def pod(reason: str) -> Resource:
    """One of the Deployment's, waiting for that reason or running."""
    state: dict[str, Any] = {"waiting": {"reason": reason}} if reason else {"running": {}}
    status = {"name": "app", "state": state, "ready": not reason}
    return Resource.from_object(
        "staging",
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "api-1", "namespace": NS, "labels": {"app": "api"}},
            "spec": {"containers": [{"name": "app"}]},
            "status": {"containerStatuses": [status]},
        },
    )


SOURCES = st.sampled_from([OLD, NEW, ""]).flatmap(
    lambda stored: st.builds(
        source,
        st.sampled_from(["staging", "production"]),
        stored=st.just(stored),
        suspend=st.booleans(),
        ref=st.sampled_from([{"semver": ">=0.0.0"}, {"tag": "1.4.2"}, {"digest": OLD[-71:]}]),
    )
)
MEMBERS = st.builds(
    ks,
    st.sampled_from(["staging", "production"]),
    st.sampled_from(["db", "api", "ui"]),
    needs=st.lists(st.sampled_from(["db", "api", "ui", "gone"]), max_size=2),
    applied=st.sampled_from([OLD, NEW, ""]),
    conditions=st.sampled_from([(READY,), (WAITS,), (failed("BuildFailed", "no"),), ()]),
    history=st.sampled_from([(), ((OLD, "ReconciliationSucceeded", "t"),)]),
    inventory=st.sampled_from([(), INVENTORY]),
    suspend=st.booleans(),
)
LIVE = st.builds(deployment, st.just("api"), available=st.integers(0, 3))
NAMES = ("hub", "a", "b", "c", "d", "e")
WEB = st.builds(
    ks,
    st.just("staging"),
    st.sampled_from(NAMES),
    needs=st.one_of(
        st.just(["hub"]), st.lists(st.sampled_from(NAMES), max_size=2, unique=True), st.just([])
    ),
    of=st.sampled_from(["activity", "other", "gone"]),
    applied=st.sampled_from([OLD, NEW]),
    conditions=st.sampled_from(
        [(READY,), (READY,), (WAITS,), (failed("HealthCheckFailed", "no"),),
         (failed("ArtifactFailed", "Source artifact not found"),)]
    ),
    inventory=st.sampled_from([(), INVENTORY]),
)  # fmt: skip
BROKEN = st.builds(
    source,
    st.just("staging"),
    st.sampled_from(["activity", "other"]),
    stored=st.sampled_from([OLD, NEW, ""]),
    ready=st.sampled_from([READY, failed("OCIArtifactPullFailed", "no such host")]),
)
PODS = st.sampled_from(["CrashLoopBackOff", "ImagePullBackOff", ""]).map(pod)
FEEDS = st.lists(
    st.builds(
        Feed,
        st.just("staging"),
        st.sampled_from([kustomization.KIND.id, ocirepository.KIND.id, ("apps", "Deployment")]),
        st.just(""),
        st.sampled_from(list(FeedState)),
    ),
    max_size=3,
).map(tuple)
TAGS = st.lists(
    st.sampled_from([("1.4.2", "a"), ("1.5.0", "b"), ("2.0.0-rc.1", "c")]), unique=True
).map(lambda tags: tag_list(dict(tags)))
STEPS = st.lists(
    st.one_of(SOURCES, MEMBERS, LIVE, TAGS, st.integers(0, 9)), min_size=1, max_size=12
)


WEBS = st.lists(st.one_of(WEB, WEB, WEB, BROKEN, LIVE, PODS, FEEDS, st.integers(0, 9)), max_size=25)


def told(steps: list[object]) -> list[Snapshot]:
    """One Snapshot for each step: an object or tags that are new, or (a number) one that goes."""
    there: dict[object, Resource] = {}
    tags = tag_list({"1.4.2": "a"})
    feeds: tuple[Feed, ...] = ()
    out = []
    for step in steps:
        if isinstance(step, Resource):
            there[step.key] = step
        elif isinstance(step, int):
            for key in list(there)[step : step + 1]:
                del there[key]
        elif isinstance(step, tuple):
            feeds = step
        else:
            assert isinstance(step, type(tags))
            tags = step
        out.append(dataclasses.replace(snapshot(*there.values(), tags=[tags]), feeds=feeds))
    return out


@given(STEPS)
def test_it_answers_as_one_that_remembers_nothing(steps: list[object]) -> None:
    remembering = Overview()
    for seen in told(steps):
        assert remembering(seen) == overview(seen)


@given(WEBS)
def test_it_answers_so_however_dependencies_sources_pods_and_feeds_turn(
    steps: list[object],
) -> None:
    remembering = Overview()
    for seen in told(steps):
        assert remembering(seen) == overview(seen)


@given(WEBS, st.lists(st.booleans(), min_size=25, max_size=25))
def test_it_answers_so_whatever_was_read_before_anybody_asked(
    steps: list[object], asked: list[bool]
) -> None:
    """A first picture is read while the rest of it is on its way."""
    remembering = Overview()
    for seen, is_asked in zip(told(steps), asked, strict=False):
        remembering.read(seen)
        if is_asked:
            assert remembering(seen) == overview(seen)
    for seen in told(steps)[-1:]:
        assert remembering(seen) == overview(seen)


def test_what_was_read_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(resource: Resource) -> Facts:
        read.append(resource.key.name)
        return facts_of(resource)

    monkeypatch.setattr("fluxtui.domain.overview.members.facts_of", noted)
    remembering, seen = Overview(), snapshot(source(stored=OLD), ks(name="a"), ks(name="b"))
    read.clear()
    remembering.read(seen)
    assert sorted(read) == ["a", "b"]
    remembering(seen)
    assert sorted(read) == ["a", "b"]


def test_a_change_is_followed_to_those_who_wait_and_no_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ("hub", *(f"app-{n}" for n in range(400)))
    sources = [source(name=f"of-{n}", stored=OLD) for n in names]
    members = {n: ks(name=n, of=f"of-{n}", needs=["hub"][: n != "hub"], applied=OLD) for n in names}

    def seen(name: str, **fields: Any) -> Snapshot:
        needs = ["hub"][: name != "hub"]
        members[name] = ks(name=name, of=f"of-{name}", needs=needs, **fields)
        return snapshot(*sources, *members.values())

    made: list[str] = []

    def noted(**fields: Any) -> ChainNode:
        made.append(fields["key"].name)
        return ChainNode(**fields)

    before, one = seen("app-7", applied=OLD), seen("app-7", applied=NEW)
    other = seen("hub", conditions=(failed("BuildFailed", "no"),))
    remembering = Overview()
    remembering(before)
    monkeypatch.setattr("fluxtui.domain.overview.chains.ChainNode", noted)
    remembering(one)
    assert made == ["app-7"]
    made.clear()
    remembering(other)
    assert sorted(made) == sorted(names)


def test_who_waits_for_another_source_is_told_anew_when_that_fails() -> None:
    one, other = source(stored=OLD), source(name="other", stored=OLD)
    waits = ks(name="ui", needs=["db"], conditions=(WAITS,))
    works = ks(name="db", of="other", conditions=(condition("Ready", "Unknown", "Progressing"),))
    fails = ks(name="db", of="other", conditions=(failed("BuildFailed", "no"),))
    first = snapshot(one, other, works, waits)
    then = snapshot(one, other, fails, waits)
    remembering = Overview()
    before, after = remembering(first)[0], remembering(then)[0]
    assert after == overview(then)[0]
    lines = [board.line(one.key) for board in (before, after)]
    assert lines[0] and lines[1] and lines[0].health != lines[1].health


def test_what_did_not_change_is_the_same_board() -> None:
    remembering = Overview()
    seen = snapshot(source(stored=OLD), ks(applied=OLD), ks("production"))
    board, _ = remembering(seen)
    feed = Feed("staging", ("apps", "Deployment"), "", FeedState.RETRYING, "connection refused")
    again, findings = remembering(dataclasses.replace(seen, feeds=(feed,)))
    assert again is board
    assert [f.code for f in findings] == ["feed"]


def test_a_change_in_one_environment_leaves_the_others_as_they_were() -> None:
    remembering = Overview()
    common = (source("production", stored=OLD), ks("production", applied=OLD))
    kinds = snapshot(source(stored=OLD), ks(), *common)
    board, _ = remembering(kinds)
    other = snapshot(ks(conditions=(WAITS,)), *common)
    moved = {**other.resources, "production": kinds.resources["production"]}
    tags = dataclasses.replace(other, resources=moved)
    again, _ = remembering(tags)
    assert again.chains["production"] is board.chains["production"]
    assert again.chains["staging"] != board.chains["staging"]


def test_another_reason_goes_through_all_who_wait_for_it_and_to_their_rows() -> None:
    """Who waits is the same object as before: only what it waits for is another."""
    look, sources = Overview(), (source(), source(name="other", url=f"{URL}-ui"))
    waits = [
        ks(name="b", needs=["a"], conditions=[WAITS]),
        ks(name="c", needs=["b"], conditions=[WAITS], of="other"),
    ]

    def told(reason: str) -> tuple[list[str], str]:
        bad = ks(name="a", conditions=[failed("BuildFailed", reason)])
        board, _findings = look(snapshot(*sources, bad, *waits))
        (line,) = board.rows[1].lines["staging"]
        return [node.because for node in board.chains["staging"]], line.health.text

    for reason in ("no such file", "a patch does not fit"):
        sentences, row = told(reason)
        assert len(sentences) == 3 and all(reason in one for one in sentences), sentences
        assert reason in row


# -- what is tried again


def at(told: dict[str, Any], when: str) -> dict[str, Any]:
    return {**told, "lastTransitionTime": f"2026-05-01T10:{when}:00Z"}


def tries(*versions: Resource) -> list[ChainNode]:
    """How one applier stands after each of its versions, seen one after the other."""
    seen, looks = Overview(), []
    for number, version in enumerate(versions):
        version = dataclasses.replace(version, resource_version=str(number))
        looks.append(seen(snapshot(source(), version))[0].chains["staging"][0])
    return looks


def works(revision: str, when: str) -> tuple[dict[str, Any], ...]:
    text = f"Building manifests for revision {revision} with a timeout of 1m0s"
    return (
        at(condition("Ready", "Unknown", "Progressing", "Reconciliation in progress"), when),
        at(condition("Reconciling", "True", "Progressing", text), when),
    )


def test_what_fails_and_is_tried_again_still_fails_since_the_first_time() -> None:
    bad = failed("BuildFailed", "no such file")
    first, retried, second, once_more, well = tries(
        ks(applied=OLD, attempted=NEW, conditions=[at(bad, "00")]),
        ks(applied=OLD, attempted=NEW, conditions=works(NEW, "05")),
        ks(applied=OLD, attempted=NEW, conditions=[at(bad, "06")]),
        ks(applied=OLD, attempted=NEW, conditions=works(NEW, "15")),
        ks(applied=NEW, conditions=[at(READY, "16")]),
    )
    assert {node.since for node in (first, retried, second, once_more)} == {"2026-05-01T10:00:00Z"}
    assert first.health == second.health and retried.health == once_more.health
    assert retried.health.level is Level.FAILED
    assert retried.health.text == "BuildFailed: no such file (being tried again)"
    assert (well.health.level, well.since) == (Level.OK, "")


def checks(when: str, attempted: str = OLD) -> Resource:
    """At NEW, whose Deployment is waited for; `attempted`: the field, which follows at the end."""
    text = f"Running health checks for revision {NEW} with a timeout of 5m0s"
    return ks(applied=OLD, attempted=attempted, conditions=[
        at(condition("Ready", "Unknown", "Progressing", "Reconciliation in progress"), when),
        at(condition("Reconciling", "True", "Progressing", text), when),
    ])  # fmt: skip


def test_how_long_a_fault_lasts_does_not_jump_back_when_its_kustomization_says_it_too() -> None:
    bad = at(failed("HealthCheckFailed", "timeout waiting for: Deployment/api"), "09")
    history = [(NEW, "HealthCheckFailed", "2026-05-01T10:09:00Z")]
    sick = ks(applied=OLD, attempted=NEW, conditions=[bad], history=history)
    first, then = tries(checks("05"), sick)
    assert then.health.level is Level.FAILED
    assert first.since == then.since == "2026-05-01T10:05:00Z"
    _, _, well, later = tries(checks("05"), sick, ks(applied=NEW, conditions=[READY]), sick)
    assert well.since == "" and later.since == "2026-05-01T10:09:00Z", "it was well in between"


def test_another_build_or_spec_after_a_failure_is_no_failure_yet() -> None:
    bad = ks(applied=OLD, attempted=OLD, conditions=[at(failed("BuildFailed", "no"), "00")])
    again = ks(applied=OLD, attempted=OLD, conditions=works(OLD, "05"))
    others = (
        ks(applied=OLD, attempted=NEW, conditions=works(NEW, "05")),
        ks(applied=OLD, attempted=OLD, conditions=works(NEW, "05")),  # the field follows later
        dataclasses.replace(again, generation=again.generation + 1),
        ks(applied=OLD, attempted=OLD, conditions=[at(WAITS, "05")]),
    )
    for other in others:
        _first, node = tries(bad, other)
        assert node.health.level is not Level.FAILED, node.health
        assert node.since == "2026-05-01T10:05:00Z"
    assert tries(bad, again)[1].health.level is Level.FAILED
