"""Reconciles one Kustomization: may it run, its run, and what status says afterwards.

Decides when the next run is. This module must not apply anything itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fluxtui.cluster.port import ApiResource, Json
from fluxtui.domain.errors import ClusterError, ConfigError, Conflict, NotFound
from fluxtui.domain.inventory import InventoryEntry
from fluxtui.reconciler import objects
from fluxtui.reconciler.application import Application, Destination, RunFailed, Tools, emit
from fluxtui.reconciler.conditions import READY, RECONCILING, STALLED
from fluxtui.reconciler.dependencies import (
    NotReady,
    check_dependencies,
    source_kind,
    source_name,
)
from fluxtui.reconciler.expressions import BadExpression, HealthExpressions, NotEvaluated
from fluxtui.reconciler.health import Overtaking
from fluxtui.reconciler.objects import Name
from fluxtui.reconciler.prune import PruneFailed
from fluxtui.reconciler.record import inventory_of
from fluxtui.reconciler.remote import target_cluster
from fluxtui.reconciler.subject import Subject
from fluxtui.reconciler.timing import (
    DEPENDENCY_DELAY,
    BadSpec,
    backoff,
    jittered,
    kustomization_timeout,
    seconds,
    show,
)
from fluxtui.reconciler.unsupported import unsupported_in_kustomization

COMPONENT = "kustomize-controller"
STATUS_MANAGER = "gotk-kustomize-controller"
_TERMINAL = "Reconciliation failed terminally due to configuration error"


@dataclass(eq=False)
class Halt(Exception):
    """Why there was no run: Ready's reason and message, the delay (None: until a change)."""

    reason: str
    message: str
    delay: float | None = None
    event: tuple[str, str] | None = None


class KustomizationReconciler:
    """Runs Kustomizations of one cluster; call `reconcile` with a name.

    `waiting` holds those that wait for a dependency, so that they can be woken the moment one turns
    ready. `refetch` is told the kind and name of the source whose artifact has vanished from
    storage.
    """

    def __init__(
        self,
        type_: ApiResource,
        source_types: Mapping[str, ApiResource],
        tools: Tools,
        refetch: Callable[[str, Name], None],
        *,
        cancel_health_checks: bool = False,
    ) -> None:
        self.waiting: set[Name] = set()
        self._type = type_
        self._source_types = source_types
        self._tools = tools
        self._refetch = refetch
        self._cancels: dict[Name, Overtaking] = {}
        self._cancel_health_checks = cancel_health_checks
        self._failures: dict[Name, int] = {}

    def interrupt(self, name: Name, by: str, *, deleting: bool = False) -> None:
        """Something newer is to be done: end a health wait in progress, when that is wanted.

        `by` names it, as kind/namespace/name. Always for a deletion (a deviation: Flux would
        wait for what is about to be deleted).
        """
        cancel = self._cancels.get(name)
        if cancel is not None and (deleting or self._cancel_health_checks):
            cancel.by = by
            cancel.set()

    async def reconcile(self, name: Name) -> float | None:
        """One run; the seconds until the next, None for not before something changes."""
        self.waiting.discard(name)
        try:
            obj = await self._tools.cluster.get(self._type, name.namespace, name.name)
            subject = Subject(
                self._tools.cluster,
                self._type,
                obj,
                manager=STATUS_MANAGER,
                clock=self._tools.clock,
            )
            return await self._run(subject)
        except NotFound:
            self._failures.pop(name, None)
            return None
        except Conflict:
            return 0.0  # somebody wrote the object meanwhile: read it again

    async def _run(self, subject: Subject) -> float | None:
        if objects.is_deleting(subject.object):
            return await self._finalize(subject)
        if not subject.has_finalizer():
            await subject.set_finalizer(True)
            return 0.0
        if subject.spec.get("suspend") is True:
            await self._finish(subject)
            return None
        began = self._tools.clock.monotonic()
        try:
            await self._attempt(subject)
        except Halt as halt:
            return await self._halted(subject, halt)
        except RunFailed as error:
            return await self._run_failed(subject, error)
        await self._finish(subject)
        interval = seconds(subject.spec, "interval")
        took = show(self._tools.clock.took(began))
        await emit(
            self._tools.recorder,
            subject,
            "Normal",
            f"Reconciliation finished in {took}, next run in {show(interval)}",
            commit_status="update",
        )
        return jittered(interval)

    async def _attempt(self, subject: Subject) -> None:
        """Check, then run. Raises Halt when there is nothing to run, RunFailed."""
        subject.conditions.remove(STALLED)
        expressions = self._checked(subject)
        source = await self._source(subject)
        cancel = Overtaking()
        application = Application(subject, source, self._tools, expressions, cancel)
        if not application.revision:
            message = f"Source artifact not found, retrying in {show(DEPENDENCY_DELAY)}"
            raise Halt("ArtifactFailed", message, DEPENDENCY_DELAY)
        await self._dependencies(subject, application.revision)
        self._cancels[subject.name] = cancel
        try:
            await application.run()
        finally:
            self._cancels.pop(subject.name, None)

    async def _run_failed(self, subject: Subject, error: RunFailed) -> float | None:
        if error.lost:
            self._refetch(source_kind(subject.object), source_name(subject.object))
            delay = show(DEPENDENCY_DELAY)
            message = f"Source is not ready, artifact not found, retrying in {delay}"
            return await self._halted(subject, Halt("ArtifactFailed", message, DEPENDENCY_DELAY))
        await self._finish(subject)
        type_ = "Normal" if error.canceled else "Warning"
        await emit(self._tools.recorder, subject, type_, str(error))
        return 0.0 if error.canceled else _retry_interval(subject)

    def _checked(self, subject: Subject) -> HealthExpressions:
        """Everything that only a change of the spec can mend."""
        try:
            field = unsupported_in_kustomization(subject.spec)
            if field:
                raise Halt("UnsupportedField", field)
            kustomization_timeout(subject.spec)
            seconds(subject.spec, "retryInterval", 0.0)
            return HealthExpressions(subject.spec)
        except BadSpec as error:
            raise Halt("InvalidSpec", str(error)) from error
        except BadExpression as error:
            raise Halt("InvalidCELExpression", f"{_TERMINAL}: {error}") from error

    async def _source(self, subject: Subject) -> Json:
        name, type_ = source_name(subject.object), self._source_types[source_kind(subject.object)]
        try:
            return await self._tools.cluster.get(type_, name.namespace, name.name)
        except NotFound as error:
            raise Halt("ArtifactFailed", error.what, _retry_interval(subject)) from error
        except ClusterError as error:
            message = f"unable to get source '{name}': {error}"
            raise Halt("ArtifactFailed", message, self._back_off(subject.name)) from error

    async def _dependencies(self, subject: Subject, revision: str) -> None:
        try:
            await check_dependencies(self._tools.cluster, self._type, subject.object, revision)
        except BadExpression as error:
            raise Halt("InvalidCELExpression", f"{_TERMINAL}: {error}") from error
        except (NotReady, NotEvaluated) as error:
            delay = show(DEPENDENCY_DELAY)
            words = f"Dependencies do not meet ready condition, retrying in {delay}"
            raise Halt(
                "DependencyNotReady", str(error), DEPENDENCY_DELAY, ("Normal", words)
            ) from error

    async def _halted(self, subject: Subject, halt: Halt) -> float | None:
        conditions = subject.conditions
        conditions.set(READY, "False", halt.reason, halt.message)
        event = halt.event
        if halt.delay is None:
            conditions.stalled(halt.reason, halt.message)
            subject.status["observedGeneration"] = subject.generation
            event = ("Warning", halt.message)
        if halt.reason == "DependencyNotReady":
            self.waiting.add(subject.name)
        await self._finish(subject)
        if event is not None:
            await emit(self._tools.recorder, subject, *event)
        return halt.delay

    async def _finish(self, subject: Subject) -> None:
        """What every run ends with: acknowledge the request, settle Reconciling, save."""
        conditions = subject.conditions
        subject.handled()
        if conditions.is_(READY, "True"):
            conditions.remove(RECONCILING)
            subject.status["observedGeneration"] = subject.generation
            self._failures.pop(subject.name, None)
        going = conditions.get(RECONCILING)
        if conditions.is_(READY, "False") and going:
            conditions.set(RECONCILING, "True", "ProgressingWithRetry", str(going["message"]))
        await subject.save()

    async def _finalize(self, subject: Subject) -> float | None:
        """Delete what was applied, as deletionPolicy says, and let the object go."""
        if not subject.has_finalizer():
            return None
        spec = subject.spec
        policy = spec.get("deletionPolicy") or "MirrorPrune"
        deletes = policy in ("Delete", "WaitForTermination") or (
            policy == "MirrorPrune" and spec.get("prune") is True
        )
        entries = inventory_of(subject.status)
        subject.revision = objects.text(subject.status.get("lastAppliedRevision"))
        subject.origin = objects.text(subject.status.get("lastAppliedOriginRevision"))
        foreign = unsupported_in_kustomization({**spec, "sourceRef": {"kind": "OCIRepository"}})
        if entries and deletes and foreign and spec.get("suspend") is not True:
            message = f"{foreign}; the applied objects are left where they are"
            await emit(self._tools.recorder, subject, "Warning", message)
        elif entries and deletes and spec.get("suspend") is not True:
            try:
                await self._delete(subject, entries, wait=policy == "WaitForTermination")
            except (PruneFailed, ConfigError) as error:
                message = f"pruning for deleted resource failed: {error}"
                await emit(self._tools.recorder, subject, "Warning", message)
                return self._back_off(subject.name)
        await subject.set_finalizer(False)
        return None

    async def _delete(
        self, subject: Subject, entries: Sequence[InventoryEntry], *, wait: bool
    ) -> None:
        tools, name = self._tools, subject.name
        async with target_cluster(tools.cluster, name.namespace, subject.spec) as cluster:
            pruner = Destination.of(cluster, tools).pruner
            changes = await pruner.prune(entries, name)
            if changes:
                await emit(tools.recorder, subject, "Normal", "\n".join(map(str, changes)))
            if wait:
                remaining = await pruner.wait_gone(changes, kustomization_timeout(subject.spec))
                if remaining:
                    words = ", ".join(str(entry.id) for entry in remaining)
                    message = f"failed to wait for resources termination: {words}"
                    await emit(tools.recorder, subject, "Warning", message)

    def _back_off(self, name: Name) -> float:
        failures = self._failures[name] = self._failures.get(name, 0) + 1
        return backoff(failures)


def _retry_interval(subject: Subject) -> float:
    return seconds(subject.spec, "retryInterval", seconds(subject.spec, "interval"))
