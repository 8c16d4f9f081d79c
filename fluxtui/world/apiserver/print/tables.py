"""Objects as `meta.k8s.io/v1` Tables, the form kubectl prints.

Columns of built-in kinds come from columns.py, of custom kinds from their CRD.
Needed by `kubectl get`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fluxtui.world.apiserver.kinds import ApiKind, PrinterColumn
from fluxtui.world.apiserver.print import cells as printed
from fluxtui.world.apiserver.print import columns as cols
from fluxtui.world.apiserver.print.jsonpath import find
from fluxtui.world.apiserver.status import Json
from fluxtui.world.apiserver.store import Stored, dumps

_API_VERSION = "meta.k8s.io/v1"
_INITIAL_END = "k8s.io/initial-events-end"


def _cell(column: PrinterColumn, obj: Json, now: float) -> Any:
    values = find(column.path, obj)
    if not values:
        return None
    value = values[0]
    if column.type == "date":
        at = printed.seconds(value)
        return "<invalid>" if at is None else printed.duration(now - at)
    if column.type == "integer":
        return value if isinstance(value, int) else None
    if column.type == "number":
        return value if isinstance(value, (int, float)) else None
    if column.type == "boolean":
        return value if isinstance(value, bool) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return dumps(value).decode()
    return str(value)


def _definitions(columns: Iterable[PrinterColumn]) -> list[Json]:
    out = []
    for column in columns:
        out.append(
            {
                "name": column.name,
                "type": column.type,
                "format": column.format,
                "description": column.description,
                "priority": column.priority,
            }
        )
    return out


def table(
    kind: ApiKind,
    items: Iterable[Stored],
    metadata: Json,
    now: float,
    *,
    include: str = "Metadata",
) -> Json:
    """A Table. `include` is None, Metadata or Object: what a row carries of its object."""
    columns, cells = cols.BUILTIN.get(kind.resource, cols.PLAIN)
    if kind.custom:
        columns = kind.columns
    names = kind.resource != ("", "events")
    rows = []
    for stored in items:
        obj = stored.obj
        values = [cell(obj, now) for cell in cells]
        if kind.custom:
            values = [_cell(column, obj, now) for column in columns]
        if names:
            values = [obj["metadata"].get("name", ""), *values]
        row: Json = {"cells": values}
        if include == "Object":
            row["object"] = obj
        elif include == "Metadata" or _INITIAL_END in (obj["metadata"].get("annotations") or ()):
            head = {"kind": "PartialObjectMetadata", "apiVersion": _API_VERSION}
            row["object"] = head | {"metadata": obj["metadata"]}
        else:
            row["object"] = None
        rows.append(row)
    heads = (cols.NAME, *columns) if names else columns
    return {
        "kind": "Table",
        "apiVersion": _API_VERSION,
        "metadata": metadata,
        "columnDefinitions": _definitions(heads),
        "rows": rows,
    }
