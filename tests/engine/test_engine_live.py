"""A person asks what applying a Kustomization now would change in the cluster as it is."""

from __future__ import annotations

from typing import Any

import pytest
from engine_stage import MakeEngine, MakePlace, Place, Registry, got
from test_engine_diffs import PATCH, bundle, fields, known, only, secret, with_web

from fluxtui.domain.ask import Comparison, LiveDiff
from fluxtui.domain.errors import UsageError
from fluxtui.engine.builds.livebuilds import MANAGER
from fluxtui.engine.engine import Engine
from fluxtui.world.faults import Rule

OWNED = {
    "kustomize.toolkit.fluxcd.io/name": "web",
    "kustomize.toolkit.fluxcd.io/namespace": "apps",
}
IMAGE = "spec.template.spec.containers[name=web].image"


@pytest.fixture(autouse=True)
def published(registry: Registry) -> None:
    registry.push("web", "1.4.0", bundle("1.4.0"))


def deployment(image: str = "web:1.4.0", replicas: int = 1, password: str = "none") -> Any:
    """What the bundle builds to, as Flux applies it."""
    env = [
        {"name": "REGION", "value": "nowhere"},
        {"name": "DATABASE", "value": f"postgres://web:{password}@db"},
    ]
    container = {"name": "web", "image": image, "env": env}
    pod = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "apps", "labels": dict(OWNED)},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": pod,
        },
    }


async def applied(place: Place, obj: dict[str, Any], manager: str = MANAGER) -> None:
    type_ = await place.api.find(obj["apiVersion"], obj["kind"])
    await place.api.apply(type_, obj, field_manager=manager, force=True)


def webs(build: bool = False) -> dict[str, Any]:
    """The spec of a Kustomization whose bundle needs its variables."""
    from_secret = {"substituteFrom": [{"kind": "Secret", "name": "vars"}]}
    return {"postBuild": from_secret if build else {"substitute": {"REGION": "nowhere"}}}


async def live(running: Engine, place: Place) -> Comparison:
    await known(running, place)
    answer: Comparison = await got(running.ask(LiveDiff(place.kustomization_key("web"))))
    return answer


async def test_what_is_applied_already_is_no_change(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await with_web(place, registry, "staging", "1.4.0", **webs())
    await applied(staging, deployment())
    answer = await live(engine(staging), staging)
    assert only(answer).changes == ()
    assert answer.unread == ()


async def test_a_live_edit_would_be_put_back_and_a_missing_object_made(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await with_web(place, registry, "staging", "1.4.0", patches=[PATCH], **webs())
    running = engine(staging)
    assert [c.kind for c in only(await live(running, staging)).changes] == ["added"]
    await applied(staging, deployment(image="web:debug"), manager="somebody")
    part = only(await live(running, staging))
    seen = fields(part)
    assert seen[IMAGE] == ("web:debug", "web:1.4.0")
    assert seen["spec.replicas"] == (1, 3)


async def test_what_the_build_no_longer_has_would_be_pruned(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await with_web(place, registry, "staging", "1.4.0", **webs())
    await applied(staging, deployment())
    meta = {"name": "old", "namespace": "apps"}
    await staging.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta})
    entries = [
        {"id": "apps_web_apps_Deployment", "v": "v1"},
        {"id": "apps_old__ConfigMap", "v": "v1"},
        {"id": "apps_gone__ConfigMap", "v": "v1"},
        {"id": "nonsense", "v": "v1"},
    ]
    status = {"status": {"inventory": {"entries": entries}}}
    await staging.patch(staging.kustomization_key("web"), status, "status")
    running = engine(staging)
    key = staging.kustomization_key("web")
    await got(running.wait_for(lambda s: (r := s.get(key)) and r.status.get("inventory"), 30))
    answer = await live(running, staging)
    assert [(c.kind, c.id.name) for c in only(answer).changes] == [("pruned", "old")]
    assert [f for f in answer.unread if "nonsense" in f]


async def test_a_secret_is_compared_without_being_sent_or_shown(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await with_web(place, registry, "staging", "1.4.0", **webs(build=True))
    await secret(staging, "hunter2\n")
    await applied(staging, deployment(password="hunter2"))
    staging.server.faults.set_rules(Rule(methods=("PATCH",), status=500))
    running = engine(staging)
    answer = await live(running, staging)
    assert only(answer).changes == ()
    assert [text for text in answer.parts[0].findings if "a Secret's value" in text]
    staging.server.faults.set_rules()
    await applied(staging, deployment(password="hunter1"))
    answer = await live(running, staging)
    assert list(fields(only(answer)).values()) == [
        ("secret apps/vars#PASSWORD", "secret apps/vars#PASSWORD, changed")
    ]
    assert "hunter" not in repr(answer)


@pytest.mark.parametrize("how", ["read-only", "forbidden"])
async def test_without_dry_runs_the_fields_of_the_build_are_compared(
    place: MakePlace, engine: MakeEngine, registry: Registry, how: str
) -> None:
    staging = await with_web(place, registry, "staging", "1.4.0", **webs())
    await applied(staging, deployment(image="web:debug", replicas=5))
    status = 403 if how == "forbidden" else 500
    staging.server.faults.set_rules(Rule(methods=("PATCH",), status=status, reason="Forbidden"))
    answer = await live(engine(staging, read_only=how == "read-only"), staging)
    assert fields(only(answer)) == {
        IMAGE: ("web:debug", "web:1.4.0"),
        "spec.replicas": (5, 1),
    }
    reason = "the environment is read-only" if how == "read-only" else "not permitted"
    assert reason in " ".join(answer.parts[0].findings)


async def test_what_the_api_would_refuse_is_a_finding(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await with_web(place, registry, "staging", "1.4.0", **webs())
    await applied(staging, deployment())
    rule = Rule(
        methods=("PATCH",), status=422, reason="Invalid", message="spec.selector: immutable"
    )
    staging.server.faults.set_rules(rule)
    part = only(await live(engine(staging), staging))
    assert [f for f in part.findings if "would be refused" in f and "immutable" in f]


async def test_a_kustomization_for_another_cluster_is_not_compared_with_this_one(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    remote = {"kubeConfig": {"secretRef": {"name": "far"}}}
    staging = await with_web(place, registry, "staging", "1.4.0", **remote)
    running = engine(staging)
    with pytest.raises(UsageError, match="another cluster"):
        await live(running, staging)


ENCRYPTED = """\
apiVersion: v1
kind: Secret
metadata: {name: vault, namespace: apps, labels: {tier: LABEL}}
stringData:
  password: ENC[AES256_GCM,data:3kQ=,iv:AAAA,tag:BBBB,type:str]
  user: plain
sops:
  mac: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]
  version: 3.9.0
"""


def sealed(label: str = "a") -> dict[str, str]:
    return {
        "kustomization.yaml": "resources: [vault.yaml]\n",
        "vault.yaml": ENCRYPTED.replace("LABEL", label),
    }


def opened(**more: str) -> dict[str, Any]:
    """The Secret as Flux applied it: decrypted, without the notes of SOPS."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "vault", "namespace": "apps", "labels": {**OWNED, "tier": "a"}},
        "stringData": {"password": "hunter2", "user": "plain", **more},
    }


async def test_what_sops_encrypted_is_said_and_not_compared(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    registry.push("web", "1.4.0", sealed())
    staging = await with_web(
        place, registry, "staging", "1.4.0", decryption={"provider": "sops"}, **webs()
    )
    await applied(staging, opened())
    answer = await live(engine(staging), staging)
    assert only(answer).changes == ()
    finding = "Secret apps/vault is encrypted, not compared: stringData.password"
    assert finding in only(answer).findings
    assert "hunter2" not in str(answer)


async def test_what_is_plain_in_an_encrypted_object_is_compared(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    registry.push("web", "1.4.0", sealed("b"))
    staging = await with_web(
        place, registry, "staging", "1.4.0", decryption={"provider": "sops"}, **webs()
    )
    await applied(staging, opened())
    answer = await live(engine(staging), staging)
    (change,) = only(answer).changes
    assert [field.path for field in change.fields] == ["metadata.labels.tier"]
    assert "hunter2" not in str(answer)


GENERATED = {
    "kustomization.yaml": "resources: [user.yaml]\n"
    "secretGenerator: [{name: keys, files: [k=k.json]}]\n",
    "k.json": '{"k": "ENC[AES256_GCM,data:x]", "sops": {"mac": "ENC[AES256_GCM,data:y]"}}\n',
    "user.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: user, namespace: apps}\n"
    "spec: {volumes: [{name: v, secret: {secretName: keys}}], containers: [{name: a, image: b}]}\n",
}


async def test_a_generated_secret_is_found_under_the_name_that_only_a_key_could_tell(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    registry.push("web", "1.4.0", GENERATED)
    staging = await with_web(
        place, registry, "staging", "1.4.0", decryption={"provider": "sops"}, **webs()
    )
    meta = {"namespace": "apps", "labels": OWNED}
    keys = {"apiVersion": "v1", "kind": "Secret", "metadata": {**meta, "name": "keys-4b8c7dfm2t"}}
    await applied(staging, {**keys, "type": "Opaque", "data": {"k": "aHVudGVyMg=="}})
    volumes = [{"name": "v", "secret": {"secretName": "keys-4b8c7dfm2t"}}]
    spec = {"volumes": volumes, "containers": [{"name": "a", "image": "b"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {**meta, "name": "user"}, "spec": spec}
    await applied(staging, pod)
    entries = [
        {"id": "apps_keys-4b8c7dfm2t__Secret", "v": "v1"},
        {"id": "apps_user__Pod", "v": "v1"},
    ]
    status = {"status": {"inventory": {"entries": entries}}}
    await staging.patch(staging.kustomization_key("web"), status, "status")
    running = engine(staging)
    key = staging.kustomization_key("web")
    await got(running.wait_for(lambda s: (r := s.get(key)) and r.status.get("inventory"), 30))
    answer = await live(running, staging)
    assert only(answer).changes == ()
    assert any("encrypted, not compared: data.k" in text for text in only(answer).findings)
