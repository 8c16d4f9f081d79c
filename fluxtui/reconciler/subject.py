"""One object under reconciliation: its spec as read, and its status as it shall become.

Status goes through the status subresource as a merge patch of what changed, so that a save that
changes nothing costs nothing. This module must not decide anything.
"""

from __future__ import annotations

import copy
from typing import Any

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.kit.clock import Clock
from fluxtui.kit.mergepatch import between
from fluxtui.reconciler import objects
from fluxtui.reconciler.conditions import Conditions


def stamp(clock: Clock) -> str:
    """The time as Kubernetes writes it."""
    return clock.stamp(0)


class Subject:
    """The object; change `status` and `conditions`, then `save`.

    `revision` and `origin` are what the run is about, for its Events; empty until known.
    """

    def __init__(
        self, cluster: Cluster, type_: ApiResource, obj: Json, *, manager: str, clock: Clock
    ) -> None:
        self.object = obj
        self.name = objects.name_of(obj)
        self.spec = objects.spec_of(obj)
        self.generation = objects.generation(obj)
        self.status: dict[str, Any] = copy.deepcopy(dict(objects.status_of(obj)))
        self.conditions = Conditions(self.status.get("conditions"), self.generation)
        self._saved: Json = copy.deepcopy(dict(objects.status_of(obj)))
        self._cluster = cluster
        self._type = type_
        self._manager = manager
        self._clock = clock
        self.conditions.stamp = stamp(clock)
        self.revision = ""
        self.origin = ""

    @property
    def observed_generation(self) -> int:
        """status.observedGeneration, -1 when never reconciled."""
        value = self.status.get("observedGeneration")
        return value if isinstance(value, int) else -1

    def handled(self) -> None:
        """Acknowledge the reconcile request that is on the object, if any."""
        token = objects.requested_at(self.object)
        if token:
            self.status["lastHandledReconcileAt"] = token

    async def save(self) -> None:
        """Write what changed. Raises the ClusterError family (NotFound: deleted meanwhile)."""
        conditions = self.conditions.to_list()
        if conditions or "conditions" in self.status:
            self.status["conditions"] = conditions
        patch = between(self._saved, self.status)
        if patch:
            await self._cluster.patch(
                self._type,
                self.name.namespace,
                self.name.name,
                {"status": patch},
                field_manager=self._manager,
                subresource="status",
            )
            self._saved = copy.deepcopy(self.status)
        self.conditions.stamp = stamp(self._clock)

    def has_finalizer(self) -> bool:
        """Whether our finalizer is on the object."""
        return objects.FINALIZER in self._finalizers()

    async def set_finalizer(self, present: bool) -> None:
        """Add or remove our finalizer, under optimistic lock. Raises Conflict."""
        foreign = [item for item in self._finalizers() if item != objects.FINALIZER]
        await self._cluster.patch(
            self._type,
            self.name.namespace,
            self.name.name,
            {
                "metadata": {
                    "finalizers": [*foreign, objects.FINALIZER] if present else foreign,
                    "resourceVersion": objects.metadata(self.object).get("resourceVersion"),
                }
            },
            field_manager=self._manager,
        )

    def _finalizers(self) -> list[Any]:
        value = objects.metadata(self.object).get("finalizers")
        return value if isinstance(value, list) else []
