"""Claims: a volume is provisioned a moment after one is asked for, or not, and is kept while used.

Follows Kubernetes' volume controllers (binding, claim protection) and an external provisioner; the
texts are theirs. Volumes themselves are not made: nothing in the World mounts one.
"""

from __future__ import annotations

from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import fates, pods
from fluxtui.world.simulator.cache import Key, key_of, uid_of
from fluxtui.world.simulator.kinds import CLAIM, POD, STORAGE_CLASS
from fluxtui.world.simulator.nodes import PROVISIONER
from fluxtui.world.simulator.recorder import EventType
from fluxtui.world.simulator.scheduler import SELECTED_NODE, claims_of
from fluxtui.world.simulator.state import State

PROTECTION = "kubernetes.io/pvc-protection"
FAILS = "provisioning-failed"
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_CONTROLLER = "persistentvolume-controller"
_PROVISIONING, _AGAIN = 0.8, 10.0


class Claims:
    """`look` at a PersistentVolumeClaim."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._since: dict[str, float] = {}

    async def look(self, key: Key) -> float | None:
        """Pending, then Bound, and its end when nobody uses it any more."""
        claim = self._state.get(CLAIM, key)
        if claim is None:
            return None
        if pods.is_ending(claim):
            return await self._release(claim)
        if pods.phase(claim) == "Bound":
            await self._resize(claim)
            return None
        if (claim.get("status") or {}).get("phase") != "Pending":
            claim = await self._state.set_status(CLAIM, claim, {"phase": "Pending"})
        found = await self._class_of(claim)
        if found is None:
            return _AGAIN
        claim, class_ = found
        waits = class_.get("volumeBindingMode") == "WaitForFirstConsumer"
        chosen = SELECTED_NODE in (claim["metadata"].get("annotations") or {})
        if waits and not chosen:
            text = "waiting for first consumer to be created before binding"
            return self._wait(claim, "WaitForFirstConsumer", text)
        return await self._provision(claim, class_)

    async def _class_of(self, claim: Json) -> tuple[Json, Json] | None:
        """The claim (with the default class put in) and its StorageClass; told why if none."""
        name = (claim.get("spec") or {}).get("storageClassName")
        if name is None:
            default = self._default_class()
            if default is not None:
                name = key_of(default)[1]
                claim = await self._state.patch(CLAIM, claim, {"spec": {"storageClassName": name}})
        if not name:
            text = "no persistent volumes available for this claim and no storage class is set"
            self._wait(claim, "FailedBinding", text)
            return None
        class_ = self._state.get(STORAGE_CLASS, ("", str(name)))
        if class_ is None:
            text = f'storageclass.storage.k8s.io "{name}" not found'
            self._wait(claim, "ProvisioningFailed", text, severity="Warning")
            return None
        return claim, class_

    def _default_class(self) -> Json | None:
        marked = [
            class_
            for class_ in self._state.cache(STORAGE_CLASS)
            if (class_["metadata"].get("annotations") or {}).get(_DEFAULT_CLASS) == "true"
        ]
        newest = sorted(marked, key=lambda c: c["metadata"].get("creationTimestamp") or "")
        return newest[-1] if newest else None

    async def _provision(self, claim: Json, class_: Json) -> float | None:
        provisioner = str(class_.get("provisioner") or "")
        if provisioner != PROVISIONER:
            text = (
                "Waiting for a volume to be created either by the external provisioner "
                f"'{provisioner}' or manually by the system administrator. If volume creation is "
                "delayed, please verify that the provisioner is running and correctly registered."
            )
            return self._wait(claim, "ExternalProvisioning", text)
        now = self._state.clock.monotonic()
        left = _PROVISIONING - (now - self._since.setdefault(uid_of(claim), now))
        if left > 0:
            return left
        if (claim["metadata"].get("annotations") or {}).get(fates.FAULT) == FAILS:
            text = (
                f'failed to provision volume with StorageClass "{key_of(class_)[1]}": rpc error: '
                "code = ResourceExhausted desc = the simulated storage is full"
            )
            return self._wait(
                claim, "ProvisioningFailed", text, severity="Warning", component=PROVISIONER
            )
        self._since.pop(uid_of(claim), None)
        await self._bind(claim)
        return None

    def _wait(
        self,
        claim: Json,
        reason: str,
        text: str,
        *,
        severity: EventType = "Normal",
        component: str = _CONTROLLER,
    ) -> float:
        """Say it now and then, as controllers that try again do."""
        now = self._state.clock.monotonic()
        mark = f"{uid_of(claim)}/{reason}"
        if now - self._since.get(mark, float("-inf")) >= _AGAIN:
            self._since[mark] = now
            self._state.recorder.event(
                CLAIM, claim, reason, text, component=component, severity=severity
            )
        return _AGAIN

    async def _bind(self, claim: Json) -> None:
        volume = f"pvc-{uid_of(claim)}"
        patch = {
            "metadata": {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}},
            "spec": {"volumeName": volume},
        }
        claim = await self._state.patch(CLAIM, claim, patch)
        await self._bound(claim, _wanted(claim))
        text = f"Successfully provisioned volume {volume}"
        self._state.recorder.event(
            CLAIM, claim, "ProvisioningSucceeded", text, component=_CONTROLLER
        )

    async def _resize(self, claim: Json) -> None:
        has = ((claim.get("status") or {}).get("capacity") or {}).get("storage")
        if has != _wanted(claim):
            await self._bound(claim, _wanted(claim))

    async def _bound(self, claim: Json, wants: Any) -> None:
        status: Json = {
            "phase": "Bound",
            "accessModes": list((claim.get("spec") or {}).get("accessModes") or ()),
            "capacity": {"storage": wants},
        }
        await self._state.set_status(CLAIM, claim, status)

    async def _release(self, claim: Json) -> float | None:
        """Claim protection: a claim that a scheduled Pod names stays, Terminating, until then."""
        held = list(claim["metadata"].get("finalizers") or ())
        if PROTECTION not in held or self._is_used(claim):
            return None
        rest = [one for one in held if one != PROTECTION]
        await self._state.patch(CLAIM, claim, {"metadata": {"finalizers": rest or None}})
        return None

    def _is_used(self, claim: Json) -> bool:
        namespace, name = key_of(claim)
        return any(
            key_of(pod)[0] == namespace
            and (pod.get("spec") or {}).get("nodeName")
            and name in claims_of(pod)
            for pod in self._state.cache(POD)
        )


def _wanted(claim: Json) -> Any:
    asked = ((claim.get("spec") or {}).get("resources") or {}).get("requests") or {}
    return asked.get("storage", "1Gi")
