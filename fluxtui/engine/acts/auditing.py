"""A Kubernetes Event on each object that an act has written, where the configuration wants them.

It is written with the rights of whoever acts, after the write and before its outcome is told; that
it could not be is part of the outcome and never fails it. It says what the Plan says and no more.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping

from fluxtui.cluster.port import Cluster, Json
from fluxtui.domain import kinds
from fluxtui.domain.errors import ClusterError
from fluxtui.domain.managers import MANAGER
from fluxtui.domain.plan import ApplyStep, ObjectStep, Plan
from fluxtui.engine.publication.store import Store
from fluxtui.kit.clock import Clock

PATIENCE = 5.0  # seconds that an act waits for it
LONGEST = 1024  # letters of a message, as Kubernetes takes them


class Audit:
    """Events of one run of a Plan."""

    def __init__(
        self, plan: Plan, clusters: Mapping[str, Cluster], store: Store, clock: Clock
    ) -> None:
        self._plan = plan
        self._clusters = clusters
        self._store = store
        self._clock = clock

    async def note(self, step: ObjectStep) -> str:
        """Write one for a Step that is done; why it could not be written, "" when it was."""
        cluster = self._clusters[step.target.environment]
        try:
            async with asyncio.timeout(PATIENCE):
                type_ = await cluster.find("v1", "Event")
                await cluster.create(type_, self.event(step), field_manager=MANAGER)
        except ClusterError as error:
            return f"no Event was written: {error}"
        except TimeoutError:
            return f"no Event was written: no answer within {PATIENCE:g} s"
        return ""

    def event(self, step: ObjectStep) -> Json:
        """What is sent."""
        plan, target, at = self._plan, step.target, self._clock.stamp()
        second = at[:19] + "Z"
        unique = hashlib.sha256(f"{plan.id} {step.id} {at}".encode()).hexdigest()[:16]
        metadata = {
            "name": f"{target.name[:200]}.{unique}",
            "namespace": target.namespace or "default",
            "annotations": {"fluxtui.dev/act": plan.id},
        }
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": metadata,
            "involvedObject": self._involved(step),
            "type": "Normal",
            "reason": "Fluxtui" + "".join(word.capitalize() for word in plan.command.split("-")),
            "message": self._message(step)[:LONGEST],
            "source": {"component": MANAGER},
            "reportingComponent": MANAGER,
            "reportingInstance": plan.approver or plan.user or MANAGER,
            "firstTimestamp": second,
            "lastTimestamp": second,
            "count": 1,
        }

    def _involved(self, step: ObjectStep) -> Json:
        target, resource = step.target, self._store.snapshot.get(step.target)
        kind = kinds.of(target)
        version = kind.api_version if kind is not None else ""
        if isinstance(step, ApplyStep):
            version = str(step.object.get("apiVersion") or version)
        elif resource is not None:
            version = resource.api_version
        involved = {"apiVersion": version, "kind": target.kind, "name": target.name}
        if target.namespace:
            involved["namespace"] = target.namespace
        if resource is not None:
            involved["uid"] = resource.uid
        return involved

    def _message(self, step: ObjectStep) -> str:
        plan = self._plan
        approver = f", approved by {plan.approver}" if plan.approver not in ("", plan.user) else ""
        who = f" by {plan.user}{approver}" if plan.user else ""
        why = f": {plan.reason}" if plan.reason else ""
        return f"{plan.title}{who}{why} ({step.title}; act {plan.id})"
