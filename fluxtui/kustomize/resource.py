"""One object on its way through a build, with the names it had before.

kustomize keeps this bookkeeping in internal annotations; here it stands beside the object, so that
patches cannot touch it and nothing has to be cleaned off. Nothing here transforms.
"""

from __future__ import annotations

from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.ids import Gvk, Id, effective, parse_api_version
from fluxtui.kustomize.scalars import copied, is_empty, is_null, is_word, text_of
from fluxtui.kustomize.schema import Schema


class BuildResource:
    """An object and its history. `obj` is changed in place; `dead` marks a deleted one."""

    __slots__ = (
        "allow_kind",
        "allow_name",
        "behavior",
        "dead",
        "document",
        "file",
        "hashed",
        "obj",
        "origin",
        "prefixes",
        "previous",
        "schema",
        "suffixes",
        "taints",
        "transformations",
        "variables",
    )

    def __init__(self, obj: dict[str, Any], schema: Schema, file: str = "", document: int = 0):
        self.obj = obj
        self.schema = schema
        self.file = file
        self.document = document
        self.previous: list[tuple[str, str, str]] = []
        self.prefixes: list[str] = []
        self.suffixes: list[str] = []
        self.variables: list[str] = []
        self.taints: list[tuple[str, str]] = []
        self.hashed = False
        self.behavior = ""
        self.allow_name = False
        self.allow_kind = False
        self.dead = False
        self.origin: dict[str, Any] | None = None
        self.transformations: list[dict[str, Any]] = []

    def copy(self) -> BuildResource:
        """A copy that shares nothing that can change."""
        twin = BuildResource(copied(self.obj), self.schema, self.file, self.document)
        twin.previous = list(self.previous)
        twin.prefixes, twin.suffixes = list(self.prefixes), list(self.suffixes)
        twin.variables, twin.taints = list(self.variables), list(self.taints)
        twin.hashed, twin.behavior = self.hashed, self.behavior
        twin.allow_name, twin.allow_kind = self.allow_name, self.allow_kind
        twin.origin, twin.transformations = self.origin, list(self.transformations)
        return twin

    @property
    def gvk(self) -> Gvk:
        group, version = parse_api_version(text_of(self.obj.get("apiVersion")))
        return Gvk(group, version, text_of(self.obj.get("kind")))

    def _meta(self, field: str) -> str:
        metadata = self.obj.get("metadata")
        if not isinstance(metadata, dict):
            return ""
        return text_of(metadata.get(field))

    @property
    def name(self) -> str:
        return self._meta("name")

    @property
    def namespace(self) -> str:
        return self._meta("namespace")

    def metadata(self) -> dict[str, Any]:
        """metadata, created when it is missing."""
        metadata = self.obj.get("metadata")
        if is_null(metadata):
            metadata = self.obj["metadata"] = {}
        if not isinstance(metadata, dict):
            raise BuildError(f"metadata of {self.id} is not a mapping", file=self.file)
        return metadata

    def texts(self, field: str) -> dict[str, str]:
        """metadata.labels or .annotations as text."""
        metadata = self.obj.get("metadata")
        values = metadata.get(field) if isinstance(metadata, dict) else None
        if not isinstance(values, dict):
            return {}
        return {key: text_of(value) for key, value in values.items()}

    def set_texts(self, field: str, values: dict[str, str]) -> None:
        """Replaces metadata.labels or .annotations; an empty mapping removes the field."""
        metadata = self.metadata()
        metadata.pop(field, None)
        if values:
            metadata[field] = {key: values[key] for key in sorted(values, key=bare_key)}

    def set_name(self, name: str) -> None:
        self.metadata()["name"] = name

    def set_namespace(self, namespace: str) -> None:
        metadata = self.metadata()
        if namespace:
            metadata["namespace"] = namespace
        else:
            metadata.pop("namespace", None)

    @property
    def id(self) -> Id:
        """The identity now."""
        gvk = self.gvk
        namespace = self.namespace
        outside = self.schema.is_cluster_scoped(gvk.api_version, gvk.kind)
        return Id(gvk, self.name, namespace, effective(namespace, outside))

    def previous_ids(self) -> list[Id]:
        """Identities before each renaming, the oldest first; group and version are today's."""
        if not self.previous:
            return []
        group, version, _ = self.gvk
        return [
            Id(Gvk(group, version, kind), name, space, space) for space, name, kind in self.previous
        ]

    def ids(self) -> list[Id]:
        """Every identity, the current one last."""
        return [*self.previous_ids(), self.id]

    @property
    def first_id(self) -> Id:
        """The identity in its file."""
        return self.previous_ids()[0] if self.previous else self.id

    def remember(self) -> None:
        """Stores the identity before it changes."""
        now = self.id
        self.previous.append((now.space, now.name, now.gvk.kind))

    def forget(self) -> None:
        """Drops what kustomize keeps in annotations, which a patch has set to null."""
        self.previous, self.prefixes, self.suffixes = [], [], []
        self.origin, self.transformations = None, []
        self.hashed = False

    def is_empty(self) -> bool:
        return self.dead or is_empty(self.obj)

    def same_context(self, other: BuildResource, *, allow_empty: bool) -> bool:
        """Whether both went through the same prefixes and suffixes, as far as the shorter goes."""
        return _same_end(self.prefixes, other.prefixes, allow_empty) and _same_end(
            self.suffixes, other.suffixes, allow_empty
        )


def bare_key(key: str) -> str:
    """A mapping key that kustomize writes without quotes; BuildError when it then is no string."""
    if not is_word(key):
        raise BuildError(
            f"the key {key!r} reads as something else than a string once kustomize has written it",
            field=key,
            next="use another key",
        )
    return key


def _same_end(first: list[str], second: list[str], allow_empty: bool) -> bool:
    if not first or not second:
        return allow_empty or (not first and not second)
    length = min(len(first), len(second))
    return first[-length:] == second[-length:]
