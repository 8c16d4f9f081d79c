"""Answers questions of `domain.ask`: one function per question, errors as ours.

What is answered from a registry or a cluster is fetched here; what needs parsing goes to the
worker. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from fluxtui.cluster.port import Cluster
from fluxtui.cluster.streams import LogOptions
from fluxtui.domain.ask import (
    AskRemote,
    BuildOf,
    ChartDiff,
    ComparePush,
    DriftDiff,
    EnvironmentsDiff,
    ListTags,
    LiveDiff,
    PatchesDiff,
    Question,
    ReadFacts,
    ReadInventory,
    ReadLogs,
    ReadObject,
    ReleasesDiff,
    ReviewCommits,
    ReviewDeclared,
    ReviewMoves,
    ReviewRights,
    ReviewStanding,
    TryMoves,
    ValuesOf,
    VersionsDiff,
)
from fluxtui.domain.config import Config
from fluxtui.engine.acts.rights import Rights
from fluxtui.engine.builds.asking import StandingReader
from fluxtui.engine.builds.changelogs import ChangelogReader
from fluxtui.engine.builds.charts import ChartReader
from fluxtui.engine.builds.declarations import DeclarationReader
from fluxtui.engine.builds.diffs import Diffs
from fluxtui.engine.builds.gittrees import GitTrees
from fluxtui.engine.builds.releases import ReleaseReader
from fluxtui.engine.builds.worker import Worker
from fluxtui.engine.objectreading import ObjectReader
from fluxtui.engine.publication.store import Store
from fluxtui.engine.registries import RegistryDoor
from fluxtui.engine.tags.remotes import RemoteReader
from fluxtui.engine.tags.watch import TagWatch
from fluxtui.kit.clock import Clock


class Answers:
    """Lives on the Engine's loop."""

    def __init__(
        self,
        store: Store,
        registries: RegistryDoor,
        tags: TagWatch,
        cluster: Callable[[str], Cluster],
        config: Config,
        clock: Clock,
    ) -> None:
        self._cluster = cluster
        self._objects = ObjectReader(store, cluster)
        self._standing = StandingReader(store, registries, cluster)
        self._worker = Worker()
        rights = Rights(store, cluster)
        remotes = RemoteReader(config, store, clock)
        self._releases = ReleaseReader(store, cluster, self._worker)
        self._charts = ChartReader(self._releases, store, registries, self._worker)
        trees = GitTrees(config)
        self._diffs = Diffs(store, registries, cluster, self._worker, self._charts, trees)
        declarations = DeclarationReader(config, store, self._diffs, self._worker)
        self._by_question: Mapping[type, Callable[[Any], Awaitable[Any]]] = {
            AskRemote: lambda question: remotes.now(question.asked),
            ComparePush: lambda question: tags.compare(question.content),
            ListTags: lambda question: tags.list_now(question.repository),
            ReadFacts: lambda question: tags.read_facts(question.repository, question.tags),
            ReadLogs: self._logs,
            ReadObject: lambda question: self._objects.object(question.object),
            ReadInventory: lambda question: self._objects.inventory(question.object),
            ValuesOf: self._releases.values,
            ReleasesDiff: self._releases.releases,
            DriftDiff: self._releases.drift,
            ChartDiff: self._charts.compare,
            BuildOf: self._diffs.build,
            LiveDiff: self._diffs.live,
            PatchesDiff: self._diffs.patches,
            VersionsDiff: self._diffs.versions,
            EnvironmentsDiff: self._diffs.environments,
            ReviewCommits: ChangelogReader(config).answer,
            ReviewDeclared: declarations.answer,
            ReviewMoves: self._diffs.moves,
            ReviewStanding: self._standing.ask,
            TryMoves: self._diffs.tried,
            ReviewRights: lambda question: rights.refusals(question.plan),
        }

    async def answer(self, question: Question) -> Any:
        """The answer that the question's docstring promises. Raises FluxtuiError."""
        return await self._by_question[type(question)](question)

    async def compute(self, function: str, *arguments: Any) -> Any:
        """The result of `module:name`, made by the worker. Raises FluxtuiError."""
        return await self._worker.call(function, *arguments)

    async def close(self) -> None:
        """End the worker process."""
        await self._worker.close()

    def followed(self, question: ReadLogs) -> AsyncIterator[str]:
        """The lines of a log as they are written. Raises FluxtuiError."""
        pod = question.pod
        cluster = self._cluster(pod.environment)
        return cluster.follow_logs(pod.namespace, pod.name, _options(question))

    async def _logs(self, question: ReadLogs) -> str:
        pod = question.pod
        cluster = self._cluster(pod.environment)
        return await cluster.logs(pod.namespace, pod.name, _options(question))


def _options(question: ReadLogs) -> LogOptions:
    return LogOptions(
        container=question.container,
        tail=question.tail,
        previous=question.previous,
        timestamps=question.timestamps,
        since=question.since,
    )
