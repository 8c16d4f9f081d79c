"""How far a Deployment is, in the words of its status. Pure.

Counts, conditions, reasons and messages are those of Kubernetes' deployment controller; kstatus
(docs/flux.md#kstatus) reads them: `NewReplicaSetAvailable` is done, `ProgressDeadlineExceeded` has
failed.
"""

from __future__ import annotations

import math

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import key_of

_DONE, _LATE = "NewReplicaSetAvailable", "ProgressDeadlineExceeded"
_DEFAULT_DEADLINE = 600
_NO_DEADLINE = 2147483647


def wanted(obj: Json) -> int:
    """spec.replicas, 1 when it says nothing."""
    count = (obj.get("spec") or {}).get("replicas")
    return 1 if count is None else int(count)


def limits(deployment: Json) -> tuple[int, int]:
    """(maxSurge, maxUnavailable) in Pods; never both zero."""
    strategy = deployment["spec"].get("strategy") or {}
    rolling = strategy.get("rollingUpdate") or {}
    size = wanted(deployment)
    surge = scaled(rolling.get("maxSurge", "25%"), size, up=True)
    unavailable = scaled(rolling.get("maxUnavailable", "25%"), size, up=False)
    return (surge, unavailable) if surge or unavailable else (0, 1)


def scaled(value: object, size: int, *, up: bool) -> int:
    """A number of Pods out of a number or a percentage."""
    text = str(value)
    if text.endswith("%"):
        share = size * float(text[:-1]) / 100
        return math.ceil(share) if up else math.floor(share)
    return int(text)


class Rollout:
    """One Deployment with its new and old ReplicaSets at the moment `now`, as the API writes it.

    `idle`: seconds of the World since its last progress.
    """

    def __init__(
        self, deployment: Json, new: Json | None, old: list[Json], now: str, idle: float
    ) -> None:
        self._idle = idle
        self._deployment = deployment
        self._new = new
        self._now = now
        everything = [*old, *([new] if new else [])]
        self._total = sum(_count(rs, "replicas") for rs in everything)
        self._updated = _count(new, "replicas")
        self._ready = sum(_count(rs, "readyReplicas") for rs in everything)
        self._available = sum(_count(rs, "availableReplicas") for rs in everything)
        self._wanted = wanted(deployment)
        deadline = deployment["spec"].get("progressDeadlineSeconds", _DEFAULT_DEADLINE)
        self._deadline = None if deadline in (None, _NO_DEADLINE) else float(deadline)

    @property
    def is_complete(self) -> bool:
        """All Pods are new, and all are available."""
        return (
            self._updated == self._wanted
            and self._total == self._wanted
            and self._available == self._wanted
        )

    @property
    def seconds_left(self) -> float | None:
        """Until the deadline is missed, when it is running."""
        if self._deadline is None or self.is_complete:
            return None
        time = self._deadline - self._idle
        return time if time > 0 else None

    @property
    def has_moved(self) -> bool:
        """Whether there is progress that the status does not tell yet."""
        before = pods.condition(self._deployment, "Progressing")
        return before is None or self._moved_on(before)

    def status(self, *, created: bool) -> Json:
        """The whole status; `created` when the new ReplicaSet was made just now."""
        status: Json = {
            "observedGeneration": self._deployment["metadata"].get("generation", 1),
            "conditions": self._conditions(created),
        }
        missing = max(0, max(self._total, self._wanted) - self._available)
        counts = {
            "replicas": self._total,
            "updatedReplicas": self._updated,
            "readyReplicas": self._ready,
            "availableReplicas": self._available,
            "unavailableReplicas": missing,
        }
        return {**status, **{name: number for name, number in counts.items() if number}}

    def _conditions(self, created: bool) -> list[Json]:
        conditions = list((self._deployment.get("status") or {}).get("conditions") or ())
        _, unavailable = limits(self._deployment)
        if self._available >= self._wanted - unavailable:
            conditions = self._set(
                conditions,
                "Available",
                "True",
                "MinimumReplicasAvailable",
                "Deployment has minimum availability.",
            )
        else:
            conditions = self._set(
                conditions,
                "Available",
                "False",
                "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability.",
            )
        return self._progress(conditions, created)

    def _progress(self, conditions: list[Json], created: bool) -> list[Json]:
        if self._deployment["spec"].get("paused"):
            return self._set(
                conditions, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused"
            )
        if self._new is None:
            return conditions
        name = f'ReplicaSet "{key_of(self._new)[1]}"'
        before = pods.condition(self._deployment, "Progressing")
        if self.is_complete:
            message = f"{name} has successfully progressed."
            return self._set(conditions, "Progressing", "True", _DONE, message)
        if created:
            message = f'Created new replica set "{key_of(self._new)[1]}"'
            return self._set(
                conditions, "Progressing", "True", "NewReplicaSetCreated", message, moved=True
            )
        if before is None or self._moved_on(before):
            message = f"{name} is progressing."
            return self._set(
                conditions, "Progressing", "True", "ReplicaSetUpdated", message, moved=True
            )
        if self._is_late(before):
            message = f"{name} has timed out progressing."
            return self._set(conditions, "Progressing", "False", _LATE, message)
        return conditions

    def _moved_on(self, before: Json) -> bool:
        """Whether anything got better since the status was last written."""
        old = self._deployment.get("status") or {}
        observed = old.get("observedGeneration") != self._deployment["metadata"].get("generation")
        if before.get("reason") == _DONE and not observed:
            # Pods that fall ill after the roll-out are no progress; Kubernetes leaves the reason.
            return self._updated < int(old.get("updatedReplicas") or 0)
        old_total, old_updated = int(old.get("replicas") or 0), int(old.get("updatedReplicas") or 0)
        return (
            self._updated > old_updated
            or self._total - self._updated < old_total - old_updated
            or self._ready > int(old.get("readyReplicas") or 0)
            or self._available > int(old.get("availableReplicas") or 0)
            or (observed and before.get("reason") in (_DONE, _LATE))
        )

    def _is_late(self, before: Json) -> bool:
        if self._deadline is None or before.get("reason") == _DONE:
            return False
        if before.get("reason") == _LATE:
            return True
        return self._idle >= self._deadline

    def _set(
        self,
        conditions: list[Json],
        type_: str,
        status: str,
        reason: str,
        message: str,
        *,
        moved: bool = False,
    ) -> list[Json]:
        before = pods.condition({"status": {"conditions": conditions}}, type_)
        same = before is not None and (before.get("status"), before.get("reason")) == (
            status,
            reason,
        )
        updated = (
            self._now if moved or before is None or not same else str(before["lastUpdateTime"])
        )
        return pods.set_condition(
            conditions,
            type_,
            status,
            self._now,
            reason=reason,
            message=message,
            extra={"lastUpdateTime": updated},
        )


def _count(obj: Json | None, field: str) -> int:
    return int(((obj or {}).get("status") or {}).get(field) or 0)
