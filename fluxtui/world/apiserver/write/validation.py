"""What the built-in kinds refuse, as far as deliveries run into it: what a workload cannot do
without, and fields that may not change.

The Reconciler's tests need the immutable fields (a Job or a selector that must be made anew), the
rehearsals a Deployment that is refused; everything else is asked of a real API server. Texts and
reasons are Kubernetes'. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fluxtui.world.apiserver.status import Cause, Json, forbidden_field, invalid_value, required

_IMMUTABLE = "field is immutable"


def shown(value: Any) -> str:
    """A value as a cause shows it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _replicas(spec: Json) -> Iterator[Cause]:
    replicas = spec.get("replicas")
    if isinstance(replicas, int) and replicas < 0:
        text = "must be greater than or equal to 0"
        yield invalid_value("spec.replicas", str(replicas), text)


def _containers(pod: Json, path: str) -> Iterator[Cause]:
    containers = pod.get("containers") or []
    if not containers:
        yield required(f"{path}.containers")
    for word in ("containers", "initContainers"):
        for i, container in enumerate(pod.get(word) or ()):
            for field in ("name", "image"):
                if not container.get(field):
                    yield required(f"{path}.{word}[{i}].{field}")


def _selected(spec: Json) -> Iterator[Cause]:
    selector = spec.get("selector")
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    terms: Json = (selector or {}).get("matchLabels") or {}
    if selector is None:
        yield required("spec.selector")
    if selector is None or any((labels or {}).get(k) != v for k, v in terms.items()):
        text = "`selector` does not match template `labels`"
        yield invalid_value("spec.template.metadata.labels", shown(labels), text)


def _workload(obj: Json, old: Json | None) -> Iterator[Cause]:
    spec: Json = obj.get("spec") or {}
    yield from _replicas(spec)
    yield from _selected(spec)
    yield from _containers((spec.get("template") or {}).get("spec") or {}, "spec.template.spec")
    if old is not None and spec.get("selector") != old["spec"].get("selector"):
        yield invalid_value("spec.selector", shown(spec.get("selector")), _IMMUTABLE)


_STATEFUL_MUTABLE = frozenset(
    (
        *("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit"),
        *("persistentVolumeClaimRetentionPolicy", "minReadySeconds"),
    )
)


def _stateful(obj: Json, old: Json | None) -> Iterator[Cause]:
    now: Json = obj.get("spec") or {}
    yield from _workload(obj, None)
    before: Json = now if old is None else old["spec"]
    if any(now.get(k) != before.get(k) for k in {*now, *before} - _STATEFUL_MUTABLE):
        yield forbidden_field(
            "spec",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', "
            "'template', 'updateStrategy', 'revisionHistoryLimit', "
            "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        )


def _job(obj: Json, old: Json | None) -> Iterator[Cause]:
    spec: Json = obj.get("spec") or {}
    pod = (spec.get("template") or {}).get("spec") or {}
    yield from _containers(pod, "spec.template.spec")
    if pod.get("restartPolicy") == "Always":
        yield required("spec.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"')
    before: Json = spec if old is None else old["spec"]
    for name in ("completions", "selector", "template"):
        free = name == "template" and before.get("suspend")
        if spec.get(name) != before.get(name) and not free:
            yield invalid_value(f"spec.{name}", shown(spec.get(name)), _IMMUTABLE)


def _definition(obj: Json, old: Json | None) -> Iterator[Cause]:
    """Without names and one stored version the catalog could not serve it."""
    spec: Json = obj.get("spec") or {}
    names: Json = spec.get("names") or {}
    if obj["metadata"].get("name") != f"{names.get('plural')}.{spec.get('group')}":
        text = 'must be spec.names.plural+"."+spec.group'
        yield invalid_value("metadata.name", shown(obj["metadata"].get("name")), text)
    for name in ("plural", "kind"):
        if not names.get(name):
            yield required(f"spec.names.{name}")
    if sum(1 for v in spec.get("versions") or () if v.get("storage")) != 1:
        text = "must have exactly one version marked as storage version"
        yield invalid_value("spec.versions", "null", text)
    if old is not None and old["spec"].get("scope") != spec.get("scope"):
        yield invalid_value("spec.scope", shown(spec.get("scope")), _IMMUTABLE)


Check = Callable[[Json, Json | None], Iterator[Cause]]
_BY_KIND: Mapping[str, Check] = {
    "Deployment": _workload,
    "ReplicaSet": _workload,
    "DaemonSet": _workload,
    "StatefulSet": _stateful,
    "Job": _job,
    "CustomResourceDefinition": _definition,
}


def causes(kind: str, obj: Json, old: Json | None) -> Iterator[Cause]:
    """What is wrong with a built-in object; `old` is the stored one on an update."""
    check = _BY_KIND.get(kind)
    if check is not None:
        yield from check(obj, old)
