"""A Kustomization that applies to another cluster: status here, objects there."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml
from reconciler_stage import NS, Stage, condition, config_map, kustomization, raise_stage, source

from fluxtui.world.apiserver.server import ApiServer

ONE = {"one.yaml": config_map("one")}
REMOTE = {"kubeConfig": {"secretRef": {"name": "remote"}}}


def secret(kubeconfig: str, key: str = "value") -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "remote", "namespace": NS},
        "data": {key: base64.b64encode(kubeconfig.encode()).decode()},
    }


async def test_objects_go_to_the_other_cluster_and_are_pruned_there(
    stage: Stage, tmp_path: Path
) -> None:
    with ApiServer("remote") as api:
        path = tmp_path / "remote"
        api.write_kubeconfig(path)
        there = await raise_stage(path, stage.settings, tmp_path)
        try:
            await stage.push("acme/app", "1.0.0", ONE)
            await stage.apply(
                source(), secret(path.read_text()), kustomization(wait=True, **REMOTE)
            )
            await stage.start()
            await stage.until_ready("Kustomization", "app")
            assert await there.get("ConfigMap", "one") is not None
            assert await stage.get("ConfigMap", "one") is None
            await stage.delete("Kustomization", "app")
            await stage.until("Kustomization", "app", lambda o: o is None)
            assert await there.get("ConfigMap", "one") is None
        finally:
            await there.close()


@pytest.mark.parametrize(
    ("kubeconfig", "key", "words"),
    [
        ("", "other", "does not contain a 'value' key"),
        ("[", "value", "is no YAML"),
        (
            yaml.safe_dump({"users": [{"name": "u", "user": {"exec": {"command": "rm"}}}]}),
            "value",
            "may not use exec",
        ),
        (
            yaml.safe_dump({"users": [{"name": "u", "user": {"tokenFile": "/etc/passwd"}}]}),
            "value.yaml",
            "may not use tokenFile",
        ),
    ],
)
async def test_a_kubeconfig_that_is_not_to_be_trusted_is_refused(
    stage: Stage, kubeconfig: str, key: str, words: str
) -> None:
    await stage.push("acme/app", "1.0.0", ONE)
    await stage.apply(source(), secret(kubeconfig, key), kustomization(**REMOTE))
    await stage.start()
    found = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "ReconciliationFailed"
    )
    assert words in condition(found, "Ready")["message"]


async def test_a_missing_secret_is_named(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", ONE)
    await stage.apply(source(), kustomization(**REMOTE))
    await stage.start()
    found = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "ReconciliationFailed"
    )
    words = f"unable to read KubeConfig secret '{NS}/remote' error"
    assert words in condition(found, "Ready")["message"]
