"""Answers what is asked of a HelmRelease: reads the few objects that it takes, once, when asked.

ConfigMaps, Secrets and Helm's storage are got by name and never listed or watched; they go to the
worker as they came, and only what is masked comes back. Nothing is parsed or kept here.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.ask import (
    ComparedKustomization,
    Comparison,
    DriftDiff,
    ReleasesDiff,
    ValuesOf,
)
from fluxtui.domain.chartvalues import ChartValues, Referent
from fluxtui.domain.errors import FluxtuiError, Forbidden, NotFound, UsageError
from fluxtui.domain.kinds import releases
from fluxtui.domain.kinds.kind import StoredRelease, ValuesFrom
from fluxtui.domain.resource import Key, Resource
from fluxtui.engine.builds.live import LiveObjects
from fluxtui.engine.builds.releasediffs import DeployedObjects
from fluxtui.engine.builds.releaseparts import ValueInputs
from fluxtui.engine.builds.worker import Worker
from fluxtui.engine.publication.store import Store

_TYPES = {
    "ConfigMap": ApiResource("", "v1", "ConfigMap", "configmaps"),
    "Secret": ApiResource("", "v1", "Secret", "secrets"),
}
_VALUES = "fluxtui.engine.builds.releaseparts:values"
_RELEASES = "fluxtui.engine.builds.releasediffs:compare_releases"
_DEPLOYED = "fluxtui.engine.builds.releasediffs:deployed_objects"
_LIVE = "fluxtui.engine.builds.releasediffs:compare_live"
_STORED = "sh.helm.release.v1"
_MANAGER = "fluxtui-diff"  # owns nothing, so that a dry run takes nothing away


class ReleaseReader:
    """Lives on the Engine's loop."""

    def __init__(self, store: Store, cluster: Callable[[str], Cluster], worker: Worker) -> None:
        self._store = store
        self._cluster = cluster
        self._worker = worker
        self._session = secrets.token_bytes(32)

    @property
    def session(self) -> bytes:
        """The key of the masks."""
        return self._session

    async def values(self, question: ValuesOf) -> ChartValues:
        """The values as Flux merges them now. Raises UsageError of what has none."""
        resource = self.resource(question.release)
        answer: ChartValues = await self._worker.call(
            _VALUES, self._session, await self.inputs(resource)
        )
        return answer

    async def releases(self, question: ReleasesDiff) -> Comparison:
        """Release -> release, each read out of Helm's storage. What cannot be read is the part's
        error. Raises UsageError where there is no such pair."""
        resource = self._here(question.release)
        left, right = pair_of(resource, question.before, question.after)
        names = (f"release {left.number}", f"release {right.number}")
        part = ComparedKustomization(resource.key, *names)
        inputs = await self.inputs(resource)
        try:
            old, new = (
                await self._stored(resource.key, left),
                await self._stored(resource.key, right),
            )
            part = await self._worker.call(_RELEASES, self._session, old, new, inputs, part)
        except FluxtuiError as error:
            part = dataclasses.replace(part, error=str(error))
        title = f"{resource.key.name} in {resource.key.environment}: {' -> '.join(names)}"
        return Comparison(title, (part,), unread(inputs), *names)

    async def drift(self, question: DriftDiff) -> Comparison:
        """The deployed release -> its objects as they are live. Raises UsageError where none is."""
        resource = self._here(question.release)
        release = deployed_of(resource)
        environment = resource.key.environment
        sides = (f"release {release.number} as deployed", f"{environment} as it is")
        part = ComparedKustomization(resource.key, f"release {release.number}", "live")
        inputs = await self.inputs(resource)
        objects = self._live_objects(environment)
        try:
            stored = await self._stored(resource.key, release)
            deployed: DeployedObjects = await self._worker.call(
                _DEPLOYED, self._session, stored, inputs
            )
            part = dataclasses.replace(part, before=deployed.name)
            beside = await objects.beside(deployed.objects, deployed.guarded)
            arguments = (self._session, stored, inputs, deployed.labels, beside, part)
            part = await self._worker.call(_LIVE, *arguments)
            part = dataclasses.replace(part, findings=objects.findings("release"))
        except FluxtuiError as error:
            part = dataclasses.replace(part, error=str(error))
        title = f"{resource.key.name}: deployed -> live in {environment}"
        missed = (*unread(inputs), *objects.unread)
        return Comparison(title, (part,), tuple(dict.fromkeys(missed)), *sides)

    def _live_objects(self, name: str) -> LiveObjects:
        config = self._store.snapshot.config
        environment = config.environment(name)
        read_only = config.read_only or environment is None or environment.read_only
        cluster = self._cluster(name)
        return LiveObjects(cluster, self._worker, dry_run=not read_only, manager=_MANAGER)

    async def _stored(self, key: Key, release: StoredRelease) -> Json:
        """The storage object: a Secret, or a ConfigMap where Helm is told so. Raises what reading
        it did, with the verb that is missing."""
        name = f"{_STORED}.{release.name}.v{release.number}"
        cluster, refused = self._cluster(key.environment), None
        for type_ in (_TYPES["Secret"], _TYPES["ConfigMap"]):
            try:
                return {"kind": type_.kind, **await cluster.get(type_, release.namespace, name)}
            except NotFound:
                continue
            except Forbidden as error:
                refused = refused or Forbidden(
                    f"release {release.number} cannot be read:"
                    f" {unpermitted(error, type_, release.namespace)}",
                    where=str(key),
                    next="ask for the right to read Helm's storage there, Secrets by name",
                )
        if refused is not None:
            raise refused
        raise NotFound(
            f"Helm's storage has no release {release.number} of it any more"
            f" ({name} in {release.namespace})",
            where=str(key),
        )

    async def inputs(self, resource: Resource) -> ValueInputs:
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

    def _here(self, key: Key) -> Resource:
        """What is meant, when its objects and storage are in this cluster. Raises UsageError."""
        resource = self.resource(key)
        if resource.spec.get("kubeConfig"):
            raise UsageError(
                "it installs to another cluster, which fluxtui is not connected to", where=str(key)
            )
        return resource

    def resource(self, key: Key) -> Resource:
        """What is meant. Raises UsageError of what makes no releases."""
        resource = self._store.snapshot.get(key)
        if resource is None:
            raise UsageError(f"{key.label} is not known", where=key.environment)
        if not releases.has_releases(key):
            raise UsageError("it makes no releases of a chart", where=str(key))
        return resource


def deployed_of(resource: Resource) -> StoredRelease:
    """The release that runs. Raises UsageError."""
    release = releases.deployed(resource)
    if release is None:
        raise UsageError("no release of it is deployed", where=str(resource.key))
    return release


def pair_of(resource: Resource, before: int, after: int) -> tuple[StoredRelease, StoredRelease]:
    """The two releases with these numbers; 0: the deployed one, and the one before `after`. What
    its status names no more may still be in the storage. Raises UsageError."""
    right = _numbered(resource, after) if after else deployed_of(resource)
    if before:
        return _numbered(resource, before), right
    left = next((r for r in releases.stored(resource) if r.number < right.number), None)
    if left is None and right.number > 1:
        left = _numbered(resource, right.number - 1)
    if left is None:
        raise UsageError(
            f"release {right.number} is its first: there is none before it",
            where=str(resource.key),
        )
    return left, right


def _numbered(resource: Resource, number: int) -> StoredRelease:
    known = next((r for r in releases.stored(resource) if r.number == number), None)
    return known or StoredRelease(*releases.storage(resource), number, "")


def unread(inputs: ValueInputs) -> tuple[str, ...]:
    """What of its values could not be read: more is masked for that than need be."""
    failed = ((kind, name, found.error) for (kind, name), found in inputs.found.items())
    return tuple(
        f"{kind} {inputs.namespace}/{name} could not be read: {error}"
        for kind, name, error in failed
        if error
    )


def unpermitted(error: Forbidden, type_: ApiResource, namespace: str) -> str:
    """The verb that is missing, in a sentence."""
    return f"you may not get {type_.plural} in namespace {namespace} ({error.what})"
