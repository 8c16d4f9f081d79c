"""PodDisruptionBudgets: their status, which health checks read; the demo's services bring theirs.

Counted as the disruption controller does. Nothing in the World evicts Pods.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.kit import labels
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, key_of
from fluxtui.world.simulator.kinds import DISRUPTION_BUDGET, POD
from fluxtui.world.simulator.rollout import scaled
from fluxtui.world.simulator.state import SimState


class Budgets:
    """`look` at a PodDisruptionBudget."""

    def __init__(self, state: SimState) -> None:
        self._state = state

    async def look(self, key: Key) -> float | None:
        """Count the Pods it selects."""
        budget = self._state.get(DISRUPTION_BUDGET, key)
        if budget is None or pods.is_ending(budget):
            return None
        spec = budget.get("spec") or {}
        own = [pod for pod in self._state.cache(POD) if selects(spec.get("selector"), pod, key)]
        expected = sum(pods.is_active(pod) for pod in own)
        healthy = sum(pods.is_ready(pod) for pod in own)
        if spec.get("maxUnavailable") is not None:
            desired = max(0, expected - scaled(spec["maxUnavailable"], expected, up=True))
        else:
            desired = scaled(spec.get("minAvailable", 1), expected, up=True)
        allowed = max(0, healthy - desired) if expected else 0
        conditions = pods.set_condition(
            list((budget.get("status") or {}).get("conditions") or ()),
            "DisruptionAllowed",
            "True" if allowed else "False",
            self._state.stamp(),
            reason="SufficientPods" if allowed else "InsufficientPods",
        )
        status: Json = {
            "observedGeneration": budget["metadata"].get("generation", 1),
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "expectedPods": expected,
            "disruptionsAllowed": allowed,
            "conditions": [{"message": "", **item} for item in conditions],
        }
        await self._state.set_status(DISRUPTION_BUDGET, budget, status)
        return None


def selects(selector: Mapping[str, Any] | None, pod: Json, near: Key) -> bool:
    """Whether a selector chooses the Pod, within the namespace of `near`; none chooses nothing."""
    if selector is None or key_of(pod)[0] != near[0]:
        return False
    terms = labels.of_selector(selector)
    return labels.fulfilled(terms, pod["metadata"].get("labels") or {})
