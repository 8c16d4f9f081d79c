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
        group, version, tail = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) >= 4:
        group, version, tail = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if tail[0] == "namespaces" and len(tail) >= 3:
        if len(tail) == 3 and tail[2] in _NAMESPACE_SUBS and not group:
            return PathTarget(group, version, "namespaces", "", tail[1], tail[2])
        namespace, tail = tail[1], tail[2:]
    name = tail[1] if len(tail) > 1 else ""
    subresource = tail[2] if len(tail) > 2 else ""
    return PathTarget(group, version, tail[0], namespace, name, subresource)
