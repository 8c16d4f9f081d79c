"""What `kubectl get` prints of the built-in kinds: a line of columns per kind, as data.

A column is `Title=path|default`, or `Title=@name` where a small function finds the cell; `+` puts
it into the wide output, `_` stands for a space. Kinds without a line show their name and age.
Nothing here knows Tables on the wire (see tables.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fluxtui.world.apiserver.kinds import PrinterColumn
from fluxtui.world.apiserver.print import pod_columns
from fluxtui.world.apiserver.print.cells import age, duration, seconds, selector
from fluxtui.world.apiserver.status import Json

Cell = Callable[[Json, float], Any]
NAME = PrinterColumn("Name", format="name", description="Name must be unique within a namespace.")

_LINES = """
pods Ready=@pod_ready Status=@pod_word Restarts=@pod_restarts Age=@age IP+=status.podIP|<none> \
Node+=spec.nodeName|<none>
deployments.apps Ready=@ready Up-to-date=status.updatedReplicas|0 \
Available=status.availableReplicas|0 Age=@age Containers+=@names Images+=@images Selector+=@chosen
statefulsets.apps Ready=@ready Age=@age Containers+=@names Images+=@images
replicasets.apps Desired=spec.replicas|1 Current=status.replicas|0 Ready=status.readyReplicas|0 \
Age=@age Containers+=@names Images+=@images Selector+=@chosen
daemonsets.apps Desired=status.desiredNumberScheduled|0 Current=status.currentNumberScheduled|0 \
Ready=status.numberReady|0 Up-to-date=status.updatedNumberScheduled|0 \
Available=status.numberAvailable|0 Node_Selector=@nodes Age=@age
jobs.batch Status=@job Completions=@completions Duration=@took Age=@age Containers+=@names \
Images+=@images Selector+=@chosen
cronjobs.batch Schedule=spec.schedule Timezone=spec.timeZone|<none> Suspend=@suspended \
Active=@active Last_Schedule=@scheduled Age=@age
services Type=spec.type Cluster-IP=spec.clusterIP|<none> External-IP=@external Port(s)=@ports \
Age=@age Selector+=@chosen
persistentvolumeclaims Status=@phase Volume=spec.volumeName Capacity=status.capacity.storage \
Access_Modes=@modes StorageClass=spec.storageClassName Age=@age
namespaces Status=status.phase Age=@age
secrets Type=type Data=@data Age=@age
configmaps Data=@data Age=@age
customresourcedefinitions.apiextensions.k8s.io Created_At=metadata.creationTimestamp
roles.rbac.authorization.k8s.io Created_At=metadata.creationTimestamp
clusterroles.rbac.authorization.k8s.io Created_At=metadata.creationTimestamp
poddisruptionbudgets.policy Min_Available=spec.minAvailable|N/A \
Max_Unavailable=spec.maxUnavailable|N/A Allowed_Disruptions=status.disruptionsAllowed|0 Age=@age
nodes Status=@node Roles=@none Age=@age Version=status.nodeInfo.kubeletVersion
storageclasses.storage.k8s.io Provisioner=provisioner ReclaimPolicy=reclaimPolicy|Delete \
VolumeBindingMode=volumeBindingMode|Immediate Age=@age
events Last_Seen=@last Type=type Reason=reason Object=@about Subobject+=involvedObject.fieldPath \
Source+=source.component Message=@message First_Seen+=@first Count+=count|1 Name+=metadata.name
"""


def at(obj: Any, path: str) -> Any:
    """The value at a dotted path; None where it leads nowhere."""
    for step in path.split("."):
        obj = obj.get(step) if isinstance(obj, dict) else None
    return obj


def _age(obj: Json, now: float) -> str:
    return age(obj["metadata"].get("creationTimestamp"), now)


def _ready(obj: Json, _: float) -> str:
    goal = at(obj, "spec.replicas")
    return f"{at(obj, 'status.readyReplicas') or 0}/{1 if goal is None else goal}"


def _of_containers(field: str) -> Cell:
    def cell(obj: Json, _: float) -> str:
        containers = at(obj, "spec.template.spec.containers") or ()
        return ",".join(str(c.get(field, "")) for c in containers)

    return cell


def _job(obj: Json, _: float) -> str:
    conditions = at(obj, "status.conditions") or ()
    true = [c.get("type") for c in conditions if c.get("status") == "True"]
    ended = next((word for word in ("Complete", "Failed", "Suspended") if word in true), "")
    return ended or ("Terminating" if at(obj, "metadata.deletionTimestamp") else "Running")


def _completions(obj: Json, _: float) -> str:
    return f"{at(obj, 'status.succeeded') or 0}/{at(obj, 'spec.completions') or 1}"


def _took(obj: Json, now: float) -> str:
    begin, end = seconds(at(obj, "status.startTime")), seconds(at(obj, "status.completionTime"))
    return "" if begin is None else duration((now if end is None else end) - begin)


def _scheduled(obj: Json, now: float) -> str:
    last = at(obj, "status.lastScheduleTime")
    return age(last, now) if last else "<none>"


def _ports(obj: Json, _: float) -> str:
    parts = []
    for port in at(obj, "spec.ports") or ():
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        parts.append(f"{port.get('port')}{node}/{port.get('protocol', 'TCP')}")
    return ",".join(parts) or "<none>"


def _external(obj: Json, _: float) -> str:
    if at(obj, "spec.type") == "LoadBalancer":
        return "<pending>"
    return str(at(obj, "spec.externalName") or "<none>")


_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX"}


def _modes(obj: Json, _: float) -> str:
    return ",".join(_MODES.get(m, m) for m in at(obj, "status.accessModes") or ())


def _phase(obj: Json, _: float) -> str:
    ending = at(obj, "metadata.deletionTimestamp")
    return "Terminating" if ending else str(at(obj, "status.phase") or "")


def _node(obj: Json, _: float) -> str:
    conditions = at(obj, "status.conditions") or ()
    ready = any(c.get("type") == "Ready" and c.get("status") == "True" for c in conditions)
    cordoned = ",SchedulingDisabled" if at(obj, "spec.unschedulable") else ""
    return ("Ready" if ready else "NotReady") + cordoned


def _about(obj: Json, _: float) -> str:
    about = obj.get("involvedObject") or {}
    return f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}"


_CELLS: Mapping[str, Cell] = {
    "pod_ready": lambda obj, now: pod_columns.state(obj, now)[0],
    "pod_word": lambda obj, now: pod_columns.state(obj, now)[1],
    "pod_restarts": lambda obj, now: pod_columns.state(obj, now)[2],
    "age": _age,
    "ready": _ready,
    "names": _of_containers("name"),
    "images": _of_containers("image"),
    "chosen": lambda obj, _: selector(at(obj, "spec.selector")),
    "nodes": lambda obj, _: selector(at(obj, "spec.template.spec.nodeSelector")),
    "job": _job,
    "completions": _completions,
    "took": _took,
    "suspended": lambda obj, _: str(bool(at(obj, "spec.suspend"))),
    "active": lambda obj, _: len(at(obj, "status.active") or ()),
    "scheduled": _scheduled,
    "external": _external,
    "ports": _ports,
    "phase": _phase,
    "modes": _modes,
    "data": lambda obj, _: len(obj.get("data") or ()) + len(obj.get("binaryData") or ()),
    "node": _node,
    "none": lambda obj, _: "<none>",
    "last": lambda obj, now: age(obj.get("lastTimestamp") or obj.get("eventTime"), now),
    "first": lambda obj, now: age(obj.get("firstTimestamp") or obj.get("eventTime"), now),
    "about": _about,
    "message": lambda obj, _: str(obj.get("message", "")).strip(),
}


def _cell(source: str) -> Cell:
    if source.startswith("@"):
        return _CELLS[source[1:]]
    path, _, text = source.partition("|")
    default: Any = int(text) if text.isdigit() else text

    def cell(obj: Json, _: float) -> Any:
        value = at(obj, path)
        return default if value in (None, "") else value

    return cell


def _parsed(words: str) -> tuple[tuple[PrinterColumn, ...], tuple[Cell, ...]]:
    columns, cells = [], []
    for word in words.split():
        title, _, source = word.partition("=")
        wide = 1 if title.endswith("+") else 0
        kind = "date" if source.endswith("creationTimestamp") else "string"
        columns.append(PrinterColumn(title.rstrip("+").replace("_", " "), kind, priority=wide))
        cells.append(_cell(source))
    return tuple(columns), tuple(cells)


PLAIN = _parsed("Age=@age")
BUILTIN: Mapping[tuple[str, str], tuple[tuple[PrinterColumn, ...], tuple[Cell, ...]]] = {
    (name.partition(".")[2], name.partition(".")[0]): _parsed(words)
    for name, _, words in (line.partition(" ") for line in _LINES.strip().splitlines())
}
