"""Answers the diff questions: gathers what a build needs, hands it to the worker, keeps secrets
here.

Artifacts come through the registry and the blob cache, variables from the Kustomization's own
cluster. Whatever cannot be read is said (`Comparison.unread`) and does not spoil the rest. Nothing
is built here.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Mapping

from fluxtui.cluster.port import Cluster
from fluxtui.domain import roles
from fluxtui.domain.ask import (
    BuildOf,
    Comparison,
    DeliveredKustomization,
    Delivery,
    EnvironmentsDiff,
    LiveDiff,
    PatchesDiff,
    Rendering,
    ReviewMoves,
    Standing,
    TryMoves,
    VersionsDiff,
)
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.known import unread_environments
from fluxtui.domain.naming import Tables, names_in
from fluxtui.domain.plan import Move
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.review.asked import judged_answers
from fluxtui.domain.review.wanted import Heard, WantedFact
from fluxtui.engine.builds.asking import unread_of
from fluxtui.engine.builds.charts import ChartReader
from fluxtui.engine.builds.gathered import Gathered, words
from fluxtui.engine.builds.gittrees import GitTrees
from fluxtui.engine.builds.live import LiveObjects
from fluxtui.engine.builds.sides import BuildReview, Pair
from fluxtui.engine.builds.trying import tried
from fluxtui.engine.builds.worker import Worker
from fluxtui.engine.publication.store import Store
from fluxtui.engine.registries import RegistryDoor

_COMPARE = "fluxtui.engine.builds.sides:compare"
_PREPARE = "fluxtui.engine.builds.livebuilds:prepare"
_RENDER = "fluxtui.engine.builds.sides:render"
_JUDGE = "fluxtui.engine.builds.judging:judged"
_NOTHING = "its source has stored nothing yet"
# What an Environment adds to a bundle; what names objects stays, or nothing could be matched.
_OWN = ("patches", "images", "components", "ignoreMissingComponents", "postBuild", "buildMetadata")


class Diffs:
    """Lives on the Engine's loop."""

    def __init__(
        self,
        store: Store,
        registries: RegistryDoor,
        cluster: Callable[[str], Cluster],
        worker: Worker,
        charts: ChartReader,
        trees: GitTrees,
    ) -> None:
        self._store = store
        self._trees = trees
        self._charts = charts
        self._registries = registries
        self._cluster = cluster
        self._worker = worker
        self._session = secrets.token_bytes(32)

    async def patches(self, question: PatchesDiff) -> Comparison:
        """The bundle as published against what this Environment makes of it."""
        resource = self._resource(question.kustomization)
        source = self._source(resource)
        gathered = self.gathered()
        plain = {k: v for k, v in resource.spec.items() if k not in _OWN}
        pair = await gathered.pair(
            resource.key,
            (source, "", resource, plain),
            (source, "", resource, resource.spec),
            explain=True,
        )
        if pair.right is None and not pair.error:
            pair = dataclasses.replace(pair, error=_NOTHING)
        title = f"what {resource.key.environment} makes of {source.key.name}"
        sides = ("the bundle as published", f"with the patches of {resource.key.environment}")
        return await self._answer(f"{title} in {resource.key.name}", sides, gathered, [pair])

    async def versions(self, question: VersionsDiff) -> Comparison:
        """Version -> version through the same spec, for every Kustomization of the source."""
        source = self._resource(question.source)
        users = [
            r
            for r in self._users(source)
            if appliers.takes_bundles(r.key) and question.kustomization in (None, r.key)
        ]
        if not users:
            raise UsageError(
                f"no Kustomization uses {source.key.label}: there is nothing to build",
                where=source.key.environment,
            )
        gathered = self.gathered()
        pairs = [
            await gathered.pair(
                user.key,
                (source, question.before, user, user.spec),
                (source, question.after, user, user.spec),
                prune=user.spec.get("prune") is True,
            )
            for user in users
        ]
        revision = sources.revision(source)
        before = question.before or words(revision, self.names(source))
        title = f"{source.key.name} in {source.key.environment}"
        sides = (before, question.after)
        return await self._answer(f"{title}: {' -> '.join(sides)}", sides, gathered, pairs)

    async def moves(self, question: ReviewMoves) -> Delivery:
        """Every build that an act brings, through the spec of whoever takes it, judged."""
        gathered = self.gathered()
        pairs = [pair for move in question.moves for pair in await self._moved(move, gathered)]
        review = BuildReview(self._session, tuple(pairs), gathered.bundles, gathered.labels)
        parts: tuple[DeliveredKustomization, ...] = ()
        wanted: tuple[WantedFact, ...] = ()
        if pairs:
            parts, wanted = await self._worker.call(_JUDGE, review)
        for move in question.moves:
            for user in self._takers(move, gathered):
                if not appliers.takes_bundles(user.key):
                    source = self._resource(move.source)
                    judged = await self._charts.delivered(user.key, source, move)
                    parts = (*parts, judged.part)
                    gathered.unread += judged.unread
        unread = [
            f"{p.compared.kustomization}: {p.compared.error}"
            for p in parts
            if p.compared.error and appliers.takes_bundles(p.compared.kustomization)
        ]
        return Delivery(tuple(parts), tuple(dict.fromkeys((*gathered.unread, *unread))), wanted)

    async def tried(self, question: TryMoves) -> Standing:
        """What the APIs make of every build that an act brings, where they may be asked that."""
        gathered, unread = self.gathered(), list[str]()
        answers: list[tuple[WantedFact, Heard]] = []
        for move in question.moves:
            for user in self._takers(move, gathered):
                if not appliers.takes_bundles(user.key):
                    unread.append(f"{user.key}: not tried: a chart is not rendered for that")
            for pair in await self._moved(move, gathered):
                why = pair.error or self._untried(pair.key)
                if why or pair.right is None:
                    unread.append(f"{pair.key}: not tried: {why or _NOTHING}")
                    continue
                review = BuildReview(self._session, (pair,), gathered.bundles, gathered.labels)
                try:
                    prepared = await self._worker.call(_PREPARE, review)
                    cluster = self._cluster(pair.key.environment)
                    forced = (pair.right.kustomization.get("spec") or {}).get("force") is True
                    answers += await tried(cluster, pair.key, prepared, forced=forced)
                except FluxtuiError as error:
                    unread.append(f"{pair.key}: not tried: {error}")
        unread += unread_of(answers)
        unread += gathered.unread
        return Standing(judged_answers(answers), tuple(dict.fromkeys(unread)))

    def _untried(self, key: Key) -> str:
        """Why no dry run may go there, "" where one may."""
        resource, config = self._store.snapshot.get(key), self._store.snapshot.config
        if resource is not None and resource.spec.get("kubeConfig"):
            return "it goes to another cluster, which fluxtui is not connected to"
        place = config.environment(key.environment)
        read_only = config.read_only or place is None or place.read_only
        return "the environment is read-only" if read_only else ""

    def _takers(self, move: Move, gathered: Gathered) -> list[Resource]:
        """Who takes what the source gives out."""
        if self._store.snapshot.get(move.source) is None:
            gathered.unread.append(f"{move.source} is not known any more")
            return []
        return [u for u in self._users_of(move.source) if move.applier in (None, u.key)]

    async def _moved(self, move: Move, gathered: Gathered) -> list[Pair]:
        source = self._store.snapshot.get(move.source)
        if source is None:
            return []
        of_git = sources.is_of_git(source.key)
        why = await gathered.lacks(source, move.before, move.after) if of_git else ""
        if why:  # once, and not for each that stands on it
            gathered.unread.append(f"{source.key}: what would change by {why}")
            return []
        pairs = [
            await gathered.pair(
                user.key,
                (source, move.before, user, user.spec),
                (source, move.after, user, user.spec),
                prune=user.spec.get("prune") is True,
                explain=True,
            )
            for user in self._takers(move, gathered)
            if appliers.takes_bundles(user.key)
        ]
        if not of_git:
            return pairs
        direct = {user.key for user in self._users_of(source.key)}
        gathered.unread += [
            f"{other.key}: what it takes of {source.key.label} through another object"
            for other in roles.standing_on(self._store.snapshot, source.key)
            if appliers.is_applier(other.key) and other.key not in direct
        ]
        return pairs

    async def environments(self, question: EnvironmentsDiff) -> Comparison:
        """One Service as two Environments have it, Kustomizations matched by name."""
        left = self._members(question.service, question.before)
        right = self._members(question.service, question.after)
        sides = (question.before, question.after)
        title = f"{question.service}: {' -> '.join(sides)}"
        whole = unread_environments(self._store.snapshot)
        unread = tuple(
            f"{name} cannot be read now: {whole[name]}" for name in sides if name in whole
        )
        if unread and not (left and right):
            # What was not read is not absent: compared with nothing, all would seem removed.
            return Comparison(title, (), unread, *sides)
        if not left and not right:
            raise UsageError(
                f"no Kustomization uses the service {question.service}",
                where=f"{question.before}, {question.after}",
            )
        gathered = self.gathered()
        gathered.unread += unread
        pairs = []
        for place in dict.fromkeys((*left, *right)):
            before, after = left.get(place), right.get(place)
            present = after or before
            assert present is not None
            pairs.append(
                await gathered.pair(
                    present[1].key,
                    (before[0], "", before[1], before[1].spec) if before else None,
                    (after[0], "", after[1], after[1].spec) if after else None,
                    explain=True,
                )
            )
            if pairs[-1].left is None and pairs[-1].right is None and not pairs[-1].error:
                pairs[-1] = dataclasses.replace(pairs[-1], error=_NOTHING)
        return await self._answer(title, sides, gathered, pairs)

    async def build(self, question: BuildOf) -> Rendering:
        """What a Kustomization builds to as stored now, masked."""
        resource = self._resource(question.kustomization)
        source = self._source(resource)
        gathered = self.gathered()
        pair = await gathered.pair(resource.key, None, (source, "", resource, resource.spec))
        if pair.error:
            raise FluxtuiError(pair.error, where=str(resource.key))
        if pair.right is None:
            raise FluxtuiError(_NOTHING, where=str(resource.key))
        review = BuildReview(self._session, (pair,), gathered.bundles, gathered.labels)
        rendering: Rendering = await self._worker.call(_RENDER, review, question.explain)
        return dataclasses.replace(rendering, unread=tuple(dict.fromkeys(gathered.unread)))

    async def live(self, question: LiveDiff) -> Comparison:
        """The cluster as it is -> as applying the Kustomization now would make it."""
        resource = self._resource(question.kustomization)
        if resource.spec.get("kubeConfig"):
            raise UsageError(
                "it applies to another cluster, which fluxtui is not connected to",
                where=str(resource.key),
            )
        source = self._source(resource)
        gathered = self.gathered()
        pair = await gathered.pair(
            resource.key,
            None,
            (source, "", resource, resource.spec),
            prune=resource.spec.get("prune") is True,
        )
        if pair.right is None and not pair.error:
            raise FluxtuiError(_NOTHING, where=str(resource.key))
        review = BuildReview(self._session, (pair,), gathered.bundles, gathered.labels)
        config = self._store.snapshot.config
        environment = config.environment(resource.key.environment)
        read_only = config.read_only or environment is None or environment.read_only
        cluster = self._cluster(resource.key.environment)
        objects = LiveObjects(cluster, self._worker, dry_run=not read_only)
        answer = await objects.compare(resource, review)
        unread = tuple(dict.fromkeys((*gathered.unread, *answer.unread)))
        return dataclasses.replace(answer, unread=unread)

    def names(self, source: Resource) -> Tables:
        """Where the digests of a source are looked up."""
        return names_in(self._store.snapshot, source)

    def review(self, pair: Pair, gathered: Gathered) -> BuildReview:
        """One pair with what was gathered for it, for the worker."""
        return BuildReview(self._session, (pair,), gathered.bundles, gathered.labels)

    def gathered(self) -> Gathered:
        """What one question gathers, empty yet."""
        return Gathered(self._registries, self._cluster, self._session, self.names, self._trees)

    async def _answer(
        self, title: str, sides: tuple[str, str], gathered: Gathered, pairs: list[Pair]
    ) -> Comparison:
        review = BuildReview(self._session, tuple(pairs), gathered.bundles, gathered.labels)
        parts = await self._worker.call(_COMPARE, review)
        return Comparison(title, tuple(parts), tuple(dict.fromkeys(gathered.unread)), *sides)

    def _resource(self, key: Key) -> Resource:
        resource = self._store.snapshot.get(key)
        if resource is None:
            raise UsageError(f"{key.label} is not known", where=key.environment)
        return resource

    def _source(self, resource: Resource) -> Resource:
        key = appliers.source(resource)
        if key is None or not sources.is_tagged(key):
            fed = f"it is fed by {key.label}" if key is not None else "it has no source"
            raise UsageError(f"{fed}, whose bundles are in no registry", where=str(resource.key))
        return self._resource(key)

    def _users(self, source: Resource) -> list[Resource]:
        return self._users_of(source.key)

    def _users_of(self, source: Key) -> list[Resource]:
        return list(roles.users_of(self._store.snapshot, source))

    def _members(
        self, service: str, environment: str
    ) -> Mapping[tuple[str, str], tuple[Resource, Resource]]:
        """(namespace, name) -> (source, Kustomization) of a Service in an Environment."""
        row = self._store.snapshot.board.row(service)
        lines = row.lines.get(environment, ()) if row else ()
        members = {}
        for line in lines:
            source = self._store.snapshot.get(line.key)
            if source is None:
                continue
            for user in self._users(source):
                members[(user.key.namespace, user.key.name)] = (source, user)
        return members
