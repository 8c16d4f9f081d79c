"""Reads what an API serves out of its discovery documents, aggregated or one per group.

Pure: documents in, a table out. Preference between versions is the server's own order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fluxtui.cluster.port import ApiResource

AGGREGATED = (
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    "application/json"
)

ROOTS = frozenset({"APIGroupDiscoveryList", "APIVersions", "APIGroupList"})
"""Kinds of the documents at `/api` and `/apis`."""


class Served:
    """The served types: by (group, kind) in preferred versions, and by exact version."""

    def __init__(self, types: Iterable[ApiResource]) -> None:
        self.preferred: dict[tuple[str, str], ApiResource] = {}
        self._exact: dict[tuple[str, str, str], ApiResource] = {}
        for type_ in types:
            self.preferred.setdefault((type_.group, type_.kind), type_)
            self._exact.setdefault((type_.group, type_.version, type_.kind), type_)

    def find(self, api_version: str, kind: str) -> ApiResource | None:
        """The type of an object's apiVersion and kind, None when it is not served."""
        group, _, version = api_version.rpartition("/")
        return self._exact.get((group, version, kind))


def is_aggregated(document: Mapping[str, Any]) -> bool:
    """Whether the server understood the aggregated Accept header."""
    return document.get("kind") == "APIGroupDiscoveryList"


def aggregated_types(document: Mapping[str, Any]) -> list[ApiResource]:
    """Types of an APIGroupDiscoveryList, in the server's order of preference."""
    types = []
    for group in document.get("items") or []:
        name = (group.get("metadata") or {}).get("name") or ""
        for version in group.get("versions") or []:
            for resource in version.get("resources") or []:
                kind = (resource.get("responseKind") or {}).get("kind")
                if kind and resource.get("resource"):
                    types.append(
                        ApiResource(
                            name,
                            str(version.get("version", "")),
                            kind,
                            resource["resource"],
                            resource.get("scope") == "Namespaced",
                            _texts(resource.get("shortNames")),
                            _texts(resource.get("categories")),
                        )
                    )
    return types


def group_versions(document: Mapping[str, Any]) -> list[str]:
    """`group/version` of an APIGroupList, each group's preferred version first."""
    versions = []
    for group in document.get("groups") or []:
        preferred = (group.get("preferredVersion") or {}).get("groupVersion")
        served = [item.get("groupVersion") for item in group.get("versions") or []]
        versions += [
            str(item) for item in [preferred, *(o for o in served if o != preferred)] if item
        ]
    return versions


def listed_types(group_version: str, document: Mapping[str, Any]) -> list[ApiResource]:
    """Types of one APIResourceList, without subresources."""
    group, _, version = group_version.rpartition("/")
    return [
        ApiResource(
            group,
            version,
            item["kind"],
            item["name"],
            bool(item.get("namespaced")),
            _texts(item.get("shortNames")),
            _texts(item.get("categories")),
        )
        for item in document.get("resources") or []
        if "/" not in item.get("name", "/") and item.get("kind")
    ]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()
