"""What fluxtui knows of one Flux kind, as data: its API names, its roles, what it can be asked.

A kind is declared in one file beside this one. Everything else asks by role (`sources`, `appliers`)
or goes through the registry, and never names a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import Policy

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
DEPENDENCY = "DependencyNotReady"
_NOTHING: Mapping[str, Any] = MappingProxyType({})
SHAPE: Mapping[str, type] = MappingProxyType(
    {"spec": Mapping, "status": Mapping, "spec.suspend": bool, "status.conditions": list}
)
"""Fields that every kind of Flux's has, and their JSON types."""
SOURCE_SHAPE: Mapping[str, type] = MappingProxyType({**SHAPE, "status.artifact": Mapping})


@dataclass(frozen=True, slots=True)
class Run:
    """One entry of an applier's history (docs/flux.md#history). Times are RFC 3339, "" unknown;
    `digest` is that of what was built, `status` the applier's word for how it went."""

    digest: str
    revision: str
    status: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Source:
    """The role of what yields a revision. All of Flux's keep it in status.artifact.

    `url`: where it comes from, "" when the object is malformed. `policy`: what picks one of the
    tags that a registry lists; None where there is no such list. `follows`: what is followed, in
    words.
    """

    url: Callable[[Resource], str]
    follows: Callable[[Resource], str]
    policy: Callable[[Resource], Policy] | None = None


@dataclass(frozen=True, slots=True)
class Applier:
    """The role of what makes objects of a revision. Keys are of its own Environment.

    `source`: what it is fed by; `depends_on`: what must be ready before; `inventory`: (id, version)
    of what it applied. `applied`, `attempted`, `running`: revisions, the last one what is live.
    `before`: the newest Run when that failed at what is tried now; `failing_since`: RFC 3339, "".
    `good`, `bad`: words in `status` and in Ready's reason for a build that went well, or that can
    be blamed; `health`: reasons after the apply, when objects are waited for.
    """

    source: Callable[[Resource], Key | None]
    depends_on: Callable[[Resource], tuple[Key, ...]]
    inventory: Callable[[Resource], tuple[tuple[str, str], ...]]
    history: Callable[[Resource], tuple[Run, ...]]
    applied: Callable[[Resource], str]
    attempted: Callable[[Resource], str]
    running: Callable[[Resource], str]
    before: Callable[[Resource], Run | None]
    failing_since: Callable[[Resource], str]
    good: str
    bad: frozenset[str]
    health: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its API names, the short name people type (`ks`), and what it is.

    `words`: what people type besides. `shape`: the type of each field that is read; `needed`: those
    without which nothing can be said; `begins`: what a field's text must begin with. `reconciles`,
    `suspends`: whether it heeds the request annotation, and spec.suspend. `waiting`, `working`:
    reasons of Ready=False that are no failure.
    """

    group: str
    version: str
    kind: str
    plural: str
    short: str
    words: tuple[str, ...] = field(default=(), compare=False)
    source: Source | None = field(default=None, compare=False)
    applier: Applier | None = field(default=None, compare=False)
    shape: Mapping[str, type] = field(default_factory=lambda: SHAPE, compare=False)
    needed: tuple[str, ...] = field(default=(), compare=False)
    begins: Mapping[str, str] = field(default_factory=lambda: _NOTHING, compare=False)
    reconciles: bool = field(default=True, compare=False)
    suspends: bool = field(default=True, compare=False)
    waiting: frozenset[str] = field(default=frozenset({DEPENDENCY}), compare=False)
    working: frozenset[str] = field(
        default=frozenset({"Progressing", "NewRevision"}), compare=False
    )

    @property
    def id(self) -> tuple[str, str]:
        """(group, kind): how Snapshots index resources."""
        return (self.group, self.kind)

    @property
    def api_version(self) -> str:
        """`group/version`."""
        return f"{self.group}/{self.version}"

    @property
    def many(self) -> str:
        """`OCIRepositories`: several of them, in a sentence."""
        return f"{self.kind[:-1]}ies" if self.kind.endswith("y") else f"{self.kind}s"

    @property
    def called(self) -> tuple[str, ...]:
        """What people type for it, what they type most first."""
        return (*self.words, self.short, self.kind.lower(), self.plural)

    @property
    def owner_label(self) -> str:
        """The label by which an object names the applier of this kind that made it."""
        return f"{self.group}/name"

    @property
    def tagged(self) -> bool:
        """Whether its versions are tags that a registry lists."""
        return self.source is not None and self.source.policy is not None


def suspended(resource: Resource) -> bool:
    """spec.suspend: a mark, not a health (docs/flux.md#suspension)."""
    return resource.spec.get("suspend") is True


def handled_request(resource: Resource) -> str:
    """status.lastHandledReconcileAt: which reconcile request was last acknowledged."""
    return str(resource.status.get("lastHandledReconcileAt") or "")


def text_at(mapping: Mapping[str, Any], name: str) -> str:
    """The text under that name; "" when it is missing or something else."""
    value = mapping.get(name)
    return value if isinstance(value, str) else ""
