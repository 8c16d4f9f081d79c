"""What `kubectl get` prints of the built-in kinds: columns as data, cells as small functions.

Every function takes an object and the present time and gives one cell per column; nothing here
knows Tables on the wire (see tables.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fluxtui.world.apiserver.kinds import Column
from fluxtui.world.apiserver.print.cells import age, duration, parse_columns, seconds, selector
from fluxtui.world.apiserver.status import Json

Cells = Callable[[Json, float], list[Any]]
NAME = Column("Name", format="name", description="Name must be unique within a namespace.")
AGE = Column("Age", description="CreationTimestamp is when this object was created.")


def since(obj: Json, now: float) -> str:
    return age(obj["metadata"].get("creationTimestamp"), now)


def _spec(obj: Json) -> Json:
    return obj.get("spec") or {}


def _status(obj: Json) -> Json:
    return obj.get("status") or {}


def _containers(obj: Json) -> tuple[str, str]:
    containers = ((_spec(obj).get("template") or {}).get("spec") or {}).get("containers") or ()
    names = ",".join(str(c.get("name", "")) for c in containers)
    return names, ",".join(str(c.get("image", "")) for c in containers)


def _deployment(obj: Json, now: float) -> list[Any]:
    spec, status = _spec(obj), _status(obj)
    names, images = _containers(obj)
    return [
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 1)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        since(obj, now),
        names,
        images,
        selector(spec.get("selector")),
    ]


def _stateful(obj: Json, now: float) -> list[Any]:
    names, images = _containers(obj)
    ready = f"{_status(obj).get('readyReplicas', 0)}/{_spec(obj).get('replicas', 1)}"
    return [ready, since(obj, now), names, images]


def _replica_set(obj: Json, now: float) -> list[Any]:
    spec, status = _spec(obj), _status(obj)
    names, images = _containers(obj)
    return [
        spec.get("replicas", 1),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        since(obj, now),
        names,
        images,
        selector(spec.get("selector")),
    ]


def _daemon_set(obj: Json, now: float) -> list[Any]:
    status = _status(obj)
    names, images = _containers(obj)
    nodes = ((_spec(obj).get("template") or {}).get("spec") or {}).get("nodeSelector")
    return [
        status.get("desiredNumberScheduled", 0),
        status.get("currentNumberScheduled", 0),
        status.get("numberReady", 0),
        status.get("updatedNumberScheduled", 0),
        status.get("numberAvailable", 0),
        selector(nodes),
        since(obj, now),
        names,
        images,
        selector(_spec(obj).get("selector")),
    ]


def _job(obj: Json, now: float) -> list[Any]:
    spec, status = _spec(obj), _status(obj)
    true = [c for c in status.get("conditions") or () if c.get("status") == "True"]
    types = {c.get("type") for c in true}
    state = "Running"
    for name in ("Complete", "Failed", "Suspended"):
        if name in types:
            state = name
            break
    if obj["metadata"].get("deletionTimestamp") and state == "Running":
        state = "Terminating"
    wanted = spec.get("completions")
    done = status.get("succeeded", 0)
    completions = f"{done}/{wanted}" if wanted is not None else f"{done}/1"
    if wanted is None and spec.get("parallelism", 0) > 1:
        completions += f" of {spec['parallelism']}"
    took = ""
    start = seconds(status.get("startTime"))
    if start is not None:
        end = seconds(status.get("completionTime"))
        took = duration((end if end is not None else now) - start)
    names, images = _containers(obj)
    chosen = selector(spec.get("selector"))
    return [state, completions, took, since(obj, now), names, images, chosen]


def _cron_job(obj: Json, now: float) -> list[Any]:
    spec, status = _spec(obj), _status(obj)
    last = status.get("lastScheduleTime")
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    names, images = _containers({"spec": job})
    return [
        spec.get("schedule", ""),
        spec.get("timeZone") or "<none>",
        str(bool(spec.get("suspend"))),
        len(status.get("active") or ()),
        age(last, now) if last else "<none>",
        since(obj, now),
        names,
        images,
        selector(job.get("selector")),
    ]


def _ports(spec: Json) -> str:
    parts = []
    for port in spec.get("ports") or ():
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        parts.append(f"{port.get('port')}{node}/{port.get('protocol', 'TCP')}")
    return ",".join(parts) or "<none>"


def _service(obj: Json, now: float) -> list[Any]:
    spec = _spec(obj)
    external = "<none>"
    if spec.get("type") == "ExternalName":
        external = spec.get("externalName", "")
    elif spec.get("type") == "LoadBalancer":
        points = (_status(obj).get("loadBalancer") or {}).get("ingress") or ()
        external = ",".join(p.get("ip") or p.get("hostname", "") for p in points) or "<pending>"
    return [
        spec.get("type", ""),
        spec.get("clusterIP") or "<none>",
        external,
        _ports(spec),
        since(obj, now),
        selector(spec.get("selector")),
    ]


_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}


def _claim(obj: Json, now: float) -> list[Any]:
    spec, status = _spec(obj), _status(obj)
    phase = status.get("phase", "")
    if obj["metadata"].get("deletionTimestamp"):
        phase = "Terminating"
    bound = bool(spec.get("volumeName"))
    modes = ",".join(_MODES.get(m, m) for m in status.get("accessModes") or ()) if bound else ""
    return [
        phase,
        spec.get("volumeName", ""),
        str((status.get("capacity") or {}).get("storage", "")) if bound else "",
        modes,
        spec.get("storageClassName", ""),
        since(obj, now),
    ]


def _event(obj: Json, now: float) -> list[Any]:
    about = obj.get("involvedObject") or {}
    source = obj.get("source") or {}
    first = obj.get("firstTimestamp") or obj.get("eventTime")
    series = obj.get("series") or {}
    last = series.get("lastObservedTime") or obj.get("lastTimestamp") or first
    kind = str(about.get("kind", "")).lower()
    component = source.get("component") or obj.get("reportingComponent", "")
    host = source.get("host") or obj.get("reportingInstance", "")
    return [
        age(last, now),
        obj.get("type", ""),
        obj.get("reason", ""),
        f"{kind}/{about.get('name', '')}",
        about.get("fieldPath", ""),
        ", ".join(x for x in (component, host) if x),
        str(obj.get("message", "")).strip(),
        age(first, now),
        series.get("count") or obj.get("count") or 1,
        obj["metadata"].get("name", ""),
    ]


def _namespace(obj: Json, now: float) -> list[Any]:
    return [_status(obj).get("phase", ""), since(obj, now)]


def _secret(obj: Json, now: float) -> list[Any]:
    return [obj.get("type", ""), len(obj.get("data") or {}), since(obj, now)]


def _config_map(obj: Json, now: float) -> list[Any]:
    count = len(obj.get("data") or {}) + len(obj.get("binaryData") or {})
    return [count, since(obj, now)]


def _created(obj: Json, _now: float) -> list[Any]:
    return [obj["metadata"].get("creationTimestamp")]


def _budget(obj: Json, now: float) -> list[Any]:
    spec = _spec(obj)
    least = spec.get("minAvailable", "N/A")
    most = spec.get("maxUnavailable", "N/A")
    allowed = _status(obj).get("disruptionsAllowed", 0)
    return [str(least), str(most), allowed, since(obj, now)]


def _node(obj: Json, now: float) -> list[Any]:
    status = _status(obj)
    ready = any(
        c.get("type") == "Ready" and c.get("status") == "True"
        for c in status.get("conditions") or ()
    )
    word = "Ready" if ready else "NotReady"
    if _spec(obj).get("unschedulable"):
        word += ",SchedulingDisabled"
    version = (status.get("nodeInfo") or {}).get("kubeletVersion", "")
    addresses = status.get("addresses") or [{}]
    return [word, "<none>", since(obj, now), version, addresses[0].get("address", "<none>")]


def _storage_class(obj: Json, now: float) -> list[Any]:
    policy, mode = obj.get("reclaimPolicy", "Delete"), obj.get("volumeBindingMode", "Immediate")
    return [obj.get("provisioner", ""), policy, mode, since(obj, now)]


def _plain(obj: Json, now: float) -> list[Any]:
    return [since(obj, now)]


_WORKLOAD = "Containers+ Images+ Selector+"
BUILTIN: Mapping[tuple[str, str], tuple[tuple[Column, ...], Cells]] = {
    ("apps", "deployments"): (
        parse_columns(f"Ready Up-to-date Available Age {_WORKLOAD}"),
        _deployment,
    ),
    ("apps", "statefulsets"): (parse_columns("Ready Age Containers+ Images+"), _stateful),
    ("apps", "replicasets"): (
        parse_columns(f"Desired:integer Current:integer Ready:integer Age {_WORKLOAD}"),
        _replica_set,
    ),
    ("apps", "daemonsets"): (
        parse_columns(
            "Desired:integer Current:integer Ready:integer Up-to-date:integer "
            f"Available:integer Node_Selector Age {_WORKLOAD}"
        ),
        _daemon_set,
    ),
    ("batch", "jobs"): (parse_columns(f"Status Completions Duration Age {_WORKLOAD}"), _job),
    ("batch", "cronjobs"): (
        parse_columns(
            f"Schedule Timezone Suspend:boolean Active:integer Last_Schedule Age {_WORKLOAD}"
        ),
        _cron_job,
    ),
    ("", "services"): (
        parse_columns("Type Cluster-IP External-IP Port(s) Age Selector+"),
        _service,
    ),
    ("", "persistentvolumeclaims"): (
        parse_columns("Status Volume Capacity Access_Modes StorageClass Age"),
        _claim,
    ),
    ("", "namespaces"): (parse_columns("Status Age"), _namespace),
    ("", "secrets"): (parse_columns("Type Data Age"), _secret),
    ("", "configmaps"): (parse_columns("Data Age"), _config_map),
    ("apiextensions.k8s.io", "customresourcedefinitions"): (
        parse_columns("Created_At:date"),
        _created,
    ),
    ("rbac.authorization.k8s.io", "roles"): (parse_columns("Created_At:date"), _created),
    ("rbac.authorization.k8s.io", "clusterroles"): (parse_columns("Created_At:date"), _created),
    ("policy", "poddisruptionbudgets"): (
        parse_columns("Min_Available Max_Unavailable Allowed_Disruptions:integer Age"),
        _budget,
    ),
    ("", "nodes"): (parse_columns("Status Roles Age Version Internal-IP+"), _node),
    ("storage.k8s.io", "storageclasses"): (
        parse_columns("Provisioner ReclaimPolicy VolumeBindingMode Age"),
        _storage_class,
    ),
}
EVENTS: tuple[tuple[Column, ...], Cells] = (
    parse_columns(
        "Last_Seen Type Reason Object Subobject+ Source+ Message First_Seen+ Count+ Name:name+"
    ),
    _event,
)
PLAIN: tuple[tuple[Column, ...], Cells] = (parse_columns("Age"), _plain)
