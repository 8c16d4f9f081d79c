"""Defaults of the built-in kinds: what decoding fills in, so that its sender owns it.

Mostly data; they matter to whoever compares what was applied with what is there: the Reconciler's
dry runs, the product's diffs, `kubectl get -o yaml`. What the server itself sets on creation
(addresses, first phases) is in prepare.py. Works in place on a dict the caller owns.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Mapping
from typing import Any

from fluxtui.world.apiserver.status import Json

_POD: Json = {
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
}
_CONTAINER: Json = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "resources": {},
}
_PROBE: Json = {
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
}
_JOB: Json = {
    "parallelism": 1,
    "backoffLimit": 6,
    "completionMode": "NonIndexed",
    "suspend": False,
    "podReplacementPolicy": "TerminatingOrFailed",
    "manualSelector": False,
}
_ROLLING = {"type": "RollingUpdate"}
_SPECS: Mapping[str, Json] = {
    "Pod": {"enableServiceLinks": True},
    "Deployment": {
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
        "strategy": _ROLLING,
    },
    "StatefulSet": {
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "podManagementPolicy": "OrderedReady",
        "updateStrategy": _ROLLING,
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    },
    "DaemonSet": {"revisionHistoryLimit": 10, "updateStrategy": _ROLLING},
    "ReplicaSet": {"replicas": 1},
    "Job": _JOB,
    "CronJob": {
        "concurrencyPolicy": "Allow",
        "suspend": False,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
    },
    "Service": {"type": "ClusterIP", "sessionAffinity": "None"},
    "PersistentVolumeClaim": {"volumeMode": "Filesystem"},
}
# What a strategy of type RollingUpdate adds, by the field that holds the strategy.
_ROLLS: Mapping[str, tuple[str, Json]] = {
    "Deployment": ("strategy", {"maxUnavailable": "25%", "maxSurge": "25%"}),
    "StatefulSet": ("updateStrategy", {"partition": 0}),
    "DaemonSet": ("updateStrategy", {"maxSurge": 0, "maxUnavailable": 1}),
}


def apply_defaults(kind: str, obj: Json) -> None:
    """Fill in the defaults of a built-in kind, in place."""
    if kind in _SPECS:
        _fill(obj, {"spec": _SPECS[kind]})
    spec: Any = obj.get("spec") or {}
    if kind in _ROLLS:
        field, rolling = _ROLLS[kind]
        if spec[field].get("type") == "RollingUpdate":
            _fill(spec[field], {"rollingUpdate": rolling})
    if kind == "Pod":
        _pod_spec(spec)
        _requests(spec)
    elif kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"):
        _template(spec)
    elif kind == "Job":
        _job(obj, spec)
    elif kind == "CronJob":
        _fill(spec, {"jobTemplate": {"metadata": {}, "spec": {}}})
        _template(spec["jobTemplate"]["spec"])
    elif kind in _OTHERS:
        _OTHERS[kind](obj)
    for claim in spec.get("volumeClaimTemplates") or () if kind == "StatefulSet" else ():
        _fill(claim, {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {}})
        _fill(claim, {"spec": {"volumeMode": "Filesystem"}, "status": {"phase": "Pending"}})


def _fill(obj: Json, defaults: Json) -> None:
    """Set what is not there, level by level."""
    for name, value in defaults.items():
        if isinstance(value, dict):
            child = obj.setdefault(name, {})
            if isinstance(child, dict):
                _fill(child, value)
        else:
            obj.setdefault(name, copy.copy(value))


def _template(spec: Json) -> None:
    _fill(spec, {"template": {"metadata": {}}})
    if isinstance(spec["template"].get("spec"), dict):
        _pod_spec(spec["template"]["spec"])


def _pod_spec(spec: Json) -> None:
    _fill(spec, _POD)
    if spec.get("serviceAccountName"):
        spec.setdefault("serviceAccount", spec["serviceAccountName"])
    for word in ("containers", "initContainers"):
        for container in spec.get(word) or ():
            _container(container)
    for volume in spec.get("volumes") or ():
        if len(volume) == 1:
            volume["emptyDir"] = {}
        if isinstance(volume.get("hostPath"), dict):
            volume["hostPath"].setdefault("type", "")
        for name in ("secret", "configMap", "downwardAPI", "projected"):
            if isinstance(volume.get(name), dict):
                volume[name].setdefault("defaultMode", 420)


def _container(container: Json) -> None:
    _fill(container, _CONTAINER | {"imagePullPolicy": _pull_policy(str(container.get("image")))})
    for port in container.get("ports") or ():
        port.setdefault("protocol", "TCP")
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(name)
        if isinstance(probe, dict):
            _fill(probe, _PROBE)
            if isinstance(probe.get("httpGet"), dict):
                _fill(probe["httpGet"], {"path": "/", "scheme": "HTTP"})
    for variable in container.get("env") or ():
        reference = (variable.get("valueFrom") or {}).get("fieldRef")
        if isinstance(reference, dict):
            reference.setdefault("apiVersion", "v1")


def _pull_policy(image: str) -> str:
    tag = image.rpartition("/")[2].partition(":")[2]
    return "Always" if tag in ("", "latest") and "@" not in image else "IfNotPresent"


def _requests(spec: Json) -> None:
    """Who limits a resource asks for as much."""
    for container in spec.get("containers") or ():
        resources = container["resources"]
        if isinstance(resources.get("limits"), dict):
            _fill(resources, {"requests": resources["limits"]})


def _job(obj: Json, spec: Json) -> None:
    _template(spec)
    spec.setdefault("completions", 1)
    labels = (spec["template"].get("metadata") or {}).get("labels")
    if labels and not obj["metadata"].get("labels"):
        obj["metadata"]["labels"] = dict(labels)


def _service(obj: Json) -> None:
    spec = obj["spec"]
    for port in spec.get("ports") or ():
        port.setdefault("protocol", "TCP")
        if "port" in port:
            port.setdefault("targetPort", port["port"])
    _fill(obj, {"status": {"loadBalancer": {}}})
    if spec["type"] != "ExternalName":
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        spec.setdefault("externalTrafficPolicy", "Cluster")


def _secret(obj: Json) -> None:
    obj.setdefault("type", "Opaque")
    plain = obj.pop("stringData", None)
    if isinstance(plain, dict):
        data = obj.setdefault("data", {})
        for key, value in plain.items():
            data[key] = base64.b64encode(str(value).encode()).decode()


def _namespace(obj: Json) -> None:
    labels = obj["metadata"].setdefault("labels", {})
    labels["kubernetes.io/metadata.name"] = obj["metadata"]["name"]


def _binding(obj: Json) -> None:
    group = {"apiGroup": "rbac.authorization.k8s.io"}
    _fill(obj, {"roleRef": group})
    for subject in obj.get("subjects") or ():
        if subject.get("kind") in ("User", "Group"):
            _fill(subject, group)


def _definition(obj: Json) -> None:
    names: Json = obj.setdefault("spec", {}).setdefault("names", {})
    kind = str(names.get("kind", ""))
    _fill(names, {"listKind": f"{kind}List", "singular": kind.lower()})
    _fill(obj["spec"], {"conversion": {"strategy": "None"}})


_OTHERS = {
    "Service": _service,
    "Secret": _secret,
    "Namespace": _namespace,
    "RoleBinding": _binding,
    "ClusterRoleBinding": _binding,
    "CustomResourceDefinition": _definition,
}
