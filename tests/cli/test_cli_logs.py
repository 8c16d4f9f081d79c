"""`fluxtui logs`: from what a person names to the container whose words help."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli_delivery import Shell
from cli_objects import KUSTOMIZE, ks, oci, put
from documents import checked

from fluxtui.cli.controllerlogs import _about
from fluxtui.domain.resource import Key
from fluxtui.world.faults import Rule

BEGAN = "2026-11-23T03:12:00Z"
GROUP = KUSTOMIZE.partition("/")[0]


def pod(name: str, **states: Any) -> dict[str, Any]:
    """A Pod of the Deployment; `states`: container -> whether it runs."""
    statuses = [
        {
            "name": container, "image": "i", "imageID": "", "restartCount": 0, "ready": runs,
            "state": {"running": {"startedAt": BEGAN}}
            if runs
            else {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {}
            if runs
            else {"terminated": {"exitCode": 1, "startedAt": BEGAN, "finishedAt": BEGAN}},
        }
        for container, runs in states.items()
    ]  # fmt: skip
    containers = [{"name": container, "image": "acme/web:v1"} for container in states]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "apps", "labels": {"app": "web"}},
        "spec": {"containers": containers},
        "status": {"phase": "Running", "containerStatuses": statuses},
    }


@pytest.fixture
def running(shell: Shell) -> Shell:
    """One service, a Deployment of two Pods; a sidecar of the second keeps ending."""
    shell.cluster("staging")
    revision = "v1@sha256:" + "a" * 64
    member = dict(ks("web", revision))
    entries = [{"id": "apps_web_apps_Deployment", "v": "v1"}]
    member["status"] = {**member["status"], "inventory": {"entries": entries}}
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "app", "image": "acme/web:v1"}]},
    }
    labels = {f"{GROUP}/name": "web", f"{GROUP}/namespace": "apps"}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "apps", "labels": labels},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template},
    }
    pods = (pod("web-1", app=True, proxy=True), pod("web-2", app=True, proxy=False))
    put(shell, "staging", (oci("app", revision, tag="v1"), member, deployment, *pods))
    return shell


@pytest.mark.parametrize("target", ["app", "ks/web", "deploy/apps/web", "deploy/web", "pod/web-2"])
def test_the_container_that_fails_is_read_first(running: Shell, target: str) -> None:
    said = running("logs", target, "--previous", "-o", "json")
    document = checked(said.out, "Logs")
    assert (document["pod"]["name"], document["container"]) == ("web-2", "proxy"), said.err
    assert document["previous"] is True


def test_another_container_is_chosen_by_name(running: Shell) -> None:
    said = running("logs", "pod/apps/web-1", "-c", "app", "--tail", "1", "--since", "10m")
    assert said.code == 0 and "web-1, container app" in said.err, said


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        ("", 2, "logs of what?"),
        ("nope", 2, "there is no service 'nope'"),
        ("deploy/apps/other", 1, "no Kustomization applies deploy/apps/other"),
        ("pod/apps/other", 1, "no Pod of pod/apps/other"),
        ("app -c other", 2, "has no container other"),
        ("app --since soon", 2, "not a duration"),
    ],
)
def test_what_is_not_there_is_said(running: Shell, words: str, code: int, what: str) -> None:
    said = running("logs", *words.split(), "-o", "json")
    assert said.code == code and what in said.err, said
    checked(said.out, "Error")


def test_following_ends_with_the_container(running: Shell) -> None:
    said = running("logs", "pod/apps/web-2", "-c", "proxy", "--previous", "-f")
    assert said.code == 0, said


# -- Flux's own controllers


def test_where_no_controller_runs_or_may_be_read_it_is_said(running: Shell) -> None:
    said = running("logs", "ks/web", "--controller", "-o", "json")
    assert said.code == 1 and checked(said.out, "ControllerLogs")["lines"] == []
    for controller in ("kustomize-controller", "source-controller"):
        assert f"staging: no {controller} runs there" in said.err
    rule = Rule(methods=("GET",), path="/pods", status=403, reason="Forbidden")
    running.servers["staging"].faults.set_rules(rule)
    said = running("logs", "deploy/apps/web", "--controller")
    assert said.code == 1 and said.out == ""
    assert "the log of kustomize-controller cannot be read: " in said.err
    refused = running("logs", "ks/web", "--controller", "-f")
    assert refused.code == 2 and "--tail and --since alone" in refused.err


def test_of_a_controller_s_log_only_what_is_about_the_object_is_told() -> None:
    web = Key("staging", GROUP, "Kustomization", "apps", "web")
    lines = [
        {"level": "info", "ts": "t1", "msg": "ok",
         "Kustomization": {"name": "web", "namespace": "apps"}},
        {"level": "error", "ts": "t2", "msg": "failed", "error": "no such file", "name": "web",
         "namespace": "apps", "controllerKind": "Kustomization"},
        {"level": "info", "ts": "t3", "msg": "x",
         "Kustomization": {"name": "web", "namespace": "b"}},
        {"level": "info", "ts": "t4", "msg": "x", "name": "web", "namespace": "apps",
         "controllerKind": "HelmRelease"},
        {"level": "info", "ts": "t5", "msg": "starting"},
    ]  # fmt: skip
    text = ["I0101 no JSON", "[1]", *map(json.dumps, lines)]
    assert [line for _at, line in _about(text, [web])] == [
        "t1 info Kustomization/web.apps - ok",
        "t2 error Kustomization/web.apps - failed: no such file",
    ]
