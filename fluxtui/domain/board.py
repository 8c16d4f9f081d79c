"""What the panes show, as values: the board of Services, the chain, and findings.

`overview` computes them from resources, tags and Selections; panes only lay them out. Values only.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from fluxtui.domain.knowledge import KNOWN, Knowledge
from fluxtui.domain.resource import Key
from fluxtui.kit.values import frozen

# Shown beside board and chain, which are not computed from them; Events come in great number.
NO_LIST = "–"  # nobody lists versions of it
EVENT = ("", "Event")
BESIDE = frozenset({EVENT, ("apps", "ReplicaSet")})


def _unsure(text: str) -> str:
    return f"? {text}" if text else "?"


class Level(enum.IntEnum):
    """How bad, worst last; also the order in which rows are sorted when sorting by health."""

    OK = 0
    PROGRESSING = 1
    WAITING = 2
    UNKNOWN = 3
    FAILED = 4


SIGNS: Mapping[Level, tuple[str, str]] = MappingProxyType(
    {
        Level.OK: ("✓", "ok"),
        Level.PROGRESSING: ("◐", "busy"),
        Level.WAITING: ("○", "wait"),
        Level.UNKNOWN: ("?", "dim"),
        Level.FAILED: ("✗", "bad"),
    }
)
"""How a level looks: its sign and the name of its role."""


@frozen
class HealthLine:
    """Worst of Flux's conditions and the live kstatus, and one sentence that says which."""

    level: Level = Level.UNKNOWN
    text: str = ""


@frozen
class Mark:
    """Who suspended or pinned, why, since when and until when (RFC 3339); empty texts when nobody
    said. `freeze`: the id of the freeze that it is part of."""

    by: str = ""
    reason: str = ""
    since: str = ""
    until: str = ""
    freeze: str = ""

    @property
    def suspends(self) -> str:
        """`frozen` or `suspended`, of a mark that suspends."""
        return "frozen" if self.freeze else "suspended"


@frozen
class Running:
    """What runs. `text` is `1.4.2`, or `1.4.2 -> 1.5.0 (3/6)` while members disagree.

    `version` is the one version when all agree ("" otherwise); `digest` its manifest digest.
    """

    text: str = ""
    version: str = ""
    digest: str = ""
    revisions: tuple[tuple[Key, str], ...] = ()


@frozen
class Hold:
    """A Kustomization that is suspended, and who did it."""

    key: Key
    mark: Mark


@frozen
class Line:
    """What is delivered to one Environment in one way: a line in a cell of the board.

    `key`: the object that it is about: a source of bundles, with the `appliers` that use it; or an
    applier that takes a chart, a commit or nothing (`appliers` is itself then). `source`: what it
    is fed by, None for nothing. `suspended` is the object's own mark, `held` those of the others.
    `at`: when what it offers was stored, or its release made (RFC 3339, "" unknown).

    `known`: how well the cluster's part is known, `listed` that of a registry or index; `has_list`:
    whether there is any list of versions. `ahead`: commits that a Git remote has and what is stored
    has not, -1 for some that were not counted. What is shown are the `..._text` properties: they
    never give a value as known that is not.
    """

    key: Key
    running: Running
    would_pick: str = ""
    newest: str = ""
    listed_at: float = 0.0
    behind: bool = False
    policy: str = ""
    health: HealthLine = HealthLine()
    suspended: Mark | None = None
    pinned: Mark | None = None
    appliers: tuple[Key, ...] = ()
    note: str = ""
    held: tuple[Hold, ...] = ()
    by_digest: bool = False
    known: Knowledge = KNOWN
    listed: Knowledge = KNOWN
    source: Key | None = None
    at: str = ""
    has_list: bool = True
    ahead: int = 0

    @property
    def hold(self) -> Mark | None:
        """Who suspended it or one of its Kustomizations; None: nothing of it is suspended."""
        return self.suspended or (self.held[0].mark if self.held else None)

    @property
    def running_text(self) -> str:
        """What runs; `? 1.4.2` as last seen; `?` when that is not known."""
        if not self.known.known:
            return _unsure(self.running.text)
        return self.running.text or ("nothing yet" if self.appliers else "not used")

    @property
    def pick_text(self) -> str:
        """What the policy would pick; a digest needs no list of tags."""
        if not self.has_list and self.known.known and not self.would_pick:
            return NO_LIST
        if not self.known.known or not (self.listed.known or self.by_digest):
            return _unsure(self.would_pick)
        return self.would_pick or "nothing"

    @property
    def ahead_text(self) -> str:
        """`3 ahead`, of a Git remote; "" where it is not, or was not asked."""
        if not self.ahead:
            return ""
        return f"{self.ahead} ahead" if self.ahead > 0 else "ahead"

    @property
    def newest_text(self) -> str:
        """The newest version that there is a list of."""
        if not self.has_list:
            return NO_LIST
        if not self.known.known or not self.listed.known:
            return _unsure(self.newest)
        return self.newest or "none"


@frozen
class Row:
    """A Service, and its lines in every Environment that has it."""

    service: str
    repository: str
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def line(self, key: Key) -> Line | None:
        """The line that is about that object, if it is one of this Service's."""
        lines = self.lines.get(key.environment, ())
        return next((line for line in lines if line.key == key), None)


@frozen
class ObjectLine:
    """One inventory object (or a pod of it): kstatus word and the reason in one sentence.

    `fails`: kstatus still waits for it, but a container of it cannot start or keeps ending.
    """

    key: Key
    status: str
    message: str = ""
    fails: bool = False


@frozen
class ReadyUntil:
    """A dependency that is ready once a CEL expression says so. `met`: what the controller found at
    its last run, None where it did not say."""

    key: Key
    expression: str
    met: bool | None


@frozen
class ChainNode:
    """One applier in the tree of its Environment: who depends on whom, and who applies whom.

    `depth` for drawing; `shared` when it was drawn before under another dependency. `root` is the
    *root* blocker when it waits (itself when it is the blocker) and `because` names the object and
    reason behind it; a source that gives nothing is a root as well. `missing` are dependsOn entries
    without an object; `cycle` names its members. `origin`: its source, of whatever kind;
    `owner`: the applier that made it. `since`:
    when it began to fail (RFC 3339, "" when it does not, or nobody noted it). `until`: those of its
    dependencies that an expression judges.
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
    origin: Key | None = None
    owner: Key | None = None
    since: str = ""
    known: Knowledge = KNOWN
    until: tuple[ReadyUntil, ...] = ()

    @property
    def running_text(self) -> str:
        """What runs; `? 1.4.2` as last seen; `?` when that is not known."""
        return self.running if self.known.known else _unsure(self.running)

    @property
    def to_blame(self) -> bool:
        """Whether a blockage starts here: it fails by itself, or because of its own source."""
        return self.root is not None and self.root in (self.key, self.origin)

    @property
    def starts_blockage(self) -> bool:
        """Whether it is not well and waits for nobody: its Pods say why."""
        return self.health.level is not Level.OK and (self.root is None or self.to_blame)


class Severity(enum.StrEnum):
    """How loud a finding is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@frozen
class Finding:
    """Something a person should know: what, where (`subject`), and what to do next.

    `since`: when it began (RFC 3339, "" when nobody noted it); `behind`: how many wait for it.
    `names_environment`: whether the sentence does so in our own words.
    """

    severity: Severity
    code: str
    environment: str
    message: str
    next: str = ""
    subject: Key | None = None
    since: str = ""
    behind: int = 0
    names_environment: bool = False

    @property
    def place(self) -> str:
        """The Environment, '' when the sentence names it itself.

        Never read out of the message: what a person or a cluster wrote in it may have that word.
        """
        return "" if self.names_environment else self.environment


@frozen
class Board:
    """The whole overview. `chains`: Environment -> nodes in drawing order.

    `charts`: Environment -> OCIRepositories that hold Helm charts: no bundles, so no rows.
    """

    environments: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    chains: Mapping[str, tuple[ChainNode, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    charts: Mapping[str, tuple[Key, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def troubled(self, most: int = 16) -> frozenset[Key]:
        """Kustomizations where a blockage starts: their Pods say why, whatever pane is open."""
        bad = (node for nodes in self.chains.values() for node in nodes if node.starts_blockage)
        worst = sorted(bad, key=lambda node: -node.health.level)
        return frozenset(node.key for node in worst[:most])

    def row(self, service: str) -> Row | None:
        """The row of that Service; found at once where it stood when it was asked for before."""
        at = _PLACES.get(service, -1)
        if 0 <= at < len(self.rows) and self.rows[at].service == service:
            return self.rows[at]
        for at, row in enumerate(self.rows):
            if row.service == service:
                _place(service, at)
                return row
        return None

    def line(self, key: Key) -> Line | None:
        """The line that is about that object; found as `row` is."""
        at = _PLACES.get(key, -1)
        if 0 <= at < len(self.rows):
            line = self.rows[at].line(key)
            if line is not None:
                return line
        for at, row in enumerate(self.rows):
            line = row.line(key)
            if line is not None:
                _place(key, at)
                return line
        return None


# Where in the rows something stood when it was looked for last, whatever the board: only a place to
# look first. Most questions are about what the cursor is on, in one board after the other.
_PLACES: dict[str | Key, int] = {}
_REMEMBERED = 4096


def _place(what: str | Key, at: int) -> None:
    if len(_PLACES) >= _REMEMBERED:
        _PLACES.clear()
    _PLACES[what] = at
