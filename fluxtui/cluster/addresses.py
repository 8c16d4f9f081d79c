"""How a request to a Kubernetes API is addressed: the path of an object, its query, and what it is
called in messages. Pure; nothing is sent here.
"""

from __future__ import annotations

from urllib.parse import quote

from fluxtui.cluster.port import ApiResource, Json
from fluxtui.cluster.transport import Query
from fluxtui.domain.errors import Invalid


def identity(obj: Json) -> tuple[str, str]:
    """Its namespace and name."""
    meta = obj.get("metadata") or {}
    return str(meta.get("namespace") or ""), str(meta.get("name") or "")


def path_of(type_: ApiResource, namespace: str, name: str = "", subresource: str = "") -> str:
    """The URL path; a name out of a manifest cannot lead elsewhere."""
    for part in (namespace, name):
        if part in (".", ".."):
            raise Invalid(f"{part!r} is no name", where=type_.kind, status=422, reason="Invalid")
    return type_.path(quote(namespace, safe=""), quote(name, safe=""), subresource)


def called(type_: ApiResource, namespace: str, name: str = "") -> str:
    """What it is called in an error."""
    return "/".join(part for part in (type_.kind, namespace, name) if part)


def selectors(label_selector: str, field_selector: str) -> Query:
    """The query of a list or watch that is narrowed."""
    query: Query = []
    if label_selector:
        query.append(("labelSelector", label_selector))
    if field_selector:
        query.append(("fieldSelector", field_selector))
    return query


def writing(field_manager: str, dry_run: bool) -> Query:
    """The query of a write."""
    query: Query = [("fieldManager", field_manager)]
    if dry_run:
        query.append(("dryRun", "All"))
    return query
