"""Runs a Plan: checks it again, then its Steps as a DAG, into Journal and Receipts.

Each write has a Journal line before and after it. A Step whose needs did not succeed is skipped;
Steps that need nothing of each other run side by side. Nothing here decides what a Plan should
contain.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import graphlib
from collections.abc import Callable, Mapping

from fluxtui.cluster.port import Cluster
from fluxtui.domain.awaits import barred, judge
from fluxtui.domain.config import Config
from fluxtui.domain.errors import ClusterError, Conflict, FluxtuiError, RefusedError
from fluxtui.domain.plan import (
    AT_WRITE,
    WRITES,
    AnyStep,
    ApplyStep,
    AwaitStep,
    DeleteStep,
    ObjectStep,
    Outcome,
    PatchStep,
    Plan,
    PushStep,
    Receipt,
    RegistryStep,
    RequestReconcile,
    TagStep,
    Until,
)
from fluxtui.domain.protection import Confirmed, demand
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.acts.auditing import Audit
from fluxtui.engine.acts.inputs import Inputs, explain
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.rights import Rights
from fluxtui.engine.acts.tagging import Tagging
from fluxtui.engine.acts.writes import Result, Writes, Written
from fluxtui.engine.publication.occurrences import worn_text
from fluxtui.engine.publication.publisher import Publisher
from fluxtui.engine.publication.store import Store
from fluxtui.engine.registries import RegistryDoor
from fluxtui.engine.tags.watch import TagWatch
from fluxtui.kit.clock import Clock

GRACE = 3.0  # seconds that a write gets to be answered when fluxtui is left


class Jobs:
    """Lives on the Engine's loop."""

    def __init__(
        self,
        config: Config,
        store: Store,
        publisher: Publisher,
        registries: RegistryDoor,
        tags: TagWatch,
        journal: Journal,
        clock: Clock,
        cluster: Callable[[str], Cluster],
        new_kinds: Callable[[str], None],
    ) -> None:
        self._config = config
        self._store = store
        self._publisher = publisher
        self._registries = registries
        self._tags = tags
        self._journal = journal
        self._clock = clock
        self._cluster = cluster
        self._new_kinds = new_kinds
        self._runs: set[PlanRun] = set()

    async def run(self, plan: Plan, confirmed: Confirmed) -> tuple[Receipt, ...]:
        """Receipts in the order of the Steps. Raises RefusedError before anything was written."""
        writing = any(isinstance(step, WRITES) for step in plan.steps)
        self._check_order(plan)
        if writing:
            await self._check_permission(plan, confirmed)
        clusters = self._clusters(plan)
        await Inputs(self._store, self._registries).check(plan, clusters)
        try:
            await asyncio.to_thread(self._journal.plan, plan, self._clock.stamp())
        except OSError as error:
            raise RefusedError(
                f"the Journal cannot be written: {error.strerror}",
                where=str(error.filename or ""),
                next="nothing was done; free space or name another journal",
            ) from error
        number = self._store.act(plan, self._clock.stamp())
        run = PlanRun(self, plan, number, clusters)
        self._runs.add(run)
        try:
            return await run.steps()
        finally:
            self._runs.discard(run)
            self._store.finish(number, self._clock.stamp(), run.cut)
            self._journal.over(plan.id)

    async def stop(self, why: str) -> None:
        """Give up what runs: waits end at once, writes get a moment to hear their answer.

        The Journal is told why; what has no outcome by then is for the next start to tell.
        """
        await asyncio.gather(*(run.give_up(why) for run in tuple(self._runs)))

    async def _check_permission(self, plan: Plan, confirmed: Confirmed) -> None:
        """Judged here and now, whatever whoever built or asked for the Plan took care of."""
        steps = (step for step in plan.steps if isinstance(step, RegistryStep))
        # A tag list that is an input is read again with the inputs.
        unread = {step.repository for step in steps}.difference(plan.inputs)
        listed = {repository: await self._tags.list_now(repository) for repository in unread}
        snapshot = self._store.snapshot
        snapshot = dataclasses.replace(snapshot, tags={**snapshot.tags, **listed})
        demanded = await asyncio.to_thread(demand, plan, snapshot)
        if demanded.refusal:
            raise RefusedError(demanded.refusal, where=plan.title, next="nothing was done")
        missing = demanded.missing(confirmed)
        if missing:
            raise RefusedError(missing, where=plan.title, next="review it again; nothing was done")
        forbidden = await Rights(self._store, self._cluster).refusals(plan)
        if forbidden:
            raise RefusedError("; ".join(forbidden), where=plan.title, next="nothing was done")

    @staticmethod
    def _check_order(plan: Plan) -> None:
        ids = {step.id for step in plan.steps}
        if len(ids) != len(plan.steps):
            raise RefusedError("two Steps have the same id", where=plan.title)
        missing = {need for step in plan.steps for need in step.needs} - ids
        if missing:
            raise RefusedError(f"Steps that are not there: {sorted(missing)}", where=plan.title)
        try:
            graphlib.TopologicalSorter({s.id: s.needs for s in plan.steps}).prepare()
        except graphlib.CycleError as error:
            raise RefusedError("its Steps need each other in a circle", where=plan.title) from error

    def _clusters(self, plan: Plan) -> Mapping[str, Cluster]:
        """Connections the Plan needs. RefusedError when a Step's Environment has none."""
        clusters: dict[str, Cluster] = {}
        for step in plan.steps:
            if isinstance(step, PatchStep | RequestReconcile | ApplyStep):
                name = step.target.environment
                try:
                    clusters[name] = self._cluster(name)
                except ClusterError as error:
                    raise RefusedError(str(error), where=plan.title) from error
        for name in {text.partition(": ")[0] for text in plan.inputs} - clusters.keys():
            if self._config.environment(name) is not None:
                try:
                    clusters[name] = self._cluster(name)
                except ClusterError as error:
                    raise RefusedError(str(error), where=plan.title) from error
        return clusters


class PlanRun:
    """One run of one Plan."""

    def __init__(
        self, jobs: Jobs, plan: Plan, number: int, clusters: Mapping[str, Cluster]
    ) -> None:
        self._jobs = jobs
        self._plan = plan
        self._number = number
        self._written = Written()
        self._writes = Writes(jobs._store, clusters, self._written, jobs._new_kinds, jobs._clock)
        self._tagging = Tagging(jobs._registries, jobs._clock)
        wanted = jobs._config.audit_events
        self._audit = Audit(plan, clusters, jobs._store, jobs._clock) if wanted else None
        self._tasks: dict[str, asyncio.Task[Receipt]] = {}
        self._writing: set[str] = set()  # Steps whose write is under way
        self._lost: dict[Key, str] = {}  # what was waited for in vain, and how that ended
        self.cut = ""  # why it was given up

    async def give_up(self, why: str) -> None:
        """No further Step begins; what is being written may end within `GRACE` seconds."""
        self.cut = why
        for id_, task in self._tasks.items():
            if id_ not in self._writing:
                task.cancel()
        writing = [self._tasks[id_] for id_ in self._writing]
        if writing:
            await asyncio.wait(writing, timeout=GRACE)
        for task in self._tasks.values():
            task.cancel()
        # A Journal that cannot be written now has told its intents: the next start tells the rest.
        with contextlib.suppress(OSError):
            jobs = self._jobs
            await asyncio.to_thread(
                jobs._journal.interrupted, self._plan.id, why, jobs._clock.stamp()
            )

    async def steps(self) -> tuple[Receipt, ...]:
        """All Steps, each as soon as what it needs is done."""
        tasks = self._tasks
        for id_ in graphlib.TopologicalSorter(
            {s.id: s.needs for s in self._plan.steps}
        ).static_order():
            step = next(s for s in self._plan.steps if s.id == id_)
            needs = [tasks[need] for need in step.needs]
            tasks[id_] = asyncio.create_task(self._step(step, needs), name=f"step {id_}")
        try:
            # All, however they end: one that is given up must not take a write with it.
            if tasks:
                await asyncio.wait(tasks.values())
        finally:
            for task in tasks.values():
                task.cancel()
        return tuple(tasks[step.id].result() for step in self._plan.steps)

    async def _step(self, step: AnyStep, needs: list[asyncio.Task[Receipt]]) -> Receipt:
        needed = [await asyncio.shield(task) for task in needs]
        bad = next((receipt for receipt in needed if not receipt.ok), None)
        if bad is not None:
            return await self._receipt(step, Outcome.SKIPPED, f"{bad.step} was {bad.outcome}")
        if self.cut:
            raise asyncio.CancelledError
        at = self._jobs._clock.stamp()
        try:
            await asyncio.to_thread(
                self._jobs._journal.intent, self._plan.id, step.id, step.title, at
            )
        except OSError as error:
            text = f"nothing was done: the Journal cannot be written ({error.strerror})"
            return await self._receipt(step, Outcome.FAILED, text)
        self._jobs._store.started(self._number, step.id, at)
        if isinstance(step, WRITES):
            self._writing.add(step.id)
        try:
            outcome, message = await self._outcome(step)
            if self._audit is not None and outcome is Outcome.DONE and isinstance(step, ObjectStep):
                unwritten = await self._audit.note(step)
                message += f" ({unwritten})" if unwritten else ""
            return await self._receipt(step, outcome, message)
        finally:
            self._writing.discard(step.id)

    async def _outcome(self, step: AnyStep) -> Result:
        try:
            return await self._do(step)
        except Conflict as error:
            return Outcome.REFUSED, explain(error)
        except ClusterError as error:
            return Outcome.FAILED, explain(error)
        except FluxtuiError as error:
            return Outcome.FAILED, str(error)
        except Exception as error:
            # A fault of ours must become a Receipt like any other outcome; what was written is
            # unknown.
            return Outcome.UNKNOWN, f"unexpected {type(error).__name__}: {error}"

    async def _do(self, step: AnyStep) -> Result:
        if isinstance(step, PatchStep):
            return await self._writes.patch(step)
        if isinstance(step, RequestReconcile):
            return await self._writes.reconcile(step)
        if isinstance(step, ApplyStep):
            return await self._writes.apply(step)
        if isinstance(step, AwaitStep):
            return await self._await(step)
        result = await self._registry_write(step)
        # What each source would pick now: the next Snapshot must know the new tag.
        await self._jobs._tags.list_now(step.repository)
        return result

    async def _registry_write(self, step: TagStep | PushStep | DeleteStep) -> Result:
        if isinstance(step, TagStep):
            return await self._tagging.tag(step)
        if isinstance(step, DeleteStep):
            return await self._tagging.delete(step)
        return await self._tagging.push(step)

    async def _await(self, step: AwaitStep) -> Result:
        outcome, text = await self._awaited(step)
        if outcome is not Outcome.DONE:
            failed = outcome is Outcome.FAILED
            self._lost[step.target] = "which failed" if failed else "which was not reached"
        return outcome, text

    async def _awaited(self, step: AwaitStep) -> Result:
        began = self._jobs._store.snapshot.as_of(step.target)
        if step.value == AT_WRITE:  # the time that this run asked at
            step = dataclasses.replace(step, value=self._written.requests.get(step.target, ""))

        def decided(snapshot: Snapshot) -> bool:
            version = snapshot.as_of(step.target)
            if not self._caught_up(step, version):
                return False
            outcome = judge(snapshot.get(step.target), step).done
            if outcome is None and barred(snapshot.get(step.target), self._lost):
                return True
            # A failure that was there when the waiting began is the one that is to be mended; a
            # request's own answer (HANDLED) may have been quicker than we are.
            stale = outcome is False and version == began and step.until is not Until.HANDLED
            return outcome is not None and not stale

        try:
            snapshot = await self._jobs._publisher.until(decided, step.timeout)
        except TimeoutError:
            snapshot = self._jobs._store.snapshot
            now = judge(snapshot.get(step.target), step)
            text = f"not within {step.timeout:g} s: {now.text}"
            return Outcome.FAILED, _worn(text, step.target, snapshot)
        judgement = judge(snapshot.get(step.target), step)
        if judgement.done is None:
            return Outcome.SKIPPED, barred(snapshot.get(step.target), self._lost)
        outcome = Outcome.DONE if judgement.done else Outcome.FAILED
        return outcome, _worn(judgement.text, step.target, snapshot)

    def _caught_up(self, step: AwaitStep, version: str) -> bool:
        """Whether the Snapshot is as new as what this run wrote to the target."""
        own = self._written.versions.get(step.target, "")
        # Kubernetes 1.35 declares resourceVersions comparable as numbers; older ones behave so.
        return not (version.isdecimal() and own.isdecimal()) or int(version) >= int(own)

    async def _receipt(self, step: AnyStep, outcome: Outcome, message: str) -> Receipt:
        jobs = self._jobs
        receipt = Receipt(self._plan.id, step.id, outcome, message, jobs._clock.stamp())
        try:
            await asyncio.to_thread(jobs._journal.receipt, receipt)
        except OSError as error:
            text = f"{message} (and the Journal could not be written: {error.strerror})"
            receipt = Receipt(receipt.plan, receipt.step, outcome, text, receipt.at)
        jobs._store.receipt(self._number, receipt)
        return receipt


def _worn(text: str, target: Key, snapshot: Snapshot) -> str:
    """A Receipt names digests by the tags that the target's source knows them by."""
    return worn_text(text, target, snapshot)
