"""PodDisruptionBudgets: how many Pods may go at once, counted as the disruption controller does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, key_of
from fluxtui.world.simulator.kinds import DISRUPTION_BUDGET, POD
from fluxtui.world.simulator.rollout import scaled
from fluxtui.world.simulator.state import State


class Budgets:
    """`look` at a PodDisruptionBudget."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def look(self, key: Key) -> float | None:
        """Count the Pods it selects."""
        budget = self._state.get(DISRUPTION_BUDGET, key)
        if budget is None or pods.is_ending(budget):
            return None
        spec = budget.get("spec") or {}
        chosen = [pod for pod in self._state.cache(POD) if selects(spec.get("selector"), pod, key)]
        expected = sum(pods.is_active(pod) for pod in chosen)
        healthy = sum(pods.is_ready(pod) for pod in chosen)
        if spec.get("maxUnavailable") is not None:
            desired = max(0, expected - scaled(spec["maxUnavailable"], expected, up=True))
        else:
            desired = scaled(spec.get("minAvailable", 1), expected, up=True)
        allowed = max(0, healthy - desired) if expected else 0
        generation = budget["metadata"].get("generation", 1)
        condition = {
            "status": "True" if allowed else "False",
            "reason": "SufficientPods" if allowed else "InsufficientPods",
            "observedGeneration": str(generation),
        }
        status: Json = {
            "observedGeneration": generation,
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "expectedPods": expected,
            "disruptionsAllowed": allowed,
            "conditions": self._conditions(budget, condition, generation),
        }
        await self._state.set_status(DISRUPTION_BUDGET, budget, status)
        return None

    def _conditions(self, budget: Json, new: Mapping[str, str], generation: int) -> list[Json]:
        conditions = pods.set_condition(
            list((budget.get("status") or {}).get("conditions") or ()),
            "DisruptionAllowed",
            new["status"],
            self._state.stamp(),
            reason=new["reason"],
        )
        return [
            {"message": "", **entry, "observedGeneration": generation}
            if entry["type"] == "DisruptionAllowed"
            else entry
            for entry in conditions
        ]


def selects(selector: Mapping[str, Any] | None, pod: Json, near: Key) -> bool:
    """Whether a label selector chooses the Pod, within the namespace of `near`."""
    if key_of(pod)[0] != near[0] or selector is None:
        return False
    labels = pod["metadata"].get("labels") or {}
    for name, value in (selector.get("matchLabels") or {}).items():
        if labels.get(name) != value:
            return False
    return all(_holds(entry, labels) for entry in selector.get("matchExpressions") or ())


def _holds(entry: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value, values = labels.get(entry["key"]), entry.get("values") or ()
    operator = entry.get("operator")
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    return (value is not None) == (operator == "Exists")
