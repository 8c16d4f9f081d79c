"""A Plan: what an act would do, as a frozen, serialisable value; and its Receipts.

Commands build Plans from a Snapshot, the review screen shows them, the Engine runs them, the
Journal keeps them. A Plan holds its inputs, so that the Engine can refuse it when the world moved.
Nothing here may act.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

from fluxtui.domain.resource import Key

if TYPE_CHECKING:
    from fluxtui.domain.commitrange import CommitRange
    from fluxtui.domain.danger import Danger

AT_WRITE: Final = "(the time of writing)"
"""Stands in a Plan for a time that only its run knows: the Engine puts in that of the write. What
is reviewed at nine and confirmed at ten happened at ten."""


@dataclass(frozen=True, slots=True)
class Step:
    """What every Step has: an id within the Plan, one sentence, the ids it `needs` before it.

    `undo` says how the Step can be taken back, or why it cannot.
    """

    id: str
    title: str
    needs: tuple[str, ...] = ()
    undo: str = ""


@dataclass(frozen=True, slots=True)
class PatchStep(Step):
    """Merge-patch one object with field manager `fluxtui`.

    `resource_version` is the precondition: the object as it was when the Plan was made. `before`:
    the merge patch that puts back what `patch` changes ({} = not known); `plan_for` fills it in.
    """

    type: ClassVar[str] = "patch"
    target: Key = field(kw_only=True)
    patch: Mapping[str, Any] = field(kw_only=True)
    resource_version: str = field(kw_only=True)
    before: Mapping[str, Any] = field(kw_only=True, default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestReconcile(Step):
    """Set the requestedAt annotation (docs/flux.md#requests); `at`: RFC 3339, or AT_WRITE.

    `demands`: what is asked with it, in words of the target's kind (`force`).
    """

    type: ClassVar[str] = "reconcile"
    target: Key = field(kw_only=True)
    at: str = field(kw_only=True)
    demands: tuple[str, ...] = field(kw_only=True, default=())


@dataclass(frozen=True, slots=True)
class TagStep(Step):
    """Put `tag` on the manifest `digest` of `repository` (`oci://...`): raw bytes, same digest.

    `expect` is the digest the tag has now ("" = the tag must not exist): the precondition.
    """

    type: ClassVar[str] = "tag"
    repository: str = field(kw_only=True)
    digest: str = field(kw_only=True)
    tag: str = field(kw_only=True)
    expect: str = field(kw_only=True, default="")


@dataclass(frozen=True, slots=True)
class PushStep(Step):
    """Pack `folder`, with `images` (name -> reference) set inside, and push it as `tag`."""

    type: ClassVar[str] = "push"
    repository: str = field(kw_only=True)
    tag: str = field(kw_only=True)
    folder: str = field(kw_only=True)
    images: Mapping[str, str] = field(kw_only=True)
    source: str = field(kw_only=True, default="")
    revision: str = field(kw_only=True, default="")


@dataclass(frozen=True, slots=True)
class DeleteStep(Step):
    """Remove `tag` of `repository` alone, or, where `tag` is "", the manifest with all its tags.

    `digest` is what the tag is on, the precondition. `shared` are the other tags on that digest,
    which must never go unasked: a registry that cannot delete a tag alone deletes the manifest
    only when there are none.
    """

    type: ClassVar[str] = "delete"
    repository: str = field(kw_only=True)
    digest: str = field(kw_only=True)
    tag: str = field(kw_only=True, default="")
    shared: tuple[str, ...] = field(kw_only=True, default=())


@dataclass(frozen=True, slots=True)
class ApplyStep(Step):
    """Server-side apply one object (only `fluxtui apply`, field manager `fluxtui-apply`)."""

    type: ClassVar[str] = "apply"
    target: Key = field(kw_only=True)
    object: Mapping[str, Any] = field(kw_only=True)


class Until(enum.StrEnum):
    """What an Await waits for on its target."""

    HANDLED = "handled"  # lastHandledReconcileAt == value and Ready is decided
    PICKED = "picked"  # a source: its artifact's revision has the tag or digest `value`
    APPLIED = "applied"  # an applier: what it applied contains `value`
    READY = "ready"  # Ready=True for the newest generation
    SUSPENDED = "suspended"  # suspended by the kind's means
    RESUMED = "resumed"  # no longer so; newest generation Ready, where a controller says so


@dataclass(frozen=True, slots=True)
class AwaitStep(Step):
    """Wait, by watching, until the condition holds; `timeout` in seconds of the target's clock.

    `demands`: what of a request, in words of the target's kind, has to be acknowledged too.
    """

    type: ClassVar[str] = "await"
    undo: str = "a wait changes nothing"
    target: Key = field(kw_only=True)
    until: Until = field(kw_only=True)
    value: str = field(kw_only=True, default="")
    timeout: float = field(kw_only=True, default=300.0)
    demands: tuple[str, ...] = field(kw_only=True, default=())


AnyStep = PatchStep | RequestReconcile | TagStep | PushStep | DeleteStep | ApplyStep | AwaitStep
STEP_TYPES: Mapping[str, type[AnyStep]] = {
    kind.type: kind
    for kind in (
        PatchStep,
        RequestReconcile,
        TagStep,
        PushStep,
        DeleteStep,
        ApplyStep,
        AwaitStep,
    )
}
ObjectStep = PatchStep | RequestReconcile | ApplyStep
RegistryStep = TagStep | PushStep | DeleteStep
WRITES = (PatchStep, RequestReconcile, TagStep, PushStep, DeleteStep, ApplyStep)


@dataclass(frozen=True, slots=True)
class Move:
    """What a source would give out after the act: from what it has stored to another build.

    `before` and `after` are tags or digests, of Git `sha1:<commit>`, of a chart its version; "" is
    what is stored now. `applier`: the only one that takes it, None where all of the source do.
    """

    source: Key
    before: str = ""
    after: str = ""
    applier: Key | None = None


@dataclass(frozen=True, slots=True)
class Taker:
    """One source that follows what an act brings, by simulation: the version it picks before and
    after ("" = none), whether it `takes` another one by it, and the reason in a sentence. `users`:
    what applies it there. `seen` False: its Environment cannot be read, it is as it was seen last.
    """

    source: Key
    before: str
    after: str
    takes: bool
    why: str
    users: tuple[Key, ...] = ()
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """One act, whole.

    `inputs`: what it was computed from (key or repository -> resourceVersion or tag-list hash); the
    Engine reads them again before running. `environments`: all that are touched or whose pick would
    change. `unseen`: what was not looked at. `moves`: which builds it brings where, for a review of
    their content. `takers`: who would take what it brings, and who not. `ranges`: which commits
    lie between that and what runs. `dangers`: what is known against it before anything is rendered;
    once it is confirmed, all that its review had shown (`domain/reviewrecord.py`), as of `unseen`.
    `approver`: who runs a Plan that was made and `reviewed` (its id then) before. `continues`: the
    id of the act that it finishes or undoes. What must be confirmed is no field of it: `protection`
    derives that from the Steps.
    """

    command: str
    title: str
    steps: tuple[AnyStep, ...]
    environments: tuple[str, ...]
    effects: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    user: str = ""
    made_at: str = ""
    moves: tuple[Move, ...] = ()
    takers: tuple[Taker, ...] = ()
    ranges: tuple[CommitRange, ...] = ()
    dangers: tuple[Danger, ...] = ()
    approver: str = ""
    reviewed: str = ""
    continues: str = ""

    @property
    def id(self) -> str:
        """A short content hash: the same inputs make the same Plan, whatever a review of it shows
        (`dangers`, `unseen`)."""
        body = json.dumps({**_plain(self), "dangers": [], "unseen": []}, sort_keys=True)
        return hashlib.sha256(body.encode()).hexdigest()[:12]

    @property
    def places(self) -> tuple[str, ...]:
        """The Environments; where it touches none, the repositories that it writes to."""
        writes = (s.repository for s in self.steps if isinstance(s, RegistryStep))
        return self.environments or tuple(dict.fromkeys(writes))

    def to_json(self) -> dict[str, Any]:
        """JSON-ready, with `id`; `from_json` reads it back."""
        return {"id": self.id, **_plain(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """Inverse of `to_json`. Raises ValueError for an unknown Step type or a missing field."""
        values = {f.name: data[f.name] for f in dataclasses.fields(cls) if f.name in data}
        for name in ("environments", "effects", "warnings", "unseen"):
            values[name] = tuple(values.get(name, ()))
        try:
            values["steps"] = tuple(_step(entry) for entry in data["steps"])
            values["moves"] = tuple(map(_move, data.get("moves", ())))
            values["takers"] = tuple(map(_taker, data.get("takers", ())))
            values["ranges"] = tuple(map(_range, data.get("ranges", ())))
            values["dangers"] = tuple(map(_danger, data.get("dangers", ())))
            return cls(**values)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a Plan: {error}") from error


class Outcome(enum.StrEnum):
    """How a Step ended."""

    INTENT = "intent"  # about to be done (Journal only)
    DONE = "done"
    UNCHANGED = "unchanged"  # already as wanted
    FAILED = "failed"
    UNKNOWN = "unknown"  # no answer; read back before anything else is tried
    REFUSED = "refused"  # a precondition did not hold
    SKIPPED = "skipped"  # a Step it needs did not succeed
    NEVER = "never ran"  # the act was cut off before it came to it


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outcome of one Step. `at` is RFC 3339."""

    plan: str
    step: str
    outcome: Outcome
    message: str
    at: str

    @property
    def ok(self) -> bool:
        """True when what the Step wanted is so."""
        return self.outcome in (Outcome.DONE, Outcome.UNCHANGED)


def _plain(value: object) -> Any:
    if isinstance(value, Key):
        return value._asdict()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (f.name for f in dataclasses.fields(value) if f.init)
        body = {name: _plain(getattr(value, name)) for name in fields}
        return {"type": value.type, **body} if isinstance(value, Step) else body  # type: ignore[attr-defined]
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, enum.StrEnum) else value


def _move(data: Mapping[str, Any]) -> Move:
    applier = data.get("applier")
    body = {**data, "source": Key(**data["source"])}
    return Move(**{**body, "applier": Key(**applier) if applier else None})


def _taker(data: Mapping[str, Any]) -> Taker:
    users = tuple(Key(**user) for user in data.get("users", ()))
    return Taker(**{**data, "source": Key(**data["source"]), "users": users})


def _range(data: Mapping[str, Any]) -> CommitRange:
    from fluxtui.domain.commitrange import CommitRange

    return CommitRange(**{**data, "environments": tuple(data["environments"])})


def _danger(data: Mapping[str, Any]) -> Danger:
    from fluxtui.domain.danger import Danger, Gravity
    from fluxtui.domain.objectid import ObjectId

    about, by = data.get("object"), data.get("kustomization")
    return Danger(
        str(data["rule"]),
        Gravity(data["level"]),
        str(data["says"]),
        ObjectId(**about) if about else None,
        Key(**by) if by else None,
        tuple(map(str, data.get("look", ()))),
        str(data.get("environment", "")),
    )


def _step(data: Mapping[str, Any]) -> AnyStep:
    kind = STEP_TYPES.get(str(data.get("type")))
    if kind is None:
        raise ValueError(f"unknown Step type {data.get('type')!r}")
    values = {k: v for k, v in data.items() if k != "type"}
    for name in ("needs", "shared", "demands"):
        if name in values:
            values[name] = tuple(values[name])
    if "target" in values:
        values["target"] = Key(**values["target"])
    if "until" in values:
        values["until"] = Until(values["until"])
    return kind(**values)
