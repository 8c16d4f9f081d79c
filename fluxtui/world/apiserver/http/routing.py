"""URL paths to what they name: group, version, namespace, resource, object, subresource.

Pure; whether any of it exists is for the caller to find out.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class PathTarget:
    """What a resource path names; empty strings for parts that are not there."""

    group: str
    version: str
    plural: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""


_NAMESPACE_SUBS = ("status", "finalize")


def target(path: str) -> PathTarget | None:
    """The target of `/api/v1/...` or `/apis/<group>/<version>/...`; None for other paths."""
    parts = [unquote(p) for p in path.strip("/").split("/")]
    if parts[0] == "api" and len(parts) >= 3:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) >= 4:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if rest[0] == "namespaces" and len(rest) >= 3:
        if len(rest) == 3 and rest[2] in _NAMESPACE_SUBS and not group:
            return PathTarget(group, version, "namespaces", "", rest[1], rest[2])
        namespace, rest = rest[1], rest[2:]
    name = rest[1] if len(rest) > 1 else ""
    subresource = rest[2] if len(rest) > 2 else ""
    return PathTarget(group, version, rest[0], namespace, name, subresource)
