"""What is dangerous about real bundles, through every Flux Kustomization that takes them, each
judged by hand once; and what is not, however it is written. No process is started.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from fluxtui.artifacts.unpacking import unpack_files
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.masking import Masker
from fluxtui.domain.objectdiff import diff_objects
from fluxtui.domain.resource import Key
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.rules import dangers
from fluxtui.engine.builds.sides import pruned
from fluxtui.kustomize import MemoryFiles, collect_variables, flux_build

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no real bundles beside this checkout")

OLD, SAME, NEW = "v0.2.0", "v0.3.5", "v0.4.1"
MASKER = Masker(b"a session of this test")
Objects = list[dict[str, Any]]

# Of what differs between v0.2.0 and v0.4.1; the two others are one and the same content.
FORWARD: Mapping[tuple[str, str], set[tuple[str, str]]] = {
    # Metrics may be read by anybody from then on.
    ("staging", "activity-observability"): {("rbac-widened", "ClusterRoleBinding")},
    ("production", "activity-observability"): {("rbac-widened", "ClusterRoleBinding")},
    # Four of nine files drop a table; the Job may be made anew (spec.force).
    ("staging", "clickhouse-migrations"): {("migration", "ConfigMap"), ("migration", "Job")},
    ("production", "clickhouse-migrations"): {("migration", "ConfigMap"), ("migration", "Job")},
    # The audit stream keeps 1 GB instead of 100; staging sets its own bound.
    ("production", "nats-streams"): {("bound-lowered", "Stream")},
    # A role of the platform's own access control permits one thing more.
    ("staging", "milo-iam"): {("rbac-widened", "Role")},
    ("production", "milo-iam"): {("rbac-widened", "Role")},
}
BACK: Mapping[tuple[str, str], set[tuple[str, str]]] = {
    ("staging", "clickhouse-migrations"): {("migration", "ConfigMap"), ("migration", "Job")},
    ("production", "clickhouse-migrations"): {("migration", "ConfigMap"), ("migration", "Job")},
    # The older bundle names no version of the database.
    ("staging", "clickhouse-database"): {("image-name", "ClickHouseInstallation")},
    ("production", "clickhouse-database"): {("image-name", "ClickHouseInstallation")},
    # Four streams that it does not know are deleted, with what is in them.
    ("production", "nats-streams"): {("prune-data", "Stream")},
    ("staging", "nats-streams"): {("prune-data", "Stream")},
}


@dataclass(frozen=True)
class User:
    """A Flux Kustomization that takes the bundle, and the variables of its Environment."""

    environment: str
    kustomization: dict[str, Any]
    variables: Mapping[str, Mapping[str, str]]

    @property
    def name(self) -> str:
        return str(self.kustomization["metadata"]["name"])


@cache
def bundle(version: str) -> MemoryFiles:
    return MemoryFiles(unpack_files((DATA / "activity/bundles" / f"{version}.tar.gz").read_bytes()))


def users() -> Iterator[User]:
    for environment in ("staging", "production"):
        text = (DATA / "expected/clusters" / environment / "apps--activity-system.yaml").read_text()
        found = [obj for obj in yaml.safe_load_all(text) if obj]
        variables = {
            f"{obj['metadata']['namespace']}/{obj['metadata']['name']}": {
                key: str(value) for key, value in (obj.get("data") or {}).items()
            }
            for obj in found
            if obj["kind"] == "ConfigMap"
        }
        for obj in found:
            taken = obj["kind"] == "Kustomization" and obj["metadata"]["name"] != "activity-ui"
            if taken:
                yield User(environment, obj, variables)


def built(user: User, version: str) -> Objects | None:
    """What it builds to, None where the bundle lacks what the user asks for."""
    variables = collect_variables(user.kustomization, user.variables, {})
    path = str(user.kustomization["spec"]["path"]).removeprefix("./") or "."
    try:
        build = flux_build(bundle(version), path, user.kustomization, variables=variables)
    except FluxtuiError:
        return None
    return [dict(obj) for obj in build.objects]


def found(user: User, before: Objects, after: Objects) -> set[tuple[str, str]]:
    """(rule, kind of its object) of what is said."""
    spec = user.kustomization["spec"]
    changes = diff_objects(before, after, MASKER)
    if spec.get("prune") is True:
        changes = tuple(map(pruned, changes))
    key = Key(user.environment, "kustomize.toolkit.fluxcd.io", "Kustomization", "a", user.name)
    old, new = ({ObjectId.of(o): MASKER.mask(o) for o in side} for side in (before, after))
    said = dangers(Delivered(key, spec.get("force") is True, changes, old, new))
    return {(danger.rule, danger.object.kind if danger.object else "") for danger in said}


def between(before: str, after: str) -> dict[tuple[str, str], set[tuple[str, str]]]:
    answers = {}
    for user in users():
        old, new = built(user, before), built(user, after)
        if old is not None and new is not None:
            said = found(user, old, new)
            if said:
                answers[(user.environment, user.name)] = said
    return answers


def test_a_promotion_and_the_way_back_have_the_dangers_that_were_judged_right() -> None:
    assert between(OLD, NEW) == FORWARD
    assert between(NEW, OLD) == BACK


def test_another_name_for_the_same_content_is_none() -> None:
    assert between(SAME, NEW) == {} == between(NEW, SAME)


def labelled(objects: Objects) -> None:
    for obj in objects:
        obj["metadata"].setdefault("labels", {})["version"] = "2"
        obj["metadata"].setdefault("annotations", {})["note"] = "other words"


def turned(objects: Objects) -> None:
    objects.reverse()


def spelled_out(objects: Objects) -> None:
    """What the API fills in anyway."""
    for obj in objects:
        spec = obj.get("spec") or {}
        pods = (spec.get("template") or {}).get("spec") if isinstance(spec, dict) else None
        for container in (pods or {}).get("containers") or ():
            container.setdefault("terminationMessagePath", "/dev/termination-log")
            for port in container.get("ports") or ():
                port.setdefault("protocol", "TCP")
        if pods:
            pods.setdefault("dnsPolicy", "ClusterFirst")
            pods.setdefault("schedulerName", "default-scheduler")
        if obj["kind"] == "Service":
            spec.setdefault("type", "ClusterIP")


def indented(objects: Objects) -> None:
    """SQL in which lines begin elsewhere and comments say something else."""
    for obj in objects:
        for name, text in (obj.get("data") or {}).items():
            if obj["kind"] == "ConfigMap" and name.endswith(".sql"):
                obj["data"][name] = "-- DROP TABLE x\n" + text.replace("\n    ", "\n\t")


@pytest.mark.parametrize("change", [labelled, turned, spelled_out, indented])
def test_what_is_only_written_otherwise_is_no_danger(change: Callable[[Objects], None]) -> None:
    for user in users():
        objects = built(user, NEW)
        if objects:
            other = copy.deepcopy(objects)
            change(other)
            assert found(user, objects, other) == set(), user.name
