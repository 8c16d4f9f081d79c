"""JSON patches (RFC 6902) with the habits of the Go library that kustomize uses.

Negative indices count from the end, `test` of a missing value equals null, anything else that is
missing is an error. Applied in place: the caller hands in an object it may lose. Nothing here
chooses objects. An operation that makes no sense is an error where it hits an object only.
Rule source: RFC 6902; evanphx/json-patch v4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kit.frozen import frozen
from fluxtui.kustomize.folding import unfolded
from fluxtui.kustomize.reader import load_values
from fluxtui.kustomize.scalars import (
    NULL,
    Decoded,
    Quoted,
    as_json,
    copied,
    is_null,
    plain,
    resolve,
    written_string,
)

_MISSING = object()
_INDEX = re.compile(r"[+-]?[0-9]{1,40}\Z")


@frozen
class Operation:
    """One operation; `value` is plain JSON, `source` the `from` of move and copy.

    `problem`: why it can never be applied, "" mostly.
    """

    op: str
    path: tuple[str, ...]
    pointer: str
    value: Any = None
    source: tuple[str, ...] = ()
    problem: str = ""


def parse_json_patch(text: str, file: str = "") -> list[Operation]:
    """Operations of a patch in JSON (when it begins with `[`) or YAML.

    Raises BuildError when it is not a list of operations.
    """
    if text.startswith("["):
        try:
            data = json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError) as problem:
            raise BuildError(f"not a JSON patch: {problem}", file=file) from problem
    else:
        documents = load_values(text, file=file, mode="kubectl")
        data = plain(documents[0]) if documents else None
    if data is None:
        return []
    if not isinstance(data, list):
        raise BuildError("a JSON patch is a list of operations", file=file)
    return [_operation(item, index, file) for index, item in enumerate(data)]


def _no_number(text: str) -> None:
    """Python reads NaN and Infinity in JSON, which has neither."""
    raise ValueError(f"{text} is no number")


def _operation(item: Any, index: int, file: str) -> Operation:
    """What an operation asks for; a fault of its own shows when it is applied, as in Go."""
    if item is not None and not isinstance(item, dict):
        raise BuildError("a JSON patch operation is a mapping", file=file, field=f"[{index}]")
    item = item or {}
    op, path, source = item.get("op"), item.get("path"), item.get("from")
    pointers = [path, source] if op in ("move", "copy") else [path]
    problem = ""
    if op not in ("add", "remove", "replace", "move", "copy", "test"):
        problem = f"unknown operation {op!r}"
    for name, pointer in zip(("path", "from"), pointers, strict=False):
        if not problem and not isinstance(pointer, str):
            problem = f"{op} needs a {name}"
        elif not problem and "/" not in pointer and (pointer or op not in ("replace", "test")):
            problem = f"{pointer!r} is not a path"
    path, source = (str(pointer or "") for pointer in (path, source))
    return Operation(str(op), _pointer(path), path, item.get("value"), _pointer(source), problem)


def _pointer(text: str) -> tuple[str, ...]:
    return tuple(p.replace("~1", "/").replace("~0", "~") for p in text.split("/")[1:])


def apply_json_patch(obj: dict[str, Any], operations: list[Operation]) -> dict[str, Any]:
    """The patched object, a new one. Raises BuildError whose field is the pointer that failed."""
    box: dict[str, Any] = {"": _rewritten(unfolded(obj))}
    for operation in operations:
        if operation.problem:
            raise BuildError(operation.problem, field=operation.pointer)
        try:
            _ACTIONS[operation.op](box, operation)
        except BuildError as problem:
            what = f"cannot {operation.op} {operation.pointer}: {problem.what}"
            raise BuildError(what, field=operation.pointer) from problem
    result = box[""]
    if not isinstance(result, dict):
        raise BuildError("a JSON patch left something that is no object")
    return result


def _rewritten(value: Any) -> Any:
    """The value as it is after a trip through JSON: quoted only where it has to be."""
    if isinstance(value, dict):
        return {key: _rewritten(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rewritten(item) for item in value]
    if isinstance(value, Decoded):
        return Quoted(value)
    if isinstance(value, Quoted):
        needs = not value or "\n" in value or not isinstance(resolve(value), str)
        return written_string(value) if needs else str(value)
    return NULL if is_null(value) else as_json(plain(value))


def _requoted(value: Any) -> Any:
    """A plain JSON value as it is written into YAML."""
    if isinstance(value, dict):
        return {key: _requoted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_requoted(item) for item in value]
    if isinstance(value, str):
        needs = not value or "\n" in value or not isinstance(resolve(value), str)
        return written_string(value) if needs else value
    return NULL if value is None else as_json(value)


def _parent(box: dict[str, Any], path: tuple[str, ...]) -> tuple[Any, Any]:
    """(container, key) of a path. The container exists; the key may not."""
    node: Any = box
    key: Any = ""
    for part in path:
        child = _get(node, key)
        if child is _MISSING or not isinstance(child, dict | list):
            raise BuildError(f"there is nothing to hold {part!r}")
        node, key = child, part
    return node, key


def _index(container: list[Any], key: str, *, room: int) -> int:
    if not _INDEX.match(str(key)):
        raise BuildError(f"{key!r} is not an index")
    index = int(key)
    size = len(container) + room
    if index < 0:
        index += size
    if not 0 <= index < size:
        raise BuildError(f"index {key} is outside of the list")
    return index


def _get(container: Any, key: Any) -> Any:
    if isinstance(container, dict):
        return container.get(key, _MISSING)
    return container[_index(container, key, room=0)]


def _add(box: dict[str, Any], op: Operation) -> None:
    _put(box, op.path, _requoted(op.value))


def _put(box: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    container, key = _parent(box, path)
    if isinstance(container, dict):
        container[key] = value
    elif key == "-":
        container.append(value)
    else:
        container.insert(_index(container, key, room=1), value)


def _remove(box: dict[str, Any], op: Operation) -> None:
    _take(box, op.path)


def _take(box: dict[str, Any], path: tuple[str, ...]) -> Any:
    container, key = _parent(box, path)
    if isinstance(container, dict):
        if key not in container:
            raise BuildError(f"{key!r} is not there")
        return container.pop(key)
    return container.pop(_index(container, key, room=0))


def _replace(box: dict[str, Any], op: Operation) -> None:
    """Sets a field, which need not be there (the Go library in use does not look)."""
    container, key = _parent(box, op.path)
    if isinstance(container, list):
        key = _index(container, key, room=0)
    container[key] = _requoted(op.value)


def _move(box: dict[str, Any], op: Operation) -> None:
    _put(box, op.path, _take(box, op.source))


def _copy(box: dict[str, Any], op: Operation) -> None:
    container, key = _parent(box, op.source)
    value = _get(container, key)
    _put(box, op.path, NULL if value is _MISSING else copied(value))


def _test(box: dict[str, Any], op: Operation) -> None:
    container, key = _parent(box, op.path)
    value = _get(container, key)
    found = None if value is _MISSING else plain(value)
    if not _equal(found, op.value):
        raise BuildError("the value is another one")


def _equal(one: Any, two: Any) -> bool:
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_equal(one[k], two[k]) for k in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_equal, one, two))
    return bool(one == two)


_ACTIONS: dict[str, Callable[[dict[str, Any], Operation], None]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}
