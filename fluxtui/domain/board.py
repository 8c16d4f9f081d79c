"""What the panes show, as values: the board of Services, the chain, and findings.

`overview` computes them from resources, tags and Selections; panes only lay them out. Values only.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fluxtui.domain.resource import Key

# Shown beside board and chain, which are not computed from them; Events come in great number.
BESIDE = frozenset({("", "Event"), ("apps", "ReplicaSet")})


class Level(enum.IntEnum):
    """How bad, worst last; also the order in which rows are sorted when sorting by health."""

    OK = 0
    PROGRESSING = 1
    WAITING = 2
    UNKNOWN = 3
    FAILED = 4


@dataclass(frozen=True, slots=True)
class HealthLine:
    """Worst of Flux's conditions and the live kstatus, and one sentence that says which."""

    level: Level = Level.UNKNOWN
    text: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Who suspended or pinned, why and since when (RFC 3339); empty texts when nobody said."""

    by: str = ""
    reason: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """What runs. `text` is `1.4.2`, or `1.4.2 -> 1.5.0 (3/6)` while members disagree.

    `version` is the one version when all agree ("" otherwise); `digest` its manifest digest.
    """

    text: str = ""
    version: str = ""
    digest: str = ""
    revisions: tuple[tuple[Key, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One OCIRepository of a Service in one Environment: a line in a cell of the board."""

    source: Key
    running: Running
    would_pick: str = ""
    newest: str = ""
    listed_at: float = 0.0
    behind: bool = False
    policy: str = ""
    health: HealthLine = HealthLine()
    suspended: Mark | None = None
    pinned: Mark | None = None
    kustomizations: tuple[Key, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A Service, and its lines in every Environment that has it."""

    service: str
    repository: str
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class ObjectLine:
    """One inventory object (or a pod of it): kstatus word and the reason in one sentence."""

    key: Key
    status: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class ChainNode:
    """One Kustomization in the dependsOn tree of its Environment.

    `depth` for drawing; `shared` when it was drawn before under another dependency. `root` is the
    *root* blocker when it waits (itself when it is the blocker) and `because` names the object and
    reason behind it. `missing` are dependsOn entries without an object; `cycle` names its members.
    """

    key: Key
    depth: int
    health: HealthLine
    running: str = ""
    service: str = ""
    waits_for: tuple[Key, ...] = ()
    missing: tuple[Key, ...] = ()
    cycle: tuple[Key, ...] = ()
    root: Key | None = None
    because: str = ""
    shared: bool = False
    suspended: Mark | None = None
    objects: tuple[ObjectLine, ...] = ()


class Severity(enum.StrEnum):
    """How loud a finding is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know: what, where (`subject`), and what to do next."""

    severity: Severity
    code: str
    environment: str
    message: str
    next: str = ""
    subject: Key | None = None

    @property
    def place(self) -> str:
        """The Environment, '' when the message says it already.

        As a word of its own: a tag may well have an Environment's name inside.
        """
        said = self.environment in self.message.replace(":", " ").split()
        return "" if said else self.environment


@dataclass(frozen=True, slots=True)
class Board:
    """The whole overview. `chains`: Environment -> nodes in drawing order."""

    environments: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    chains: Mapping[str, tuple[ChainNode, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def row(self, service: str) -> Row | None:
        """The row of that Service."""
        return next((r for r in self.rows if r.service == service), None)

    def line(self, source: Key) -> Line | None:
        """The line of that OCIRepository."""
        for row in self.rows:
            for line in row.lines.get(source.environment, ()):
                if line.source == source:
                    return line
        return None
