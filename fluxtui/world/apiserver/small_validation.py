"""What Kubernetes refuses of the kinds that need only a check or two: leases, ingresses,
autoscalers, network policies, roles, storage classes. Texts are Kubernetes'; pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.world.apiserver.container_validation import shown, unsupported
from fluxtui.world.apiserver.naming import subdomain_faults
from fluxtui.world.apiserver.status import Cause, Json, invalid_value, required


def lease(obj: Json, _old: Json | None) -> Iterator[Cause]:
    seconds = (obj.get("spec") or {}).get("leaseDurationSeconds")
    if isinstance(seconds, int) and seconds <= 0:
        yield invalid_value("spec.leaseDurationSeconds", str(seconds), "must be greater than 0")


def ingress(obj: Json, _old: Json | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    if not spec.get("rules") and not spec.get("defaultBackend"):
        text = "either `defaultBackend` or `rules` must be specified"
        yield invalid_value("spec", "null", text)
    for i, rule in enumerate(spec.get("rules") or ()):
        where, host = f"spec.rules[{i}]", rule.get("host")
        for fault in subdomain_faults(host) if host and not host.startswith("*.") else ():
            yield invalid_value(f"{where}.host", shown(host), fault)
        for j, path in enumerate((rule.get("http") or {}).get("paths") or ()):
            at = f"{where}.http.paths[{j}]"
            if not path.get("pathType"):
                yield required(f"{at}.pathType", "pathType must be specified")
            elif not str(path.get("path") or "").startswith("/"):
                value = shown(path.get("path") or "")
                yield invalid_value(f"{at}.path", value, "must be an absolute path")


def autoscaler(obj: Json, _old: Json | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    most, least = spec.get("maxReplicas") or 0, spec.get("minReplicas", 1)
    if most < 1:
        yield required("spec.maxReplicas", "must be set and greater than 0")
    if most < least:
        text = "must be greater than or equal to `minReplicas`"
        yield invalid_value("spec.maxReplicas", str(most), text)
    target = spec.get("scaleTargetRef") or {}
    for name in ("kind", "name"):
        if not target.get(name):
            yield required(f"spec.scaleTargetRef.{name}")


def network_policy(obj: Json, _old: Json | None) -> Iterator[Cause]:
    for i, kind in enumerate((obj.get("spec") or {}).get("policyTypes") or ()):
        if kind not in ("Ingress", "Egress"):
            yield unsupported(f"spec.policyTypes[{i}]", kind, ("Ingress", "Egress"))


def role(obj: Json, _old: Json | None) -> Iterator[Cause]:
    for i, rule in enumerate(obj.get("rules") or ()):
        where = f"rules[{i}]"
        if not rule.get("verbs"):
            yield required(f"{where}.verbs", "verbs must contain at least one value")
        if rule.get("nonResourceURLs"):
            continue
        if not rule.get("apiGroups"):
            text = "resource rules must supply at least one api group"
            yield required(f"{where}.apiGroups", text)
        if not rule.get("resources"):
            text = "resource rules must supply at least one resource"
            yield required(f"{where}.resources", text)


def storage_class(obj: Json, _old: Json | None) -> Iterator[Cause]:
    if not obj.get("provisioner"):
        yield required("provisioner")
