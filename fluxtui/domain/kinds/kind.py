"""What fluxtui knows of one Flux kind, as data: its API names, its roles, what it can be asked.

A kind is declared in one file beside this one. Everything else asks by role (`sources`, `appliers`)
or goes through the registry, and never names a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any

from fluxtui.domain.gitreference import GitReference
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import Charts, ImageRule, Policy
from fluxtui.kit.records import NamedTuple
from fluxtui.kit.values import frozen

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
DEPENDENCY = "DependencyNotReady"
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_NO_TEXTS: Mapping[Key, str] = MappingProxyType({})
SHAPE: Mapping[str, type] = MappingProxyType(
    {"spec": Mapping, "status": Mapping, "spec.suspend": bool, "status.conditions": list}
)
"""Fields that every kind of Flux's has, and their JSON types."""
SOURCE_SHAPE: Mapping[str, type] = MappingProxyType({**SHAPE, "status.artifact": Mapping})


class Means(NamedTuple):
    """How a kind is suspended: spec.suspend, or an annotation that reads `value`, in any case."""

    annotation: str = ""
    value: str = ""

    @property
    def field(self) -> str:
        """The path of the field that says so."""
        return f"metadata.annotations.{self.annotation}" if self.annotation else "spec.suspend"

    def holds(self, resource: Resource) -> bool:
        """Whether the object is suspended by it."""
        if self.annotation:
            return resource.annotations.get(self.annotation, "").lower() == self.value
        return resource.spec.get("suspend") is True


class PinField(NamedTuple):
    """By which field an object is held on one version where no tags are listed (docs/flux.md#pins).

    `path`: the field's, under spec. `picks`: whether that field decides, and not another object's.
    `version`: what is written there to have a revision again, "" when nothing would. `named`: the
    same of what a person typed. `bar`: why this object cannot be held, "" when it can. `lasting`:
    what going back does not undo.
    """

    path: tuple[str, ...]
    picks: Callable[[Resource], bool]
    version: Callable[[Resource, str], str]
    named: Callable[[str], str]
    bar: Callable[[Resource], str]
    lasting: str

    @property
    def field(self) -> str:
        """Its path, as people write it."""
        return _written(self.path)

    def value(self, resource: Resource) -> str:
        """What stands there now."""
        return _text(self.path, resource)

    def patch(self, value: str | None) -> dict[str, Any]:
        """The merge patch that writes a value there, or takes it away."""
        return _patch(self.path, value)


class RangeField(NamedTuple):
    """By which field versions are picked where no tags are listed: the range of a chart, or of a
    remote's tags.

    `path`: the field's, under spec. `bar`: why a range there would not be heeded, "" when it would.
    `reference`: what a Git remote is asked to say what a range picks; None where lists say it.
    """

    path: tuple[str, ...]
    bar: Callable[[Resource], str]
    reference: Callable[[Resource, str], GitReference] | None = None

    @property
    def field(self) -> str:
        """Its path, as people write it."""
        return _written(self.path)

    def value(self, resource: Resource) -> str:
        """The range that stands there now."""
        return _text(self.path, resource)

    def patch(self, value: str) -> dict[str, Any]:
        """The merge patch that writes a range there."""
        return _patch(self.path, value)


def _written(path: tuple[str, ...]) -> str:
    return ".".join(("spec", *path))


def _text(path: tuple[str, ...], resource: Resource) -> str:
    value: Any = resource.spec
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def _patch(path: tuple[str, ...], value: str | None) -> dict[str, Any]:
    patch: Any = value
    for name in reversed(path):
        patch = {name: patch}
    return {"spec": patch}


class KindColumn(NamedTuple):
    """What people want to see of a kind besides name, readiness, revision, age and suspension."""

    title: str
    text: Callable[[Resource], str]


class Run(NamedTuple):
    """One entry of an applier's history (docs/flux.md#history). Times are RFC 3339, "" unknown;
    `digest` is that of what was built, `status` the applier's word for how it went.

    `number`: which release of Helm's it is, with its `chart` and `app` version; `times`: how often
    it was reconciled. 0 and "" where its history does not say so.
    """

    digest: str
    revision: str
    status: str
    first: str
    last: str
    number: int = 0
    chart: str = ""
    app: str = ""
    times: int = 0


class Wish(NamedTuple):
    """One version of a `chart` that another source, the `holder`, has: that or those that
    `version` admits, "" for any."""

    holder: Key
    chart: str
    version: str


class Source(NamedTuple):
    """The role of what yields a revision. All of Flux's keep it in status.artifact.

    `url`: where it comes from, "" when the object is malformed. `policy`: what picks one of the
    tags that a registry lists; None where there is no such list. `follows`: what is followed, in
    words. `wish`: what it takes out of another source; `charts`: as what it holds charts itself.
    `reference`: what it follows in a Git remote, None where that never moves.
    """

    url: Callable[[Resource], str]
    follows: Callable[[Resource], str]
    policy: Callable[[Resource], Policy] | None = None
    wish: Callable[[Resource], Wish | None] | None = None
    charts: Callable[[Resource], Charts] | None = None
    reference: Callable[[Resource], GitReference | None] | None = None


class Applier(NamedTuple):
    """The role of what makes objects of a revision. Keys are of its own Environment.

    `source`: what it is fed by; `depends_on`: what must be ready before; `inventory`: (id, version)
    of what it applied. `applied`, `attempted`, `running`: revisions, the last one what is live.
    `before`: the newest Run when that failed at what is tried now; `failing_since`: RFC 3339, "",
    told when its source stored what it tries (RFC 3339, "" not known), and never too early.
    `good`, `bad`: words in `status` and in Ready's reason for a build that went well, or that can
    be blamed; `health`: reasons after the apply, when objects are waited for; `starved`: reasons
    that only repeat what the source says. `bundles`: whether it applies manifests, not a chart.
    `passed`: words in `status` for a build that went well until another one followed.
    `expressions`: of what it waits for, the CEL text that says when that is ready.
    """

    source: Callable[[Resource], Key | None]
    depends_on: Callable[[Resource], tuple[Key, ...]]
    inventory: Callable[[Resource], tuple[tuple[str, str], ...]]
    history: Callable[[Resource], tuple[Run, ...]]
    applied: Callable[[Resource], str]
    attempted: Callable[[Resource], str]
    running: Callable[[Resource], str]
    before: Callable[[Resource], Run | None]
    failing_since: Callable[[Resource, str], str]
    good: str
    bad: frozenset[str]
    health: frozenset[str]
    starved: frozenset[str] = frozenset({"ArtifactFailed"})
    bundles: bool = True
    passed: frozenset[str] = frozenset()
    expressions: Callable[[Resource], Mapping[Key, str]] = lambda _resource: _NO_TEXTS


class ValuesFrom(NamedTuple):
    """One entry of what values are read out of, in the object's namespace (docs/flux.md#values).

    `kind`: ConfigMap or Secret; `key`: under which it stands in the data. `target`: the path it is
    set at, "" when it is merged whole; `literal`: as it is, not as `--set` would read it. With
    `optional` it may be missing.
    """

    kind: str
    name: str
    key: str = "values.yaml"
    target: str = ""
    optional: bool = False
    literal: bool = False


class StoredRelease(NamedTuple):
    """One release as its object names it: `name` and `namespace` of the storage, Helm's number and
    word, the chart's version, RFC 3339 when it was deployed."""

    name: str
    namespace: str
    number: int
    status: str
    version: str = ""
    at: str = ""


class Scan(NamedTuple):
    """The role of what has a controller read an image's tags. `address`: `oci://host/path` of them,
    "" when the object is malformed; `tags`, `at`: the newest few that its controller has told, and
    when (RFC 3339); `exclusions`: patterns of those that it leaves out."""

    address: Callable[[Resource], str]
    tags: Callable[[Resource], tuple[str, ...]]
    at: Callable[[Resource], str]
    exclusions: Callable[[Resource], tuple[str, ...]]


class TagPicker(NamedTuple):
    """The role of what picks a tag out of a Scan, its `holder`; a registry is asked for these tags
    only when somebody looks. `rule`: how it picks, with the range of a semver policy."""

    holder: Callable[[Resource], Key | None]
    rule: Callable[[Resource], tuple[ImageRule, str]]
    picked: Callable[[Resource], str]


class Releases(NamedTuple):
    """The role of what makes releases of a chart and keeps each in Helm's storage.

    `values`: those it has itself; `values_from`: in which order others are read; `stored`: the
    releases it names, newest first; `storage`: (name, namespace) under which Helm keeps them;
    `target`: the namespace that they go to; `definitions`: what an upgrade does with a chart's
    `crds/`: Skip, Create or CreateReplace; `drift`: what its controller found to be otherwise in
    the cluster, and leaves so, "" for nothing.
    """

    values: Callable[[Resource], Mapping[str, Any]]
    values_from: Callable[[Resource], tuple[ValuesFrom, ...]]
    stored: Callable[[Resource], tuple[StoredRelease, ...]]
    storage: Callable[[Resource], tuple[str, str]]
    target: Callable[[Resource], str]
    definitions: Callable[[Resource], str]
    drift: Callable[[Resource], str]


def _no_revision(_resource: Resource) -> str:
    return ""


@frozen
class Kind:
    """One kind: its API names, the short name people type (`ks`), and what it is.

    `words`: what people type besides. `version`: the one asked for where discovery was not.
    `core`: asked for without asking what the API serves. `shape`: the type of each field that is
    read; `needed`: those without which nothing can be said; `begins`: what a field's text must
    begin with.

    `reconciles`: whether it heeds the request annotation; `demands`: what else may be asked with
    one, word -> annotation, and `demanded` what comes of it; `suspends`: by which means, None for
    none, and `stopped` what comes of that, in sentences. `hold`: how it is pinned, where its
    versions are no tags; `ranged`: where its range stands then.
    `waiting`, `working`: reasons of Ready=False that are no failure; `causes`: conditions that say
    more than Ready and Stalled do. `is_static`: no controller writes a status. `needs`: what it
    stands on, in its own Environment. `heeds`: whether it, the first,
    does something when the second changes or tells of it, and `heeding` what, in words. `makes`:
    the objects that it keeps where it is no applier. `revision`: what it holds, where it has
    neither role. `has_events`: whether they are read. `owner`: the prefix of labels by which its
    objects name it, where that is not its group. `releases`: how it keeps them, where it does.
    `scan`, `picker`: its part in picking a tag of an image. `unfed`: words of Ready's message that
    say only that what it stands on had nothing yet.
    """

    group: str
    version: str
    kind: str
    plural: str
    short: str
    words: tuple[str, ...] = field(default=(), compare=False)
    core: bool = field(default=False, compare=False)
    source: Source | None = field(default=None, compare=False)
    applier: Applier | None = field(default=None, compare=False)
    shape: Mapping[str, type] = field(default_factory=lambda: SHAPE, compare=False)
    needed: tuple[str, ...] = field(default=(), compare=False)
    begins: Mapping[str, str] = field(default_factory=lambda: _NOTHING, compare=False)
    reconciles: bool = field(default=True, compare=False)
    demands: Mapping[str, str] = field(default_factory=lambda: _NOTHING, compare=False)
    demanded: Mapping[str, str] = field(default_factory=lambda: _NOTHING, compare=False)
    suspends: Means | None = field(default=Means(), compare=False)
    stopped: tuple[str, ...] = field(default=(), compare=False)
    waiting: frozenset[str] = field(default=frozenset({DEPENDENCY}), compare=False)
    working: frozenset[str] = field(
        default=frozenset({"Progressing", "NewRevision"}), compare=False
    )
    causes: tuple[str, ...] = field(default=(), compare=False)
    unfed: tuple[str, ...] = field(default=(), compare=False)
    hold: PinField | None = field(default=None, compare=False)
    ranged: RangeField | None = field(default=None, compare=False)
    is_static: Callable[[Resource], bool] = field(default=lambda _resource: False, compare=False)
    needs: Callable[[Resource], tuple[Key, ...]] = field(
        default=lambda _resource: (), compare=False
    )
    heeds: Callable[[Resource, Resource], bool] | None = field(default=None, compare=False)
    heeding: str = field(default="", compare=False)
    makes: Callable[[Resource], tuple[Key, ...]] = field(
        default=lambda _resource: (), compare=False
    )
    revision: Callable[[Resource], str] = field(default=_no_revision, compare=False)
    columns: tuple[KindColumn, ...] = field(default=(), compare=False)
    has_events: bool = field(default=True, compare=False)
    owner: str = field(default="", compare=False)
    releases: Releases | None = field(default=None, compare=False)
    scan: Scan | None = field(default=None, compare=False)
    picker: TagPicker | None = field(default=None, compare=False)

    @property
    def id(self) -> tuple[str, str]:
        """(group, kind): how Snapshots index resources."""
        return (self.group, self.kind)

    @property
    def has_revision(self) -> bool:
        """Whether its objects hold something that has a name, by whatever role."""
        own = self.revision is not _no_revision
        return own or self.source is not None or self.applier is not None

    @property
    def api_version(self) -> str:
        """`group/version`."""
        return f"{self.group}/{self.version}"

    @property
    def one(self) -> str:
        """`an OCIRepository`: any of them, in a sentence."""
        return f"{'an' if self.kind[0] in 'AEIO' else 'a'} {self.kind}"

    @property
    def many(self) -> str:
        """`OCIRepositories`: several of them, in a sentence."""
        return f"{self.kind[:-1]}ies" if self.kind.endswith("y") else f"{self.kind}s"

    @property
    def called(self) -> tuple[str, ...]:
        """What people type for it, what they type most first."""
        return tuple(dict.fromkeys((*self.words, self.short, self.kind.lower(), self.plural)))

    @property
    def owner_label(self) -> str:
        """The label by which an object names the applier of this kind that made it."""
        return f"{self.owner or self.group}/name"

    @property
    def tagged(self) -> bool:
        """Whether its versions are tags that a registry lists."""
        return self.source is not None and self.source.policy is not None

    @property
    def wishes(self) -> bool:
        """Whether its version is picked out of what another source has."""
        return self.source is not None and self.source.wish is not None


def handled_request(resource: Resource) -> str:
    """status.lastHandledReconcileAt: which reconcile request was last acknowledged."""
    return str(resource.status.get("lastHandledReconcileAt") or "")


def handled_demand(resource: Resource, annotation: str) -> str:
    """`status.lastHandledForceAt` of `.../forceAt`: which one was last acknowledged."""
    name = annotation.rpartition("/")[2]
    return str(resource.status.get(f"lastHandled{name[:1].upper()}{name[1:]}") or "")
