"""What the simulator breaks, the screen's rules name: from real statuses to one sentence."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from fluxtui.cluster.port import Cluster
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.overview.judgement import object_lines
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.world.simulator.kinds import CLAIM, DEPLOYMENT, JOB, POD
from tests.world.simulator_stage import Json, create, template, workload
from tests.world.waiting import until

SEEN = (POD, CLAIM, DEPLOYMENT, JOB)


def made(kind: str, ns: str, **spec: Any) -> Json:
    head = {"metadata": {"name": "thing", "namespace": ns}}
    if kind == "Deployment":
        one = workload(ns, name="thing", image=spec.pop("image", "example.com/web:v1"))
        one["spec"]["template"]["spec"] |= spec
        return one
    if kind == "Job":
        program = template("example.com/migrate:v1-crashloop", restartPolicy="Never")
        return head | {"spec": {"backoffLimit": 0, "template": program}}
    asked = {"requests": {"storage": "1Gi"}}
    return head | {"spec": {"accessModes": ["ReadWriteOnce"], "resources": asked, **spec}}


@pytest.mark.parametrize(
    ("kind", "spec", "says"),
    [
        ("Deployment", {"image": "example.com/web:nopull"},
         "container web ImagePullBackOff: image example.com/web:nopull"),
        ("Deployment", {"image": "example.com/web:oomkilled"},
         "container web CrashLoopBackOff (OOMKilled)"),
        ("Deployment", {"image": "example.com/web:neverready"},
         "container web runs but is not ready"),
        ("PersistentVolumeClaim", {"storageClassName": "gone"}, "Pending, StorageClass gone"),
        ("Job", {}, "BackoffLimitExceeded: Job has reached the specified backoff limit"),
    ],
)  # fmt: skip
async def test_a_fault_is_named(
    cluster: Cluster, ns: str, kind: str, spec: Json, says: str
) -> None:
    type_ = {"Deployment": DEPLOYMENT, "Job": JOB, "PersistentVolumeClaim": CLAIM}[kind]
    await create(cluster, type_, made(kind, ns, **spec))
    key = Key("staging", type_.group, kind, ns, "thing")
    tables: dict[tuple[str, str], dict[Key, Resource]] = defaultdict(dict)

    def sentence() -> str:
        config = Config(environments=(Environment("staging", "staging"),))
        seen = Snapshot(config=config, resources={"staging": dict(tables)})
        lines = object_lines([key], seen)
        return lines[0].message if lines else ""

    async def look() -> None:
        for seen_type in SEEN:
            found = (await cluster.list(seen_type, ns)).items
            head = {"apiVersion": seen_type.api_version, "kind": seen_type.kind}
            listed = [Resource.from_object("staging", head | one) for one in found]
            tables[seen_type.group, seen_type.kind] = {one.key: one for one in listed}

    # Its Pods (or the object alone) change until the sentence is the right one.
    def told(objects: list[Json]) -> bool:
        watched = POD if type_ is DEPLOYMENT else type_
        head = {"apiVersion": watched.api_version, "kind": watched.kind}
        listed = [Resource.from_object("staging", head | one) for one in objects]
        tables[watched.group, watched.kind] = {one.key: one for one in listed}
        return says in sentence()

    await look()
    await until(cluster, POD if type_ is DEPLOYMENT else type_, ns, told)
