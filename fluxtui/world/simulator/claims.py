"""Claims: a volume is provisioned a moment after one is asked for."""

from __future__ import annotations

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, uid_of
from fluxtui.world.simulator.kinds import CLAIM
from fluxtui.world.simulator.state import State

_COMPONENT = "persistentvolume-controller"
_PROVISIONING = 0.8


class Claims:
    """`look` at a PersistentVolumeClaim."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._since: dict[str, float] = {}

    async def look(self, key: Key) -> float | None:
        """Pending, then Bound."""
        claim = self._state.get(CLAIM, key)
        if claim is None or pods.is_ending(claim):
            return None
        spec, status = claim.get("spec") or {}, claim.get("status") or {}
        wants = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "1Gi")
        if pods.phase(claim) == "Bound":
            if (status.get("capacity") or {}).get("storage") != wants:
                await self._bound(claim, wants)
            return None
        now = self._state.clock.monotonic()
        left = _PROVISIONING - (now - self._since.setdefault(uid_of(claim), now))
        if left > 0:
            if status.get("phase") != "Pending":
                await self._state.set_status(CLAIM, claim, {"phase": "Pending"})
            return left
        self._since.pop(uid_of(claim), None)
        await self._bind(claim, wants)
        return None

    async def _bind(self, claim: Json, wants: str) -> None:
        volume = f"pvc-{uid_of(claim)}"
        patch = {
            "metadata": {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}},
            "spec": {"volumeName": volume},
        }
        claim = await self._state.patch(CLAIM, claim, patch)
        await self._bound(claim, wants)
        self._state.recorder.event(
            CLAIM,
            claim,
            "ProvisioningSucceeded",
            f"Successfully provisioned volume {volume}",
            component=_COMPONENT,
        )

    async def _bound(self, claim: Json, wants: str) -> None:
        status: Json = {
            "phase": "Bound",
            "accessModes": list((claim.get("spec") or {}).get("accessModes") or ()),
            "capacity": {"storage": wants},
        }
        await self._state.set_status(CLAIM, claim, status)
