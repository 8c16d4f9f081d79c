"""Questions the screen or a headless verb puts to the Engine, and their answers, as values.

A Snapshot holds what is live; these are fetched only when somebody looks: tag facts, diffs, logs.
Picklable, because parse-heavy ones are answered in the worker process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fluxtui.domain.resource import Key
from fluxtui.kit.values import frozen

if TYPE_CHECKING:
    from fluxtui.domain.commitrange import Changelog, CommitRange
    from fluxtui.domain.danger import Danger
    from fluxtui.domain.declared import DeclaredField
    from fluxtui.domain.gitreference import RemoteQuestion
    from fluxtui.domain.objectdiff import ObjectChange
    from fluxtui.domain.plan import Move, Plan
    from fluxtui.domain.pushcontent import PushContent
    from fluxtui.domain.review.content import Content
    from fluxtui.domain.review.wanted import WantedFact


@frozen
class ListTags:
    """List the tags of a repository now. Answer: the TagList, which is in the Snapshot too."""

    repository: str


@frozen
class ReadFacts:
    """Read manifests of these tags. Answer: the TagList with facts filled in."""

    repository: str
    tags: tuple[str, ...]


@frozen
class ComparePush:
    """Whether the tag of a push holds what its folder packs to now. Answer: the TagList, with it
    among `compared`."""

    content: PushContent


@frozen
class AskRemote:
    """Ask a Git remote now, where the user lets remotes be asked. Answer: the RemoteAnswer, which
    is in the Snapshot too."""

    asked: RemoteQuestion


@frozen
class PatchesDiff:
    """What this Environment's patches do to the bundle as published. Answer: Comparison."""

    kustomization: Key


@frozen
class VersionsDiff:
    """Version -> version through the same patches, for all Kustomizations that use the source.

    `before`/`after` are tags or digests; empty `before` means what is stored now.
    """

    source: Key
    after: str
    before: str = ""
    kustomization: Key | None = None


@frozen
class EnvironmentsDiff:
    """One Service, Environment -> Environment, each with its own version and patches."""

    service: str
    before: str
    after: str


@frozen
class ReadLogs:
    """The last lines of a pod's log. Answer: str. `since`: seconds, 0 = from the beginning.

    `EnginePort.follow` takes the same question and goes on as lines are written.
    """

    pod: Key
    container: str = ""
    tail: int = 200
    previous: bool = False
    timestamps: bool = False
    since: int = 0


@frozen
class LogView:
    """A followed log as it stands: its last lines, and how many came `before` these.

    `state`: `reading` (nothing came yet), `following`, `ended` (with its container), `failed` (then
    `error` says why).
    """

    lines: tuple[str, ...] = ()
    before: int = 0
    state: str = "reading"
    error: str = ""


@frozen
class LiveDiff:
    """What applying a Kustomization now would change in its cluster. Answer: Comparison.

    By a server-side dry run where that is permitted, else by the fields that the build sets.
    """

    kustomization: Key


@frozen
class BuildOf:
    """What a Kustomization builds to now. Secret values are masked. Answer: Rendering."""

    kustomization: Key
    explain: bool = False


@frozen
class ReleasesDiff:
    """Release -> release of a HelmRelease, out of Helm's storage: values, objects and hooks.

    Numbers are Helm's; 0 means the one that is deployed, and the one before `after`. Answer:
    Comparison.
    """

    release: Key
    before: int = 0
    after: int = 0


@frozen
class DriftDiff:
    """The release that is deployed -> what is live, by the fields that the release sets. Answer:
    Comparison.
    """

    release: Key


@frozen
class ChartDiff:
    """Version -> version of a HelmRelease's chart, as packed: images, default values, files.

    `before` "" is the one that is deployed. `rendered`: instead what helm makes of both with the
    release's values, where it is on PATH. Answer: Comparison.
    """

    release: Key
    after: str
    before: str = ""
    rendered: bool = False


@frozen
class ReviewMoves:
    """What the builds that an act brings would change, and which of it is dangerous. Answer:
    Delivery."""

    moves: tuple[Move, ...]


@frozen
class ReviewRights:
    """Whether clusters let this user write what the Plan writes. Answer: a tuple of sentences, one
    for each kind and namespace that is refused; nothing is written to find out."""

    plan: Plan


@frozen
class ReviewStanding:
    """What a delivery finds in its clusters: `wanted` of a Delivery. Answer: Standing."""

    wanted: tuple[WantedFact, ...]


@frozen
class ReviewCommits:
    """The commits between what runs and what comes, out of a checkout that the configuration names
    or, where the user lets remotes be asked, of their remote. Answer: a Changelog for each."""

    ranges: tuple[CommitRange, ...]


@frozen
class ReviewDeclared:
    """Where the fields stand that a parent would put back: in a checkout that the configuration
    names, the bundle that the parent applies, or its commit. Answer: a tuple of Declarations; none
    of those fields about which nothing is configured."""

    fields: tuple[DeclaredField, ...]


@frozen
class TryMoves:
    """Whether the APIs would take what an act brings, by server-side dry runs, which count as
    writes: only on a person's word, and nowhere read-only. Answer: Standing."""

    moves: tuple[Move, ...]


@frozen
class ValuesOf:
    """The values that a HelmRelease renders its chart with, each with where it comes from; what a
    Secret gives is masked. Answer: ChartValues.
    """

    release: Key


@frozen
class ReadObject:
    """What only the API says of an object: who owns its fields, and its Events. Answer:
    `detail.values.ObjectReading`."""

    object: Key


@frozen
class ReadInventory:
    """How the entries of an object's inventory are that no feed brings, and Events of those that
    are not well. Answer: `detail.values.InventoryReading`."""

    object: Key


Question = (
    AskRemote
    | BuildOf
    | ChartDiff
    | ComparePush
    | DriftDiff
    | EnvironmentsDiff
    | ListTags
    | LiveDiff
    | PatchesDiff
    | ReadFacts
    | ReadInventory
    | ReadLogs
    | ReleasesDiff
    | ReviewCommits
    | ReviewDeclared
    | ReviewMoves
    | ReviewRights
    | ReviewStanding
    | TryMoves
    | ValuesOf
    | ReadObject
    | VersionsDiff
)


@frozen
class ValueOrigin:
    """Who set the value at `path` (`spec.containers[0].image`), and the line it was read from.

    `by` is `file`, `patch 2 of Kustomization ns/name`, `transformer images`, `variable NAME`;
    `line` counts from 1, 0 means unknown. `secret`: it holds something of a Secret.
    """

    path: str
    by: str
    file: str = ""
    line: int = 0
    secret: bool = False


@frozen
class RenderedObject:
    """One object as built, Secret values as labels; `origins` of its scalars when asked for."""

    object: Mapping[str, Any]
    origins: tuple[ValueOrigin, ...] = ()


@frozen
class Rendering:
    """A build. `unread`: inputs that could not be read, one sentence each."""

    objects: tuple[RenderedObject, ...] = ()
    findings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@frozen
class ComparedKustomization:
    """Changes of one Kustomization, or HelmRelease. `error` set: it could not be built or read,
    `changes` is empty then."""

    kustomization: Key
    before: str
    after: str
    changes: tuple[ObjectChange, ...] = ()
    findings: tuple[str, ...] = ()
    error: str = ""


@frozen
class Comparison:
    """The answer to a diff question: rendered objects, Kustomization by Kustomization.

    `unread`: inputs that could not be read, one sentence each. `left` and `right` name the sides:
    what only the left one has is removed, what only the right one has is added.
    """

    title: str
    parts: tuple[ComparedKustomization, ...] = ()
    unread: tuple[str, ...] = ()
    left: str = ""
    right: str = ""


@frozen
class DeliveredKustomization:
    """One Kustomization of a Delivery: what changes, in short and whole, and its dangers."""

    compared: ComparedKustomization
    content: Content
    dangers: tuple[Danger, ...] = ()


@frozen
class Standing:
    """The answer to ReviewStanding. `unread`: what could not be asked, one sentence each."""

    dangers: tuple[Danger, ...] = ()
    unread: tuple[str, ...] = ()

    def joined(self, other: Standing) -> Standing:
        """Both, each sentence once."""
        dangers = tuple(dict.fromkeys((*self.dangers, *other.dangers)))
        return Standing(dangers, tuple(dict.fromkeys((*self.unread, *other.unread))))


@frozen
class Delivery:
    """The answer to ReviewMoves. `unread`: what was not looked at, one sentence each. `wanted`:
    what only its clusters can say, and have not been asked; `standing`: what they said.
    `changelogs`: the commits that it brings, as far as they were read."""

    parts: tuple[DeliveredKustomization, ...] = ()
    unread: tuple[str, ...] = ()
    wanted: tuple[WantedFact, ...] = ()
    standing: Standing = Standing()
    changelogs: tuple[Changelog, ...] = ()

    @property
    def dangers(self) -> tuple[Danger, ...]:
        """Of all Kustomizations, the worst first."""
        dangers = [danger for part in self.parts for danger in part.dangers]
        dangers += self.standing.dangers
        return tuple(sorted(dangers, key=lambda danger: -danger.level))

    def with_standing(self, standing: Standing) -> Delivery:
        """The same once its clusters have been asked."""
        unread = tuple(dict.fromkeys((*self.unread, *standing.unread)))
        return replace(self, unread=unread, wanted=(), standing=standing)

    def with_changelogs(self, read: tuple[Changelog, ...]) -> Delivery:
        """The same once its commits have been read, or could not be."""
        missing = tuple(log.unread for log in read if log.unread)
        unread = tuple(dict.fromkeys((*self.unread, *missing)))
        return replace(self, unread=unread, changelogs=tuple(log for log in read if not log.error))
