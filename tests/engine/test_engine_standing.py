"""What a delivery finds in its cluster is asked there, on a real API, and no Secret is read."""

from __future__ import annotations

import pytest
from engine_stage import PATIENCE, MakeEngine, MakePlace, Place, Registry, got

from fluxtui.artifacts.reference import Reference
from fluxtui.domain.ask import Delivery, ReviewMoves, ReviewStanding, Standing, TryMoves
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.plan import Move
from fluxtui.domain.review.wanted import DefinitionAsked, ImageAsked, WantedFact
from fluxtui.engine.engine import Engine
from fluxtui.world.faults import Rule
from fluxtui.world.http.exchange import Request, Response

KUSTOMIZATION = "resources: [objects.yaml]\n"
POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: apps}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: "%s"
          envFrom: [{secretRef: {name: %s}}, {configMapRef: {name: settings}}]
---
apiVersion: sea.example.com/v1
kind: Boat
metadata: {name: boat, namespace: %s}
"""
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "db", "namespace": "apps"},
    "data": {"PASSWORD": "Y2FuYXJ5LTc3"},  # canary-77
}


@pytest.fixture(autouse=True)
def published(registry: Registry) -> None:
    image = f"{registry.server.address}/images/web"
    registry.push("images/web", "1", {"a": "b"})
    for tag, secret, namespace in (("1.4.0", "db", "apps"), ("1.5.0", "cash", "quay")):
        number = {"1.4.0": "1", "1.5.0": "2"}[tag]
        objects = POD % (f"{image}:{number}", secret, namespace)
        if tag == "1.4.0":
            objects = objects.partition("---")[0]
        registry.push("web", tag, {"kustomization.yaml": KUSTOMIZATION, "objects.yaml": objects})


async def staged(
    place: MakePlace, registry: Registry, engine: MakeEngine, **spec: object
) -> tuple[Engine, Place]:
    made: Place = await place("staging")
    await made.namespace()
    await made.create(SECRET)
    await made.create(
        {**SECRET, "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "apps"}}
    )
    await made.source("web", registry.url("web"), semver="1.x")
    reference = Reference.parse(f"{registry.url('web')}:1.4.0")
    await made.stored("web", f"1.4.0@{registry.client.resolve(reference).digest}")
    await made.kustomization("web", "web", prune=True, **spec)
    running = engine(made)
    known = made.source_key("web"), made.kustomization_key("web")
    await got(running.wait_for(lambda s: all(s.get(key) for key in known), PATIENCE))
    return running, made


async def reviewed(running: Engine, made: Place) -> Delivery:
    moves = (Move(made.source_key("web"), "", "1.5.0"),)
    delivery: Delivery = await got(running.ask(ReviewMoves(moves)))
    standing: Standing = await got(running.ask(ReviewStanding(delivery.wanted)))
    return delivery.with_standing(standing)


async def test_what_neither_build_nor_cluster_has_is_found(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    running, made = await staged(place, registry, engine)
    answer = await reviewed(running, made)
    said = {danger.rule: danger.says for danger in answer.standing.dangers}
    assert set(said) == {
        "image-missing",
        "kind-unserved",
        "namespace-missing",
        "reference-missing",
    }
    assert "/images/web:2 is not in its registry" in said["image-missing"]
    assert "Boat (sea.example.com/v1)" in said["kind-unserved"]
    assert "namespace quay" in said["namespace-missing"]
    assert "Secret/apps/cash" in said["reference-missing"]
    assert answer.unread == () and answer.wanted == ()


async def test_a_secret_is_asked_for_by_its_metadata_and_its_value_is_not_sent(
    place: MakePlace, engine: MakeEngine, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, made = await staged(place, registry, engine)
    await made.create({**SECRET, "metadata": {"name": "cash", "namespace": "apps"}})
    forms: list[tuple[str, str]] = []
    answered = made.server.respond

    def noted(request: Request) -> Response:
        forms.append((request.path, request.headers.get("accept", "")))
        return answered(request)

    monkeypatch.setattr(made.server, "respond", noted)
    answer = await reviewed(running, made)
    assert "reference-missing" not in {danger.rule for danger in answer.dangers}
    asked = [form for path, form in forms if path.startswith("/api/v1/namespaces/apps/secrets")]
    assert asked == ["application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"]


async def test_what_may_not_be_read_is_said_once_and_is_no_danger(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    running, made = await staged(place, registry, engine)
    made.server.faults.set_rules(Rule(path="/secrets/", status=403, reason="Forbidden"))
    answer = await reviewed(running, made)
    assert "reference-missing" not in {danger.rule for danger in answer.dangers}
    (sentence,) = answer.unread
    assert sentence.startswith("staging: whether there is Secret/apps/cash: ")


async def test_a_cluster_that_is_not_connected_is_not_asked(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    where = {"secretRef": {"name": "other-cluster"}}
    running, made = await staged(place, registry, engine, kubeConfig=where)
    answer = await reviewed(running, made)
    assert answer.standing.dangers == ()
    assert any("another cluster" in sentence for sentence in answer.unread)


async def test_an_image_that_is_there_is_no_danger_and_elsewhere_nobody_is_asked(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    registry.push("images/web", "2", {"a": "c"})
    running, made = await staged(place, registry, engine)
    answer = await reviewed(running, made)
    assert "image-missing" not in {danger.rule for danger in answer.dangers}
    elsewhere = WantedFact(
        "image-missing", ImageAsked("r.example.com/a:1"), made.kustomization_key("web")
    )
    said: Standing = await got(running.ask(ReviewStanding((elsewhere,))))
    assert said.dangers == () and "registries.askImages is off" in said.unread[0]


async def test_a_tag_that_has_moved_since_is_found_by_what_its_pods_run(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    image = f"{registry.server.address}/images/web"
    running, made = await staged(place, registry, engine)
    reference = Reference.parse(f"{image}:1")
    ran = registry.client.resolve(reference).digest
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web-1", "namespace": "apps", "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "image": f"{image}:1"}]},
    }
    await made.create(pod)
    status = {"containerStatuses": [{"name": "web", "imageID": f"{image}@{ran}"}]}
    type_ = await made.api.find("v1", "Pod")
    await made.api.patch(
        type_, "apps", "web-1", {"status": status}, field_manager="kubelet", subresource="status"
    )
    asked = ImageAsked(f"{image}:1", "apps", (("app", "web"),), "web")
    wanted = WantedFact("image-moved", asked, made.kustomization_key("web"))
    still: Standing = await got(running.ask(ReviewStanding((wanted,))))
    assert still.dangers == () and still.unread == ()
    registry.push("images/web", "1", {"a": "another"})
    (danger,) = (await got(running.ask(ReviewStanding((wanted,))))).dangers
    assert danger.rule == "image-moved" and ran[7:15] in danger.says


async def test_the_objects_of_a_definition_are_counted(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    running, made = await staged(place, registry, engine)
    group, kind = made.kustomization_key("web").group, "Kustomization"
    asked = DefinitionAsked(f"kustomizations.{group}", group, "v1", kind, goes=True)
    by = ObjectId("", f"kustomizations.{group}", "apiextensions.k8s.io", "CustomResourceDefinition")
    wanted = WantedFact("crd-in-use", asked, made.kustomization_key("web"), by)
    (danger,) = (await got(running.ask(ReviewStanding((wanted,))))).dangers
    assert danger.rule == "crd-in-use" and "1 object is in the cluster" in danger.says


async def tried(running: Engine, made: Place) -> Standing:
    answer: Standing = await got(
        running.ask(TryMoves((Move(made.source_key("web"), "", "1.5.0"),)))
    )
    return answer


async def test_a_quota_that_refuses_is_found_by_a_dry_run_that_somebody_asks_for(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    running, made = await staged(place, registry, engine)
    full = 'deployments.apps "web" is forbidden: exceeded quota: small, used: pods=4'
    made.server.faults.set_rules(
        Rule(("PATCH",), "/deployments/web", status=403, reason="Forbidden", message=full)
    )
    answer = await reviewed(running, made)
    assert "admission-refused" not in {danger.rule for danger in answer.dangers}, "nobody asked"
    found = await tried(running, made)
    (danger,) = found.dangers
    assert danger.rule == "admission-refused" and "exceeded quota" in danger.says
    deployments = await made.api.find("apps/v1", "Deployment")
    assert not await made.api.exists(deployments, "apps", "web"), "a dry run makes nothing"


async def test_what_would_be_taken_is_no_danger_and_no_right_to_try_is_said(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    running, made = await staged(place, registry, engine)
    fine = await tried(running, made)
    assert fine.dangers == () and any("not tried" in text for text in fine.unread), "the Boat"
    rights = 'User "ada" cannot patch resource "deployments" in API group "apps"'
    made.server.faults.set_rules(
        Rule(("PATCH",), "/deployments/web", status=403, reason="Forbidden", message=rights)
    )
    refused = await tried(running, made)
    assert refused.dangers == () and any("not permitted" in text for text in refused.unread)


async def test_a_read_only_environment_is_sent_no_dry_run(
    place: MakePlace, engine: MakeEngine, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    _first, made = await staged(place, registry, engine)
    running = engine(made, read_only=True)
    known = made.source_key("web"), made.kustomization_key("web")
    await got(running.wait_for(lambda s: all(s.get(key) for key in known), PATIENCE))
    answered, writes = made.server.respond, list[str]()

    def noted(request: Request) -> Response:
        writes.extend([request.path] if request.method != "GET" else [])
        return answered(request)

    monkeypatch.setattr(made.server, "respond", noted)
    found = await tried(running, made)
    assert found.dangers == () and any("read-only" in text for text in found.unread)
    assert writes == []


@pytest.mark.parametrize("force", [False, True])
async def test_what_cannot_change_is_refused_unless_flux_may_make_it_anew(
    place: MakePlace, engine: MakeEngine, registry: Registry, force: bool
) -> None:
    running, made = await staged(place, registry, engine, force=force)
    said = 'spec.selector: Invalid value: {"a":"canary"}: field is immutable'
    made.server.faults.set_rules(
        Rule(("PATCH",), "/deployments/web", status=422, reason="Invalid", message=said)
    )
    found = await tried(running, made)
    assert [danger.rule for danger in found.dangers] == [] if force else ["admission-refused"]
    assert not any("canary" in danger.says for danger in found.dangers)
    assert force or found.dangers[0].says.endswith("spec.selector: field is immutable")
