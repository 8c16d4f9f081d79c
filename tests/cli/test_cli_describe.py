"""`describe`: all that is known of an object, for a person and for a program."""

from __future__ import annotations

import asyncio
from typing import Any

from cli_delivery import Shell
from cli_objects import failed, ks, oci, put
from documents import checked

from fluxtui.cluster.client import connect
from fluxtui.cluster.events import Recorder
from fluxtui.domain import kinds
from fluxtui.kit.clock import Clock
from tests.engine.engine_stage import definition


def event(shell: Shell, name: str, reason: str, message: str) -> None:
    async def write() -> None:
        cluster = await connect(str(shell.folder / "staging.kubeconfig"), "staging", name="test")
        try:
            type_ = await cluster.find("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
            obj = await cluster.get(type_, "apps", name)
            recorder = Recorder(cluster, "kustomize-controller", Clock(now=lambda: 1.8e9))
            await recorder.emit(obj, "Warning", reason, message, type_=type_)
        finally:
            await cluster.close()

    asyncio.run(write())


def test_a_kustomization_tells_what_the_screen_tells(blocked: Shell) -> None:
    event(blocked, "db", "HealthCheckFailed", "Deployment/apps/db \x1b[31mis down")
    said = blocked("describe", "ks/db", "-e", "staging")
    assert said.code == 0, said.err
    for words in (
        "Kustomization/apps/db  staging",
        "✗ not ready since 2026-11-23T03:12:00Z",
        "Deployment/apps/db: 0 of 1 available",
        "OCIRepository/apps/app",
        "Kustomization/apps/web  waits for it",
        "HealthCheckFailed  Deployment/apps/db \\e[31mis down  kustomize-controller",
        "WHO OWNS WHICH FIELD",
        "spec.sourceRef",
    ):
        assert words in said.out, words
    assert "reading …" not in said.out and "looking …" not in said.out


def test_a_program_reads_the_same(blocked: Shell) -> None:
    event(blocked, "db", "HealthCheckFailed", "Deployment/apps/db is down")
    said = blocked("describe", "ks/db", "-e", "staging", "-o", "json")
    (item,) = checked(said.out, "Details")["items"]
    assert item["health"]["level"] == "failed"
    assert item["conditions"][0]["says"] == "not ready"
    assert item["standsOn"][0]["object"]["name"] == "app" and item["standsOn"][0]["met"] is True
    assert [use["object"]["name"] for use in item["usedBy"]] == ["web"]
    assert item["usedBy"][0]["relation"] == "dependsOn"
    assert [one["reason"] for one in item["events"]] == ["HealthCheckFailed"]
    assert any("spec.sourceRef" in owner["fields"] for owner in item["owners"])
    assert item["artifact"] is None and item["artifactReason"] == "it is no source"
    assert item["values"] is None and "no releases" in item["valuesReason"]


def test_a_source_tells_its_artifact_and_who_uses_it(blocked: Shell) -> None:
    said = blocked("describe", "oci/app", "-e", "staging", "-o", "json")
    (item,) = checked(said.out, "Details")["items"]
    assert item["artifact"]["url"].startswith("oci://")
    assert item["artifact"]["originRevision"] is None
    assert {use["object"]["name"] for use in item["usedBy"]} == {"db", "web", "idle"}


def test_a_service_tells_all_that_it_is_made_of(blocked: Shell) -> None:
    said = blocked("describe", "app", "-e", "staging", "-o", "json")
    items = checked(said.out, "Details")["items"]
    names = {(item["object"]["kind"], item["object"]["name"]) for item in items}
    assert names == {
        ("OCIRepository", "app"), ("Kustomization", "db"), ("Kustomization", "web"),
        ("Kustomization", "idle"),
    }  # fmt: skip
    idle = next(item for item in items if item["object"]["name"] == "idle")
    assert idle["suspended"][0]["by"] is None
    names = blocked("describe", "app", "-e", "staging", "-o", "name").out.split()
    assert "ks/apps/idle" in names


def test_what_is_not_there_is_said(blocked: Shell) -> None:
    said = blocked("describe", "ks/nobody", "-e", "staging")
    assert said.code == 2 and "there is no Kustomization nobody" in said.err
    said = blocked("describe")
    assert said.code == 2 and "describe what?" in said.err


def release(**spec: Any) -> dict[str, Any]:
    kind = kinds.by_short("hr")
    assert kind is not None
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": {"name": "shop", "namespace": "apps"},
        "spec": {"chart": {"spec": {"chart": "shop"}}, **spec},
    }


def test_values_say_where_they_come_from_and_secrets_are_read_when_asked(shell: Shell) -> None:
    shell.cluster("staging")
    kind = kinds.by_short("hr")
    assert kind is not None
    put(shell, "staging", [definition(kind)])
    sources = [{"kind": "Secret", "name": "login", "valuesKey": "p", "targetPath": "db.password"}]
    secret = {
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "login", "namespace": "apps"}, "stringData": {"p": "hunter2"},
    }  # fmt: skip
    put(shell, "staging", [secret, release(values={"replicas": 2}, valuesFrom=sources)])
    said = shell("describe", "hr/shop", "-o", "json")
    (item,) = checked(said.out, "Details")["items"]
    assert item["values"] is None and "--values reads them" in item["valuesReason"]
    assert item["valuesFrom"] == ["Secret apps/login#p"]
    said = shell("describe", "hr/shop", "--values", "-o", "json")
    (item,) = checked(said.out, "Details")["items"]
    by_path = {value["path"]: value for value in item["values"]}
    assert by_path["replicas"] == {
        "path": "replicas", "value": "2", "from": "spec.values", "secret": False,
    }  # fmt: skip
    assert by_path["db.password"]["secret"] and "hunter2" not in said.out
    said = shell("describe", "hr/shop", "--values")
    assert "db.password: (masked)" in said.out and "hunter2" not in said.out + said.err


def test_values_that_stop_flux_are_an_answer_and_said_as_one(shell: Shell) -> None:
    shell.cluster("staging")
    kind = kinds.by_short("hr")
    assert kind is not None
    put(shell, "staging", [definition(kind)])
    put(shell, "staging", [release(valuesFrom=[{"kind": "ConfigMap", "name": "nobody"}])])
    said = shell("describe", "hr/shop")
    assert said.code == 0, said.err
    assert "from ConfigMap apps/nobody#values.yaml: it is not there" in said.out
    assert "with these nothing is rendered until that is mended" in said.out
    assert "the chart's own are used" not in said.out


def test_the_chain_says_until_when_something_is_waited_for(shell: Shell) -> None:
    shell.cluster("staging")
    held = failed("DependencyNotReady", "dependency 'apps/db' is not ready according to readyExpr")
    until = {"name": "db", "readyExpr": "dep.status.x == 1"}
    put(
        shell,
        "staging",
        [
            oci("app", "v1@sha256:" + "0" * 64),
            ks("db"),
            ks("web", condition=held, dependsOn=[until]),
        ],
    )
    said = shell("chain", "-e", "staging", "-o", "json")
    web = next(
        item for item in checked(said.out, "Chain")["items"] if item["object"]["name"] == "web"
    )
    assert web["until"] == [
        {"object": web["waitsFor"][0], "readyExpr": "dep.status.x == 1", "met": False}
    ]
    assert web["blocker"]["object"]["name"] == "db"
    told = shell("describe", "ks/web", "-e", "staging").out
    assert "Kustomization/apps/db  until dep.status.x == 1  it is not true, says" in told
