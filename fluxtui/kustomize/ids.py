"""Identities of objects while they are built: what a patch, a reference or a merge matches on.

Kubernetes names an object by group, version, kind, namespace and name; kustomize compares the
*effective* namespace (`default` when unset, a constant when the kind is outside namespaces).
Nothing here reads objects.
"""

from __future__ import annotations

from typing import Final

from fluxtui.kit.records import NamedTuple

NO_NAMESPACE: Final = "_non_namespaceable_"
DEFAULT: Final = "default"


class Gvk(NamedTuple):
    """Group, version, kind; as a selector an empty field matches anything."""

    group: str = ""
    version: str = ""
    kind: str = ""

    def selected_by(self, selector: Gvk) -> bool:
        """Whether every non-empty field of the selector is equal."""
        return (
            (not selector.group or selector.group == self.group)
            and (not selector.version or selector.version == self.version)
            and (not selector.kind or selector.kind == self.kind)
        )

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


def parse_api_version(api_version: str) -> tuple[str, str]:
    """(group, version) of an apiVersion, split at the first slash."""
    group, slash, version = api_version.partition("/")
    return (group, version) if slash else ("", api_version)


class Id(NamedTuple):
    """One identity an object has or had. `space` is the effective namespace."""

    gvk: Gvk
    name: str
    namespace: str
    space: str

    def same(self, other: Id) -> bool:
        """Equal group, version, kind, name and effective namespace."""
        return self.key == other.key

    @property
    def key(self) -> tuple[Gvk, str, str]:
        return (self.gvk, self.name, self.space)

    def __str__(self) -> str:
        gvk = self.gvk
        kind = f"{gvk.kind}.{gvk.version}.{gvk.group}" if gvk.group else f"{gvk.kind}.{gvk.version}"
        return f"{kind} {self.namespace}/{self.name}" if self.namespace else f"{kind} {self.name}"


def effective(namespace: str, outside: bool) -> str:
    """The namespace to compare: a constant outside namespaces, `default` when unset."""
    if outside:
        return NO_NAMESPACE
    return namespace or DEFAULT
