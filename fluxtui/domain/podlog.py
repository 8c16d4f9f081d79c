"""Whose log to read: the Pods behind an object and their containers, those that fail first.

A person who presses the key for logs on something red wants the words of what failed, so that is
the order everywhere. Pure; only Pods that the Engine has live are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fluxtui.domain import roles
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import appliers
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.overview.pods import PATIENT, POD, pods_of
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot

CALM = 9
"""Rank of what is well; the lower, the worse."""
WITH_PODS = frozenset({"Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"})
"""Kinds that are Pods or select them."""


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a Pod. `state`: `running`, `waiting`, `ended` or "" (not begun); `reason`
    its own word (`CrashLoopBackOff`, `OOMKilled`), `restarts` how often it was started again,
    `has_previous` whether a run before this one left a log, `rank` how bad, lowest worst.
    """

    name: str
    state: str
    reason: str
    restarts: int
    has_previous: bool
    init: bool
    rank: int

    @property
    def failing(self) -> bool:
        """It is to blame for something."""
        return self.rank < CALM


def containers_of(pod: Resource) -> tuple[Container, ...]:
    """All containers that have a log to ask for, in the order of the spec, init containers last."""
    spec, status = pod.spec, pod.status
    out = []
    for field, statuses, init in (
        ("containers", "containerStatuses", False),
        ("initContainers", "initContainerStatuses", True),
    ):
        status_of = {str(s.get("name")): s for s in _maps(status.get(statuses))}
        for container in _maps(spec.get(field)):
            name = str(container.get("name") or "")
            out.append(_container(name, status_of.get(name, {}), init))
    return tuple(out)


def first_to_read(containers: tuple[Container, ...]) -> Container | None:
    """The failing one; else the first that is no init container; None without any."""
    return min(containers, key=lambda c: (c.rank, c.init), default=None)


def pods_behind(snapshot: Snapshot, *keys: Key) -> tuple[Resource, ...]:
    """Live Pods of Pods, workloads, or appliers' workloads; the worst of all first."""
    pods = {pod.key: pod for key in keys for pod in _pods(snapshot, key)}
    return tuple(sorted(pods.values(), key=lambda pod: (_rank(pod), str(pod.key))))


def lost(snapshot: Snapshot, keys: Iterable[Key]) -> str:
    """That failed Jobs behind these have no Pod any more, and so no log; "" when none has."""
    for key in keys:
        resource = snapshot.get(key)
        if resource is None:
            continue
        held = _inventory(resource) if appliers.is_applier(key) else (key,)
        for job in (snapshot.get(each) for each in held if each.kind == "Job"):
            if job is None:
                continue
            over = job.condition("Failed")
            if over is None or over.status != "True":
                continue
            if not any(pods_of(job, snapshot)):
                return (
                    f"{job.key.label} failed and its Pod is gone, with its log: "
                    "restartPolicy Never would keep it"
                )
    return ""


def owner_of(snapshot: Snapshot, key: Key) -> Key | None:
    """The applier whose inventory has the object: what must be of Interest to see Pods."""
    if appliers.is_applier(key):
        return key
    for applier in roles.appliers_in(snapshot, key.environment):
        if key in _inventory(applier):
            return applier.key
    return None


def _pods(snapshot: Snapshot, key: Key) -> list[Resource]:
    resource = snapshot.get(key)
    if resource is None:
        return []
    if (key.group, key.kind) == POD:
        return [resource]
    if not appliers.is_applier(key):
        return list(pods_of(resource, snapshot))
    workloads = (snapshot.get(managed) for managed in _inventory(resource))
    return [pod for workload in workloads if workload for pod in pods_of(workload, snapshot)]


def _inventory(resource: Resource) -> tuple[Key, ...]:
    keys = []
    for text, _version in appliers.inventory(resource):
        try:
            id_ = ObjectId.parse(text)
        except UsageError:
            continue
        keys.append(Key(resource.key.environment, id_.group, id_.kind, id_.namespace, id_.name))
    return tuple(keys)


def _rank(pod: Resource) -> int:
    return min((c.rank for c in containers_of(pod)), default=CALM)


def _container(name: str, status: Mapping[str, Any], init: bool) -> Container:
    state, last = _map(status.get("state")), _map(status.get("lastState"))
    waiting, over = _map(state.get("waiting")), _map(state.get("terminated"))
    word = next(
        (w for w, f in (("running", "running"), ("waiting", "waiting"), ("ended", "terminated"))
         if f in state),
        "",
    )  # fmt: skip
    restarts = status.get("restartCount")
    return Container(
        name,
        word,
        str(waiting.get("reason") or over.get("reason") or ""),
        restarts if isinstance(restarts, int) else 0,
        bool(_map(last.get("terminated"))),
        init,
        _rank_of(status, waiting, over, init),
    )


def _rank_of(
    status: Mapping[str, Any], waiting: Mapping[str, Any], over: Mapping[str, Any], init: bool
) -> int:
    """Cannot run, ended badly, runs unready, ended badly before; else well."""
    reason = waiting.get("reason")
    if reason and reason not in PATIENT:
        return 0
    if over.get("exitCode"):
        return 1
    if "running" in _map(status.get("state")) and status.get("ready") is False and not init:
        return 2
    last = _map(_map(status.get("lastState")).get("terminated"))
    return 3 if last.get("exitCode") else CALM


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [v for v in value if isinstance(v, Mapping)] if isinstance(value, list) else []
