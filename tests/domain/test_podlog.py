"""Whose log is read first: the Pod and container that fail, wherever the key was pressed."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.podlog import containers_of, first_to_read, lost, owner_of, pods_behind
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot

Json = dict[str, Any]
RUNS: Json = {"state": {"running": {}}, "ready": True}
CRASHES: Json = {
    "state": {"waiting": {"reason": "CrashLoopBackOff"}},
    "lastState": {"terminated": {"exitCode": 1}},
    "restartCount": 4,
}
UNREADY: Json = {"state": {"running": {}}, "ready": False}
PULLS: Json = {"state": {"waiting": {"reason": "ImagePullBackOff"}}}
STARTS: Json = {"state": {"waiting": {"reason": "ContainerCreating"}}}
LABELS = {"app": "web"}


def pod(name: str, inits: Json | None = None, **states: Json) -> Json:
    def statuses(of: Json) -> list[Json]:
        return [{"name": n, **state} for n, state in of.items()]

    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "labels": LABELS},
        "spec": {
            "containers": [{"name": n} for n in states],
            "initContainers": [{"name": n} for n in inits or {}],
        },
        "status": {
            "containerStatuses": statuses(states),
            "initContainerStatuses": statuses(inits or {}),
        },
    }


DEPLOYMENT: Json = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"selector": {"matchLabels": LABELS}},
}
KUSTOMIZATION: Json = {
    "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
    "kind": "Kustomization",
    "metadata": {"name": "shop", "namespace": "flux-system"},
    "status": {"inventory": {"entries": [{"id": "shop_web_apps_Deployment", "v": "v1"}]}},
}


def snapshot(*objects: Json) -> Snapshot:
    tables: dict[str, dict[tuple[str, str], dict[Key, Resource]]] = {"prod": {}}
    for obj in objects:
        resource = Resource.from_object("prod", obj)
        id_ = (resource.key.group, resource.key.kind)
        tables["prod"].setdefault(id_, {})[resource.key] = resource
    return Snapshot(resources=tables)


def key(obj: Json) -> Key:
    return Resource.from_object("prod", obj).key


def built(obj: Json) -> Resource:
    return Resource.from_object("prod", obj)


def chosen(obj: Json) -> str:
    first = first_to_read(containers_of(Resource.from_object("prod", obj)))
    return first.name if first else ""


def test_the_failing_container_comes_first_and_init_containers_count() -> None:
    assert chosen(pod("a", app=RUNS, sidecar=CRASHES)) == "sidecar"
    assert chosen(pod("a", app=UNREADY, sidecar=RUNS)) == "app"
    assert chosen(pod("a", {"setup": CRASHES}, app=STARTS)) == "setup"
    assert (
        chosen(pod("a", {"setup": {"state": {"terminated": {"exitCode": 0}}}}, app=RUNS)) == "app"
    )
    assert chosen(pod("a", app=PULLS, sidecar=UNREADY)) == "app"


def test_what_is_only_starting_is_not_to_blame() -> None:
    assert chosen(pod("a", app=STARTS, sidecar=UNREADY)) == "sidecar"


def test_who_cannot_run_comes_before_who_ended_badly_before_who_is_unready() -> None:
    ended: Json = {"state": {"terminated": {"exitCode": 2, "reason": "Error"}}}
    again: Json = {**RUNS, "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}
    healthy: Json = {**RUNS, "lastState": {"terminated": {"exitCode": 0}}}
    order = {"e": healthy, "d": again, "c": UNREADY, "b": ended, "a": PULLS}
    while order:
        worst = min(order)
        assert chosen(pod("a", **order)) == (worst if worst != "e" else "e")
        del order[worst]
    found = {c.name: c for c in containers_of(built(pod("a", a=healthy, b=again, c=ended)))}
    assert [found[n].failing for n in "abc"] == [False, True, True]
    assert found["c"].reason == "Error" and found["c"].state == "ended"
    assert found["a"].has_previous and found["b"].has_previous and not found["c"].has_previous


def test_an_init_container_that_is_at_work_is_not_unready() -> None:
    assert chosen(pod("a", {"setup": UNREADY}, app=STARTS)) == "app"


def test_what_an_api_never_sends_is_read_as_nothing() -> None:
    odd = pod("a", app={"restartCount": "4", "state": [], "lastState": "no"})
    odd["spec"]["containers"] = [{}, *odd["spec"]["containers"], "nonsense"]
    odd["spec"]["initContainers"] = {"name": "x"}
    nameless, app = containers_of(built(odd))
    assert (nameless.name, nameless.state, app.name) == ("", "", "app")
    assert (app.restarts, app.state, app.has_previous, app.failing) == (0, "", False, False)


def test_a_pod_is_as_bad_as_its_worst_container() -> None:
    mixed, unready = pod("z", app=RUNS, side=CRASHES), pod("a", app=UNREADY)
    world = snapshot(unready, mixed, DEPLOYMENT)
    assert [p.key.name for p in pods_behind(world, key(DEPLOYMENT))] == ["z", "a"]


def test_containers_say_how_often_and_whether_there_was_a_run_before() -> None:
    (app,) = containers_of(Resource.from_object("prod", pod("a", app=CRASHES)))
    assert (app.state, app.reason, app.restarts) == ("waiting", "CrashLoopBackOff", 4)
    assert app.has_previous and app.failing and not app.init
    (setup, _app) = reversed(containers_of(built(pod("a", {"setup": RUNS}, app=RUNS))))
    assert setup.init and not setup.failing


def test_pods_are_found_behind_workload_and_kustomization_worst_first() -> None:
    well, bad = pod("a-well", app=RUNS), pod("b-bad", app=CRASHES)
    world = snapshot(well, bad, DEPLOYMENT, KUSTOMIZATION)
    for obj in (DEPLOYMENT, KUSTOMIZATION):
        assert [p.key.name for p in pods_behind(world, key(obj))] == ["b-bad", "a-well"]
    assert [p.key.name for p in pods_behind(world, key(well))] == ["a-well"]


def test_the_owner_is_who_must_be_watched_to_see_pods() -> None:
    world = snapshot(DEPLOYMENT, KUSTOMIZATION)
    assert owner_of(world, key(DEPLOYMENT)) == key(KUSTOMIZATION)
    assert owner_of(world, key(KUSTOMIZATION)) == key(KUSTOMIZATION)
    assert owner_of(world, key(pod("a"))) is None
    assert pods_behind(world, key(pod("a"))) == ()


@pytest.mark.parametrize("there", [False, True])
def test_a_failed_job_without_its_pod_says_that_the_log_is_gone(there: bool) -> None:
    """At its back-off limit a Job deletes the Pod that it restarted in place."""
    job = {
        **DEPLOYMENT,
        "apiVersion": "batch/v1",
        "kind": "Job",
        "status": {"conditions": [{"type": "Failed", "status": "True"}]},
    }
    entry = {
        "id": "_".join((job["metadata"]["namespace"], job["metadata"]["name"], "batch", "Job"))
    }
    applier = {**KUSTOMIZATION, "status": {"inventory": {"entries": [entry]}}}
    world = snapshot(job, applier, *([pod("a", app=CRASHES)] if there else ()))
    for obj in (job, applier):
        said = lost(world, [key(obj)])
        assert ("Pod is gone" in said and key(job).label in said) != there, said
    assert not lost(world, [key(DEPLOYMENT)])
    assert not lost(snapshot(applier), [key(applier)]), "of a Job that nobody sees nothing is known"


def test_of_many_members_the_one_that_fails_is_read_first() -> None:
    """A service is many appliers: which of them comes first by name says nothing."""
    other = {**DEPLOYMENT, "metadata": {"name": "api", "namespace": "shop"}}
    other["spec"] = {"selector": {"matchLabels": {"app": "api"}}}
    well = pod("a-well", app=RUNS)
    well["metadata"]["labels"] = {"app": "api"}
    world = snapshot(well, pod("b-bad", app=CRASHES), other, DEPLOYMENT)
    found = pods_behind(world, key(other), key(DEPLOYMENT))
    assert [p.key.name for p in found] == ["b-bad", "a-well"]
