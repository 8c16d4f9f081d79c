"""Applying a root: which objects, in which order, into which namespaces, and what is refused."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, NS, body, context, snapshot

from fluxtui.commands.apply import apply_plan
from fluxtui.domain.config import Environment
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.plan import ApplyStep, Plan

SOURCE = body("OCIRepository", "activity", spec={"url": "oci://x/y"})
ROOT = body("Kustomization", "api", spec={})
CRD = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}


def namespace(name: str, **labels: str) -> dict[str, Any]:
    meta = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}


def plan(*objects: Any, origin: str = "root.yaml", environment: str = "staging") -> Plan:
    return apply_plan(context(snapshot()), environment, objects, origin=origin, reason="new")


def steps(made: Plan) -> list[ApplyStep]:
    return [s for s in made.steps if isinstance(s, ApplyStep)]


def test_objects_go_one_after_the_other_into_namespaces_that_are_there() -> None:
    made = plan(SOURCE, ROOT)
    space, source, root = steps(made)
    assert space.object == {
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NS}
    }  # fmt: skip
    assert (space.target.group, space.target.kind, space.target.namespace) == ("", "Namespace", "")
    assert source.object == SOURCE and root.object == ROOT
    assert source.target.kind == "OCIRepository" and root.target.namespace == NS
    assert {s.target.environment for s in steps(made)} == {"staging"} == {*made.environments}
    assert [s.needs for s in steps(made)] == [(), (space.id,), (source.id,)]
    assert all("delete it by hand" in s.undo for s in steps(made))
    assert len(made.effects) == 3 and all("created or updated" in e for e in made.effects)
    assert made.reason == "new" and dict(made.inputs) == {}


def test_a_namespace_that_the_file_brings_is_applied_as_it_is_written() -> None:
    own = namespace(NS, team="a")
    made = plan(own, SOURCE)
    assert [s.object for s in steps(made)] == [own, SOURCE]
    other = plan(namespace("elsewhere"), SOURCE, ROOT)
    assert [s.target.name for s in steps(other)] == [NS, "elsewhere", "activity", "api"]


def test_only_a_namespace_makes_a_namespace() -> None:
    namesake = body("Kustomization", NS, spec={})
    assert [s.target.kind for s in steps(plan(namesake))] == ["Namespace", "Kustomization"]


def test_a_cluster_object_needs_no_namespace() -> None:
    crd = {**CRD, "metadata": {"name": "things.example.com"}}
    (step,) = steps(plan(crd))
    assert step.object == crd and step.target.namespace == ""
    (step,) = steps(plan({**CRD, "metadata": {"name": "x", "namespace": None}}))
    assert step.target.namespace == ""


def test_a_flux_object_without_a_namespace_is_refused() -> None:
    for kind in ("OCIRepository", "Kustomization"):
        with pytest.raises(UsageError, match="has no namespace") as refused:
            plan(body(kind, "x", ""))
        assert refused.value.where == "root.yaml" and "metadata.namespace" in refused.value.next


WHOLE = namespace("x")


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {**WHOLE, "kind": ""},
        {**WHOLE, "kind": 1},
        {**WHOLE, "apiVersion": None},
        {**WHOLE, "metadata": {}},
        {**WHOLE, "metadata": "x"},
        {**WHOLE, "metadata": {"name": ["x"]}},
    ],
)
def test_what_is_no_object_is_refused_with_its_file(broken: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="an object without apiVersion") as refused:
        plan(WHOLE, broken, origin="b.yaml")
    assert refused.value.where == "b.yaml"


def test_everything_else_belongs_in_a_bundle() -> None:
    for api, kind in (("v1", "Secret"), ("apps/v1", "Namespace"), ("v1", "Kustomization")):
        obj = {"apiVersion": api, "kind": kind, "metadata": {"name": "x", "namespace": NS}}
        with pytest.raises(UsageError, match="not for apply") as refused:
            plan(SOURCE, obj)
        assert "bundle" in refused.value.next


def test_the_title_counts_and_names_files_by_their_ends() -> None:
    assert plan(WHOLE, origin="/a/root.yaml, /b/more.yaml").title == (
        "apply 1 object from root.yaml, more.yaml to staging"
    )
    assert "2 objects" in plan(WHOLE, CRD | {"metadata": {"name": "y"}}).title


def test_only_the_environment_that_is_meant_must_be_open() -> None:
    shut = (Environment("staging", "s", read_only=True), Environment("production", "p"))
    where = context(snapshot(config=replace(CONFIG, environments=shut)))
    with pytest.raises(RefusedError, match="staging is read-only") as refused:
        apply_plan(where, "staging", [{}], origin="root.yaml")
    assert refused.value.where == "root.yaml", "said before the file is judged"
    assert apply_plan(where, "production", [WHOLE], origin="f").environments == ("production",)
