"""What the built-in kinds refuse: missing and wrong fields, and fields that may not change.

A small part of Kubernetes' validation: what deliveries run into. Texts and cause reasons are
theirs. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fluxtui.world.apiserver import (
    crd_validation,
    data_validation,
    service_validation,
    small_validation,
)
from fluxtui.world.apiserver.container_validation import not_negative, shown, unsupported
from fluxtui.world.apiserver.cron_validation import cron_times
from fluxtui.world.apiserver.naming import label_causes
from fluxtui.world.apiserver.pod_validation import pod_spec, pod_warnings
from fluxtui.world.apiserver.status import Cause, Json, forbidden_field, invalid_value, required

_IMMUTABLE = "field is immutable"


def _not_negative(spec: Json, names: tuple[str, ...]) -> Iterator[Cause]:
    for name in names:
        yield from not_negative(spec.get(name), f"spec.{name}")


def _template(obj: Json, restart: tuple[str, ...]) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    template = spec.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels") or {}
    yield from label_causes(labels, "spec.template.labels")
    claims = frozenset(
        str((claim.get("metadata") or {}).get("name"))
        for claim in spec.get("volumeClaimTemplates") or ()
    )
    yield from pod_spec(template.get("spec") or {}, "spec.template.spec", restart, claims)


def _selected(obj: Json) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    selector = spec.get("selector")
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if selector is None:
        yield required("spec.selector")
        text = "`selector` does not match template `labels`"
        yield invalid_value("spec.template.metadata.labels", shown(labels), text)
        return
    labels = labels or {}
    wanted: Json = selector.get("matchLabels") or {}
    if not wanted and not selector.get("matchExpressions"):
        yield invalid_value(
            "spec.selector", shown(selector), "empty selector is invalid for deployment"
        )
        return
    yield from _operators(selector)
    if any(labels.get(k) != v for k, v in wanted.items()):
        yield invalid_value(
            "spec.template.metadata.labels",
            shown(labels),
            "`selector` does not match template `labels`",
        )


def _operators(selector: Json) -> Iterator[Cause]:
    wrong = False
    for i, expression in enumerate(selector.get("matchExpressions") or ()):
        operator = expression.get("operator")
        if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            wrong = True
            where = f"spec.selector.matchExpressions[{i}].operator"
            yield invalid_value(where, shown(operator), "not a valid selector operator")
    if wrong:
        yield invalid_value("spec.selector", shown(selector), "invalid label selector")


_PERCENT = re.compile(r"[0-9]+%\Z")
_PERCENT_TEXT = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or "
    "'93%', regex used for validation is '[0-9]+%')"
)


def _deployment(obj: Json, old: Json | None) -> Iterator[Cause]:
    yield from _workload(obj, old)
    spec = obj.get("spec") or {}
    strategy = spec.get("strategy") or {}
    kind, rolling = strategy.get("type"), strategy.get("rollingUpdate")
    if kind == "Recreate" and rolling is not None:
        text = "may not be specified when strategy `type` is 'Recreate'"
        yield forbidden_field("spec.strategy.rollingUpdate", text)
    elif kind == "RollingUpdate":
        yield from _rolling(rolling or {})
    elif kind not in ("Recreate", None):
        internal = {"Type": kind, "RollingUpdate": rolling}
        yield unsupported("spec.strategy", internal, ("Recreate", "RollingUpdate"))
    yield from _not_negative(spec, ("revisionHistoryLimit", "progressDeadlineSeconds"))
    deadline = spec.get("progressDeadlineSeconds")
    if isinstance(deadline, int) and deadline <= (spec.get("minReadySeconds") or 0):
        text = "must be greater than minReadySeconds"
        yield invalid_value("spec.progressDeadlineSeconds", str(deadline), text)


def _rolling(rolling: Json) -> Iterator[Cause]:
    path = "spec.strategy.rollingUpdate"
    for word in ("maxUnavailable", "maxSurge"):
        value = rolling.get(word)
        if isinstance(value, str) and not _PERCENT.match(value):
            yield invalid_value(f"{path}.{word}", shown(value), _PERCENT_TEXT)
        yield from not_negative(value, f"{path}.{word}")
    none = [rolling.get(word) in (0, "0%") for word in ("maxUnavailable", "maxSurge")]
    most = rolling.get("maxUnavailable")
    if all(none):
        text = "may not be 0 when `maxSurge` is 0"
        yield invalid_value(f"{path}.maxUnavailable", shown(most), text)
    if isinstance(most, str) and _PERCENT.match(most) and int(most[:-1]) > 100:
        text = "must not be greater than 100%"
        yield invalid_value(f"{path}.maxUnavailable", shown(most), text)


def _workload(obj: Json, old: Json | None) -> Iterator[Cause]:
    yield from _not_negative(obj.get("spec") or {}, ("replicas", "minReadySeconds"))
    yield from _selected(obj)
    yield from _template(obj, ("Always",))
    if old is not None and (obj["spec"].get("selector") != old["spec"].get("selector")):
        yield invalid_value("spec.selector", shown(obj["spec"].get("selector")), _IMMUTABLE)


_STATEFUL_MUTABLE = frozenset(
    [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ]
)


def _stateful(obj: Json, old: Json | None) -> Iterator[Cause]:
    yield from _not_negative(obj.get("spec") or {}, ("replicas", "minReadySeconds"))
    yield from _selected(obj)
    yield from _template(obj, ("Always",))
    if old is not None:
        now, before = obj["spec"], old["spec"]
        if any(now.get(k) != before.get(k) for k in {*now, *before} - _STATEFUL_MUTABLE):
            yield forbidden_field(
                "spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', "
                "'template', 'updateStrategy', 'revisionHistoryLimit', "
                "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
            )


def _job(obj: Json, old: Json | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    yield from _not_negative(spec, ("parallelism", "completions", "backoffLimit"))
    yield from _template(obj, ("OnFailure", "Never"))
    if old is None:
        return
    for name in ("completions", "selector", "template", "completionMode"):
        before = old["spec"].get(name)
        if name == "completions" and spec.get("completionMode") == "Indexed":
            continue
        if name == "template" and old["spec"].get("suspend"):
            continue
        if spec.get(name) != before:
            yield invalid_value(f"spec.{name}", shown(spec.get(name)), _IMMUTABLE)


def _cron_job(obj: Json, old: Json | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    yield from cron_times(spec, (old.get("spec") or {}) if old is not None else None)
    template = ((spec.get("jobTemplate") or {}).get("spec") or {}).get("template") or {}
    path = "spec.jobTemplate.spec.template.spec"
    yield from pod_spec(template.get("spec") or {}, path, ("OnFailure", "Never"))


_POD_MUTABLE = ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds")


def _pod(obj: Json, old: Json | None) -> Iterator[Cause]:
    yield from pod_spec(obj.get("spec") or {}, "spec", ("Always", "OnFailure", "Never"))
    if old is None:
        return

    def fixed(spec: Json) -> Json:
        out = {k: v for k, v in spec.items() if k not in (*_POD_MUTABLE, "schedulingGates")}
        for word in ("containers", "initContainers"):
            if word in out:
                out[word] = [{k: v for k, v in c.items() if k != "image"} for c in out[word]]
        return out

    before = fixed(old["spec"])
    if not before.get("nodeName"):
        before.pop("nodeName", None)
    if fixed(obj["spec"]) != before:
        yield forbidden_field(
            "spec",
            "pod updates may not change fields other than `spec.containers[*].image`,"
            "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
            "(only additions to existing tolerations),"
            "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously "
            "negative)",
        )


_ROLE = ("APIGroup", "Kind", "Name")


def _role_binding(obj: Json, old: Json | None) -> Iterator[Cause]:
    role = obj.get("roleRef") or {}
    if role.get("kind") not in ("Role", "ClusterRole"):
        yield unsupported("roleRef.kind", role.get("kind", ""), ("Role", "ClusterRole"))
    if not role.get("name"):
        yield required("roleRef.name")
    if old is not None and old.get("roleRef") != role:
        internal = {k: role.get(k.lower().replace("apig", "apiG"), "") for k in _ROLE}
        yield invalid_value("roleRef", shown(internal), "cannot change roleRef")
    for i, subject in enumerate(obj.get("subjects") or ()):
        if not subject.get("name"):
            yield required(f"subjects[{i}].name")
        anywhere = obj.get("kind") == "ClusterRoleBinding"
        if anywhere and subject.get("kind") == "ServiceAccount" and not subject.get("namespace"):
            yield required(f"subjects[{i}].namespace")


def _event(obj: Json, _old: Json | None) -> Iterator[Cause]:
    about = (obj.get("involvedObject") or {}).get("namespace") or "default"
    if about != obj["metadata"].get("namespace"):
        value = shown((obj.get("involvedObject") or {}).get("namespace", ""))
        yield invalid_value("involvedObject.namespace", value, "does not match event.namespace")


def _budget(obj: Json, _old: Json | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    if "minAvailable" in spec and "maxUnavailable" in spec:
        internal = {
            "MinAvailable": spec["minAvailable"],
            "Selector": spec.get("selector"),
            "MaxUnavailable": spec["maxUnavailable"],
            "UnhealthyPodEvictionPolicy": spec.get("unhealthyPodEvictionPolicy"),
        }
        text = "minAvailable and maxUnavailable cannot be both set"
        yield invalid_value("spec", shown(internal), text)


Check = Callable[[Json, Json | None], Iterator[Cause]]
_BY_KIND: Mapping[tuple[str, str], Check] = {
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _workload,
    ("apps", "DaemonSet"): _workload,
    ("apps", "StatefulSet"): _stateful,
    ("batch", "Job"): _job,
    ("batch", "CronJob"): _cron_job,
    ("", "Pod"): _pod,
    ("", "Service"): service_validation.service,
    ("", "PersistentVolumeClaim"): service_validation.claim,
    ("", "ConfigMap"): data_validation.config_map,
    ("", "Secret"): data_validation.secret,
    ("", "Event"): _event,
    ("policy", "PodDisruptionBudget"): _budget,
    ("coordination.k8s.io", "Lease"): small_validation.lease,
    ("networking.k8s.io", "Ingress"): small_validation.ingress,
    ("networking.k8s.io", "NetworkPolicy"): small_validation.network_policy,
    ("autoscaling", "HorizontalPodAutoscaler"): small_validation.autoscaler,
    ("rbac.authorization.k8s.io", "Role"): small_validation.role,
    ("rbac.authorization.k8s.io", "ClusterRole"): small_validation.role,
    ("storage.k8s.io", "StorageClass"): small_validation.storage_class,
    ("rbac.authorization.k8s.io", "RoleBinding"): _role_binding,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _role_binding,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): crd_validation.definition,
}


def causes(group: str, kind: str, obj: Json, old: Json | None) -> Iterator[Cause]:
    """What is wrong with a built-in object; `old` is the stored one on an update."""
    check = _BY_KIND.get((group, kind))
    if check is not None:
        yield from check(obj, old)


_TEMPLATES: Mapping[tuple[str, str], str] = {
    ("", "Pod"): "spec",
    ("apps", "Deployment"): "spec.template.spec",
    ("apps", "ReplicaSet"): "spec.template.spec",
    ("apps", "DaemonSet"): "spec.template.spec",
    ("apps", "StatefulSet"): "spec.template.spec",
    ("batch", "Job"): "spec.template.spec",
    ("batch", "CronJob"): "spec.jobTemplate.spec.template.spec",
}


def warnings(group: str, kind: str, obj: Json, old: Json | None) -> list[str]:
    """What is accepted of a built-in object with a warning, where its pods have changed."""
    if kind == "CustomResourceDefinition" and old is None:
        return list(crd_validation.warnings(obj))
    path = _TEMPLATES.get((group, kind))
    if path is None:
        return []
    new, before = _inside(obj, path), _inside(old, path)
    return list(pod_warnings(new, path)) if new != before else []


def _inside(obj: Any, path: str) -> Json:
    for step in path.split("."):
        obj = (obj or {}).get(step)
    return obj or {}
