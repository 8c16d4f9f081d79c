"""What stories of the simulated workloads are made of: objects, and how they are looked at."""

from __future__ import annotations

from typing import Any

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.health import Status, reader_status
from fluxtui.world.simulator.kinds import CLAIM, EVENT, POD
from tests.world.waiting import until

Json = dict[str, Any]
SPEED = 60.0
NAMESPACE = ApiResource("", "v1", "Namespace", "namespaces", namespaced=False)
IMAGE = "example.com/web:v1"


async def create(cluster: Cluster, type_: ApiResource, obj: Json) -> Json:
    whole = {"apiVersion": type_.api_version, "kind": type_.kind, **obj}
    return await cluster.create(type_, whole, field_manager="test")


def template(image: str, **spec: Any) -> Json:
    return {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "image": image}], **spec},
    }


def workload(ns: str, image: str = "example.com/web:v1", name: str = "web", **spec: Any) -> Json:
    return {
        "metadata": {"name": name, "namespace": ns},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": template(image),
            **spec,
        },
    }


def image_patch(image: str) -> Json:
    return {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": image}]}}}}


def healthy(obj: Json) -> bool:
    """As kustomize-controller judges, and of the present generation."""
    return is_observed(obj) and reader_status(obj).status is Status.CURRENT


def is_observed(obj: Json) -> bool:
    """Its status is about its present spec."""
    generation = obj["metadata"].get("generation")
    return bool(obj.get("status", {}).get("observedGeneration", generation) == generation)


def wants(workload: Json, version: str) -> bool:
    """Its template's image has this tag."""
    image: str = workload["spec"]["template"]["spec"]["containers"][0]["image"]
    return image.endswith(f":{version}")


def reason(obj: Json, type_: str) -> str:
    conditions = obj.get("status", {}).get("conditions", [])
    return next((c.get("reason", "") for c in conditions if c["type"] == type_), "")


def waiting_reasons(pod: Json) -> list[str]:
    statuses = pod.get("status", {}).get("containerStatuses", [])
    return [s["state"].get("waiting", {}).get("reason", "") for s in statuses]


def pod(name: str = "web", image: str = IMAGE, **spec: Any) -> Json:
    made = template(image, **spec)
    made["metadata"] |= {"name": name}
    return made


async def run(cluster: Cluster, ns: str, made: Json) -> None:
    made["metadata"]["namespace"] = ns
    await create(cluster, POD, made)


def waiting(found: Json, field: str = "containerStatuses") -> Json:
    statuses = found.get("status", {}).get(field) or [{}]
    return dict(statuses[0].get("state", {}).get("waiting") or {})


def condition(found: Json, type_: str) -> Json:
    conditions = found.get("status", {}).get("conditions", [])
    return next((c for c in conditions if c["type"] == type_), {})


async def told(cluster: Cluster, ns: str, *wanted: tuple[str, str]) -> None:
    """Wait until Events with these reasons and messages are there."""

    def all_there(events: list[Json]) -> bool:
        return set(wanted) <= {(e["reason"], e["message"]) for e in events}

    await until(cluster, EVENT, ns, all_there)


def claim(name: str = "data", **spec: Any) -> Json:
    return {
        "metadata": {"name": name},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            **spec,
        },
    }


def mounting(name: str = "data") -> list[Json]:
    return [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]


async def ask(cluster: Cluster, ns: str, made: Json) -> None:
    made["metadata"]["namespace"] = ns
    await create(cluster, CLAIM, made)
