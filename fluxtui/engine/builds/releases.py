"""Answers what is asked of a HelmRelease: reads the few objects that it takes, once, when asked.

ConfigMaps, Secrets and Helm's storage are got by name and never listed or watched; they go to the
worker as they came, and only what is masked comes back. Nothing is parsed or kept here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.ask import ValuesOf
from fluxtui.domain.chartvalues import ChartValues, Referent
from fluxtui.domain.errors import FluxtuiError, Forbidden, NotFound, UsageError
from fluxtui.domain.kinds import releases
from fluxtui.domain.kinds.kind import ValuesFrom
from fluxtui.domain.resource import Key, Resource
from fluxtui.engine.builds.releaseparts import ValueInputs
from fluxtui.engine.builds.worker import Worker
from fluxtui.engine.publication.store import Store

_TYPES = {
    "ConfigMap": ApiResource("", "v1", "ConfigMap", "configmaps"),
    "Secret": ApiResource("", "v1", "Secret", "secrets"),
}
_VALUES = "fluxtui.engine.builds.releaseparts:values"


class ReleaseReader:
    """Lives on the Engine's loop."""

    def __init__(self, store: Store, cluster: Callable[[str], Cluster], worker: Worker) -> None:
        self._store = store
        self._cluster = cluster
        self._worker = worker
        self._session = secrets.token_bytes(32)

    async def values(self, question: ValuesOf) -> ChartValues:
        """The values as Flux merges them now. Raises UsageError of what has none."""
        resource = self._resource(question.release)
        answer: ChartValues = await self._worker.call(
            _VALUES, self._session, await self._inputs(resource)
        )
        return answer

    async def _inputs(self, resource: Resource) -> ValueInputs:
        """What its values are made of, each object read once."""
        references = releases.values_from(resource)
        found: dict[tuple[str, str], Referent] = {}
        for reference in references:
            place = (reference.kind, reference.name)
            if place not in found:
                found[place] = await self._read(resource.key, reference)
        own = dict(releases.own_values(resource))
        return ValueInputs(resource.key.namespace, own, references, found)

    async def _read(self, key: Key, reference: ValuesFrom) -> Referent:
        type_ = _TYPES.get(reference.kind)
        if type_ is None:
            return Referent()
        cluster = self._cluster(key.environment)
        try:
            obj = await cluster.get(type_, key.namespace, reference.name)
        except NotFound:
            return Referent()
        except Forbidden as error:
            return Referent(error=unpermitted(error, type_, key.namespace))
        except FluxtuiError as error:
            return Referent(error=str(error))
        return Referent({str(k): str(v) for k, v in (obj.get("data") or {}).items()})

    def _resource(self, key: Key) -> Resource:
        resource = self._store.snapshot.get(key)
        if resource is None:
            raise UsageError(f"{key.label} is not known", where=key.environment)
        if not releases.has_releases(key):
            raise UsageError("it makes no releases of a chart", where=str(key))
        return resource


def unpermitted(error: Forbidden, type_: ApiResource, namespace: str) -> str:
    """The verb that is missing, in a sentence."""
    return f"you may not get {type_.plural} in namespace {namespace} ({error.what})"
