"""Kinds that nobody wrote a file for: an API that says they are Flux's has them shown, and nothing
is done to them."""

from __future__ import annotations

from typing import Any

import pytest
from engine_stage import PATIENCE, MakeEngine, MakePlace, Place, got, ready

from fluxtui.commands.command import Context, Target
from fluxtui.commands.registry import ACTS
from fluxtui.domain.board import Level
from fluxtui.domain.foundkinds import all_kinds
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.engine import Engine
from fluxtui.ui.panes.objectrows import Choice, ObjectRow, ObjectRows

GROUP = "infra.contrib.example.com"
TERRAFORM = (GROUP, "Terraform")
NAMES = {"plural": "terraforms", "kind": "Terraform", "listKind": "TerraformList",
         "singular": "terraform", "shortNames": ["tf"]}  # fmt: skip


def definition(*categories: str, labels: dict[str, str] | None = None) -> dict[str, Any]:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1alpha2", "served": True, "storage": True,
               "schema": {"openAPIV3Schema": schema}, "subresources": {"status": {}}}  # fmt: skip
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"terraforms.{GROUP}", "labels": labels or {}},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {**NAMES, "categories": list(categories)},
            "versions": [version],
        },
    }


async def put(staging: Place, name: str, spec: Any, status: Any) -> Key:
    meta = {"name": name, "namespace": "apps"}
    body: dict[str, Any] = {
        "apiVersion": f"{GROUP}/v1alpha2",
        "kind": "Terraform",
        "metadata": meta,
        "spec": spec,
    }
    await staging.create(body)
    key = Key("staging", *TERRAFORM, "apps", name)
    type_ = await staging.api.find(body["apiVersion"], "Terraform")
    await staging.api.patch(
        type_, "apps", name, {"status": status}, field_manager="test", subresource="status"
    )
    return key


async def seen(running: Engine, count: int) -> Snapshot:
    """When so many of them have a status."""

    def told(snapshot: Snapshot) -> bool:
        table = snapshot.table("staging", TERRAFORM)
        return sum(bool(resource.status) for resource in table.values()) == count

    return await got(running.wait_for(told, PATIENCE))


def rows(snapshot: Snapshot) -> dict[str, ObjectRow]:
    every = ObjectRows().of(snapshot, Choice("staging", all_kinds(snapshot, "staging")))
    return {row.key.name: row for row in every}


LABELLED = definition(labels={"app.kubernetes.io/part-of": "flux"})


@pytest.mark.parametrize("served", [definition("all", "fluxcd-infra"), LABELLED],
                         ids=["by category", "by label"])  # fmt: skip
async def test_what_an_api_says_is_flux_s_is_shown_by_what_kinds_have_in_common(
    place: MakePlace, engine: MakeEngine, served: dict[str, Any]
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.create(served)
    well = {"conditions": [ready("True", "Applied", "ok")], "lastAppliedRevision": "main@sha1:abc"}
    await put(staging, "well", {"suspend": True}, well)
    await put(staging, "bad", {}, {"conditions": [ready("False", "PlanFailed", "no state")]})
    await put(staging, "plain", {}, {"phase": "x"})
    snapshot = await seen(engine(staging), 3)
    found = snapshot.found["staging"]
    assert [(kind.kind, kind.plural, kind.called[0]) for kind in found] == [
        ("Terraform", "terraforms", "tf")
    ]
    told = rows(snapshot)
    assert [told[name].ready for name in ("well", "bad", "plain")] == ["True", "False", "Current"]
    assert [told[name].health.level for name in ("well", "bad", "plain")] == [
        *(Level.OK, Level.FAILED),
        Level.OK,
    ]
    assert told["bad"].health.text == "PlanFailed: no state"
    assert [told[name].suspended for name in ("well", "bad")] == [True, False]


async def test_nothing_is_done_to_what_nobody_knows(place: MakePlace, engine: MakeEngine) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.create(definition("fluxcd"))
    key = await put(staging, "web", {}, {"conditions": [ready("True", "Applied", "ok")]})
    snapshot = await seen(engine(staging), 1)
    for act in (act for act in ACTS if not act.scoped):  # those are about no object
        context = Context(snapshot, Target("staging", "", key), "2026-11-23T18:00:00Z", "ada")
        assert act.disabled_reason(context), act.id


async def test_what_is_not_flux_s_is_not_asked_for(place: MakePlace, engine: MakeEngine) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.create(definition("all", labels={"app.kubernetes.io/part-of": "argo"}))
    await put(staging, "web", {}, {"phase": "x"})
    running = engine(staging)
    snapshot = await got(running.wait_for(lambda s: "staging" in s.found, PATIENCE))
    assert not snapshot.found["staging"] and not snapshot.table("staging", TERRAFORM)


def test_a_kind_that_is_known_is_never_found_as_well() -> None:
    found = Kind(GROUP, "v1", "Terraform", "terraforms", "tf")
    both = all_kinds(Snapshot(found={"a": (found,), "b": (found,)}))
    assert both.count(found) == 1 and both[-1] is found
