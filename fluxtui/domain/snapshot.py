"""Everything known at one moment, immutable: the screen shows a Snapshot and nothing else.

The Engine is its only writer; it makes a new one by copying the path that changed (environment ->
kind -> key), so that panes can tell by identity what to repaint. Values only: no rules live here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fluxtui.domain.board import Board, Finding
from fluxtui.domain.config import Config
from fluxtui.domain.gitreference import RemoteAnswer, RemoteQuestion
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Key, Resource
from fluxtui.kit.values import frozen

if TYPE_CHECKING:
    from fluxtui.domain.holdtally import HoldTally
    from fluxtui.domain.plan import Plan, Receipt
    from fluxtui.domain.pushcontent import PushContent
    from fluxtui.domain.selection import Selection

KindId = tuple[str, str]
Table = Mapping[Key, Resource]


@frozen
class Feed:
    """State of one feed. `message` is the newest error as one sentence; `since` epoch seconds.

    `next`: what a person can do about it; `trouble`: a `knowledge.Trouble`, "" for none.
    """

    environment: str
    kind: KindId
    namespace: str
    state: FeedState
    message: str = ""
    since: float = 0.0
    next: str = ""
    trouble: str = ""


@frozen
class TagFacts:
    """What a manifest says of a tag; `created` RFC 3339, `revision` the source's (git) revision.

    `signed`: what says that there is a signature (a `.sig` tag, or a referrer's type), "" when
    nothing does, None when it was not looked up, or not let to: then `blind` says why. Presence
    only; nothing is verified.
    `app`, `deprecated`: what an index of charts says of the version besides.
    """

    tag: str
    digest: str
    created: str = ""
    source: str = ""
    revision: str = ""
    signed: str | None = None
    blind: str = ""
    app: str = ""
    deprecated: bool = False


@frozen
class TagList:
    """Tags of one repository (`oci://host/path`), or versions of a chart in an index
    (`https://host/path#chart`), as last listed (epoch seconds; 0 never).

    `facts` by tag, `pinned` by digest: what sources are pinned to, whether or not a tag is on it.
    `read_for`: sources whose manifests have been read, as far as they can be: what is picked and
    what runs has its name then. `absent`: the registry says that there is no such repository.
    `on_demand`: nothing of the board rests on it: it is listed only when somebody looks.
    `compared`: what was asked since it was listed -> whether its tag holds that, or why nobody can
    say.
    """

    repository: str
    tags: tuple[str, ...] = ()
    listed_at: float = 0.0
    error: str = ""
    facts: Mapping[str, TagFacts] = field(default_factory=lambda: MappingProxyType({}))
    pinned: Mapping[str, TagFacts] = field(default_factory=lambda: MappingProxyType({}))
    read_for: frozenset[Key] = frozenset()
    absent: bool = False
    on_demand: bool = False
    compared: Mapping[PushContent, bool | str] = field(default_factory=lambda: MappingProxyType({}))


@frozen
class Act:
    """A Plan that is running or ran, and the Receipts so far; all times RFC 3339.

    `began` and `ended`: when it was confirmed and when it was over ("" = not known, or not yet).
    `started`: Step id -> when it was begun. `cut`: why it ended before its Steps had ("" = it did
    not); each Step has a Receipt then that says what is known of it. `elsewhere`: another fluxtui
    is running it.
    """

    plan: Plan
    receipts: tuple[Receipt, ...] = ()
    finished: bool = False
    began: str = ""
    ended: str = ""
    started: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    cut: str = ""
    elsewhere: bool = False

    def receipt(self, step: str) -> Receipt | None:
        """The newest Receipt of a Step."""
        return next((r for r in reversed(self.receipts) if r.step == step), None)


@frozen
class Change:
    """One line of the Changes time line; times RFC 3339.

    What was told several times is one line: `at` the first time, `last` the newest ("" = once),
    `count` how often. `plan`: the id of the act of ours that it is about; such a line may name
    several Environments, with commas.
    """

    at: str
    environment: str
    subject: str
    what: str
    severity: str = "info"
    last: str = ""
    count: int = 1
    plan: str = ""

    @property
    def line(self) -> str:
        """What happened, and how often when it was more than once."""
        return f"×{self.count} {self.what}" if self.count > 1 else self.what

    def concerns(self, environment: str) -> bool:
        """Whether it belongs to that Environment; what names none belongs to all."""
        return not self.environment or environment in self.environment.split(", ")


@frozen
class Snapshot:
    """All that is known. `serial` grows by one with every new Snapshot. `found`: by Environment,
    kinds that its API says are Flux's, besides those that are known. `holds`: by Environment, how
    much of it is held back."""

    serial: int = 0
    taken_at: float = 0.0
    config: Config = Config()
    resources: Mapping[str, Mapping[KindId, Table]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    feeds: tuple[Feed, ...] = ()
    unreachable: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    tags: Mapping[str, TagList] = field(default_factory=lambda: MappingProxyType({}))
    selections: Mapping[Key, Selection] = field(default_factory=lambda: MappingProxyType({}))
    remotes: Mapping[RemoteQuestion, RemoteAnswer] = field(
        default_factory=lambda: MappingProxyType({})
    )
    board: Board = Board()
    findings: tuple[Finding, ...] = ()
    acts: tuple[Act, ...] = ()
    changes: tuple[Change, ...] = ()
    found: Mapping[str, tuple[Kind, ...]] = field(default_factory=lambda: MappingProxyType({}))
    holds: Mapping[str, HoldTally] = field(default_factory=lambda: MappingProxyType({}))

    def table(self, environment: str, kind: Kind | KindId) -> Table:
        """All resources of a kind in an Environment (empty when not known)."""
        id_ = kind.id if isinstance(kind, Kind) else kind
        return self.resources.get(environment, {}).get(id_, MappingProxyType({}))

    def get(self, key: Key) -> Resource | None:
        """The resource of that key, when known."""
        tables = self.resources.get(key.environment)
        table = tables.get((key.group, key.kind)) if tables is not None else None
        return table.get(key) if table is not None else None

    def of_kind(self, kind: Kind) -> Iterator[Resource]:
        """Resources of a kind in all Environments."""
        for environment in self.resources:
            yield from self.table(environment, kind).values()

    def as_of(self, key: Key) -> str:
        """The resourceVersion known for that key ("" unknown): an input of a Plan."""
        resource = self.get(key)
        return resource.resource_version if resource else ""


Answer = Any
