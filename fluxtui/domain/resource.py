"""One Kubernetes object as a frozen value, and the key that names it.

Everything above works on these instead of raw JSON: `Resource.from_object` keeps what the screen
and the rules need, and drops what costs memory (managedFields, last-applied) or may not be kept
(Secret values, paths of webhooks). Nothing here may fetch or mutate.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from fluxtui.domain.managers import Edit, Managed, managed
from fluxtui.domain.webhooks import speaks_of_paths, without_paths
from fluxtui.kit.lately import asked_in_a_row
from fluxtui.kit.values import frozen

EMPTY: Mapping[str, Any] = MappingProxyType({})
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_SHARED_TEXT = 200  # longer ones are messages and scripts of one object
_ELSEWHERE = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})


class Key(NamedTuple):
    """Names one object in one Environment. `namespace` is empty for cluster-scoped kinds.

    Keys are made by the ten thousand and looked up a hundred thousand times a second: a tuple does
    both without a line of Python.
    """

    environment: str
    group: str
    kind: str
    namespace: str
    name: str

    @property
    def label(self) -> str:
        """`Kustomization/ns/name`, as Flux writes objects in its messages."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)

    def __str__(self) -> str:
        return f"{self.environment}: {self.label}"


@frozen
class Condition:
    """One entry of status.conditions."""

    type: str
    status: str
    reason: str
    message: str
    last_transition: str
    observed_generation: int


@frozen
class Resource:
    """A slim, immutable view of one object.

    `spec`, `status` and `extra` are the API's JSON and must be treated as read-only. `extra` holds
    the other top-level fields (an Event's `involvedObject`, ...), and is empty for Secrets.
    `declared` and `edits` are what managedFields say (`Managed`).
    """

    key: Key
    api_version: str
    uid: str
    resource_version: str
    generation: int
    created: str
    deleting: bool
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    owners: tuple[str, ...]
    spec: Mapping[str, Any]
    status: Mapping[str, Any]
    extra: Mapping[str, Any]
    declared: frozenset[str]
    edits: tuple[Edit, ...] = ()

    @classmethod
    def from_object(cls, environment: str, obj: Mapping[str, Any]) -> Resource:
        """Build from API JSON. Raises ValueError when kind or metadata.name is not there."""
        meta = _mapping(obj.get("metadata"))
        kind, name = obj.get("kind"), meta.get("name")
        if not (isinstance(kind, str) and kind and isinstance(name, str) and name):
            raise ValueError("an object without kind or metadata.name")
        api_version = str(obj.get("apiVersion") or "")
        group = sys.intern(api_version.rpartition("/")[0])
        slimmed = isinstance(obj, Slim)
        owned = obj.managed if isinstance(obj, Slim) else managed(obj)
        if speaks_of_paths(kind):
            obj = without_paths(obj)
        share = _as_it_is if slimmed else _shared
        annotations = {
            sys.intern(str(k)): share(str(v))
            for k, v in _mapping(meta.get("annotations")).items()
            if k != LAST_APPLIED
        }
        secret = kind == "Secret" and not group
        return cls(
            key=Key(environment, group, kind, str(meta.get("namespace") or ""), name),
            api_version=api_version,
            uid=str(meta.get("uid") or ""),
            resource_version=str(meta.get("resourceVersion") or ""),
            generation=_integer(meta.get("generation")),
            created=str(meta.get("creationTimestamp") or ""),
            deleting=bool(meta.get("deletionTimestamp")),
            labels={
                sys.intern(str(k)): share(str(v)) for k, v in _mapping(meta.get("labels")).items()
            },
            annotations=annotations,
            owners=tuple(
                str(owner.get("uid") or "")
                for owner in _list(meta.get("ownerReferences"))
                if isinstance(owner, Mapping)
            ),
            spec=EMPTY if secret else share(_mapping(obj.get("spec"))),
            status=EMPTY if secret else share(_mapping(obj.get("status"))),
            extra=EMPTY if secret else {k: share(v) for k, v in obj.items() if k not in _ELSEWHERE},
            declared=owned.declared,
            edits=owned.edits,
        )

    def as_object(self) -> dict[str, Any]:
        """Back to API-like JSON (for kstatus and for showing); managedFields are not part of it."""
        meta: dict[str, Any] = {
            "name": self.key.name,
            "uid": self.uid,
            "resourceVersion": self.resource_version,
            "generation": self.generation,
            "creationTimestamp": self.created,
            "labels": dict(self.labels),
            "annotations": dict(self.annotations),
        }
        if self.key.namespace:
            meta["namespace"] = self.key.namespace
        if self.deleting:
            meta["deletionTimestamp"] = self.created
        head = {"apiVersion": self.api_version, "kind": self.key.kind, "metadata": meta}
        body = {"spec": dict(self.spec), "status": dict(self.status)}
        return {**head, **self.extra, **{k: v for k, v in body.items() if v}}

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """status.conditions; entries that are not mappings are left out."""
        entries = _list(self.status.get("conditions"))
        return tuple([_condition(c) for c in entries if isinstance(c, (dict, Mapping))])

    def condition(self, type_: str) -> Condition | None:
        """The condition of that type, if the object has it."""
        return _by_type(self).get(type_)

    @property
    def observed(self) -> bool:
        """True when the controller has seen the newest generation."""
        return _integer(self.status.get("observedGeneration")) == self.generation


class Slim(dict[str, Any]):
    """API JSON of which managedFields are read and gone, made by `slim` or `trimmed`."""

    __slots__ = ("managed",)

    def __init__(self, obj: Mapping[str, Any], owned: Managed) -> None:
        super().__init__(obj)
        self.managed = owned


class Page(NamedTuple):
    """A page of a list: `kind` of the list, its resourceVersion, and what to go on with ("": it was
    the last)."""

    kind: str
    version: str
    token: str
    items: Sequence[dict[str, Any]]


def slim(obj: dict[str, Any]) -> Slim:
    """`trimmed`, and its equal texts kept once: for what lives long. Takes the object over."""
    short = trimmed(obj)
    share_in(short)
    return short


def trimmed(obj: dict[str, Any]) -> Slim:
    """What `Resource.from_object` reads of API JSON: while a long list arrives, the rest of its
    first objects (managedFields above all) need not wait for its last."""
    meta = obj.get("metadata")
    short = Slim(obj, managed(obj))
    if isinstance(meta, dict):
        short["metadata"] = {k: v for k, v in meta.items() if k != "managedFields"}
    return short


def share_in(value: Any) -> None:
    """`_shared`, in the dicts and lists that the parser made. The names in them stay as they are:
    one page of a list has each of them once."""
    if isinstance(value, dict):
        for at, part in value.items():
            of = type(part)
            if of is str:
                if len(part) <= _SHARED_TEXT:
                    value[at] = sys.intern(part)
            elif of is dict or of is list:
                share_in(part)
    elif isinstance(value, list):
        for at, part in enumerate(value):
            of = type(part)
            if of is dict or of is list:
                share_in(part)
            elif of is str and len(part) <= _SHARED_TEXT:
                value[at] = sys.intern(part)


def _as_it_is(value: Any) -> Any:
    return value


def _shared(value: Any) -> Any:
    """The same JSON with equal texts kept once: a fleet says the same things over and over.

    A parser makes every word of every object anew; ten thousand objects take half the memory so.
    """
    kind = type(value)
    if kind is dict:
        shared = {}
        for name, part in value.items():
            of = type(part)
            if of is str:
                part = sys.intern(part) if len(part) <= _SHARED_TEXT else part
            elif of is dict or of is list:
                part = _shared(part)
            shared[sys.intern(name) if type(name) is str else name] = part
        return shared
    if kind is list:
        return [_shared(part) for part in value]
    if kind is str:
        return sys.intern(value) if len(value) <= _SHARED_TEXT else value
    return value


@asked_in_a_row
def _by_type(resource: Resource) -> Mapping[str, Condition]:
    """Of several conditions of one type the first counts."""
    found: dict[str, Condition] = {}
    for condition in resource.conditions:
        found.setdefault(condition.type, condition)
    return found


def _condition(c: Mapping[str, Any]) -> Condition:
    return Condition(
        str(c.get("type") or ""),
        str(c.get("status") or ""),
        str(c.get("reason") or ""),
        str(c.get("message") or ""),
        str(c.get("lastTransitionTime") or ""),
        _integer(c.get("observedGeneration")),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    # What a parser made is a dict: that is asked first, at a tenth of what an abstract class costs.
    return value if type(value) is dict or isinstance(value, Mapping) else EMPTY


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0
