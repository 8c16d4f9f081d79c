"""What the built-in kinds refuse: missing and wrong fields, and fields that may not change.

A small part of Kubernetes' validation: what deliveries run into. Texts and cause reasons are
theirs. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fluxtui.world.apiserver.naming import label_causes
from fluxtui.world.apiserver.pod_validation import pod_spec, shown, unsupported
from fluxtui.world.apiserver.status import Cause, Json, forbidden_field, invalid_value, required

_KEY = re.compile(r"[-._a-zA-Z0-9]+\Z")
_IMMUTABLE = "field is immutable"


def _not_negative(spec: Json, names: tuple[str, ...]) -> Iterator[Cause]:
    for name in names:
        value = spec.get(name)
        if isinstance(value, int) and value < 0:
            yield invalid_value(f"spec.{name}", str(value), "must be greater than or equal to 0")


def _template(obj: Json, restart: tuple[str, ...]) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    template = spec.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels") or {}
    yield from label_causes(labels, "spec.template.metadata.labels")
    claims = frozenset(
        str((claim.get("metadata") or {}).get("name"))
        for claim in spec.get("volumeClaimTemplates") or ()
    )
    yield from pod_spec(template.get("spec") or {}, "spec.template.spec", restart, claims)


def _selected(obj: Json) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    selector = spec.get("selector")
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if not selector:
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
    if any(labels.get(k) != v for k, v in wanted.items()):
        yield invalid_value(
            "spec.template.metadata.labels",
            shown(labels),
            "`selector` does not match template `labels`",
        )


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


def _cron_job(obj: Json, _old: Json | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    if not spec.get("schedule"):
        yield required("spec.schedule")
    elif len(str(spec["schedule"]).split()) != 5 and not str(spec["schedule"]).startswith("@"):
        yield invalid_value(
            "spec.schedule",
            shown(spec["schedule"]),
            f"expected exactly 5 fields, found {len(str(spec['schedule']).split())}: "
            f"[{' '.join(str(spec['schedule']).split())}]",
        )
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


_SERVICE_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")


def _service(obj: Json, old: Json | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    ports = spec.get("ports") or []
    if not ports and spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName":
        yield required("spec.ports")
    if spec.get("type") not in _SERVICE_TYPES:
        yield unsupported("spec.type", spec.get("type"), _SERVICE_TYPES)
    seen: set[tuple[Any, Any]] = set()
    for i, port in enumerate(ports):
        number = port.get("port")
        if not isinstance(number, int) or not 0 < number < 65536:
            yield invalid_value(
                f"spec.ports[{i}].port", shown(number), "must be between 1 and 65535, inclusive"
            )
        if len(ports) > 1 and not port.get("name"):
            yield required(f"spec.ports[{i}].name")
        key = (number, port.get("protocol"))
        if key in seen:
            text = f"Duplicate value: {shown({'port': key[0], 'protocol': key[1]})}"
            yield Cause("FieldValueDuplicate", text, f"spec.ports[{i}]")
        seen.add(key)
    before = old["spec"] if old is not None else {}
    external = "ExternalName" in (spec.get("type"), before.get("type"))
    if not external and before.get("clusterIP") not in (None, "", spec.get("clusterIP")):
        value = shown([spec.get("clusterIP")])
        yield invalid_value("spec.clusterIPs[0]", value, "may not change once set")


def _claim(obj: Json, old: Json | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    if not spec.get("accessModes"):
        yield required("spec.accessModes", "at least 1 access mode is required")
    if "storage" not in ((spec.get("resources") or {}).get("requests") or {}):
        yield required("spec.resources[storage]")
    if old is not None:
        free = ("resources", "volumeName", "volumeAttributesClassName", "storageClassName")
        before = {k: v for k, v in old["spec"].items() if k not in free}
        after = {k: v for k, v in spec.items() if k not in free}
        bound = old["spec"].get("volumeName") and (
            old["spec"].get("volumeName") != spec.get("volumeName")
        )
        moved = old["spec"].get("storageClassName") not in (None, spec.get("storageClassName"))
        if before != after or bound or moved:
            yield forbidden_field(
                "spec",
                "spec is immutable after creation except resources.requests and "
                "volumeAttributesClassName for bound claims",
            )


def _data(obj: Json, old: Json | None) -> Iterator[Cause]:
    for word in ("data", "binaryData"):
        for key in obj.get(word) or {}:
            if not _KEY.match(key):
                yield invalid_value(
                    f"{word}[{key}]",
                    shown(key),
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' "
                    "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation "
                    "is '[-._a-zA-Z0-9]+')",
                )
    if old is not None and old.get("immutable"):
        for word in ("immutable", "data", "binaryData"):
            if obj.get(word) != old.get(word):
                yield forbidden_field(word, "field is immutable when `immutable` is set")


def _secret(obj: Json, old: Json | None) -> Iterator[Cause]:
    yield from _data(obj, old)
    if old is not None and old.get("type") != obj.get("type"):
        yield invalid_value("type", shown(obj.get("type")), _IMMUTABLE)


def _role_binding(obj: Json, old: Json | None) -> Iterator[Cause]:
    role = obj.get("roleRef") or {}
    if not role.get("name"):
        yield required("roleRef.name")
    if old is not None and old.get("roleRef") != role:
        yield invalid_value("roleRef", shown(role), "cannot change roleRef")
    for i, subject in enumerate(obj.get("subjects") or ()):
        if not subject.get("name"):
            yield required(f"subjects[{i}].name")
        if subject.get("kind") == "ServiceAccount" and not subject.get("namespace"):
            yield required(f"subjects[{i}].namespace")


def _event(obj: Json, _old: Json | None) -> Iterator[Cause]:
    about = (obj.get("involvedObject") or {}).get("namespace") or "default"
    if about != obj["metadata"].get("namespace"):
        value = shown((obj.get("involvedObject") or {}).get("namespace", ""))
        yield invalid_value("involvedObject.namespace", value, "does not match event.namespace")


def _crd(obj: Json, old: Json | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    names = spec.get("names") or {}
    wanted = f"{names.get('plural')}.{spec.get('group')}"
    if obj["metadata"].get("name") != wanted:
        yield invalid_value(
            "metadata.name",
            shown(obj["metadata"].get("name")),
            'must be spec.names.plural+"."+spec.group',
        )
    versions = spec.get("versions") or []
    if sum(1 for v in versions if v.get("storage")) != 1:
        yield invalid_value(
            "spec.versions",
            shown([v.get("name") for v in versions]),
            "must have exactly one version marked as storage version",
        )
    for i, version in enumerate(versions):
        if not (version.get("schema") or {}).get("openAPIV3Schema"):
            yield required(f"spec.versions[{i}].schema.openAPIV3Schema", "schemas are required")
    if old is not None:
        for path, name in (("names.kind", "kind"), ("names.plural", "plural")):
            if (old["spec"].get("names") or {}).get(name) != names.get(name):
                yield invalid_value(f"spec.{path}", shown(names.get(name)), _IMMUTABLE)
        if old["spec"].get("scope") != spec.get("scope"):
            yield invalid_value("spec.scope", shown(spec.get("scope")), _IMMUTABLE)


Check = Callable[[Json, Json | None], Iterator[Cause]]
_BY_KIND: Mapping[tuple[str, str], Check] = {
    ("apps", "Deployment"): _workload,
    ("apps", "ReplicaSet"): _workload,
    ("apps", "DaemonSet"): _workload,
    ("apps", "StatefulSet"): _stateful,
    ("batch", "Job"): _job,
    ("batch", "CronJob"): _cron_job,
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "ConfigMap"): _data,
    ("", "Secret"): _secret,
    ("", "Event"): _event,
    ("rbac.authorization.k8s.io", "RoleBinding"): _role_binding,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _role_binding,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _crd,
}


def causes(group: str, kind: str, obj: Json, old: Json | None) -> Iterator[Cause]:
    """What is wrong with a built-in object; `old` is the stored one on an update."""
    check = _BY_KIND.get((group, kind))
    if check is not None:
        yield from check(obj, old)
