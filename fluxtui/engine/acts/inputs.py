"""Reads a Plan's inputs again and refuses the Plan when the world moved since it was made.

An input is `str(Key)` -> resourceVersion ("" = was not there), `oci://repository` -> hash of its
tag list, or `oci://repository:tag` -> digest. A resourceVersion also moves when a controller merely
keeps its books; such a step is no reason to refuse when the Engine remembers the version the Plan
was made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.cluster.port import Cluster, Json
from fluxtui.domain import kinds
from fluxtui.domain.errors import ClusterError, FluxtuiError, NotFound, RefusedError
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.patchfields import difference
from fluxtui.domain.plan import Plan
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import tags_hash
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.publication.store import Store
from fluxtui.engine.registries import RegistryDoor

_AGAIN = "make the Plan again"


async def read_object(cluster: Cluster, snapshot: Snapshot, key: Key) -> Json:
    """The object as it is now. Raises NotFound and the other ClusterErrors."""
    resource = snapshot.get(key)
    version = kind.api_version if (kind := kinds.of(key)) is not None else ""
    if resource is not None:
        version = resource.api_version
    if version:
        type_ = await cluster.find(version, key.kind)
    else:
        served = (await cluster.discover()).get((key.group, key.kind))
        if served is None:
            raise NotFound(f"the kind {key.kind} is not served", where=key.environment, status=404)
        type_ = served
    return await cluster.get(type_, key.namespace, key.name)


def key_of(text: str, plan: Plan, snapshot: Snapshot) -> Key | None:
    """The Key whose text is `text`: a Step's target, else an object or a kind that is known."""
    for step in plan.steps:
        target = getattr(step, "target", None)
        if isinstance(target, Key) and str(target) == text:
            return target
    environment, _, label = text.partition(": ")
    kind, *parts = label.split("/")
    if not parts:
        return None
    namespace, name = ("", parts[0]) if len(parts) == 1 else (parts[0], "/".join(parts[1:]))
    tables = snapshot.resources.get(environment, {})
    groups = [g for g, k in tables if k == kind] + [k.group for k in kinds.ALL if k.kind == kind]
    candidates = [Key(environment, group, kind, namespace, name) for group in groups]
    present = [key for key in candidates if snapshot.get(key) is not None]
    return next(iter(present or candidates), None)


class Inputs:
    """Checks inputs against clusters and registries."""

    def __init__(self, store: Store, registries: RegistryDoor) -> None:
        self._store = store
        self._registries = registries

    async def check(self, plan: Plan, clusters: Mapping[str, Cluster]) -> None:
        """Raises RefusedError naming every difference."""
        moved = [
            sentence
            for text, expected in plan.inputs.items()
            if (sentence := await self._moved(text, expected, plan, clusters))
        ]
        if moved:
            raise RefusedError("; ".join(moved), where=plan.title, next=_AGAIN)

    async def _moved(
        self, text: str, expected: str, plan: Plan, clusters: Mapping[str, Cluster]
    ) -> str:
        try:
            if text.startswith("oci://"):
                return await self._registry_moved(text, expected)
            key = key_of(text, plan, self._store.snapshot)
            if key is None or key.environment not in clusters:
                return f"{text} cannot be read again: it is not known here"
            return await self._object_moved(clusters[key.environment], key, expected)
        except FluxtuiError as error:
            return f"{text} cannot be read again: {error}"

    async def _registry_moved(self, text: str, expected: str) -> str:
        host_and_path, colon, tag = text.rpartition(":")
        if colon and "/" not in tag:
            now = await self._registries.digest(host_and_path, tag)
            subject = "the digest of the tag"
        else:
            now = tags_hash(await self._registries.list_tags(text))
            subject = "its list of tags"
        if now == expected:
            return ""
        return f"{text}: {subject} is {now or 'gone'}, was {expected or 'not there'}"

    async def _object_moved(self, cluster: Cluster, key: Key, expected: str) -> str:
        try:
            obj = await read_object(cluster, self._store.snapshot, key)
        except NotFound:
            return f"{key} is gone" if expected else ""
        now = Resource.from_object(key.environment, obj)
        if now.resource_version == expected:
            return ""
        if not expected:
            return f"{key} is there now"
        before = self._store.recall(key, expected)
        if before is None:
            return f"{key} changed: resourceVersion {expected} -> {now.resource_version}"
        if before.uid != now.uid:
            return f"{key} was deleted and made again"
        text = difference(meaning(before), meaning(now))
        return f"{key} changed: {text}" if text else ""


def meaning(resource: Resource) -> dict[str, Any]:
    """What a Plan may rest on, flat; without what controllers only keep their books with."""
    flat: dict[str, Any] = {"deleting": resource.deleting}
    _flatten("spec", resource.spec, flat)
    _flatten("metadata.labels", resource.labels, flat)
    kind = kinds.of(resource.key)
    asked = (REQUESTED_AT, *(kind.demands.values() if kind is not None else ()))
    notes = {k: v for k, v in resource.annotations.items() if k not in asked}
    _flatten("metadata.annotations", notes, flat)
    flat["status.artifact.revision"] = sources.revision(resource)
    flat["status.lastAppliedRevision"] = appliers.applied(resource)
    flat["status.lastAttemptedRevision"] = appliers.attempted(resource)
    flat["status.inventory"] = tuple(sorted(appliers.inventory(resource)))
    return flat


def _flatten(path: str, value: Any, into: dict[str, Any]) -> None:
    if isinstance(value, Mapping) and value:
        for name, child in value.items():
            _flatten(f"{path}.{name}", child, into)
    else:
        into[path] = value


def explain(error: ClusterError) -> str:
    """The error with its causes, as one sentence."""
    causes = "; ".join(f"{field}: {message}" for field, message in error.causes)
    return f"{error} [{causes}]" if causes else str(error)
