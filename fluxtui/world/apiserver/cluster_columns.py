"""What `kubectl get` prints of the kinds that operators of clusters look at: nodes, networks,
storage, scaling, access, admission. Columns as data, cells as small functions; pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.world.apiserver.cells import duration, parse_columns, some
from fluxtui.world.apiserver.columns import Cells, since
from fluxtui.world.apiserver.kinds import Column
from fluxtui.world.apiserver.status import Json

_ROLE = "node-role.kubernetes.io/"
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


def _spec(obj: Json) -> Json:
    return obj.get("spec") or {}


def _status(obj: Json) -> Json:
    return obj.get("status") or {}


def _names(template: Json) -> list[Any]:
    containers = (template.get("spec") or {}).get("containers") or ()
    return [",".join(str(c.get(part, "")) for c in containers) for part in ("name", "image")]


def _labels(labels: Mapping[str, str] | None) -> str:
    return ",".join(f"{k}={v}" for k, v in sorted((labels or {}).items())) or "<none>"


def _node(obj: Json, now: float) -> list[Any]:
    status = _status(obj)
    conditions = {c.get("type"): c.get("status") for c in status.get("conditions") or ()}
    ready = {"True": "Ready", "False": "NotReady", "Unknown": "NotReady"}
    word = ready.get(str(conditions.get("Ready")), "Unknown")
    if _spec(obj).get("unschedulable"):
        word += ",SchedulingDisabled"
    labels = obj["metadata"].get("labels") or {}
    roles = {k[len(_ROLE) :] for k in labels if k.startswith(_ROLE)}
    roles |= {labels.get("kubernetes.io/role", "")}
    info = status.get("nodeInfo") or {}
    kernel = info.get("kernelVersion")
    return [
        word,
        ",".join(sorted(roles - {""})) or "<none>",
        since(obj, now),
        info.get("kubeletVersion", ""),
        _address(status, "InternalIP"),
        _address(status, "ExternalIP"),
        info.get("osImage") or "<unknown>",
        f"{kernel} ({info.get('architecture', '')})" if kernel else "<unknown>",
        info.get("containerRuntimeVersion") or "<unknown>",
    ]


def _address(status: Json, kind: str) -> str:
    found = (a.get("address") for a in status.get("addresses") or () if a.get("type") == kind)
    return next(found, None) or "<none>"


def _endpoints(obj: Json, now: float) -> list[Any]:
    points = []
    for subset in obj.get("subsets") or ():
        ports: list[Json] = subset.get("ports") or [{}]
        for port in ports:
            for address in subset.get("addresses") or ():
                suffix = f":{port['port']}" if port.get("port") else ""
                points.append(f"{address.get('ip')}{suffix}")
    return [some(points, empty="<none>"), since(obj, now)]


def _slice(obj: Json, now: float) -> list[Any]:
    ports = [str(p.get("port") or p.get("name") or "*") for p in obj.get("ports") or ()]
    points = [a for e in obj.get("endpoints") or () for a in e.get("addresses") or ()]
    return [obj.get("addressType", ""), some(ports), some(points), since(obj, now)]


def _ingress(obj: Json, now: float) -> list[Any]:
    spec = _spec(obj)
    hosts = [rule["host"] for rule in spec.get("rules") or () if rule.get("host")]
    points = (_status(obj).get("loadBalancer") or {}).get("ingress") or ()
    address = ",".join(p.get("ip") or p.get("hostname", "") for p in points)
    ports = "80, 443" if spec.get("tls") else "80"
    shown = some(hosts, empty="*")
    return [spec.get("ingressClassName") or "<none>", shown, address, ports, since(obj, now)]


def _ingress_class(obj: Json, now: float) -> list[Any]:
    spec = _spec(obj)
    about, told = spec.get("parameters") or {}, "<none>"
    if about:
        group = f".{about['apiGroup']}" if about.get("apiGroup") else ""
        told = f"{about.get('kind')}{group}/{about.get('name')}"
    return [spec.get("controller", ""), told, since(obj, now)]


def _metric(metric: Json, current: Json) -> str:
    """What one metric is at and should be."""
    kind = str(metric.get("type", ""))
    part = kind[:1].lower() + kind[1:]
    about, now = metric.get(part) or {}, (current.get(part) or {}).get("current") or {}
    target: Json = about.get("target") or {}
    if kind in ("Resource", "ContainerResource"):
        name = about.get("name")
        if "averageValue" in target:
            return f"{name}: {now.get('averageValue', '<unknown>')}/{target['averageValue']}"
        use, wanted = now.get("averageUtilization"), target.get("averageUtilization")
        shown = "<unknown>" if use is None else f"{use}%"
        return f"{name}: {shown}/{'<auto>' if wanted is None else f'{wanted}%'}"
    field = "averageValue" if "averageValue" in target else "value"
    suffix = " (avg)" if field == "averageValue" and kind != "Pods" else ""
    return f"{now.get(field, '<unknown>')}/{target.get(field)}{suffix}"


def _autoscaler(obj: Json, now: float) -> list[Any]:
    spec, status = _spec(obj), _status(obj)
    target = spec.get("scaleTargetRef") or {}
    metrics = spec.get("metrics") or []
    current = list(status.get("currentMetrics") or ()) + [{}] * len(metrics)
    told = [_metric(metric, seen or {}) for metric, seen in zip(metrics, current, strict=False)]
    text = ", ".join(told[:2]) or "<none>"
    return [
        f"{target.get('kind')}/{target.get('name')}",
        f"{text} + {len(told) - 2} more..." if len(told) > 2 else text,
        str(spec.get("minReplicas", "<unset>")),
        spec.get("maxReplicas", 0),
        status.get("currentReplicas", 0),
        since(obj, now),
    ]


def _quota(obj: Json, now: float) -> list[Any]:
    hard, used = _status(obj).get("hard") or {}, _status(obj).get("used") or {}
    told = {name: f"{name}: {used.get(name, '0')}/{hard[name]}" for name in sorted(hard)}
    limits = [text for name, text in told.items() if name.startswith("limits.")]
    requests = [text for name, text in told.items() if not name.startswith("limits.")]
    return [", ".join(requests), ", ".join(limits), since(obj, now)]


def _revision(obj: Json, now: float) -> list[Any]:
    owners = obj["metadata"].get("ownerReferences") or ()
    owner: Json = next((each for each in owners if each.get("controller")), {})
    group = str(owner.get("apiVersion", "")).rpartition("/")[0]
    kind = f"{owner.get('kind', '')}.{group}" if group else owner.get("kind", "")
    told = f"{kind.lower()}/{owner.get('name')}" if owner else "<none>"
    return [told, obj.get("revision", 0), since(obj, now)]


def _replication_controller(obj: Json, now: float) -> list[Any]:
    spec, status = _spec(obj), _status(obj)
    counts = [spec.get("replicas", 0), status.get("replicas", 0), status.get("readyReplicas", 0)]
    names = _names(spec.get("template") or {})
    return [*counts, since(obj, now), *names, _labels(spec.get("selector"))]


def _template(obj: Json, _now: float) -> list[Any]:
    template = obj.get("template") or {}
    return [*_names(template), _labels((template.get("metadata") or {}).get("labels"))]


def _role_binding(obj: Json, now: float) -> list[Any]:
    role, subjects = obj.get("roleRef") or {}, obj.get("subjects") or ()
    by_kind: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for subject in subjects:
        name = str(subject.get("name"))
        place = f"{subject.get('namespace')}/" if subject.get("kind") == "ServiceAccount" else ""
        by_kind.setdefault(str(subject.get("kind")), []).append(place + name)
    who = [", ".join(by_kind[kind]) for kind in ("User", "Group", "ServiceAccount")]
    return [f"{role.get('kind')}/{role.get('name')}", since(obj, now), *who]


def _api_service(obj: Json, now: float) -> list[Any]:
    service = _spec(obj).get("service")
    where = f"{service.get('namespace')}/{service.get('name')}" if service else "Local"
    conditions = _status(obj).get("conditions") or ()
    found = next((c for c in conditions if c.get("type") == "Available"), None)
    return [where, found.get("status", "") if found else "", since(obj, now)]


def _storage_class(obj: Json, now: float) -> list[Any]:
    return [
        obj.get("provisioner", ""),
        obj.get("reclaimPolicy", "Delete"),
        obj.get("volumeBindingMode", "Immediate"),
        bool(obj.get("allowVolumeExpansion")),
        since(obj, now),
    ]


def storage_class_name(obj: Json) -> str:
    """A storage class says beside its name that it is the default one."""
    notes = obj["metadata"].get("annotations") or {}
    suffix = " (default)" if notes.get(_DEFAULT_CLASS) == "true" else ""
    return f"{obj['metadata'].get('name')}{suffix}"


def _driver(obj: Json, now: float) -> list[Any]:
    spec = _spec(obj)
    tokens = spec.get("tokenRequests")
    return [
        spec.get("attachRequired", True),
        spec.get("podInfoOnMount", False),
        spec.get("storageCapacity", False),
        "<unset>" if tokens is None else ",".join(t.get("audience", "") for t in tokens),
        spec.get("requiresRepublish", False),
        ",".join(spec.get("volumeLifecycleModes") or ("Persistent",)),
        since(obj, now),
    ]


def _attachment(obj: Json, now: float) -> list[Any]:
    spec = _spec(obj)
    volume = (spec.get("source") or {}).get("persistentVolumeName", "")
    attached = bool(_status(obj).get("attached"))
    return [spec.get("attacher", ""), volume, spec.get("nodeName", ""), attached, since(obj, now)]


def _signing_request(obj: Json, now: float) -> list[Any]:
    spec, status = _spec(obj), _status(obj)
    kinds = {c.get("type") for c in status.get("conditions") or ()}
    word = next((kind for kind in ("Denied", "Approved") if kind in kinds), "Pending")
    word += ",Failed" if "Failed" in kinds else ""
    word += ",Issued" if status.get("certificate") else ""
    span = spec.get("expirationSeconds")
    wanted = "<none>" if span is None else duration(span)
    signer = spec.get("signerName") or "<none>"
    return [since(obj, now), signer, spec.get("username", ""), wanted, word]


def _priority(obj: Json, now: float) -> list[Any]:
    policy = obj.get("preemptionPolicy", "PreemptLowerPriority")
    return [obj.get("value", 0), bool(obj.get("globalDefault")), since(obj, now), policy]


def _counted(field: str) -> Cells:
    return lambda obj, now: [len(obj.get(field) or ()), since(obj, now)]


def _policy(obj: Json, now: float) -> list[Any]:
    spec = _spec(obj)
    kind = spec.get("paramKind") or {}
    told = f"{kind.get('apiVersion')}/{kind.get('kind')}" if kind else "<unset>"
    return [len(spec.get("validations") or ()), told, since(obj, now)]


def _policy_binding(obj: Json, now: float) -> list[Any]:
    about = _spec(obj).get("paramRef") or {}
    place = f"{about['namespace']}/" if about.get("namespace") else ""
    told = f"{place}{about.get('name', '*')}" if about else "<unset>"
    return [_spec(obj).get("policyName", ""), told, since(obj, now)]


def _created(obj: Json, _now: float) -> list[Any]:
    return [obj["metadata"].get("creationTimestamp")]


_ROWS: tuple[tuple[str, str, str, Cells], ...] = (
    (
        "",
        "nodes",
        "Status Roles Age Version Internal-IP+ External-IP+ OS-Image+ Kernel-Version+ "
        "Container-Runtime+",
        _node,
    ),
    ("", "endpoints", "Endpoints Age", _endpoints),
    ("", "limitranges", "Created_At:date", _created),
    ("", "resourcequotas", "Request Limit Age", _quota),
    ("", "podtemplates", "Containers Images Pod_Labels", _template),
    (
        "",
        "replicationcontrollers",
        "Desired:integer Current:integer Ready:integer Age Containers+ Images+ Selector+",
        _replication_controller,
    ),
    ("apps", "controllerrevisions", "Controller Revision Age", _revision),
    (
        "autoscaling",
        "horizontalpodautoscalers",
        "Reference Targets MinPods MaxPods Replicas Age",
        _autoscaler,
    ),
    ("networking.k8s.io", "ingresses", "Class Hosts Address Ports Age", _ingress),
    ("networking.k8s.io", "ingressclasses", "Controller Parameters Age", _ingress_class),
    ("discovery.k8s.io", "endpointslices", "AddressType Ports Endpoints Age", _slice),
    (
        "rbac.authorization.k8s.io",
        "rolebindings",
        "Role Age Users+ Groups+ ServiceAccounts+",
        _role_binding,
    ),
    (
        "rbac.authorization.k8s.io",
        "clusterrolebindings",
        "Role Age Users+ Groups+ ServiceAccounts+",
        _role_binding,
    ),
    ("apiregistration.k8s.io", "apiservices", "Service Available Age", _api_service),
    (
        "storage.k8s.io",
        "storageclasses",
        "Provisioner ReclaimPolicy VolumeBindingMode AllowVolumeExpansion Age",
        _storage_class,
    ),
    (
        "storage.k8s.io",
        "csidrivers",
        "AttachRequired:boolean PodInfoOnMount:boolean StorageCapacity:boolean TokenRequests "
        "RequiresRepublish:boolean Modes Age",
        _driver,
    ),
    (
        "storage.k8s.io",
        "csinodes",
        "Drivers:integer Age",
        lambda obj, now: _counted("drivers")(_spec(obj) | {"metadata": obj["metadata"]}, now),
    ),
    (
        "storage.k8s.io",
        "volumeattachments",
        "Attacher:name PV Node Attached:boolean Age",
        _attachment,
    ),
    (
        "certificates.k8s.io",
        "certificatesigningrequests",
        "Age SignerName Requestor RequestedDuration Condition",
        _signing_request,
    ),
    (
        "scheduling.k8s.io",
        "priorityclasses",
        "Value:integer Global-Default:boolean Age PreemptionPolicy",
        _priority,
    ),
    (
        "node.k8s.io",
        "runtimeclasses",
        "Handler Age",
        lambda o, n: [o.get("handler", ""), since(o, n)],
    ),
    (
        "admissionregistration.k8s.io",
        "mutatingwebhookconfigurations",
        "Webhooks:integer Age",
        _counted("webhooks"),
    ),
    (
        "admissionregistration.k8s.io",
        "validatingwebhookconfigurations",
        "Webhooks:integer Age",
        _counted("webhooks"),
    ),
    (
        "admissionregistration.k8s.io",
        "validatingadmissionpolicies",
        "Validations:integer ParamKind Age",
        _policy,
    ),
    (
        "admissionregistration.k8s.io",
        "validatingadmissionpolicybindings",
        "PolicyName ParamRef Age",
        _policy_binding,
    ),
)
CLUSTER: Mapping[tuple[str, str], tuple[tuple[Column, ...], Cells]] = {
    (group, plural): (parse_columns(columns), cells) for group, plural, columns, cells in _ROWS
}
