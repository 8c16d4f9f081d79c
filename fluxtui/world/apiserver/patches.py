"""JSON merge patch (RFC 7386), JSON patch (RFC 6902) and strategic merge patch.

Pure functions: object and patch in, a new object out. Error texts are those a client of a real API
server sees.
"""

from __future__ import annotations

from typing import Any

from fluxtui.world.apiserver.shape import Shape
from fluxtui.world.apiserver.status import Details, Json, StatusError, bad_request


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
    """RFC 6902. Raises 422 where the server refuses to apply, 400 where it is no patch."""
    if not isinstance(operations, list):
        text = "cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
        raise bad_request(f"error decoding patch: json: {text}")
    document = target
    for operation in operations:
        if not isinstance(operation, dict):
            raise bad_request("json: cannot unmarshal into Go value of type jsonpatch.Operation")
        document = _operate(document, operation)
    return document


def _operate(document: Any, operation: Json) -> Any:
    op = operation.get("op")
    path = _pointer(operation.get("path"))
    if op == "test":
        if not _equal(_read(document, path, op), operation.get("value")):
            raise _refused(f"testing path {operation.get('path')} failed: test failed")
        return document
    if op == "remove":
        return _edit(document, path, _REMOVE, op)
    if op in ("add", "replace"):
        if op == "replace":
            _read(document, path, op)
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
        raise bad_request(f"invalid JSON pointer: {path!r}")
    return [p.replace("~1", "/").replace("~0", "~") for p in path.split("/")[1:]]


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _index(items: list[Any], step: str, op: str, *, insert: bool) -> int:
    if step == "-" and insert:
        return len(items)
    if not step.lstrip("-").isdigit():
        raise _refused(f"{op} operation does not apply: strconv.Atoi: parsing {step!r}")
    index = int(step)
    if not 0 <= index < len(items) + (1 if insert else 0):
        raise _refused(f"{op} operation does not apply: invalid index referenced: {step}")
    return index


def _read(document: Any, path: list[str], op: str) -> Any:
    value = document
    for step in path:
        if isinstance(value, dict) and step in value:
            value = value[step]
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


_DIRECTIVES = ("$patch", "$retainKeys")
_DELETE_VALUES = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def strategic_merge_patch(target: Any, patch: Json, shape: Shape) -> Json:
    """Kubernetes' strategic merge: keyed lists merge by key, with `$patch` directives."""
    if not isinstance(patch, dict):
        raise bad_request("cannot unmarshal array into Go value of type map[string]interface {}")
    merged: Json = _strategic(target if isinstance(target, dict) else {}, patch, shape)
    return merged


def _strategic(target: Json, patch: Json, shape: Shape) -> Json:
    directive = patch.get("$patch")
    if directive == "replace":
        return {k: v for k, v in patch.items() if k != "$patch"}
    if directive == "delete":
        return {}
    out = dict(target)
    retain = patch.get("$retainKeys")
    if retain is not None:
        out = {k: v for k, v in out.items() if k in retain}
    for key, value in patch.items():
        if key in _DIRECTIVES or key.startswith(_ORDER):
            continue
        if key.startswith(_DELETE_VALUES):
            name = key[len(_DELETE_VALUES) :]
            if isinstance(out.get(name), list):
                out[name] = [x for x in out[name] if x not in value]
            continue
        if value is None:
            out.pop(key, None)
            continue
        out[key] = _strategic_value(out.get(key), value, shape.child(key))
    for key, value in patch.items():
        name = key[len(_ORDER) :] if key.startswith(_ORDER) else key
        given = patch.get(f"{_ORDER}{name}")
        if (key != name) != (given is not None):
            continue  # a list whose order is given elsewhere in the patch
        if isinstance(out.get(name), list) and isinstance(target.get(name), list):
            sub = shape.child(name)
            if sub.patch_key or sub.merge == "set":
                order = given if given is not None else value
                out[name] = _ordered(out[name], order, target[name], sub)
    return out


def _strategic_value(target: Any, value: Any, shape: Shape) -> Any:
    if isinstance(value, dict):
        base = target if isinstance(target, dict) else {}
        if shape.form == "any" and not shape.open and not isinstance(target, dict):
            base = {}
        return _strategic(base, value, shape)
    if isinstance(value, list):
        return _strategic_list(target if isinstance(target, list) else [], value, shape)
    return value


def _strategic_list(target: list[Any], patch: list[Any], shape: Shape) -> list[Any]:
    if shape.merge == "set":
        return target + [x for x in patch if x not in target]
    key = shape.patch_key
    if not key:
        return [x for x in patch if not (isinstance(x, dict) and "$patch" in x)]
    if any(isinstance(x, dict) and x.get("$patch") == "replace" for x in patch):
        return [x for x in patch if not (isinstance(x, dict) and "$patch" in x)]
    out = list(target)
    for item in patch:
        if not isinstance(item, dict) or key not in item:
            pairs = sorted(item.items()) if isinstance(item, dict) else []
            shown = " ".join(f"{k}:{v}" for k, v in pairs)
            text = f"map: map[{shown}] does not contain declared merge key: {key}"
            raise StatusError(500, "", text)
        found = [i for i, x in enumerate(out) if isinstance(x, dict) and x.get(key) == item[key]]
        if item.get("$patch") == "delete":
            out = [x for i, x in enumerate(out) if i not in found]
        elif found:
            out[found[0]] = _strategic(out[found[0]], item, shape.item())
        else:
            out.append(_strategic({}, item, shape.item()))
    return out


def _ordered(items: list[Any], order: list[Any], live: list[Any], shape: Shape) -> list[Any]:
    """Items the patch names in its order; the others between them, as they stood before.

    An item the patch adds stands before those it does not name.
    """
    key = shape.patch_key

    def identity(item: Any) -> str:
        return str(item.get(key) if isinstance(item, dict) and key else item)

    rank = {identity(x): i for i, x in enumerate(order)}
    place = {identity(x): i for i, x in enumerate(live)}
    named = sorted((x for x in items if identity(x) in rank), key=lambda x: rank[identity(x)])
    others = [x for x in items if identity(x) not in rank]
    out: list[Any] = []
    i = 0
    for item in others:
        while i < len(named):
            at = place.get(identity(named[i]))
            if at is not None and at > place.get(identity(item), len(live)):
                break
            out.append(named[i])
            i += 1
        out.append(item)
    return out + named[i:]
