"""A review says what another version of a release's chart brings, before anybody confirms it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from engine_stage import MakeEngine, MakePlace, Place, got
from test_engine_chart_diff import HELM, Repository, helm, with_release

from fluxtui.domain.ask import DeliveredKustomization, Delivery, ReviewMoves
from fluxtui.domain.moves import moves_of
from fluxtui.domain.picking import address_of
from fluxtui.domain.plan import Move, PatchStep
from fluxtui.domain.resource import Key
from fluxtui.engine.engine import Engine
from tests.artifacts.scripted_registry import scripted_registry
from tests.helm_storage import chart

CHART = Key("staging", "source.toolkit.fluxcd.io", "HelmChart", "apps", "apps-web")
CRD = (
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    "metadata: {{name: widgets.acme.example}}\n"
    "spec: {{versions: [{{name: v1, served: {served}, storage: true}}]}}\n"
)


def packed(version: str, image: str, *, served: bool = True, **values: str) -> bytes:
    lines = "".join(f"{name}: {text}\n" for name, text in values.items())
    files = {
        "values.yaml": f"replicas: {version[0]}\nimage: {image}\n{lines}",
        "templates/pod.yaml": "kind: Pod\n",
        "crds/widgets.yaml": CRD.format(served=str(served).lower()),
    }
    return chart(version, files, "web")


@pytest.fixture
async def repository() -> AsyncIterator[Repository]:
    charts = {
        "1.4.2": packed("1.4.2", "r.example.com/web:1.4", old="here"),
        "2.0.0": packed("2.0.0", "r.example.com/web:latest", served=False),
    }
    with scripted_registry() as server:
        made = Repository(server, charts)
        server.answer = made.answer
        yield made


@pytest.fixture
def no_helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


async def asked(running: Engine, key: Key, wish: str) -> Delivery:
    """The review of a patch that sets spec.chart.spec.version to a version or range."""

    def ready(s: Any) -> bool:
        listed = s.tags.get(address_of(s, CHART))
        return s.get(key) is not None and s.get(CHART) is not None and bool(listed and listed.tags)

    await got(running.wait_for(ready, 30))
    patch = {"spec": {"chart": {"spec": {"version": wish}}}}
    step = PatchStep("p", "set it", target=key, patch=patch, resource_version="1")
    moves = moves_of(running.snapshot, (step,))
    assert moves == (Move(CHART, "", "2.0.0", key),)
    delivery: Delivery = await got(running.ask(ReviewMoves(moves)))
    return delivery


def only(delivery: Delivery) -> DeliveredKustomization:
    (part,) = delivery.parts
    return part


def rules(part: DeliveredKustomization) -> set[str]:
    return {danger.rule for danger in part.dangers}


@pytest.mark.usefixtures("no_helm")
@pytest.mark.parametrize("wish", ["2.0.0", ">=2.0.0", "2.x"])
async def test_what_the_packed_chart_says_is_content_and_danger(
    place: MakePlace, engine: MakeEngine, repository: Repository, wish: str
) -> None:
    staging, key = await with_release(place, repository)
    await staging.patch(key, {"spec": {"values": {"old": "kept"}}})
    running = engine(staging)
    await got(running.wait_for(lambda s: "values" in getattr(s.get(key), "spec", {}), 30))
    delivery = await asked(running, key, wish)
    part = only(delivery)
    assert part.compared.kustomization == key
    told = part.content.chart
    assert told is not None and (told.before, told.after) == ("1.4.2", "2.0.0")
    assert (told.app_before, told.app_after, told.files) == ("1.4.2", "2.0.0", 3)
    assert set(told.values) == {
        "~ replicas 1 -> 2",
        "~ image r.example.com/web:1.4 -> r.example.com/web:latest",
        "- old here",
    }
    assert [image.sides for image in part.content.images] == [
        ("r.example.com/web:1.4", "r.example.com/web:latest")
    ]
    assert rules(part) == {"chart-definitions", "chart-image", "chart-major", "chart-value-gone"}
    assert all(danger.kustomization == key for danger in part.dangers)
    assert part.content.is_unknown and not told.rendered
    (why,) = delivery.unread
    assert "Helm chart not rendered: no `helm` on PATH" in why


@pytest.mark.usefixtures("no_helm")
async def test_definitions_that_are_written_over_are_judged_by_what_they_take(
    place: MakePlace, engine: MakeEngine, repository: Repository
) -> None:
    staging, key = await with_release(place, repository)
    await staging.patch(key, {"spec": {"upgrade": {"crds": "CreateReplace"}}})
    running = engine(staging)
    await got(running.wait_for(lambda s: "upgrade" in getattr(s.get(key), "spec", {}), 30))
    part = only(await asked(running, key, "2.0.0"))
    (danger,) = [one for one in part.dangers if one.rule == "chart-definitions"]
    assert "serves v1 no more" in danger.says


async def with_helm(
    place: MakePlace, repository: Repository, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Place, Key]:
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return await with_release(place, repository)


async def test_what_helm_renders_is_counted_and_judged_like_a_build(
    place: MakePlace,
    engine: MakeEngine,
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = HELM.format(folder=tmp_path)
    gone = "kind: PersistentVolumeClaim\\napiVersion: v1\\nmetadata: {name: data}\\n"
    helm(tmp_path, f"{script}[ $n = 1 ] && printf -- '---\\n{gone}'\nexit 0\n")
    staging, key = await with_helm(place, repository, tmp_path, monkeypatch)
    delivery = await asked(engine(staging), key, "2.0.0")
    part = only(delivery)
    assert part.content.chart is not None and part.content.chart.rendered
    assert (part.content.changed, part.content.pruned) == (1, 1), part.compared.changes
    assert "prune-data" in rules(part), "the same rules as of any build"
    kinds = [change.id.kind for change in part.compared.changes]
    assert kinds.index("ConfigMap") < kinds.index("File") and "Image" not in kinds
    assert not any("not rendered" in text for text in delivery.unread)


async def test_what_helm_cannot_render_is_not_looked_at_and_the_rest_is(
    place: MakePlace,
    engine: MakeEngine,
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    helm(tmp_path, "#!/bin/sh\ncat > /dev/null\necho it needs a database >&2\nexit 1\n")
    staging, key = await with_helm(place, repository, tmp_path, monkeypatch)
    delivery = await asked(engine(staging), key, "2.0.0")
    assert only(delivery).content.is_unknown and "chart-major" in rules(only(delivery))
    (why,) = delivery.unread
    assert "Helm chart not rendered: helm does not render 1.4.2: it needs a database" in why


@pytest.mark.usefixtures("no_helm")
async def test_a_version_that_cannot_be_had_is_said_and_is_no_change(
    place: MakePlace, engine: MakeEngine, repository: Repository
) -> None:
    repository.wrong = {"2.0.0"}
    staging, key = await with_release(place, repository)
    delivery = await asked(engine(staging), key, "2.0.0")
    part = only(delivery)
    assert "it is not what the index says" in part.compared.error and not part.dangers
    (why,) = delivery.unread
    assert "Helm chart not compared: http" in why and "it is not what the index says" in why
