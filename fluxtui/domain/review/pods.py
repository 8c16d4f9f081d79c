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
_LISTS = ("initContainers", "containers", "ephemeralContainers")


@dataclass(frozen=True, slots=True)
class PodContainer:
    """One container of a Pod's spec. `of` is the list it stands in."""

    name: str
    of: str
    body: Object

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
    found = at(obj, *path)
    return found if isinstance(found, Mapping) else {}


def listed(obj: object, *path: str) -> tuple[Object, ...]:
    """The mappings of the list at a path."""
    found = at(obj, *path)
    if not isinstance(found, list | tuple):
        return ()
    return tuple(item for item in found if isinstance(item, Mapping))


def pod_template(obj: Object) -> Object:
    """metadata and spec of the Pods that an object makes; empty where it makes none."""
    kind = obj.get("kind")
    if kind == "CronJob":
        return mapping(obj, "spec", "jobTemplate", "spec", "template")
    return mapping(obj, "spec", "template") if kind in _TEMPLATES else {}


def pod_spec(obj: Object) -> Object:
    """The spec of the Pods that an object is or makes."""
    if obj.get("kind") == "Pod":
        return mapping(obj, "spec")
    return mapping(pod_template(obj), "spec")


def containers(obj: Object) -> Iterator[PodContainer]:
    """All of them, those that run before first."""
    spec = pod_spec(obj)
    for of in _LISTS:
        for body in listed(spec, of):
            yield PodContainer(str(body.get("name") or ""), of, body)
