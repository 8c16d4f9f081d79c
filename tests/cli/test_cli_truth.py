"""What a verb prints of what failed, of what it cannot know, and of what is held."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from cli_delivery import Shell

from fluxtui.cluster.client import connect

KS = "kustomize.toolkit.fluxcd.io/v1"


def member(name: str, source: dict[str, str], **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": KS,
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": "apps"},
        "spec": {"interval": "1m", "prune": True, "path": "./", "sourceRef": source, **spec},
    }


def ready(status: str, reason: str, message: str) -> dict[str, Any]:
    condition = {"type": "Ready", "status": status, "reason": reason, "message": message}
    condition["lastTransitionTime"] = "2026-11-23T18:00:00Z"
    return {"status": {"observedGeneration": 1, "conditions": [condition]}}


def put(shell: Shell, environment: str, obj: dict[str, Any], status: dict[str, Any]) -> None:
    async def write() -> None:
        path = shell.folder / f"{environment}.kubeconfig"
        cluster = await connect(str(path), environment, name="test")
        try:
            type_ = await cluster.find(str(obj["apiVersion"]), str(obj["kind"]))
            await cluster.create(type_, obj, field_manager="test")
            name = obj["metadata"]["name"]
            await cluster.patch(
                type_, "apps", name, status, field_manager="test", subresource="status"
            )
        finally:
            await cluster.close()

    asyncio.run(write())


def test_a_failed_kustomization_that_git_feeds_is_named(shell: Shell) -> None:
    shell.cluster("staging", semver=">=0.0.0")
    git = {"kind": "GitRepository", "name": "platform"}
    put(shell, "staging", member("from-git", git), ready("False", "BuildFailed", "no such file"))
    said = shell("status")
    assert said.code == 1
    assert "from-git: BuildFailed: no such file" in said.out
    document = json.loads(shell("status", "-o", "json").out)
    told = [f for f in document["findings"] if f["code"] == "failed"]
    assert told[0]["object"]["name"] == "from-git"
    assert document["findings"][0] == told[0], "the worst comes first"
    row = shell("versions", "ks/from-git")
    assert row.code == 0 and "from-git" in row.out and "FAILED" in row.out, "it is a row of its own"
    chain = shell("chain", "ks/from-git")
    assert "apps/from-git  FAILED" in chain.out


def test_what_is_suspended_under_a_ready_source_is_no_clean_status(shell: Shell) -> None:
    shell.cluster("staging", semver=">=0.0.0")
    held = member("web", {"kind": "OCIRepository", "name": "app"}, suspend=True)
    put(shell, "staging", held, ready("True", "ReconciliationSucceeded", "Applied revision"))
    said = shell("status")
    assert said.code == 1
    assert "web is suspended" in said.out
    document = json.loads(shell("status", "-o", "json").out)
    assert document["healthy"] is False
    assert document["versions"][0].get("suspended") is True
    assert document["versions"][0]["suspensions"][0]["object"]["name"] == "web"


def test_an_environment_that_does_not_answer_is_not_said_to_deliver_nothing(shell: Shell) -> None:
    shell.cluster("staging", semver=">=0.0.0")
    shell.stop("staging")
    for verb in ("versions", "status", "chain"):
        said = shell(verb)
        assert said.code == 1
        everything = said.out + said.err
        assert "refuse" in everything
        for word in ("no service is", "ready", "nothing yet"):
            assert word not in everything


def test_without_flux_nothing_is_said_to_be_well(shell: Shell, tmp_path: Path) -> None:
    from fluxtui.world.apiserver.server import ApiServer

    server = ApiServer("bare", crds=[])
    server.start()
    try:
        server.write_kubeconfig(tmp_path / "bare.kubeconfig")
        shell.environments["bare"] = {
            "context": "bare",
            "kubeconfig": str(tmp_path / "bare.kubeconfig"),
        }
        said = shell("status")
        assert said.code == 1
        assert "bare has no Flux CRDs" in said.out
        assert "no service is" not in said.out
    finally:
        server.stop()
