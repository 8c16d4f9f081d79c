"""All that is known of one object: by its kind's roles, over what Flux's own controllers wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.board import Level, ObjectLine
from fluxtui.domain.detail import detail_of, inventory_versions, with_inventory
from fluxtui.domain.detail.managers import owned_fields_of, shared_fields_of
from fluxtui.domain.detail.telling import Readings, told
from fluxtui.domain.detail.uses import UseIndex, uses_of
from fluxtui.domain.detail.values import (
    Detail,
    EventLine,
    InventoryReading,
    ObjectReading,
    OwnedFields,
)
from fluxtui.domain.kinds import appliers
from fluxtui.domain.overview.expressions import judged
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from tests.builders import snapshot
from tests.contract.fleet.recordings import expected, recorded


class Plain:
    def ago(self, stamp: str) -> str:
        return stamp

    def lasting(self, stamp: str) -> str:
        return f"since {stamp}"


@pytest.fixture(scope="module")
def fleet() -> Snapshot:
    return snapshot(*(Resource.from_object("fleet", body) for body in recorded().values()))


def named(fleet: Snapshot, label: str) -> Resource:
    kind, namespace, name = label.split("/")
    found = next(k for k in kinds.ALL if k.kind == kind)
    resource = fleet.get(Key("fleet", found.group, kind, namespace, name))
    assert resource is not None, label
    return resource


def text_of(detail: Detail, readings: Readings | None = None) -> str:
    every = told(detail, readings or Readings(), Plain())
    lines = ("".join(part for part, _role in line) for line in every)
    return "\n".join(lines)


@pytest.mark.parametrize("label", sorted(recorded()))
def test_each_object_tells_its_conditions_in_words_and_why(fleet: Snapshot, label: str) -> None:
    resource = named(fleet, label)
    detail = detail_of(fleet, resource)
    case, text = expected()[label], text_of(detail)
    assert len(detail.conditions) == len(resource.conditions)
    for line in detail.conditions:
        assert line.words and line.since and line.since in text
        assert line.type not in line.words, "a type of Flux's own has words"
    for word in case.words:
        assert word.lower() in text.lower()
    if case.state in ("failing", "stalled"):
        assert detail.health.level is Level.FAILED or case.about
        assert any(line.level is not Level.OK for line in detail.conditions)
    if case.state == "static":
        assert "no controller reports on it" in text
    assert ("‖ suspended" in text) == (case.state == "suspended")
    if detail.is_source:
        assert "ARTIFACT" in text
    if appliers.is_applier(resource.key):
        assert "HISTORY" in text and "INVENTORY" in text
    assert text.count("reading …") == 2 + detail.has_values + len(detail.unread)


def test_bad_news_that_is_true_is_bad(fleet: Snapshot) -> None:
    for label, case in expected().items():
        if case.state != "stalled":
            continue
        detail = detail_of(fleet, named(fleet, label))
        (stalled,) = [c for c in detail.conditions if c.type == "Stalled"]
        assert stalled.level is Level.FAILED and stalled.words.startswith("gave up")


def test_a_release_tells_its_number_its_chart_and_its_app(fleet: Snapshot) -> None:
    detail = detail_of(fleet, named(fleet, "HelmRelease/apps/upgraded"))
    newest, before = detail.history[:2]
    assert newest.run.number == before.run.number + 1
    assert newest.run.chart and newest.run.app and newest.run.last
    assert (newest.good, before.good) == (True, True)
    text = text_of(detail)
    assert (
        f"{newest.run.number}  {newest.run.chart} {newest.version} (app {newest.run.app})" in text
    )


def test_a_kustomization_tells_how_often_each_build_went(fleet: Snapshot) -> None:
    failed = detail_of(fleet, named(fleet, "Kustomization/flux-system/bad-build"))
    assert all(line.good is False for line in failed.history)
    every = [
        detail_of(fleet, resource)
        for resource in fleet.of_kind(kinds.by_short("ks") or kinds.ALL[1])
    ]
    runs = [line.run for detail in every for line in detail.history]
    assert runs and all(run.times >= 1 and run.first and run.last for run in runs)


def test_an_artifact_tells_its_origin_as_its_maker_noted_it(fleet: Snapshot) -> None:
    body = next(
        body
        for name, body in recorded().items()
        if name.startswith("OCIRepository/") and body.get("status", {}).get("artifact")
    )
    note = {
        "org.opencontainers.image.revision": "main@sha1:" + "a" * 40,
        "org.opencontainers.image.source": "https://git.example.com/acme/app",
    }
    artifact = {**body["status"]["artifact"], "metadata": note}
    status = {**body["status"], "artifact": artifact}
    told_of = detail_of(fleet, Resource.from_object("fleet", {**body, "status": status}))
    assert told_of.artifact is not None
    assert told_of.artifact.origin == note["org.opencontainers.image.revision"]
    text = text_of(told_of)
    assert "made of main@sha1:" in text and "out of https://git.example.com/acme/app" in text


# -- who uses it


def relations(fleet: Snapshot, label: str) -> dict[str, str]:
    return {use.key.label: use.relation for use in uses_of(fleet, named(fleet, label).key)}


def test_who_references_it_is_told_by_the_role_of_who_does(fleet: Snapshot) -> None:
    policies = relations(fleet, "ImageRepository/flux-system/bundle")
    assert policies["ImagePolicy/flux-system/newest"] == "needs"
    policy = uses_of(fleet, named(fleet, "ImagePolicy/flux-system/newest").key)
    assert any(use.words == "writes its tag into Git" for use in policy)
    waiting = relations(fleet, "Kustomization/flux-system/bad-build")
    assert waiting == {
        "Kustomization/flux-system/behind": "dependsOn",
        "Alert/flux-system/everything": "heeds",
    }
    deploy = relations(fleet, "GitRepository/flux-system/deploy")
    assert deploy["Receiver/flux-system/push"] == "heeds"
    assert "source" in deploy.values()


def test_what_a_generator_makes_is_its_inventory(fleet: Snapshot) -> None:
    generator = named(fleet, "ArtifactGenerator/flux-system/split")
    detail = detail_of(fleet, generator)
    assert detail.has_inventory and not detail.has_history
    assert [version for _key, version in inventory_versions(generator)] == ["v1"]
    assert [line.key.label for line in detail.inventory] == [
        "ExternalArtifact/flux-system/split-settings"
    ]
    assert detail.inventory[0].status == "Current"


def test_the_index_looks_again_at_what_changed_alone(fleet: Snapshot) -> None:
    index = UseIndex()
    deploy = named(fleet, "GitRepository/flux-system/deploy").key
    before = index.uses_of(fleet, deploy)
    assert before == uses_of(fleet, deploy)
    gone = next(use.key for use in before if use.relation == "source")
    left = snapshot(
        *(
            resource
            for tables in fleet.resources.values()
            for table in tables.values()
            for resource in table.values()
            if resource.key != gone
        )
    )
    assert index.uses_of(left, deploy) == uses_of(left, deploy)
    assert gone not in {use.key for use in index.uses_of(left, deploy)}
    assert index.uses_of(fleet, deploy) == before


# -- its inventory


def test_an_entry_is_as_it_is_read_and_the_rest_says_that_it_is_not(fleet: Snapshot) -> None:
    detail = next(
        found
        for resource in fleet.of_kind(kinds.APPLIERS[0])
        if (found := detail_of(fleet, resource)).unread
    )
    first, *others = detail.unread
    read = InventoryReading({first: ObjectLine(first, "NotFound", "it is not there")})
    text = text_of(with_inventory(detail, read), Readings(inventory=read))
    assert f"✗ {first.label}  not found" in text or f"? {first.label}  not found" in text
    assert text.count("reading …") == 2 + len(others)
    fault = text_of(detail, Readings(inventory_fault="staging: connection refused"))
    assert "not read: staging: connection refused" in fault


# -- what it waits for


def held(message: str, *, status: str = "False", reason: str = "DependencyNotReady") -> Resource:
    ready = {"type": "Ready", "status": status, "reason": reason, "message": message}
    return Resource.from_object(
        "fleet",
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": "web", "namespace": "apps", "generation": 2},
            "spec": {
                "dependsOn": [
                    {"name": "one", "readyExpr": "dep.status.one == 1"},
                    {"name": "two", "readyExpr": "dep.status.two == 2"},
                    {"name": "three", "readyExpr": "dep.status.three == 3"},
                ]
            },
            "status": {"conditions": [{**ready, "observedGeneration": 2}]},
        },
    )


@pytest.mark.parametrize(
    ("message", "more", "verdicts"),
    [
        (
            "dependency 'apps/two' is not ready according to readyExpr eval",
            {},
            [True, False, None],
        ),
        ("dependency 'apps/other' is not ready", {}, [None, None, None]),
        ("", {}, [None, None, None]),
        ("Applied revision", {"status": "True", "reason": "Succeeded"}, [True, True, True]),
        ("no artifact", {"reason": "ArtifactFailed"}, [None, None, None]),
    ],
)
def test_an_expression_is_judged_by_its_controller_alone(
    message: str, more: dict[str, Any], verdicts: list[bool | None]
) -> None:
    one = held(message, **more)
    assert [each.met for each in judged(one)] == verdicts
    old = replace(one, generation=3)
    assert [each.met for each in judged(old)] == [None, None, None], "that was about another spec"


def test_the_text_of_an_expression_is_shown_with_what_is_known_of_it() -> None:
    one = held("dependency 'apps/two' is not ready according to readyExpr eval")
    two = Resource.from_object(
        "fleet",
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": "two", "namespace": "apps"},
        },
    )
    text = text_of(detail_of(snapshot(one, two), one))
    assert "○ Kustomization/apps/two  until dep.status.two == 2  it is not true, says" in text
    assert "Kustomization/apps/three  until dep.status.three == 3" in text


# -- who owns which field


def managed(manager: str, operation: str, fields: dict[str, Any], **more: str) -> dict[str, Any]:
    time = "2026-11-23T03:12:00Z"
    return {
        "manager": manager, "operation": operation, "time": time, "fieldsType": "FieldsV1",
        "fieldsV1": fields, **more,
    }  # fmt: skip


OBJECT = {
    "metadata": {
        "managedFields": [
            managed(
                "kustomize-controller",
                "Apply",
                {
                    "f:metadata": {"f:labels": {"f:app": {}, "f:team": {}}},
                    "f:spec": {
                        "f:interval": {},
                        "f:sourceRef": {"f:kind": {}, "f:name": {}},
                        "f:patches": {".": {}, 'k:{"name":"a"}': {".": {}, "f:patch": {}}},
                    },
                },
            ),
            managed("kubectl-edit", "Update", {"f:spec": {"f:interval": {}, "f:suspend": {}}}),
            managed(
                "kustomize-controller", "Update", {"f:status": {"f:x": {}}}, subresource="status"
            ),
            {"manager": "broken"},
            "nonsense",
        ]
    }
}


def test_managers_are_told_with_the_fields_they_own() -> None:
    applied, edited, status = owned_fields_of(OBJECT)
    assert applied.fields == (
        "metadata.labels", "spec.interval", "spec.sourceRef", "spec.patches",
    )  # fmt: skip
    assert (edited.manager, edited.operation, edited.fields) == (
        "kubectl-edit", "Update", ("spec.interval", "spec.suspend"),
    )  # fmt: skip
    assert (status.subresource, status.fields) == ("status", ("status",))
    (shared,) = shared_fields_of(OBJECT)
    assert shared.path == "spec.interval"
    assert shared.managers == ("kustomize-controller (Apply)", "kubectl-edit (Update)")


@pytest.mark.parametrize("broken", [{}, {"metadata": 3}, {"metadata": {"managedFields": "x"}}])
def test_an_object_without_managers_has_none(broken: dict[str, Any]) -> None:
    assert owned_fields_of(broken) == () and shared_fields_of(broken) == ()


def test_what_the_api_refuses_is_told_where_it_would_stand(fleet: Snapshot) -> None:
    detail = detail_of(fleet, named(fleet, "GitRepository/flux-system/deploy"))
    reading = ObjectReading(
        owned_fields_of(OBJECT), shared_fields_of(OBJECT), events_fault="events is forbidden"
    )
    text = text_of(detail, Readings(object=reading))
    assert "not read: events is forbidden" in text
    assert "! spec.interval is owned by kustomize-controller (Apply) and kubectl-edit" in text


def test_events_and_owners_are_told_with_what_only_some_of_them_have(fleet: Snapshot) -> None:
    resource = named(fleet, sorted(recorded())[0])
    detail = detail_of(fleet, resource)
    events = (
        EventLine(resource.key, "Warning", "Failed", "no", "10:00", 3, "controller"),
        EventLine(resource.key, "Normal", "Applied", "yes", "11:00", 1, ""),
    )
    owned = (
        OwnedFields("flux", "Apply", "09:00", "", ("spec.ref",)),
        OwnedFields("", "Update", "08:00", "status", ("status.x",)),
    )
    lines = list(told(detail, Readings(object=ObjectReading(owned, events=events)), Plain()))
    spans = [span for line in lines for span in line]
    texts = ["".join(part for part, _role in line) for line in lines]
    assert ("Failed ×3  ", "busy") in spans and ("Applied  ", "name") in spans
    assert any(text.strip().endswith("no  controller") for text in texts)
    assert any("flux  Apply 09:00  spec.ref" in text for text in texts)
    assert any("somebody  Update of status 08:00  status.x" in text for text in texts)
