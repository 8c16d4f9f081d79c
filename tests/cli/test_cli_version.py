"""`fluxtui version`: ours, and the controllers' where they can be read."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from fluxtui import __version__
from fluxtui.cluster.client import connect
from tests.cli.cli_delivery import Shell
from tests.cli.documents import checked


def deployment(name: str, image: str, **labels: str) -> dict[str, Any]:
    """As `flux install` makes them."""
    labelled = {"app.kubernetes.io/part-of": "flux", **labels}
    pod = {"containers": [{"name": "manager", "image": image}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "flux-system", "labels": labelled},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod},
        },
    }


def give(shell: Shell, name: str, *objects: dict[str, Any]) -> None:
    """Put objects into that environment."""

    async def create() -> None:
        cluster = await connect(shell.environments[name]["kubeconfig"], name, name="test")
        try:
            space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "flux-system"}}
            for obj in (space, *objects):
                type_ = await cluster.find(obj["apiVersion"], obj["kind"])
                await cluster.create(type_, obj, field_manager="test")
        finally:
            await cluster.close()

    asyncio.run(create())


def test_without_a_cluster_it_is_the_client_alone(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = shell("version")
    assert said.code == 0 and said.out.startswith(f"fluxtui {__version__} (Python 3.")
    assert "Textual 8." in said.out
    document = checked(shell("version", "-o", "json").out, "Version")
    assert document["client"]["version"] == __version__ and document["environments"] == []


def test_controllers_are_read_where_they_run(shell: Shell) -> None:
    shell.cluster("staging")
    shell.cluster("production")
    give(
        shell,
        "staging",
        deployment(
            "source-controller",
            "ghcr.io/fluxcd/source-controller:v1.9.2",
            **{"app.kubernetes.io/version": "v2.9.5"},
        ),
        deployment("odd", "host:5000/team/odd@sha256:" + "a" * 64),
    )
    said = shell("version")
    assert said.code == 0
    assert "staging: Flux v2.9.5" in said.out and "source-controller v1.9.2, not ready" in said.out
    assert "production: no Flux controllers" in said.out
    document = checked(shell("version", "-o", "json").out, "Version")
    by_name = {e["environment"]: e for e in document["environments"]}
    versions = {c["name"]: c["version"] for c in by_name["staging"]["controllers"]}
    assert versions == {"source-controller": "v1.9.2", "odd": "sha256:" + "a" * 64}
    assert by_name["production"]["controllers"] == [] and by_name["production"]["flux"] is None
    assert "staging" not in shell("version", "-e", "production").out


def test_what_cannot_be_read_is_not_taken_for_none(shell: Shell) -> None:
    shell.cluster("staging")
    shell.stop("staging")
    said = shell("version")
    assert said.code == 1 and "staging: not known: " in said.out and "staging: " in said.err
    (environment,) = checked(shell("version", "-o", "json").out, "Version")["environments"]
    assert environment["controllers"] is None and environment["controllersReason"]
    assert shell("version", "--client").code == 0
