"""JSON merge patch (RFC 7386) and JSON patch (RFC 6902).

Pure functions: object and patch in, a new object out. Error texts are those a client of a real API
server sees.
"""

from __future__ import annotations

from typing import Any

from fluxtui.world.apiserver.status import Details, Json, StatusError


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7386: null removes, objects merge, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    out = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = merge_patch(out.get(key), value)
    return out


def json_patch(target: Any, operations: Any) -> Any:
    """RFC 6902, as evanphx/json-patch reads it: a test of null holds where nothing is, a field to
    replace need not be there, `-1` is the last item. Raises 422 where it does not apply."""
    document = target
    for operation in operations:
        document = _operate(document, operation)
    return document


def _operate(document: Any, operation: Json) -> Any:
    op = operation.get("op")
    path = _pointer(operation.get("path"))
    if op == "test":
        wanted = operation.get("value")
        if not _equal(_read(document, path, op, absent=wanted is None), wanted):
            raise _refused(f"testing path {operation.get('path')} failed: test failed")
        return document
    if op == "remove":
        return _edit(document, path, _REMOVE, op)
    if op in ("add", "replace"):
        if op == "replace" and path:
            _read(document, path[:-1], op)
        value = operation.get("value")
        return value if not path else _edit(document, path, value, op)
    if op in ("copy", "move"):
        source = _pointer(operation.get("from"))
        value = _read(document, source, op)
        if op == "move":
            document = _edit(document, source, _REMOVE, op)
        return _edit(document, path, value, "add")
    raise _refused(f"Unexpected kind: {op or 'unknown'}")


_REMOVE = object()


def _refused(why: str) -> StatusError:
    """Kubernetes keeps why a patch does not apply to itself; `next` keeps it for our log."""
    text = "the server rejected our request due to an error in our request"
    error = StatusError(422, "Invalid", text, Details())
    error.next = why
    return error


def _pointer(path: Any) -> list[str]:
    if not isinstance(path, str) or (path and not path.startswith("/")):
        raise _refused(f"invalid JSON pointer: {path!r}")
    return [p.replace("~1", "/").replace("~0", "~") for p in path.split("/")[1:]]


def _equal(one: Any, other: Any) -> bool:
    """Numbers are compared as they are written: 1 is not 1.0."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return type(one) is type(other) and bool(one == other)


def _index(items: list[Any], step: str, op: str, *, insert: bool) -> int:
    if step == "-" and insert:
        return len(items)
    if not step.lstrip("-").isdigit():
        raise _refused(f"{op} operation does not apply: strconv.Atoi: parsing {step!r}")
    index = int(step)
    if index < 0:
        index += len(items)
    if not 0 <= index < len(items) + (1 if insert else 0):
        raise _refused(f"{op} operation does not apply: invalid index referenced: {step}")
    return index


def _read(document: Any, path: list[str], op: str, *, absent: bool = False) -> Any:
    """The value at `path`; None where the last step finds nothing and `absent` is fine."""
    value = document
    for i, step in enumerate(path):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif absent and isinstance(value, dict) and i == len(path) - 1:
            return None
        elif isinstance(value, list):
            value = value[_index(value, step, op, insert=False)]
        else:
            raise _missing(op, path)
    return value


def _missing(op: str, path: list[str]) -> StatusError:
    text = "/" + "/".join(path)
    return _refused(f"{op} operation does not apply: doc is missing path: {text}: missing value")


def _edit(document: Any, path: list[str], value: Any, op: str) -> Any:
    """A copy of `document` with the value at `path` set, inserted or removed."""
    if not path:
        raise _refused(f"{op} operation does not apply: doc is missing path")
    step, rest = path[0], path[1:]
    if isinstance(document, dict):
        out = dict(document)
        if rest:
            if step not in out:
                raise _missing(op, path)
            out[step] = _edit(out[step], rest, value, op)
        elif value is _REMOVE:
            if step not in out:
                raise _missing(op, path)
            del out[step]
        else:
            out[step] = value
        return out
    if isinstance(document, list):
        items = list(document)
        insert = not rest and op == "add" and value is not _REMOVE
        index = _index(items, step, op, insert=insert)
        if rest:
            items[index] = _edit(items[index], rest, value, op)
        elif value is _REMOVE:
            del items[index]
        elif insert:
            items.insert(index, value)
        else:
            items[index] = value
        return items
    raise _missing(op, path)
