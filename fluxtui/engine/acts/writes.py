"""Carries out the Steps that write to a Kubernetes API, each at most once and never blindly.

Field manager `fluxtui` (Flux strips managers of other names, docs/flux.md#managers), the
resourceVersion as optimistic lock, and when no answer came the object is read back before anything
is said. Journal, order and waiting are the caller's.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain import kinds
from fluxtui.domain.errors import ClusterError, Conflict, NotFound, Unreachable
from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.managers import MANAGER
from fluxtui.domain.patchfields import difference, holds, touched
from fluxtui.domain.plan import AT_WRITE, ApplyStep, Outcome, PatchStep, RequestReconcile
from fluxtui.domain.resource import Key
from fluxtui.engine.acts.inputs import explain, read_object
from fluxtui.engine.publication.store import Store
from fluxtui.kit.clock import Clock

APPLY_MANAGER = "fluxtui-apply"
Result = tuple[Outcome, str]


@dataclass(slots=True)
class Written:
    """What one run of a Plan wrote: target -> resourceVersion the API answered with, and the time
    that it asked for a reconciliation at."""

    versions: dict[Key, str] = field(default_factory=dict)
    requests: dict[Key, str] = field(default_factory=dict)

    def note(self, key: Key, obj: Json) -> None:
        """Remember the answer to a write."""
        self.versions[key] = _version(obj)


class Writes:
    """Cluster writes on behalf of one Plan. `new_kinds(environment)`: a CRD was applied there.

    Times in a patch are those of the write (see AT_WRITE), by `clock`.
    """

    def __init__(
        self,
        store: Store,
        clusters: Mapping[str, Cluster],
        written: Written,
        new_kinds: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._clock = clock
        self._new_kinds = new_kinds
        self._clusters = clusters
        self._written = written

    async def patch(self, step: PatchStep) -> Result:
        """Merge-patch under the Step's precondition."""
        cluster = self._clusters[step.target.environment]
        current = await read_object(cluster, self._store.snapshot, step.target)
        step = dataclasses.replace(step, patch=_stamped(step.patch, self._clock.stamp()))
        moved = self._moved(step, current)
        if moved:
            return Outcome.REFUSED, moved
        if holds(current, step.patch):
            return Outcome.UNCHANGED, "already so"
        try:
            return await self._locked_patch(cluster, step, current)
        except Conflict:
            newer = await read_object(cluster, self._store.snapshot, step.target)
            before, after = touched(current, step.patch), touched(newer, step.patch)
            if before != after:
                return Outcome.REFUSED, f"somebody else changed {difference(before, after)}"
            try:
                return await self._locked_patch(cluster, step, newer)
            except Conflict as error:
                return Outcome.REFUSED, f"it keeps changing: {explain(error)}"

    async def reconcile(self, step: RequestReconcile) -> Result:
        """Set the requestedAt annotation, and those of what is demanded, to one value."""
        cluster = self._clusters[step.target.environment]
        kind = kinds.of(step.target)
        known = kind.demands if kind is not None else {}
        unknown = [word for word in step.demands if word not in known]
        if unknown:
            return Outcome.REFUSED, f"a {step.target.kind} cannot be asked to {unknown[0]}"
        at = str(_stamped(step.at, self._clock.stamp()))
        self._written.requests[step.target] = at
        notes = dict.fromkeys((REQUESTED_AT, *(known[word] for word in step.demands)), at)
        patch = {"metadata": {"annotations": notes}}
        current = await read_object(cluster, self._store.snapshot, step.target)
        if holds(current, patch):
            return Outcome.UNCHANGED, "already requested"
        return await self._patch(cluster, step.target, patch, current)

    async def apply(self, step: ApplyStep) -> Result:
        """Server-side apply of one object; conflicts with other managers are never forced."""
        cluster = self._clusters[step.target.environment]
        manifest = copy.deepcopy(dict(step.object))
        type_ = await cluster.find(str(manifest.get("apiVersion", "")), step.target.kind)
        before = await self._peek(cluster, type_, step.target)
        try:
            answer = await cluster.apply(type_, manifest, field_manager=APPLY_MANAGER)
        except Conflict as error:
            return Outcome.REFUSED, explain(error)
        except Unreachable as error:
            return await self._applied_unheard(cluster, type_, step.target, manifest, error)
        if step.target.kind == "CustomResourceDefinition":
            cluster.forget_discovery()
            self._new_kinds(step.target.environment)
        self._written.note(step.target, answer)
        if before is None:
            return Outcome.DONE, "created"
        unchanged = _version(before) == _version(answer)
        return (Outcome.UNCHANGED, "already so") if unchanged else (Outcome.DONE, "configured")

    def _moved(self, step: PatchStep, current: Json) -> str:
        """Why the object is not what the Plan was made from, as far as the patch is concerned."""
        version = _version(current)
        own = self._written.versions.get(step.target, "")
        if version in (step.resource_version, own) or not step.resource_version:
            return ""
        before = self._store.recall(step.target, own or step.resource_version)
        if before is None:
            return f"changed since: resourceVersion {step.resource_version} -> {version}"
        if before.uid != _metadata(current, "uid"):
            return "it was deleted and made again"
        was, is_ = touched(before.as_object(), step.patch), touched(current, step.patch)
        return f"changed since: {difference(was, is_)}" if was != is_ else ""

    async def _locked_patch(self, cluster: Cluster, step: PatchStep, current: Json) -> Result:
        metadata = dict(step.patch.get("metadata") or {})
        metadata["resourceVersion"] = _version(current)
        patch = {**step.patch, "metadata": metadata}
        return await self._patch(cluster, step.target, patch, current)

    async def _patch(
        self, cluster: Cluster, key: Key, patch: Mapping[str, Any], current: Json
    ) -> Result:
        type_ = await cluster.find(str(current.get("apiVersion")), key.kind)
        try:
            answer = await cluster.patch(
                type_, key.namespace, key.name, patch, field_manager=MANAGER
            )
        except Unreachable as error:
            return await self._patched_unheard(cluster, key, patch, current, error)
        self._written.note(key, answer)
        return Outcome.DONE, f"resourceVersion {_version(current)} -> {_version(answer)}"

    async def _patched_unheard(
        self,
        cluster: Cluster,
        key: Key,
        patch: Mapping[str, Any],
        current: Json,
        error: Unreachable,
    ) -> Result:
        """No answer to a write: what does the object say now?"""
        try:
            now = await read_object(cluster, self._store.snapshot, key)
        except ClusterError as second:
            return Outcome.UNKNOWN, f"no answer ({error}), and not readable either ({second})"
        if holds(now, _without_version(patch)):
            self._written.note(key, now)
            return Outcome.DONE, "no answer came, but read back it is so"
        if _version(now) == _version(current):
            return Outcome.FAILED, f"no answer came, and read back nothing was written ({error})"
        return Outcome.UNKNOWN, f"no answer came, and read back it is neither old nor new ({error})"

    async def _applied_unheard(
        self, cluster: Cluster, type_: ApiResource, key: Key, manifest: Json, error: Unreachable
    ) -> Result:
        try:
            now = await self._peek(cluster, type_, key)
        except ClusterError as second:
            return Outcome.UNKNOWN, f"no answer ({error}), and not readable either ({second})"
        if now is None:
            return Outcome.FAILED, f"no answer came, and read back nothing was written ({error})"
        managers = now["metadata"].get("managedFields", [])
        own = any(m.get("manager") == APPLY_MANAGER for m in managers)
        if own and holds(now, {k: v for k, v in manifest.items() if k != "metadata"}):
            self._written.note(key, now)
            return Outcome.DONE, "no answer came, but read back it is so"
        return Outcome.UNKNOWN, f"no answer came, and read back it is not as wanted ({error})"

    async def _peek(self, cluster: Cluster, type_: ApiResource, key: Key) -> Json | None:
        try:
            return await cluster.get(type_, key.namespace, key.name)
        except NotFound:
            return None


def _stamped(value: Any, at: str) -> Any:
    """The value with the time `at` wherever it says AT_WRITE."""
    if isinstance(value, Mapping):
        return {key: _stamped(item, at) for key, item in value.items()}
    return at if value == AT_WRITE else value


def _version(obj: Json) -> str:
    return _metadata(obj, "resourceVersion")


def _metadata(obj: Json, field: str) -> str:
    """What an API says of an object that it answers with."""
    return str(obj["metadata"].get(field, ""))


def _without_version(patch: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {k: v for k, v in patch["metadata"].items() if k != "resourceVersion"}
    return {**patch, "metadata": metadata}
