"""Logs of Pods over HTTP: which container, which run, from where, and followed to the end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.world.apiserver.client import Client
from tests.world.apiserver.conftest import Clock

Json = dict[str, Any]
LOG = "/api/v1/namespaces/default/pods/web/log"
POD = "/api/v1/namespaces/default/pods"


def stamp(clock: Clock) -> str:
    return datetime.fromtimestamp(clock.now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def run(api: Client, *names: str, image: str = "acme/web:v1") -> None:
    containers = [{"name": name, "image": image} for name in names]
    metadata = {"name": "web", "namespace": "default"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {}}
    api.post(POD, {**pod, "spec": {"containers": containers}}).ok()


def report(api: Client, **states: Json) -> None:
    statuses = [
        {"name": name, "image": "i", "imageID": "", "ready": False, "restartCount": 0, **state}
        for name, state in states.items()
    ]
    body = {"status": {"phase": "Running", "containerStatuses": statuses}}
    api.patch(f"{POD}/web/status", body).ok()


def message(api: Client, **query: Any) -> str:
    answer = api.get(LOG, **query)
    assert answer.status == 400, answer.data
    return str(answer.json["message"])


def test_of_several_containers_one_is_named(api: Client, clock: Clock) -> None:
    run(api, "app", "sidecar")
    running = {"state": {"running": {"startedAt": stamp(clock)}}}
    report(api, app=running, sidecar=running)
    assert message(api) == (
        "a container name must be specified for pod web, choose one of: [app sidecar]"
    )
    assert message(api, container="no") == "container no is not valid for pod web"
    assert b"starting" in api.get(LOG, container="app").data


def test_tail_time_and_previous_run(api: Client, clock: Clock) -> None:
    run(api, "app", image="acme/web:1-crashloop")
    began = stamp(clock)
    clock.forward(2)
    over = {"exitCode": 1, "reason": "Error", "startedAt": began, "finishedAt": stamp(clock)}
    waiting = {"waiting": {"reason": "CrashLoopBackOff"}}
    report(api, app={"state": waiting, "lastState": {"terminated": over}})
    whole = api.get(LOG).data.decode().splitlines()
    assert 'error="required key storage.retention is not set"' in "\n".join(whole)
    assert api.get(LOG, previous="true").data.decode().splitlines() == whole
    assert api.get(LOG, tailLines=2).data.decode().splitlines() == whole[-2:]
    stamped = api.get(LOG, timestamps="true").data.decode().splitlines()
    assert [line.partition(" ")[2] for line in stamped] == whole
    assert all(line.startswith(began[:17]) for line in stamped)
    clock.forward(600)
    assert api.get(LOG, sinceSeconds=60).data == b""


def test_what_waits_for_its_image_says_so(api: Client) -> None:
    run(api, "app")
    report(api, app={"state": {"waiting": {"reason": "ImagePullBackOff"}}})
    assert message(api).endswith("is waiting to start: trying and failing to pull image")
    assert message(api, previous="true").endswith("not found")


def test_a_followed_log_grows_and_ends_with_its_container(api: Client, clock: Clock) -> None:
    run(api, "app")
    began = stamp(clock)
    report(api, app={"state": {"running": {"startedAt": began}}})
    with api.watch(LOG, accept="*/*", follow="true") as stream:
        first = stream.response.readline()
        assert b"starting" in first
        clock.forward(300)
        lines = [stream.response.readline() for _ in range(30)]
        assert all(lines) and len(set(lines)) > 3
        over = {"exitCode": 0, "startedAt": began, "finishedAt": stamp(clock)}
        report(api, app={"state": {"terminated": over}})
        assert stream.response.read() is not None  # it ends: else this waits for ever
