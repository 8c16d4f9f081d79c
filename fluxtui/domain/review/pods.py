"""Where an object has its Pods' spec, its containers and their images. Pure.

Objects are plain JSON as built: any part may be missing or of another shape, which is no error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Object = Mapping[str, Any]
_TEMPLATES = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"}
)
_OWN = _TEMPLATES | {"Pod", "CronJob", "ConfigMap", "Secret", "Service", "CustomResourceDefinition"}
_DEEP = 12
_LISTS = ("initContainers", "containers", "ephemeralContainers")


@dataclass(frozen=True, slots=True)
class PodContainer:
    """One container of a Pod's spec. `of` is the list it stands in, `pod` that spec."""

    name: str
    of: str
    body: Object
    pod: Object

    @property
    def image(self) -> str:
        """Its image as written, "" where it has none."""
        return str(self.body.get("image") or "")


def at(obj: object, *path: str) -> Any:
    """What stands at a path of keys; None where there is none."""
    for name in path:
        if not isinstance(obj, Mapping):
            return None
        obj = obj.get(name)
    return obj


def mapping(obj: object, *path: str) -> Object:
    """The same, where only a mapping counts; an empty one where there is none."""
    value = at(obj, *path)
    return value if isinstance(value, Mapping) else {}


def listed(obj: object, *path: str) -> tuple[Object, ...]:
    """The mappings of the list at a path."""
    value = at(obj, *path)
    if not isinstance(value, list | tuple):
        return ()
    return tuple(item for item in value if isinstance(item, Mapping))


def pod_template(obj: Object | None) -> Object:
    """metadata and spec of the Pods that an object makes; empty where it makes none."""
    kind = at(obj, "kind")
    if kind == "CronJob":
        return mapping(obj, "spec", "jobTemplate", "spec", "template")
    return mapping(obj, "spec", "template") if kind in _TEMPLATES else {}


def pod_spec(obj: Object | None) -> Object:
    """The spec of the Pods that an object is or makes."""
    if at(obj, "kind") == "Pod":
        return mapping(obj, "spec")
    return mapping(pod_template(obj), "spec")


def containers(obj: Object | None) -> Iterator[PodContainer]:
    """All of them, those that run before first; of a kind that is not Kubernetes' own, whatever
    stands in lists of these names, wherever its operator has them."""
    if at(obj, "kind") in _OWN:
        yield from _of(pod_spec(obj))
    else:
        yield from _within(obj, 0)


def paired(
    before: Object | None, after: Object | None
) -> Iterator[tuple[PodContainer, PodContainer]]:
    """Containers that are there before and after, by name; one that has only got another name is
    the same."""
    old, new = ([*containers(side)] for side in (before, after))
    names = {(c.of, c.name): c for c in old}
    matched = {(c.of, c.name) for c in new if (c.of, c.name) in names}
    for of in _LISTS:
        yield from ((names[of, c.name], c) for c in new if c.of == of and (of, c.name) in matched)
        gone, come = (
            [c for c in side if c.of == of and (of, c.name) not in matched] for side in (old, new)
        )
        if len(gone) == len(come) == 1:
            yield gone[0], come[0]


def _within(value: object, depth: int) -> Iterator[PodContainer]:
    if depth > _DEEP:
        return
    if isinstance(value, Mapping):
        yield from (c for c in _of(value) if c.image)
        for name, inner in value.items():
            if name not in _LISTS:
                yield from _within(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _within(inner, depth + 1)


def _of(spec: Object) -> Iterator[PodContainer]:
    for of in _LISTS:
        for body in listed(spec, of):
            yield PodContainer(str(body.get("name") or ""), of, body, spec)
