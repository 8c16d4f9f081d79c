"""Custom resources: whatever their operators would be, they report success after a moment.

Covers every kind of a CustomResourceDefinition but Flux's own. The status carries what health
checks usually ask for: `Ready`, `observedGeneration`, and the `status: Completed` of operators that
know no conditions.
Needed by the ClickHouse installations that the demo waits for.
"""

from __future__ import annotations

from dataclasses import dataclass

from fluxtui.cluster.port import ApiResource, Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, uid_of
from fluxtui.world.simulator.state import SimState

MANAGER = "simulated-operator"
_WORK = 1.5
_FLUX = "toolkit.fluxcd.io"


@dataclass(frozen=True, slots=True)
class CustomKind:
    """A custom kind: its address, whether status is a subresource, and may hold `status.status`."""

    type: ApiResource
    subresource: bool
    has_word: bool


class Customs:
    """`look` at an object of one custom kind."""

    def __init__(self, state: SimState, kind: CustomKind) -> None:
        self._state = state
        self._type = kind.type
        self._subresource = "status" if kind.subresource else ""
        self._has_word = kind.has_word
        self._since: dict[tuple[str, int], float] = {}
        # A schema may prune what we write: so the status alone does not say that we are done.
        self._settled: set[tuple[str, int]] = set()

    async def look(self, key: Key) -> float | None:
        """In progress, then completed, for each generation."""
        obj = self._state.get(self._type, key)
        if obj is None or pods.is_ending(obj):
            return None
        generation = int(obj["metadata"].get("generation") or 1)
        mark = (uid_of(obj), generation)
        if mark in self._settled or _is_settled(obj, generation):
            return None
        now = self._state.clock.monotonic()
        pause = _WORK - (now - self._since.setdefault(mark, now))
        if pause > 0:
            await self._tell(obj, "Unknown", "Progressing", "InProgress", generation)
            return pause
        self._since.pop(mark, None)
        await self._tell(obj, "True", "Reconciled", "Completed", generation)
        self._settled.add(mark)
        return None

    async def _tell(self, obj: Json, ready: str, reason: str, word: str, generation: int) -> None:
        status = dict(obj.get("status") or {})
        status["conditions"] = pods.set_condition(
            list(status.get("conditions") or ()),
            "Ready",
            ready,
            self._state.stamp(),
            reason=reason,
            message=f"simulated operator: {word}",
            extra=None,
        )
        for entry in status["conditions"]:
            entry["observedGeneration"] = generation
        status["observedGeneration"] = generation
        if self._has_word:
            status["status"] = word
        await self._state.set_status(
            self._type, obj, status, manager=MANAGER, subresource=self._subresource
        )


def custom_kind(crd: Json) -> CustomKind | None:
    """The kind a definition serves.

    None when the definition is not for the simulator: it is Flux's, or not established yet.
    """
    spec = crd.get("spec") or {}
    group = str(spec.get("group", ""))
    served = [version for version in spec.get("versions") or () if version.get("served")]
    established = (pods.condition(crd, "Established") or {}).get("status") == "True"
    if group.endswith(_FLUX) or not served or not established or pods.is_ending(crd):
        return None
    shape = next((version for version in served if version.get("storage")), served[0])
    names = spec.get("names") or {}
    type_ = ApiResource(
        group,
        str(shape["name"]),
        str(names.get("kind", "")),
        str(names.get("plural", "")),
        spec.get("scope") != "Cluster",
    )
    schema = (shape.get("schema") or {}).get("openAPIV3Schema") or {}
    return CustomKind(type_, "status" in (shape.get("subresources") or {}), _admits_word(schema))


def _admits_word(schema: Json) -> bool:
    """Whether `status.status` may be any text."""
    status = (schema.get("properties") or {}).get("status") or {}
    field = (status.get("properties") or {}).get("status")
    return field is None or (field.get("type") == "string" and not field.get("enum"))


def _is_settled(obj: Json, generation: int) -> bool:
    """Told by a simulator before this one."""
    ready = pods.condition(obj, "Ready") or {}
    observed = (obj.get("status") or {}).get("observedGeneration")
    return observed == generation and ready.get("status") in ("True", "False")
