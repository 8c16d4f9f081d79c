"""Asks each cluster whether it lets this user write what a Plan writes, before anything is written.

A Plan whose second Step is forbidden must not run its first. What cannot be asked is taken for
permitted: the write itself will tell. Asking is no write, so a read-only Environment is asked too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.plan import ApplyStep, ObjectStep, Plan
from fluxtui.domain.resource import Key
from fluxtui.engine.publication.store import Store


class Rights:
    """Lives on the Engine's loop."""

    def __init__(self, store: Store, cluster: Callable[[str], Cluster]) -> None:
        self._store = store
        self._cluster = cluster

    async def refusals(self, plan: Plan) -> tuple[str, ...]:
        """A sentence for each kind and namespace that the user may not write as the Plan would."""
        groups: dict[tuple[str, Key], dict[str, None]] = {}
        for step in plan.steps:
            if not isinstance(step, ObjectStep):
                continue
            key = step.target
            new = isinstance(step, ApplyStep) and self._store.snapshot.get(key) is None
            place = key._replace(name="")
            for verb in ("create", "patch") if new else ("patch",):
                groups.setdefault((verb, place), {})[key.name] = None
        asked = await asyncio.gather(
            *(self._refused(verb, place, names) for (verb, place), names in groups.items())
        )
        return tuple(sentence for sentence in asked if sentence)

    async def _refused(self, verb: str, place: Key, names: dict[str, None]) -> str:
        try:
            cluster = self._cluster(place.environment)
            type_ = (await cluster.discover()).get((place.group, place.kind))
            if type_ is None or await cluster.can_i(verb, type_, place.namespace):
                return ""
            # A role may name the objects that it is about.
            where = (verb, type_, place.namespace)
            barred = [name for name in names if not await cluster.can_i(*where, name)]
        except FluxtuiError:
            return ""
        return _sentence(verb, type_, place, barred) if barred else ""


def _sentence(verb: str, type_: ApiResource, place: Key, barred: list[str]) -> str:
    what = f"{type_.plural}.{type_.group}" if type_.group else type_.plural
    where = f" in namespace {place.namespace}" if place.namespace else ""
    return (
        f"{place.environment} does not let you {verb} {what}{where} ({', '.join(barred[:3])}"
        f"{', ...' if len(barred) > 3 else ''}): ask for a role with that verb"
    )
