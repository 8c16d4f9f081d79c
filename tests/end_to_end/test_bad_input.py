"""What people get wrong stands on the screen as a row with its reason; everything else goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from fluxtui.cli.embedded import Embedded
from fluxtui.cluster.client import connect
from tests.end_to_end.person import at_the_screen
from tests.world.waiting import connections_closed

pytestmark = [pytest.mark.world, pytest.mark.timeout(600)]

NAMESPACE = "status-page"


def kustomization(name: str, **spec: object) -> dict[str, object]:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "interval": "1h",
            "prune": True,
            "sourceRef": {"kind": "OCIRepository", "name": "status-page"},
            **spec,
        },
    }


WRONG = [
    kustomization("lost-path", path="./no/such/folder"),
    kustomization("torn-patch", patches=[{"patch": "- op: [", "target": {"kind": "Deployment"}}]),
    kustomization("hen", dependsOn=[{"name": "egg"}]),
    kustomization("egg", dependsOn=[{"name": "hen"}]),
    kustomization("orphan", dependsOn=[{"name": "nobody"}]),
    {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "OCIRepository",
        "metadata": {"name": "typo", "namespace": NAMESPACE},
        "spec": {
            "interval": "5m",
            "url": "oci://registry.example.com/acme/status-page",
            "ref": {"tag": "v9.9.9"},
        },
    },
]


async def test_each_wrong_thing_is_a_row_with_its_reason(
    delivery: Embedded, tmp_path: Path
) -> None:
    config = delivery.config()
    async with at_the_screen(config) as person:
        await person.sees_settled("staging", "production")
        file = tmp_path / "wrong.yaml"
        file.write_text(yaml.safe_dump_all(WRONG))
        words = [sys.executable, "-m", "fluxtui", "--config", str(delivery.config_file)]
        done = subprocess.run([*words, "apply", "-e", "staging", str(file), "--yes"],
                              capture_output=True, text=True)  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

        def said() -> str:
            nodes = person.snapshot.board.chains["staging"]
            lines = [f"{n.key.name}: {n.because or n.health.text}" for n in nodes]
            rows = (ln for r in person.snapshot.board.rows for ln in r.lines.get("staging", ()))
            lines += [f"{ln.key.name}: {ln.health.text}" for ln in rows]
            return "\n".join(lines)

        for words_of_it in (
            "lost-path: ArtifactFailed: kustomization path not found",
            "torn-patch: BuildFailed",
            "hen: dependsOn goes in a circle",
            "nobody",
            "typo: OCIArtifactPullFailed",
        ):
            await person.waits(words_of_it, lambda text=words_of_it: text in said())
        await person.presses("3")
        await person.sees("lost-path", "torn-patch", "orphan", "hen", "egg", "not found")
        await person.presses("exclamation_mark")
        await person.sees("circle", "nobody")
        await person.presses("escape")
        # Everything else is as it was.
        chain = {n.key.name: n for n in person.snapshot.board.chains["staging"]}
        assert all(chain[name].health.level == 0 for name in ("activity-apiserver", "activity-ui"))
        assert all(n.health.level == 0 for n in person.snapshot.board.chains["production"])


async def crooked_object(delivery: Embedded) -> None:
    """A Kustomization no controller could read, let in by a CRD whose schema was opened."""
    api = await connect(str(delivery.world.kubeconfig), "staging", name="staging")
    try:
        crd = await api.find("apiextensions.k8s.io/v1", "CustomResourceDefinition")
        anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        name = "kustomizations.kustomize.toolkit.fluxcd.io"
        versions = (await api.get(crd, "", name))["spec"]["versions"]
        for version in versions:
            version["schema"] = {"openAPIV3Schema": anything}
        await api.patch(crd, "", name, {"spec": {"versions": versions}}, field_manager="test")
        kind = await api.find("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
        await api.create(
            kind, {**kustomization("crooked"), "spec": ["not a mapping"]}, field_manager="test"
        )
    finally:
        await api.close()
        await connections_closed()


async def test_a_malformed_object_is_said_and_the_rest_goes_on(delivery: Embedded) -> None:
    await crooked_object(delivery)
    async with at_the_screen(delivery.config()) as person:
        await person.waits(
            "the malformed object",
            lambda: any("crooked" in f.message for f in person.snapshot.findings),
        )
        await person.presses("exclamation_mark")
        await person.sees("crooked", "spec is a list, not a mapping")
        await person.closes()
        await person.presses("3")
        await person.sees("crooked", "clickhouse-keeper")
        chain = {n.key.name: n for n in person.snapshot.board.chains["staging"]}
        assert all(chain[name].health.level == 0 for name in ("activity-apiserver", "activity-ui"))
        # The Reconciler, too, goes on beside it.
        await person.points_at("notifications", "staging")
        await person.presses("W")
        await person.agrees()


async def test_a_registry_that_is_down_is_said_and_the_rest_goes_on(delivery: Embedded) -> None:
    from dataclasses import replace

    config = delivery.config()
    nowhere = replace(config.registries, mirrors={"registry.example.com": "127.0.0.1:9"})
    async with at_the_screen(replace(config, registries=nowhere)) as person:
        await person.waits(
            "the registry's silence",
            lambda: any(f.code == "registry" for f in person.snapshot.findings),
        )
        await person.sees("activity", "v1.4.2")
        await person.presses("exclamation_mark")
        await person.sees("cannot be listed")
