"""Which kinds are watched: the core ones always, all others where the API serves them."""

from __future__ import annotations

from typing import Any

from engine_stage import PATIENCE, MakeEngine, MakePlace, Registry, flux, got, ready

from fluxtui.domain import kinds
from fluxtui.domain.kinds import helmrelease
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot

GIT = ("source.toolkit.fluxcd.io", "GitRepository")


def definition(plural: str, kind: str, group: str, version: str) -> dict[str, Any]:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    names = {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": names,
            "scope": "Namespaced",
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }


def states(snapshot: Snapshot, kind: tuple[str, str]) -> list[FeedState]:
    return [f.state for f in snapshot.feeds if f.kind == kind]


async def test_a_git_source_that_cannot_be_fetched_is_the_root(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging = await place("staging")
    await staging.namespace()
    running = engine(staging)
    await got(running.wait_for(lambda s: FeedState.LIVE in {f.state for f in s.feeds}, PATIENCE))
    assert len(states(running.snapshot, GIT)) == 1, "it is watched although nothing names one"

    git = flux(
        "source.toolkit.fluxcd.io/v1",
        "GitRepository",
        "platform",
        {"url": "https://g/x", "interval": "1m"},
    )
    why = ready("False", "GitOperationFailed", "unable to clone: no such host")
    await staging.create(git)
    place_ = Key("staging", *GIT, "apps", "platform")
    status = {"observedGeneration": 1, "conditions": [why]}
    await staging.patch(place_, {"status": status}, "status")
    reference = {"kind": "GitRepository", "name": "platform"}
    await staging.kustomization("from-git", "", sourceRef=reference)
    key = staging.kustomization_key("from-git")
    lost = ready("False", "ArtifactFailed", "Source artifact not found, retrying in 30s")
    await staging.patch(key, {"status": {"conditions": [lost]}}, "status")

    def told(snapshot: Snapshot) -> bool:
        nodes = snapshot.board.chains.get("staging", ())
        return any("unable to clone" in node.because for node in nodes)

    seen = await got(running.wait_for(told, PATIENCE))
    node = seen.board.chains["staging"][0]
    assert node.root is not None and node.root.kind == "GitRepository" and node.to_blame
    assert seen.findings[0].code == "failed"
    assert "unable to clone: no such host" in seen.findings[0].message


async def test_a_kind_of_source_that_is_not_served_is_said(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.kustomization("from-bucket", "", sourceRef={"kind": "Bucket", "name": "b"})
    running = engine(staging)

    def told(snapshot: Snapshot) -> bool:
        nodes = snapshot.board.chains.get("staging", ())
        return any("Bucket is not served" in node.because for node in nodes)

    await got(running.wait_for(told, PATIENCE))


async def test_a_source_that_only_a_helm_release_takes_is_no_row(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    release = helmrelease.KIND
    await staging.create(definition(release.plural, release.kind, release.group, release.version))
    await staging.source("chart", registry.url("chart"), semver="1.x")
    spec = {"chartRef": {"kind": "OCIRepository", "name": "chart"}}
    await staging.create(flux(release.api_version, release.kind, "web", spec))
    running = engine(staging)
    seen = await got(running.wait_for(lambda s: bool(s.board.charts.get("staging")), PATIENCE))
    assert [row.service for row in seen.board.rows] == ["apps/web"], "the release is a row"
    assert [f.code for f in seen.findings if f.code == "charts"] == ["charts"]


async def test_an_api_is_asked_for_all_kinds_it_may_not_have_in_one_question(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging = await place("staging")
    await staging.namespace()
    running = engine(staging)

    def settled(snapshot: Snapshot) -> bool:
        return bool(snapshot.feeds) and all(
            f.state is not FeedState.STARTING for f in snapshot.feeds
        )

    seen = await got(running.wait_for(settled, PATIENCE))
    absent = {f.kind for f in seen.feeds if f.state is FeedState.ABSENT}
    assert absent == {kind.id for kind in kinds.ALL if not kind.core} - {GIT}
    assert [f.code for f in seen.findings if f.code == "absent"] == []
