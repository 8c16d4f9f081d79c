"""Kinds that are views of stored objects: Events of events.k8s.io/v1, autoscalers of version 1.

An object is stored once, in one form; these versions show and take it in another. The rules are
apiserver's conversions. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fluxtui.world.apiserver.status import Json

Convert = Callable[[Json], Json]
_SAME = ("eventTime", "series", "reportingInstance", "action", "reason", "related", "type")
# What the two kinds of Events call the same: stored name, shown name.
_RENAMED = (
    ("reportingComponent", "reportingController"),
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
)
_PREFIX = "autoscaling.alpha.kubernetes.io/"
_METRICS, _CONDITIONS, _BEHAVIOR = (
    f"{_PREFIX}{name}" for name in ("metrics", "conditions", "behavior")
)


@dataclass(frozen=True, slots=True)
class View:
    """`stored` is (apiVersion, kind) of the form that is kept; `shape` names its own."""

    stored: tuple[str, str]
    show: Convert
    keep: Convert
    shape: str


def _event_shown(obj: Json) -> Json:
    out = _head("events.k8s.io/v1", "Event", obj) | {"eventTime": None}
    out |= {name: obj[name] for name in _SAME if obj.get(name) not in (None, "")}
    for stored, shown in _RENAMED:
        if stored in obj and obj[stored] != "":
            out[shown] = obj[stored]
    return out


def _event_kept(obj: Json) -> Json:
    out = _head("v1", "Event", obj)
    out |= {name: obj[name] for name in _SAME if name in obj}
    return out | {stored: obj[shown] for stored, shown in _RENAMED if shown in obj}


def _head(api_version: str, kind: str, obj: Json) -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": obj.get("metadata") or {}}


def _is_cpu(metric: Mapping[str, Any]) -> bool:
    resource: Json = metric.get("resource") or {}
    target: Json = resource.get("target") or {}
    return resource.get("name") == "cpu" and target.get("averageUtilization") is not None


def _autoscaler_shown(obj: Json) -> Json:
    """Version 1 knows one metric, the use of CPU; the rest goes into annotations."""
    out = _head("autoscaling/v1", "HorizontalPodAutoscaler", obj)
    spec, status = dict(obj.get("spec") or {}), dict(obj.get("status") or {})
    metrics = spec.pop("metrics", None) or []
    notes: dict[str, Any] = {}
    if others := [_old_metric(metric) for metric in metrics if not _is_cpu(metric)]:
        notes[_METRICS] = others
    if conditions := status.pop("conditions", None):
        notes[_CONDITIONS] = conditions
    if behavior := spec.pop("behavior", None):
        notes[_BEHAVIOR] = behavior
    status.pop("currentMetrics", None)
    for metric in filter(_is_cpu, metrics):
        spec["targetCPUUtilizationPercentage"] = metric["resource"]["target"]["averageUtilization"]
    out["spec"], out["status"] = spec, {"currentReplicas": 0, "desiredReplicas": 0} | status
    return _annotated(out, {k: json.dumps(v, separators=(",", ":")) for k, v in notes.items()})


def _annotated(obj: Json, notes: Mapping[str, str]) -> Json:
    """The object with these notes and no older ones of ours."""
    metadata = dict(obj["metadata"])
    annotations = dict(metadata.pop("annotations", None) or {})
    ours = (_METRICS, _CONDITIONS, _BEHAVIOR)
    annotations = {k: v for k, v in annotations.items() if k not in ours} | dict(notes)
    if annotations:
        metadata["annotations"] = annotations
    return obj | {"metadata": metadata}


def _old_metric(metric: Json) -> Json:
    """A metric in version 1's words."""
    resource: Json = metric.get("resource") or {}
    if metric.get("type") != "Resource" or not resource:
        return metric
    target: Json = resource.get("target") or {}
    out: Json = {"name": resource.get("name")}
    if target.get("averageUtilization") is not None:
        out["targetAverageUtilization"] = target["averageUtilization"]
    if target.get("averageValue") is not None:
        out["targetAverageValue"] = target["averageValue"]
    return {"type": "Resource", "resource": out}


def _new_metric(metric: Json) -> Json:
    resource: Json = metric.get("resource") or {}
    if metric.get("type") != "Resource" or "target" in resource:
        return metric
    target: Json = {"type": "AverageValue", "averageValue": resource.get("targetAverageValue")}
    if resource.get("targetAverageUtilization") is not None:
        use = resource["targetAverageUtilization"]
        target = {"type": "Utilization", "averageUtilization": use}
    return {"type": "Resource", "resource": {"name": resource.get("name"), "target": target}}


def _autoscaler_kept(obj: Json) -> Json:
    out = _head("autoscaling/v2", "HorizontalPodAutoscaler", obj)
    spec, status = dict(obj.get("spec") or {}), dict(obj.get("status") or {})
    notes = (out["metadata"].get("annotations") or {}) if obj.get("metadata") else {}
    metrics = [_new_metric(metric) for metric in _noted(notes, _METRICS) or []]
    use = spec.pop("targetCPUUtilizationPercentage", None)
    if use is not None:
        target = {"type": "Utilization", "averageUtilization": use}
        metrics.append({"type": "Resource", "resource": {"name": "cpu", "target": target}})
    if metrics:
        spec["metrics"] = metrics
    if behavior := _noted(notes, _BEHAVIOR):
        spec["behavior"] = behavior
    if conditions := _noted(notes, _CONDITIONS):
        status["conditions"] = conditions
    status.pop("currentCPUUtilizationPercentage", None)
    return _annotated(out, {}) | {"spec": spec} | ({"status": status} if status else {})


def _noted(notes: Mapping[str, str], name: str) -> Any:
    """What an annotation of ours says; nothing where somebody else wrote into it."""
    try:
        return json.loads(notes[name]) if name in notes else None
    except ValueError:
        return None


VIEWS: Mapping[tuple[str, str], View] = {
    ("events.k8s.io/v1", "Event"): View(("v1", "Event"), _event_shown, _event_kept, "EventsEvent"),
    ("autoscaling/v1", "HorizontalPodAutoscaler"): View(
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
        _autoscaler_shown,
        _autoscaler_kept,
        "AutoscalingV1HorizontalPodAutoscaler",
    ),
}
