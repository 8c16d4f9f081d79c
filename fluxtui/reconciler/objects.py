"""Safe reading of objects that anybody may have written: every accessor gives the type it says.

A malformed object in the API must cost nobody but itself. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.kit.records import NamedTuple

SOURCE_GROUP = "source.toolkit.fluxcd.io"
KUSTOMIZE_GROUP = "kustomize.toolkit.fluxcd.io"
KUSTOMIZATION = (f"{KUSTOMIZE_GROUP}/v1", "Kustomization")
FINALIZER = "finalizers.fluxcd.io"
INSTANCE = "fluxtui"
"""Which of a controller's instances we are, in Events."""
REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"

_NOTHING: Mapping[str, Any] = {}


class Name(NamedTuple):
    """Which object of a kind."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def mapping(value: object) -> Mapping[str, Any]:
    """The value when it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else _NOTHING


def items(value: object) -> list[Mapping[str, Any]]:
    """The mappings of a list, [] when it is none."""
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def text(value: object) -> str:
    """The value when it is a string, else ''."""
    return value if isinstance(value, str) else ""


def metadata(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object's metadata."""
    return mapping(obj.get("metadata"))


def name_of(obj: Mapping[str, Any]) -> Name:
    """The object's namespace and name."""
    meta = metadata(obj)
    return Name(text(meta.get("namespace")), text(meta.get("name")))


def generation(obj: Mapping[str, Any]) -> int:
    """metadata.generation, 0 when missing."""
    value = metadata(obj).get("generation")
    return value if isinstance(value, int) else 0


def requested_at(obj: Mapping[str, Any]) -> str:
    """The reconcile request's token, '' when there is none."""
    return text(mapping(metadata(obj).get("annotations")).get(REQUESTED_AT))


def is_deleting(obj: Mapping[str, Any]) -> bool:
    """Whether the object waits for its finalizers."""
    return bool(metadata(obj).get("deletionTimestamp"))


def status_of(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object's status."""
    return mapping(obj.get("status"))


def spec_of(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object's spec."""
    return mapping(obj.get("spec"))


def condition(obj: Mapping[str, Any], type_: str) -> Mapping[str, Any]:
    """One condition of the status, empty when missing."""
    for item in items(status_of(obj).get("conditions")):
        if item.get("type") == type_:
            return item
    return _NOTHING


def subject_text(obj: Mapping[str, Any]) -> str:
    """`Kind/namespace/name`, as Flux names objects in messages."""
    name = name_of(obj)
    return "/".join(part for part in (text(obj.get("kind")), name.namespace, name.name) if part)


def revision_of(obj: Mapping[str, Any]) -> str:
    """status.artifact.revision of a source, '' when nothing is stored."""
    return text(mapping(status_of(obj).get("artifact")).get("revision"))
