"""Claims: a volume of the default class is there a moment after one is asked for.

The keeper, the database and the queue of the demo wait for theirs. A claim of a class that nobody
has stays Pending and says so. Volumes themselves are not made: nothing in the World mounts one.
"""

from __future__ import annotations

from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, uid_of
from fluxtui.world.simulator.kinds import CLAIM
from fluxtui.world.simulator.nodes import STANDARD
from fluxtui.world.simulator.state import SimState

_COMPONENT = "persistentvolume-controller"
_PROVISIONING, _AGAIN = 0.8, 10.0


class Claims:
    """`look` at a PersistentVolumeClaim."""

    def __init__(self, state: SimState) -> None:
        self._state = state
        self._since: dict[str, float] = {}

    async def look(self, key: Key) -> float | None:
        """Pending, then Bound."""
        claim = self._state.get(CLAIM, key)
        if claim is None or pods.is_ending(claim):
            return None
        if pods.phase(claim) == "Bound":
            await self._tell(claim)  # it may have grown
            return None
        spec = claim.get("spec") or {}
        name = spec.get("storageClassName", STANDARD)
        now = self._state.clock.monotonic()
        began = self._since.setdefault(uid_of(claim), now)
        if name != STANDARD:
            if began == now:
                text = f'storageclass.storage.k8s.io "{name}" not found'
                self._state.recorder.event(
                    CLAIM, claim, "ProvisioningFailed", text, component=_COMPONENT,
                    severity="Warning",
                )  # fmt: skip
            return _AGAIN
        if (pause := _PROVISIONING - (now - began)) > 0:
            return pause
        self._since.pop(uid_of(claim), None)
        volume = f"pvc-{uid_of(claim)}"
        bound = {"volumeName": volume, "storageClassName": STANDARD}
        claim = await self._state.patch(CLAIM, claim, {"spec": bound})
        await self._tell(claim)
        text = f"Successfully provisioned volume {volume}"
        self._state.recorder.event(
            CLAIM, claim, "ProvisioningSucceeded", text, component=_COMPONENT
        )
        return None

    async def _tell(self, claim: Json) -> None:
        spec = claim.get("spec") or {}
        sizes: dict[str, Any] = (spec.get("resources") or {}).get("requests") or {}
        status: Json = {
            "phase": "Bound",
            "accessModes": list(spec.get("accessModes") or ()),
            "capacity": {"storage": sizes.get("storage", "1Gi")},
        }
        await self._state.set_status(CLAIM, claim, status)
