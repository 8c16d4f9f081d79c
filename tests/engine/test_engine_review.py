"""What an act would change: real artifacts, built in the worker, judged, and no Secret's value."""

from __future__ import annotations

import pickle

import pytest
from engine_stage import PATIENCE, MakeEngine, MakePlace, Place, Registry, got

from fluxtui.domain.ask import Delivery, ReviewMoves
from fluxtui.domain.plan import Move
from fluxtui.domain.review.content import ImageChange
from fluxtui.engine.engine import Engine

KUSTOMIZATION = "resources: [objects.yaml]\n"
BEFORE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1.4.0"}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: sql}
data: {one.sql: "CREATE USER web"}
"""
AFTER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1.5.0"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: sql}
data: {one.sql: "ALTER USER web IDENTIFIED BY '${PASSWORD}'"}
"""
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "vars", "namespace": "apps"},
    "data": {"PASSWORD": "Y2FuYXJ5LTc3"},  # canary-77
}


@pytest.fixture(autouse=True)
def published(registry: Registry) -> None:
    registry.push("web", "1.4.0", {"kustomization.yaml": KUSTOMIZATION, "objects.yaml": BEFORE})
    registry.push("web", "1.5.0", {"kustomization.yaml": KUSTOMIZATION, "objects.yaml": AFTER})
    registry.push("web", "1.6.0", {"kustomization.yaml": "resources: [absent.yaml]\n"})


async def delivered(
    place: MakePlace, registry: Registry, engine: MakeEngine
) -> tuple[Engine, Place]:
    from fluxtui.artifacts.reference import Reference

    made: Place = await place("staging")
    await made.namespace()
    await made.source("web", registry.url("web"), semver="1.x")
    reference = Reference.parse(f"{registry.url('web')}:1.4.0")
    await made.stored("web", f"1.4.0@{registry.client.resolve(reference).digest}")
    build = {"substituteFrom": [{"kind": "Secret", "name": "vars"}]}
    await made.create(SECRET)
    await made.kustomization("web", "web", targetNamespace="apps", prune=True, postBuild=build)
    running = engine(made)
    known = made.source_key("web"), made.kustomization_key("web")
    await got(running.wait_for(lambda s: all(s.get(key) for key in known), PATIENCE))
    return running, made


async def reviewed(running: Engine, made: Place, after: str) -> Delivery:
    found: Delivery = await got(
        running.ask(ReviewMoves((Move(made.source_key("web"), "", after),)))
    )
    return found


async def test_content_and_dangers_of_a_version(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    running, made = await delivered(place, registry, engine)
    answer = await reviewed(running, made, "1.5.0")
    (part,) = answer.parts
    assert answer.unread == ()
    assert (part.content.changed, part.content.pruned, part.content.created) == (2, 1, 0)
    assert part.content.images == (ImageChange("web:1.4.0", "web:1.5.0", ("web/web",)),)
    (scale,) = part.content.scale
    assert (scale.field, scale.before, scale.after) == ("spec.replicas", "4", "1")
    assert [danger.rule for danger in answer.dangers] == [
        "prune-data",
        "migration",
        "replicas-drop",
    ]
    assert {danger.kustomization for danger in answer.dangers} == {made.kustomization_key("web")}


async def test_what_came_out_of_a_secret_is_in_no_danger(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    running, made = await delivered(place, registry, engine)
    answer = await reviewed(running, made, "1.5.0")
    (migration,) = [danger for danger in answer.dangers if danger.rule == "migration"]
    assert migration.look == ("ALTER USER web IDENTIFIED BY 'secret apps/vars#PASSWORD'",)
    assert b"canary-77" not in pickle.dumps(answer) and b"fluxtui-secret" not in pickle.dumps(
        answer
    )


async def test_a_build_that_fails_is_said_and_is_no_clean_bill(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    running, made = await delivered(place, registry, engine)
    answer = await reviewed(running, made, "1.6.0")
    (part,) = answer.parts
    assert "absent.yaml" in part.compared.error and part.dangers == ()
    assert any("absent.yaml" in sentence for sentence in answer.unread)


async def test_a_version_that_is_not_there_is_said(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    running, made = await delivered(place, registry, engine)
    answer = await reviewed(running, made, "9.9.9")
    assert any("9.9.9" in sentence for sentence in answer.unread)
