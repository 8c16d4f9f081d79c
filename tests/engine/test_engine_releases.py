"""A person asks what a release changed, and what is otherwise than it deployed."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from engine_stage import MakeEngine, MakePlace, Place, got
from test_engine_values import held

from fluxtui.domain.ask import ComparedKustomization, Comparison, DriftDiff, Question, ReleasesDiff
from fluxtui.domain.errors import UsageError
from fluxtui.domain.resource import Key
from fluxtui.domain.unified import unified
from fluxtui.engine.engine import Engine
from fluxtui.kustomize import load_manifests
from fluxtui.world.faults import Rule
from tests.helm_storage import history, packed, release, storage

MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: shop}}}}
  template:
    metadata: {{labels: {{app: shop}}}}
    spec:
      containers:
      - name: shop
        image: registry.example.com/shop:{tag}
        env:
        - {{name: DATABASE, value: "postgres://shop:{password}@db"}}
---
apiVersion: v1
kind: Secret
metadata: {{name: shop}}
stringData: {{password: {password}}}
"""
HOOK = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec: {backoffLimit: 1}\n"
PASSWORD = "correct-horse"
FROM_SECRET = [
    {"kind": "Secret", "name": "login", "valuesKey": "password", "targetPath": "db.password"}
]


def manifest(replicas: int = 1, tag: str = "1", password: str = PASSWORD) -> str:
    return MANIFEST.format(replicas=replicas, tag=tag, password=password)


async def with_releases(place: MakePlace, kind: str = "Secret", **spec: Any) -> tuple[Place, Key]:
    staging = await place("staging")
    await staging.namespace()
    await staging.serve("hr")
    old = {"replicas": 1, "db": {"password": "former-horse"}}
    new = {"replicas": 2, "db": {"password": PASSWORD}}
    first = release(1, manifest(1, "1", "former-horse"), values=old)
    second = release(2, manifest(2, "2"), values=new, hooks=(HOOK,))
    for number, told in ((1, first), (2, second)):
        await staging.create(storage(told, number, kind))
    await staging.create(held("Secret", "login", {"password": PASSWORD}))
    spec = {"values": {"replicas": 2}, "valuesFrom": FROM_SECRET, **spec}
    return staging, await staging.put("hr", "shop", spec, history(1, 2))


async def asked(running: Engine, question: Question, key: Key) -> Comparison:
    await got(
        running.wait_for(
            lambda snapshot: (one := snapshot.get(key)) is not None and bool(one.status), 30
        )
    )
    answer: Comparison = await got(running.ask(question))
    return answer


def only(answer: Comparison) -> ComparedKustomization:
    (part,) = answer.parts
    assert part.error == ""
    return part


def told(part: ComparedKustomization) -> dict[str, dict[str, tuple[Any, Any]]]:
    return {
        f"{change.kind} {change.id.kind}/{change.id.name}": {
            field.path: (field.before, field.after) for field in change.fields
        }
        for change in part.changes
    }


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap"])
async def test_a_release_against_the_one_before_it(
    place: MakePlace, engine: MakeEngine, kind: str
) -> None:
    staging, key = await with_releases(place, kind)
    part = only(await asked(engine(staging), ReleasesDiff(key), key))
    assert (part.before, part.after) == ("release 1, shop-1.1.0", "release 2, shop-1.2.0")
    image = "spec.template.spec.containers[name=shop].image"
    secret = "secret apps/login#password"
    changes = told(part)
    assert changes["changed Values/shop"] == {
        "replicas": (1, 2),
        "db.password": (secret, f"{secret}, changed"),
    }
    deployment = changes["changed Deployment/shop"]
    assert deployment["spec.replicas"] == (1, 2)
    assert deployment[image] == (
        "registry.example.com/shop:1",
        "registry.example.com/shop:2",
    )
    assert "added Job/migrate" in changes and "changed Secret/shop" in changes


async def test_no_value_of_a_secret_is_in_the_answer_old_or_new(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_releases(place)
    for question in (ReleasesDiff(key), DriftDiff(key)):
        answer = await asked(engine(staging), question, key)
        lines = [line for part in answer.parts for c in part.changes for line in unified(c)]
        everything = repr(answer) + "\n".join(lines) + repr(pickle.dumps(answer))
        assert PASSWORD not in everything and "former-horse" not in everything
        assert "fluxtui-secret-" not in everything


async def test_a_release_that_is_numbered_and_one_that_is_gone(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_releases(place)
    running = engine(staging)
    part = only(await asked(running, ReleasesDiff(key, 2, 1), key))
    assert told(part)["changed Values/shop"]["replicas"] == (2, 1)
    (gone,) = (await asked(running, ReleasesDiff(key, 7, 2), key)).parts
    assert "has no release 7 of it any more (sh.helm.release.v1.shop.v7 in apps)" in gone.error
    with pytest.raises(UsageError, match="release 1 is its first"):
        await asked(running, ReleasesDiff(key, 0, 1), key)


async def test_a_release_in_another_cluster_is_not_looked_for_in_this_one(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_releases(place, kubeConfig={"secretRef": {"name": "far"}})
    running = engine(staging)
    for question in (ReleasesDiff(key), DriftDiff(key)):
        with pytest.raises(UsageError, match="another cluster"):
            await asked(running, question, key)


async def test_storage_that_may_not_be_read_is_told_with_the_verb_that_is_missing(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_releases(place)
    staging.server.faults.set_rules(Rule(path="sh.helm.release", status=403, reason="Forbidden"))
    (part,) = (await asked(engine(staging), ReleasesDiff(key), key)).parts
    assert "release 1 cannot be read: you may not get secrets in namespace apps" in part.error
    assert part.changes == ()


async def test_nothing_of_helms_storage_is_read_before_somebody_asks(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_releases(place)
    running = engine(staging)
    staging.server.faults.set_rules(Rule(path="secrets", status=500))
    await got(running.wait_for(lambda snapshot: snapshot.get(key) is not None, 30))
    assert not [f for f in running.snapshot.findings if "secret" in repr(f).lower()]


async def test_what_is_live_as_deployed_is_no_drift_whatever_else_stands_there(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_releases(place)
    for obj in deployed(staging):
        await staging.create(obj)
    answer = await asked(engine(staging), DriftDiff(key), key)
    assert only(answer).changes == ()
    assert (answer.left, answer.right) == ("release 2 as deployed", "staging as it is")


async def test_a_live_edit_and_a_deleted_object_are_drift(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_releases(place)
    deployment, _secret = deployed(staging)
    deployment["spec"]["replicas"] = 5
    deployment["spec"]["paused"] = True  # not the release's field
    await staging.create(deployment)
    changes = told(only(await asked(engine(staging), DriftDiff(key), key)))
    assert changes == {
        "changed Deployment/shop": {"spec.replicas": (2, 5)},
        "removed Secret/shop": {},
    }


async def test_a_secret_that_was_edited_live_says_which_key_and_no_value(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_releases(place)
    deployment, secret = deployed(staging)
    env = deployment["spec"]["template"]["spec"]["containers"][0]["env"]
    env[0]["value"] = "postgres://shop:another@db"
    secret["stringData"]["password"] = "another"
    await staging.create(deployment)
    await staging.create(secret)
    answer = await asked(engine(staging), DriftDiff(key), key)
    changes = told(only(answer))
    assert list(changes) == ["changed Secret/shop", "changed Deployment/shop"]
    assert "another" not in repr(answer) and "secret apps/" in repr(changes)


PLAIN = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\ndata: {a: b}\n"


@pytest.mark.parametrize("read_only", [False, True])
async def test_a_read_only_environment_gets_no_dry_run(
    place: MakePlace, engine: MakeEngine, read_only: bool
) -> None:
    staging, key = await with_releases(place)
    await staging.create(storage(release(3, PLAIN), 3))
    await staging.patch(key, {"status": history(1, 2, 3)}, "status")
    (plain,) = load_manifests(PLAIN)
    plain["metadata"]["namespace"] = "apps"
    plain["data"] = {"a": "edited"}
    await staging.create(plain)
    # What a dry run sends is refused; who sends none does not notice.
    staging.server.faults.set_rules(Rule(methods=("PATCH",), status=403, reason="Forbidden"))
    running = engine(staging, read_only=read_only)
    await got(
        running.wait_for(
            lambda s: len(getattr(s.get(key), "status", {}).get("history", ())) == 3, 30
        )
    )
    part = only(await asked(running, DriftDiff(key), key))
    assert told(part) == {"changed ConfigMap/plain": {"data.a": ("b", "edited")}}
    why = "the environment is read-only" if read_only else "not permitted"
    assert len(part.findings) == 1 and why in part.findings[0]


async def test_a_bomb_and_what_is_no_release_are_refused(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_releases(place)
    bomb = storage(release(3, "# " + " " * (65 << 20)), 3)
    other = storage(release(4, ""), 4) | {"type": "Opaque"}
    broken = storage(release(5, ""), 5)
    broken["data"]["release"] = packed("text")
    for obj in (bomb, other, broken):
        await staging.create(obj)
    running = engine(staging)
    errors = {}
    for number in (3, 4, 5):
        (part,) = (await asked(running, ReleasesDiff(key, number, 2), key)).parts
        errors[number] = part.error
    assert "unpacks to more than" in errors[3]
    assert "it is no release of Helm's" in errors[4]
    assert "it is damaged" in errors[5]


def deployed(_staging: Place) -> tuple[dict[str, Any], dict[str, Any]]:
    """What Helm made of the second release."""
    deployment, secret = load_manifests(manifest(2, "2"), mode="kubectl")
    for obj in (deployment, secret):
        obj["metadata"] |= {
            "namespace": "apps",
            "labels": {"app.kubernetes.io/managed-by": "Helm"},
            "annotations": {"meta.helm.sh/release-name": "shop"},
        }
    return deployment, secret
