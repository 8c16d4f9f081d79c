"""JSON patch (RFC 6902), which `kubectl patch --type json` sends.

Pure: object and operations in, a new object out. As evanphx/json-patch reads them: a test of null
holds where nothing is, `-1` is the last item.
"""

from __future__ import annotations

import copy
from typing import Any

from fluxtui.world.apiserver.status import Details, Json, StatusError


def json_patch(target: Any, operations: list[Json]) -> Any:
    """RFC 6902. Raises 422 where it does not apply."""
    holder = {"": copy.deepcopy(target)}  # so that the whole document has a parent too
    for operation in operations:
        try:
            _apply(holder, operation)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
            raise _refused(f"{operation.get('op')} {operation.get('path')}: {error!r}") from error
    return holder[""]


def _apply(holder: Any, operation: Json) -> None:
    op, path = operation.get("op"), str(operation["path"])
    parent, key = _parent(holder, path)
    if op == "test":
        wanted = operation.get("value")
        found = parent.get(key) if isinstance(parent, dict) and wanted is None else parent[key]
        if type(found) is not type(wanted) or found != wanted:
            raise ValueError("test failed")
    elif op == "remove":
        del parent[key]
    elif op == "replace":
        if isinstance(parent, list):
            parent[key] = operation.get("value")
        else:
            parent |= {key: operation.get("value")}
    elif op in ("add", "copy", "move"):
        value = copy.deepcopy(operation.get("value"))
        if op != "add":
            source, name = _parent(holder, str(operation["from"]))
            value = copy.deepcopy(source[name])
            if op == "move":
                del source[name]
                parent, key = _parent(holder, path)
        _insert(parent, key, value)
    else:
        raise ValueError("unknown operation")


def _insert(parent: Any, key: Any, value: Any) -> None:
    if isinstance(parent, dict):
        parent[key] = value
        return
    index = key + len(parent) + 1 if key < 0 else key
    if not 0 <= index <= len(parent):
        raise IndexError(key)
    parent.insert(index, value)


def _parent(holder: Any, pointer: str) -> tuple[Any, Any]:
    """What holds the place a pointer names, and the key or index there."""
    parent: Any = holder
    *steps, last = [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")]
    for step in steps:
        parent = parent[int(step) if isinstance(parent, list) else step]
    if not isinstance(parent, list):
        return parent, last
    return parent, len(parent) if last == "-" else int(last)


def _refused(why: str) -> StatusError:
    """Kubernetes keeps why a patch does not apply to itself; `next` keeps it for our log."""
    text = "the server rejected our request due to an error in our request"
    error = StatusError(422, "Invalid", text, Details())
    error.next = why
    return error
