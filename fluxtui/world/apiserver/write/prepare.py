"""What the server itself sets on a new object: addresses, selectors, first phases, empty statuses.

Nobody owns these fields: managedFields are worked out before. Works in place on a dict the caller
owns; defaults that belong to the sender are in defaults.py.
Needed by the simulator (Jobs' selectors) and by `kubectl get svc` (addresses).
"""

from __future__ import annotations

import ipaddress
import zlib
from collections.abc import Mapping
from typing import Any

from fluxtui.world.apiserver.status import Json

# The status a typed kind shows before any controller has written one.
_FIRST_STATUS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("apps", "Deployment"): {},
    ("apps", "StatefulSet"): {"replicas": 0, "availableReplicas": 0},
    ("apps", "ReplicaSet"): {"replicas": 0},
    ("apps", "DaemonSet"): {
        "currentNumberScheduled": 0,
        "numberMisscheduled": 0,
        "desiredNumberScheduled": 0,
        "numberReady": 0,
    },
    ("batch", "Job"): {},
    ("batch", "CronJob"): {},
    ("", "Service"): {"loadBalancer": {}},
    ("", "Namespace"): {"phase": "Active"},
    ("", "PersistentVolumeClaim"): {"phase": "Pending"},
    ("", "PersistentVolume"): {"phase": "Pending"},
    ("networking.k8s.io", "Ingress"): {"loadBalancer": {}},
    ("policy", "PodDisruptionBudget"): {
        "disruptionsAllowed": 0,
        "currentHealthy": 0,
        "desiredHealthy": 0,
        "expectedPods": 0,
    },
}


def prepare(group: str, kind: str, old: Json | None, obj: Json) -> None:
    """Set what the server decides; `old` is None for a new object."""
    if (group, kind) == ("", "Service"):
        _service(obj, old)
    if (group, kind) == ("", "Event"):
        obj.setdefault("eventTime", None)
        obj.setdefault("reportingComponent", "")
        obj.setdefault("reportingInstance", "")
    if kind in ("Role", "ClusterRole") and group == "rbac.authorization.k8s.io":
        obj.setdefault("rules", None)
    if old is not None:
        return
    if kind == "CustomResourceDefinition":
        stored = [v["name"] for v in obj["spec"].get("versions") or () if v.get("storage")]
        names = {"plural": "", "kind": ""}
        first = {"conditions": None, "acceptedNames": names, "storedVersions": stored}
        obj["status"] = first
    if (group, kind) in _FIRST_STATUS and "status" not in obj:
        obj["status"] = dict(_FIRST_STATUS[group, kind])
    if (group, kind) == ("", "Pod"):
        _pod(obj)
    elif (group, kind) == ("", "Namespace"):
        obj.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
    elif (group, kind) == ("batch", "Job"):
        _job(obj)


_ALLOCATED = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")


def _service(obj: Json, old: Json | None) -> None:
    spec = obj["spec"]
    if spec.get("type") == "ExternalName":
        return
    before: Json = (old or {}).get("spec") or {}
    for name in _ALLOCATED:
        if name in before:
            spec.setdefault(name, before[name])
    metadata = obj["metadata"]
    seed = zlib.crc32(f"{metadata.get('namespace')}/{metadata.get('name')}".encode())
    first = int(ipaddress.IPv4Address("10.96.0.10"))
    spec.setdefault("clusterIP", str(ipaddress.IPv4Address(first + seed % 1_000_000)))
    spec.setdefault("clusterIPs", [spec["clusterIP"]])
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    if spec.get("type") in ("NodePort", "LoadBalancer"):
        for i, port in enumerate(spec.get("ports") or ()):
            port.setdefault("nodePort", 30000 + (seed + i) % 2768)


def _job(obj: Json) -> None:
    """The labels and the selector by which a Job finds its pods."""
    spec, metadata = obj["spec"], obj["metadata"]
    if spec.get("manualSelector"):
        return
    uid, name = metadata["uid"], metadata["name"]
    labels = {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }
    template = spec["template"].setdefault("metadata", {})
    own = template.get("labels") or {}
    if not metadata.get("labels") or metadata["labels"] == own:
        metadata["labels"] = own | labels
    template["labels"] = own | labels
    spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}


def _pod(obj: Json) -> None:
    spec = obj["spec"]
    spec.setdefault("serviceAccountName", "default")
    spec.setdefault("serviceAccount", spec["serviceAccountName"])
    spec.setdefault("priority", 0)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    obj["status"] = {"phase": "Pending", "qosClass": _qos(spec)} | (obj.get("status") or {})


def _qos(spec: Json) -> str:
    containers = [c.get("resources") or {} for c in spec.get("containers") or ()]
    if not any(r.get("requests") or r.get("limits") for r in containers):
        return "BestEffort"
    for resources in containers:
        limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
        if not {"cpu", "memory"} <= set(limits) or any(
            requests.get(k, limits[k]) != limits[k] for k in ("cpu", "memory")
        ):
            return "Burstable"
    return "Guaranteed"
