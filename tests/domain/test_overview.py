"""The board, the chains and the findings, from hand-made objects."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import (
    CONFIG,
    NS,
    URL,
    body,
    condition,
    deployment,
    digest,
    failed,
    ks,
    revision,
    snapshot,
    source,
    tag_list,
)

from fluxtui.domain.board import Level, Line
from fluxtui.domain.config import Environment
from fluxtui.domain.kinds import ALL, kustomization
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed, Snapshot

OLD, NEW = revision("1.4.2", "a"), revision("1.5.0", "b")
WAITING = failed("DependencyNotReady", "dependency is not ready")


def line(seen: Snapshot, environment: str = "staging") -> Line:
    return seen.board.rows[0].lines[environment][0]


def codes(seen: Snapshot) -> set[str]:
    return {f.code for f in seen.findings}


def node(seen: Snapshot, name: str) -> Any:
    return next(n for n in seen.board.chains["staging"] if n.key.name == name)


# -- what runs


def test_one_version_when_all_agree() -> None:
    found = line(snapshot(source(stored=OLD), ks(name="a", applied=OLD), ks(name="b", applied=OLD)))
    assert (found.running.text, found.running.version) == ("1.4.2", "1.4.2")
    assert found.running.digest == digest("a")


def test_a_roll_says_how_far_it_is() -> None:
    members = [ks(name=f"k{i}", applied=NEW if i < 3 else OLD) for i in range(6)]
    running = line(snapshot(source(stored=NEW), *members)).running
    assert running.text == "1.4.2 -> 1.5.0 (3/6)"
    assert running.version == ""


def test_what_never_ran_is_nothing() -> None:
    assert line(snapshot(source(), ks())).running.text == ""
    seen = snapshot(source(stored=NEW), ks(name="a", applied=NEW), ks(name="b"))
    assert line(seen).running.text == "nothing -> 1.5.0 (1/2)"


def test_a_bare_digest_is_named_by_the_tags_of_the_registry_or_by_history() -> None:
    bare = revision("", "a")
    pinned = source(stored=bare, ref={"digest": digest("a")})
    by_tags = snapshot(pinned, ks(applied=bare), tags=[tag_list({"1.4.2": "a", "1.5.0": "b"})])
    assert line(by_tags).running.text == "1.4.2"
    assert line(by_tags).would_pick == "1.4.2"
    past = [(OLD, "ReconciliationSucceeded", "2026-11-01T00:00:00Z")]
    by_history = snapshot(pinned, ks(applied=bare, history=past))
    assert line(by_history).running.text == "1.4.2"
    unknown = snapshot(pinned, ks(applied=bare))
    assert line(unknown).running.text == "sha256:aaaaaaaa"


def test_each_environment_calls_a_digest_by_the_tag_that_its_own_policy_picks() -> None:
    bare = revision("", "a")
    builds = {"semver": ">=0.0.0-0", "semverFilter": "-build-", "digest": digest("a")}
    releases = {"semver": ">=0.0.0", "digest": digest("a")}
    seen = snapshot(
        source("staging", ref=builds, stored=bare),
        source("production", ref=releases, stored=bare),
        ks("staging", applied=bare),
        ks("production", applied=bare),
        tags=[tag_list({"v0.0.0-build-7": "a", "v1.5.0": "a"})],
    )
    assert line(seen, "staging").running.version == "v0.0.0-build-7"
    assert line(seen, "production").running.version == "v1.5.0"
    assert node(seen, "api").running == "v0.0.0-build-7"


def test_history_names_a_digest_before_a_tag_that_came_later() -> None:
    bare = revision("", "a")
    past = [(revision("0.0.0-build-3", "a"), "ReconciliationSucceeded", "2026-11-01T00:00:00Z")]
    seen = snapshot(
        source(stored=bare), ks(applied=bare, history=past), tags=[tag_list({"1.0.0": "a"})]
    )
    assert line(seen).running.text == "0.0.0-build-3"


@pytest.mark.parametrize(
    ("conditions", "live"),
    [
        ([failed("HealthCheckFailed")], NEW),
        ([failed("HealthCheckCanceled")], NEW),
        ([failed("PruneFailed")], NEW),
        ([failed("BuildFailed")], OLD),
        ([failed("ReconciliationFailed")], OLD),
        ([condition("Ready", "Unknown", "Progressing")], OLD),
        (
            [
                condition("Ready", "Unknown", "Progressing"),
                condition("Healthy", "Unknown", "Progressing", f"Running health checks for {NEW}"),
            ],
            NEW,
        ),
        # The health check that still says Unknown is that of the revision before.
        ([condition("Healthy", "Unknown", "Progressing", f"health checks for {OLD}")], OLD),
    ],
)
def test_an_attempt_is_live_from_its_health_phase_on(conditions: Any, live: str) -> None:
    member = ks(applied=OLD, attempted=NEW, conditions=conditions)
    assert kustomization.running(member) == live


def test_an_attempt_is_live_when_history_recorded_its_apply() -> None:
    past = [(NEW, "HealthCheckFailed", "2026-11-01T00:00:00Z")]
    retrying = condition("Ready", "Unknown", "Progressing")
    member = ks(applied=OLD, attempted=NEW, conditions=[retrying], history=past)
    assert kustomization.running(member) == NEW


def test_behind_is_running_lower_than_would_pick() -> None:
    tags = [tag_list({"1.4.2": "a", "1.5.0": "b"})]
    assert line(snapshot(source(stored=OLD), ks(applied=OLD), tags=tags)).behind
    assert not line(snapshot(source(stored=NEW), ks(applied=NEW), tags=tags)).behind


# -- health


def test_ready_is_not_believed_against_a_live_object() -> None:
    member = ks(applied=OLD, inventory=[f"{NS}_activity-ui_apps_Deployment"])
    seen = snapshot(source(stored=OLD), member, deployment("activity-ui"))
    health = line(seen).health
    assert health.level == Level.PROGRESSING
    assert health.text.startswith(f"Ready, but Deployment/{NS}/activity-ui: ")
    assert node(seen, "api").root is None, "to a dependent it is ready (docs/flux.md#dependencies)"


def test_suspended_is_a_mark_and_no_health() -> None:
    notes = {"fluxtui.dev/suspended-by": "ben", "fluxtui.dev/suspended-reason": "audit"}
    seen = snapshot(source(stored=OLD, suspend=True, annotations=notes), ks(suspend=True))
    found = line(seen)
    assert found.health.level == Level.OK
    assert found.suspended is not None and found.suspended.reason == "audit"
    held = [f.message for f in seen.findings if f.code == "suspended"]
    assert held == [
        f"OCIRepository/{NS}/activity is suspended by ben: audit",
        f"Kustomization/{NS}/api is suspended",
    ]


@pytest.mark.parametrize(
    ("conditions", "level"),
    [
        ([], Level.UNKNOWN),
        ([condition("Ready", "Unknown", "Progressing")], Level.PROGRESSING),
        ([failed("NewRevision")], Level.PROGRESSING),
        ([WAITING], Level.WAITING),
        ([failed("BuildFailed")], Level.FAILED),
        ([condition("Stalled", "True", "InvalidCELExpression")], Level.FAILED),
    ],
)
def test_health_by_conditions(conditions: Iterable[Any], level: Level) -> None:
    assert node(snapshot(ks(conditions=conditions)), "api").health.level == level


# -- the chain


def test_the_root_blocker_is_named_with_object_and_reason() -> None:
    rolling = ks(
        name="b",
        needs=["a"],
        conditions=[failed("HealthCheckFailed", "timeout")],
        inventory=[f"{NS}_worker_apps_Deployment"],
    )
    waiting = ks(name="c", needs=["b"], conditions=[WAITING])
    last = ks(name="d", needs=["c"], conditions=[WAITING])
    seen = snapshot(ks(name="a"), rolling, waiting, last, deployment("worker"))
    assert node(seen, "d").root == rolling.key
    assert node(seen, "d").because.startswith(f"blocked by b: Deployment/{NS}/worker ")
    assert node(seen, "d").waits_for == (waiting.key,)
    assert node(seen, "b").root == rolling.key


def test_a_build_that_fails_is_not_blamed_on_an_object_that_rolls() -> None:
    broken = ks(
        conditions=[failed("BuildFailed", "no such file")],
        inventory=[f"{NS}_worker_apps_Deployment"],
    )
    found = node(snapshot(broken, deployment("worker")), "api")
    assert found.because == "BuildFailed: no such file"


def test_a_ready_dependency_with_the_old_artifact_is_the_blocker() -> None:
    seen = snapshot(
        source(stored=NEW),
        ks(name="a", applied=OLD, suspend=True),
        ks(name="b", needs=["a"], applied=OLD, conditions=[WAITING]),
    )
    assert node(seen, "b").because == "blocked by a: suspended"
    running = snapshot(
        source(stored=NEW),
        ks(name="a", applied=OLD),
        ks(name="b", needs=["a"], applied=OLD, conditions=[WAITING]),
    )
    assert node(running, "b").because == "blocked by a: has not applied 1.5.0 yet"


def test_the_tree_begins_with_flux_system_and_draws_each_once_below_its_dependency() -> None:
    seen = snapshot(
        ks(name="b", needs=["a"]),
        ks(name="a"),
        ks(name="c", needs=["a", "b"]),
        ks(name="z-root", namespace="flux-system"),
    )
    drawn = [(n.key.name, n.depth) for n in seen.board.chains["staging"]]
    assert drawn == [("z-root", 0), ("a", 0), ("b", 1), ("c", 2)]


def test_a_missing_dependency_and_a_circle_are_states_with_findings() -> None:
    seen = snapshot(
        ks(name="lost", needs=["gone"], conditions=[WAITING]),
        ks(name="x", needs=["y"], conditions=[WAITING]),
        ks(name="y", needs=["x"], conditions=[WAITING]),
    )
    assert {"missing-dependency", "cycle"} <= codes(seen)
    assert len([f for f in seen.findings if f.code == "cycle"]) == 1
    assert node(seen, "lost").because == "blocked by gone: not found"
    assert set(node(seen, "x").cycle) == {node(seen, "x").key, node(seen, "y").key}


def test_what_lies_outside_the_namespaces_looked_at_is_not_called_missing() -> None:
    narrow = replace(CONFIG, environments=(Environment("staging", "staging", namespaces=(NS,)),))
    outside = body(
        "Kustomization", "api", spec={"dependsOn": [{"name": "x", "namespace": "infra"}]}
    )
    seen = snapshot(Resource.from_object("staging", outside), config=narrow)
    assert "missing-dependency" not in codes(seen)


# -- findings


def test_what_cannot_be_reached_or_read_is_said() -> None:
    oci = ALL[0].id
    seen = snapshot(
        source(stored=OLD),
        tags=[replace(tag_list({}), error="connection refused")],
        unreachable={"production": "no route"},
        feeds=(
            Feed("staging", oci, "", FeedState.FORBIDDEN, "no list"),
            Feed("production", oci, "", FeedState.RETRYING, "no route"),
        ),
    )
    assert {"unreachable", "registry", "forbidden", "no-pick"} <= codes(seen)
    assert "feed" not in codes(seen), "an unreachable environment is said once"


def test_a_tag_published_last_that_is_not_the_highest_is_a_warning() -> None:
    from fluxtui.domain.kinds import ocirepository
    from fluxtui.domain.versions import select

    one = source(stored=NEW)
    tags = tag_list({"1.5.0": "b", "1.4.9": "c"})
    times = {"1.5.0": "2026-11-01T00:00:00Z", "1.4.9": "2026-11-20T00:00:00Z"}
    chosen = select(tags.tags, ocirepository.policy(one), times)
    assert chosen.chosen == "1.5.0" and chosen.warnings
    from fluxtui.domain.overview import overview

    seen = replace(snapshot(one, tags=[tags]), selections={one.key: chosen})
    assert "pick" in {f.code for f in overview(seen)[1]}


@pytest.mark.parametrize(
    ("kind", "spec", "status"),
    [
        ("OCIRepository", "a string", "another"),
        ("OCIRepository", {"url": 7, "ref": "x"}, {"conditions": "x", "artifact": []}),
        ("OCIRepository", {"url": URL, "ref": {"semver": 3}}, {"artifact": {"revision": None}}),
        ("Kustomization", "a string", []),
        ("Kustomization", {"dependsOn": "x", "sourceRef": "y"}, {"inventory": "z"}),
        ("Kustomization", {"dependsOn": [1, {}, {"name": 3}]}, {"history": [1], "conditions": [1]}),
        ("Kustomization", {}, {"inventory": {"entries": [{"id": "nonsense"}, 3, {"id": None}]}}),
        ("Deployment", {"replicas": "many"}, {"conditions": {"a": 1}}),
    ],
)
def test_a_malformed_object_breaks_nothing(kind: str, spec: Any, status: Any) -> None:
    broken = Resource.from_object("staging", body(kind, "broken", spec=spec, status=status))
    good = ks(applied=OLD, inventory=[f"{NS}_broken_apps_Deployment"])
    seen = snapshot(broken, source(stored=OLD), good)
    assert any(r.service == "acme/activity" for r in seen.board.rows)
    assert node(seen, "api").running == "1.4.2"
