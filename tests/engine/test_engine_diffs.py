"""Diff questions: real artifacts, built in the worker, and no Secret's value in any answer."""

from __future__ import annotations

import base64
import json
import pickle
from typing import Any

import pytest
from engine_stage import PATIENCE, MakeEngine, MakePlace, Place, Registry, got

from fluxtui.domain.ask import (
    BuildOf,
    ComparedKustomization,
    Comparison,
    EnvironmentsDiff,
    PatchesDiff,
    VersionsDiff,
)
from fluxtui.domain.errors import BuildError, UsageError
from fluxtui.domain.unified import unified
from fluxtui.engine.engine import Engine
from fluxtui.world.faults import Rule

KUSTOMIZATION = "resources: [deployment.yaml]\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:%s
          env:
            - {name: REGION, value: "${REGION:=nowhere}"}
            - {name: DATABASE, value: "postgres://web:${PASSWORD:=none}@db"}
"""
REPLICAS = "- {op: replace, path: /spec/replicas, value: 3}\n"
PATCH = {"patch": REPLICAS, "target": {"kind": "Deployment", "name": "web"}}


def bundle(version: str) -> dict[str, str]:
    return {"kustomization.yaml": KUSTOMIZATION, "deployment.yaml": DEPLOYMENT % version}


async def with_web(
    place: MakePlace, registry: Registry, name: str, version: str, **spec: Any
) -> Place:
    made: Place = await place(name)
    await made.namespace()
    await made.source("web", registry.url("web"), semver="1.x")
    digest = registry.client.resolve(_reference(registry, version)).digest
    await made.stored("web", f"{version}@{digest}")
    await made.kustomization("web", "web", targetNamespace="apps", **spec)
    return made


def _reference(registry: Registry, tag: str) -> Any:
    from fluxtui.artifacts.reference import Reference

    return Reference.parse(f"{registry.url('web')}:{tag}")


async def known(running: Engine, *places: Place) -> None:
    await got(
        running.wait_for(
            lambda s: all(
                s.get(p.kustomization_key("web")) and s.get(p.source_key("web")) for p in places
            ),
            PATIENCE,
        )
    )


async def secret(place: Place, value: str) -> None:
    data = {"PASSWORD": base64.b64encode(value.encode()).decode()}
    meta = {"name": "vars", "namespace": "apps"}
    await place.create({"apiVersion": "v1", "kind": "Secret", "metadata": meta, "data": data})


def only(comparison: Comparison) -> ComparedKustomization:
    (part,) = comparison.parts
    return part


def fields(part: ComparedKustomization) -> dict[str, tuple[Any, Any]]:
    assert part.error == ""
    return {f.path: (f.before, f.after) for change in part.changes for f in change.fields}


@pytest.fixture(autouse=True)
def published(registry: Registry) -> None:
    registry.push("web", "1.4.0", bundle("1.4.0"))
    registry.push("web", "1.5.0", bundle("1.5.0"))


async def test_what_the_patches_of_an_environment_do(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    build = {"substitute": {"REGION": "eu"}}
    staging = await with_web(place, registry, "staging", "1.4.0", patches=[PATCH], postBuild=build)
    running = engine(staging)
    await known(running, staging)
    answer = await got(running.ask(PatchesDiff(staging.kustomization_key("web"))))
    part = only(answer)
    assert (part.before, part.after) == ("1.4.0", "1.4.0")
    seen = fields(part)
    assert seen.pop("spec.replicas") == (1, 3)
    assert ("${REGION:=nowhere}", "eu") in seen.values()
    assert answer.unread == ()


async def test_a_patch_that_hits_nothing_is_a_finding(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    nothing = {"patch": REPLICAS, "target": {"kind": "Deployment", "name": "api"}}
    staging = await with_web(place, registry, "staging", "1.4.0", patches=[PATCH, nothing])
    running = engine(staging)
    await known(running, staging)
    part = only(await got(running.ask(PatchesDiff(staging.kustomization_key("web")))))
    assert fields(part)["spec.replicas"] == (1, 3)
    assert [text for text in part.findings if "matches no object" in text]


async def test_version_to_version_through_the_same_patches(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await with_web(place, registry, "staging", "1.4.0", patches=[PATCH])
    running = engine(staging)
    await known(running, staging)
    answer = await got(running.ask(VersionsDiff(staging.source_key("web"), after="1.5.0")))
    part = only(answer)
    assert (part.before, part.after) == ("1.4.0", "1.5.0")
    image = "spec.template.spec.containers[name=web].image"
    assert fields(part) == {image: ("web:1.4.0", "web:1.5.0")}
    back = await got(
        running.ask(VersionsDiff(staging.source_key("web"), before="1.5.0", after="1.4.0"))
    )
    assert fields(only(back)) == {image: ("web:1.5.0", "web:1.4.0")}


async def test_environment_to_environment_each_with_its_own(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await with_web(place, registry, "staging", "1.5.0")
    production = await with_web(place, registry, "production", "1.4.0", patches=[PATCH])
    running = engine(staging, production)
    await known(running, staging, production)
    answer = await got(running.ask(EnvironmentsDiff("web", "staging", "production")))
    part = only(answer)
    assert (part.before, part.after) == ("1.5.0", "1.4.0")
    assert fields(part) == {
        "spec.replicas": (1, 3),
        "spec.template.spec.containers[name=web].image": ("web:1.5.0", "web:1.4.0"),
    }


async def test_a_secret_is_compared_and_never_shown(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    build = {"substituteFrom": [{"kind": "Secret", "name": "vars"}]}
    staging = await with_web(place, registry, "staging", "1.4.0", postBuild=build)
    production = await with_web(place, registry, "production", "1.4.0", postBuild=build)
    await secret(staging, "hunter2-staging")
    await secret(production, "hunter2-production")
    running = engine(staging, production)
    await known(running, staging, production)
    answer = await got(running.ask(EnvironmentsDiff("web", "staging", "production")))
    part = only(answer)
    assert list(fields(part).values()) == [
        ("secret apps/vars#PASSWORD", "secret apps/vars#PASSWORD, changed")
    ]
    lines = unified(part.changes[0])
    assert [line for line in lines if line.startswith(("-", "+"))]
    everything = repr(answer) + "\n".join(lines) + repr(pickle.dumps(answer))
    assert "hunter2" not in everything
    assert "fluxtui-secret-" not in repr(answer) + "\n".join(lines)


async def test_a_secret_that_may_not_be_read_is_said_and_spoils_nothing(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    build = {"substituteFrom": [{"kind": "Secret", "name": "vars"}]}
    staging = await with_web(place, registry, "staging", "1.4.0", postBuild=build)
    staging.server.faults.set_rules(Rule(path="/secrets/vars", status=403, reason="Forbidden"))
    running = engine(staging)
    await known(running, staging)
    answer = await got(running.ask(VersionsDiff(staging.source_key("web"), after="1.5.0")))
    assert list(fields(only(answer))) == ["spec.template.spec.containers[name=web].image"]
    assert len(answer.unread) == 1
    assert answer.unread[0].startswith("Secret apps/vars could not be read: ")


async def test_a_variable_of_a_patch_that_could_not_be_read_becomes_no_advice_to_set_it(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    patch = """- {op: add, path: /metadata/annotations, value: {at: "${DOMAIN}"}}\n"""
    build = {"substituteFrom": [{"kind": "ConfigMap", "name": "vars"}]}
    patches = [{"patch": patch, "target": {"kind": "Deployment", "name": "web"}}]
    staging = await with_web(place, registry, "staging", "1.4.0", postBuild=build, patches=patches)
    staging.server.faults.set_rules(Rule(path="/configmaps/vars", status=403, reason="Forbidden"))
    running = engine(staging)
    await known(running, staging)
    answer = await got(running.ask(VersionsDiff(staging.source_key("web"), after="1.5.0")))
    assert only(answer).error == ""
    assert answer.unread[0].startswith("ConfigMap apps/vars could not be read: ")


async def test_what_does_not_build_is_an_error_of_its_part(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    missing = {"patch": REPLICAS, "target": {"kind": "Deployment", "name": "api"}}
    good = await with_web(place, registry, "staging", "1.4.0")
    await good.kustomization("broken", "web", path="./nowhere", patches=[missing])
    running = engine(good)
    key = good.kustomization_key("broken")
    await got(running.wait_for(lambda s: s.get(key) is not None, PATIENCE))
    await known(running, good)
    answer = await got(running.ask(VersionsDiff(good.source_key("web"), after="1.5.0")))
    by_name = {part.kustomization.name: part for part in answer.parts}
    assert "nowhere" in by_name["broken"].error
    assert by_name["broken"].changes == ()
    assert fields(by_name["web"])


async def test_a_version_that_is_not_published_is_an_error_of_its_part(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await with_web(place, registry, "staging", "1.4.0")
    running = engine(staging)
    await known(running, staging)
    answer = await got(running.ask(VersionsDiff(staging.source_key("web"), after="9.9.9")))
    assert "9.9.9" in only(answer).error


async def test_a_question_about_what_is_not_there_is_refused(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await with_web(place, registry, "staging", "1.4.0")
    running = engine(staging)
    await known(running, staging)
    with pytest.raises(UsageError, match="not known"):
        await got(running.ask(PatchesDiff(staging.kustomization_key("gone"))))
    with pytest.raises(UsageError, match="no Kustomization uses"):
        await got(running.ask(EnvironmentsDiff("gone", "staging", "staging")))


async def test_each_change_names_the_patch_or_variable_that_made_it(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    unset = [{"op": "remove", "path": "/spec/template/spec/containers/0/env/0"}]
    drop = {"patch": json.dumps(unset), "target": {"kind": "Deployment"}}
    spec = {"patches": [PATCH, drop], "commonMetadata": {"labels": {"a": "b"}}}
    build = {"substitute": {"PASSWORD": "plain"}}
    staging = await with_web(place, registry, "staging", "1.4.0", postBuild=build, **spec)
    running = engine(staging)
    await known(running, staging)
    part = only(await got(running.ask(PatchesDiff(staging.kustomization_key("web")))))
    by = {f.path.rpartition(".")[2]: f.by for change in part.changes for f in change.fields}
    assert by == {
        "replicas": "patch 1 of Kustomization apps/web",
        "env[name=REGION]": "patch 2 of Kustomization apps/web",
        "value": "variable PASSWORD",
    }


async def test_an_object_that_a_patch_deletes_names_the_patch(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    delete = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    patch = {"patch": json.dumps({**delete, "$patch": "delete"})}
    staging = await with_web(place, registry, "staging", "1.4.0", patches=[patch])
    running = engine(staging)
    await known(running, staging)
    (change,) = only(await got(running.ask(PatchesDiff(staging.kustomization_key("web"))))).changes
    assert (change.kind, change.by) == ("removed", "patch 1 of Kustomization apps/web")


async def test_a_version_that_drops_an_object_would_have_it_pruned(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    conf = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, annotations: {%s}}\n"
    kept = "kustomize.toolkit.fluxcd.io/prune: disabled"
    files = {"a.yaml": conf % ("gone", ""), "b.yaml": conf % ("kept", kept)}
    more = {"kustomization.yaml": "resources: [deployment.yaml, a.yaml, b.yaml]\n", **files}
    registry.push("web", "1.4.9", {**bundle("1.4.0"), **more})
    staging = await with_web(place, registry, "staging", "1.4.9")
    running = engine(staging)
    await known(running, staging)
    part = only(await got(running.ask(VersionsDiff(staging.source_key("web"), after="1.4.0"))))
    assert {c.id.name: c.kind for c in part.changes} == {"gone": "pruned", "kept": "removed"}


async def test_what_a_replacement_copies_out_of_a_secret_is_masked(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    copies = {
        "source": {"kind": "Secret", "fieldPath": "data.password"},
        "targets": [{"select": {"kind": "ConfigMap"}, "fieldPaths": ["data.copy"]}],
    }
    for version, word in (("1.6.0", "aHVudGVyMQ=="), ("1.7.0", "aHVudGVyMg==")):
        objects = [
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"},
             "data": {"password": word}},
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"},
             "data": {"copy": "x", "other": version}},
        ]  # fmt: skip
        kust = {"resources": ["objects.yaml"], "replacements": [copies]}
        text = "---\n".join(json.dumps(obj) + "\n" for obj in objects)
        files = {"kustomization.yaml": json.dumps(kust), "objects.yaml": text}
        registry.push("web", version, files)
    staging = await with_web(place, registry, "staging", "1.6.0")
    running = engine(staging)
    await known(running, staging)
    answer = await got(running.ask(VersionsDiff(staging.source_key("web"), after="1.7.0")))
    seen = fields(only(answer))
    assert seen["data.copy"] == ("secret apps/s#password", "secret apps/s#password, changed")
    assert seen["data.other"] == ("1.6.0", "1.7.0")
    everything = repr(answer) + repr([unified(c) for c in only(answer).changes])
    assert "aHVudGVy" not in everything and "hunter" not in everything


async def test_a_build_is_explained_value_by_value_and_shows_no_secret(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    build = {"substituteFrom": [{"kind": "Secret", "name": "vars"}]}
    staging = await with_web(place, registry, "staging", "1.4.0", patches=[PATCH], postBuild=build)
    await secret(staging, "hunter2")
    running = engine(staging)
    await known(running, staging)
    key = staging.kustomization_key("web")
    rendering = await got(running.ask(BuildOf(key, explain=True)))
    (rendered,) = rendering.objects
    origins = {o.path: o for o in rendered.origins}
    assert origins["spec.replicas"].by == "patch 1 of Kustomization apps/web"
    assert origins["metadata.namespace"].by == "targetNamespace of Kustomization apps/web"
    image = origins["spec.template.spec.containers[0].image"]
    assert (image.by, image.file, image.line) == ("file", "deployment.yaml", 12)
    database = origins["spec.template.spec.containers[0].env[1].value"]
    assert (database.by, database.secret) == ("variable PASSWORD of Secret apps/vars", True)
    assert "hunter2" not in repr(rendering) and "fluxtui-secret" not in repr(rendering)
    assert "secret apps/vars#PASSWORD" in repr(rendered.object)
    assert (await got(running.ask(BuildOf(key)))).objects[0].origins == ()


async def test_a_build_that_fails_says_why(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await with_web(place, registry, "staging", "1.4.0", path="./nowhere")
    running = engine(staging)
    await known(running, staging)
    with pytest.raises(BuildError, match="nowhere"):
        await got(running.ask(BuildOf(staging.kustomization_key("web"))))
