"""JSON patches (RFC 6902) with the habits of the Go library that Kubernetes and kustomize use.

Negative indices count from the end, `test` of a missing value equals null, `replace` does not look
whether a field is there; anything else that is missing is an error. An operation that makes no
sense is an error where it is carried out only. Nothing here reads text or chooses objects.
Rule source: RFC 6902; evanphx/json-patch v4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

_MISSING = object()
_INDEX = re.compile(r"[+-]?[0-9]{1,40}\Z")
_Box = dict[str, Any]
"""Holds the document under "", so that the whole of it has a parent too."""


class PatchError(Exception):
    """An operation cannot be carried out; `pointer` is its path."""

    def __init__(self, what: str, pointer: str) -> None:
        super().__init__(what)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `value` is plain JSON, `source` the `from` of move and copy.

    `problem`: why it can never be carried out, "" mostly.
    """

    op: str
    path: tuple[str, ...]
    pointer: str
    value: Any = None
    source: tuple[str, ...] = ()
    problem: str = ""


def _text(value: Any) -> str:
    """As JSON: 1, 1.0 and true are three."""
    return json.dumps(value, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Notation:
    """How a document holds its values: `written` makes a plain value one of its own, `copied`
    copies one, `null` is its null; equal are those that are the same text when `compared`."""

    written: Callable[[Any], Any] = deepcopy
    copied: Callable[[Any], Any] = deepcopy
    compared: Callable[[Any], str] = _text
    null: Any = None


PLAIN = Notation()


def operation(item: Mapping[str, Any]) -> Operation:
    """What an operation asks for; a fault of its own shows when it is carried out, as in Go."""
    op, path, source = item.get("op"), item.get("path"), item.get("from")
    pointers: list[Any] = [path, source] if op in ("move", "copy") else [path]
    problem = ""
    if op not in _ACTIONS:
        problem = f"unknown operation {op!r}"
    for name, pointer in zip(("path", "from"), pointers, strict=False):
        if not problem and not isinstance(pointer, str):
            problem = f"{op} needs a {name}"
        elif not problem and "/" not in pointer and (pointer or op not in ("replace", "test")):
            problem = f"{pointer!r} is not a path"
    path, source = (str(pointer or "") for pointer in (path, source))
    return Operation(str(op), _steps(path), path, item.get("value"), _steps(source), problem)


def _steps(pointer: str) -> tuple[str, ...]:
    return tuple(p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:])


def patched(document: Any, operations: Iterable[Operation], notation: Notation = PLAIN) -> Any:
    """What the operations make of a document, in place: hand in one that may be lost.

    Raises PatchError.
    """
    box: _Box = {"": document}
    for operation in operations:
        if operation.problem:
            raise PatchError(operation.problem, operation.pointer)
        try:
            _ACTIONS[operation.op](box, operation, notation)
        except _Fault as fault:
            what = f"cannot {operation.op} {operation.pointer}: {fault}"
            raise PatchError(what, operation.pointer) from fault
    return box[""]


class _Fault(Exception):
    """Why an operation finds no place."""


def _parent(box: _Box, path: tuple[str, ...]) -> tuple[Any, Any]:
    """(container, key) of a path. The container exists; the key may not."""
    node: Any = box
    key: Any = ""
    for part in path:
        child = _get(node, key)
        if child is _MISSING or not isinstance(child, dict | list):
            raise _Fault(f"there is nothing to hold {part!r}")
        node, key = child, part
    return node, key


def _index(container: list[Any], key: str, *, room: int) -> int:
    if not _INDEX.match(str(key)):
        raise _Fault(f"{key!r} is not an index")
    index = int(key)
    size = len(container) + room
    if index < 0:
        index += size
    if not 0 <= index < size:
        raise _Fault(f"index {key} is outside of the list")
    return index


def _get(container: Any, key: Any) -> Any:
    if isinstance(container, dict):
        return container.get(key, _MISSING)
    return container[_index(container, key, room=0)]


def _put(box: _Box, path: tuple[str, ...], value: Any) -> None:
    container, key = _parent(box, path)
    if isinstance(container, dict):
        container[key] = value
    elif key == "-":
        container.append(value)
    else:
        container.insert(_index(container, key, room=1), value)


def _take(box: _Box, path: tuple[str, ...]) -> Any:
    container, key = _parent(box, path)
    if isinstance(container, dict):
        if key not in container:
            raise _Fault(f"{key!r} is not there")
        return container.pop(key)
    return container.pop(_index(container, key, room=0))


def _add(box: _Box, op: Operation, notation: Notation) -> None:
    _put(box, op.path, notation.written(op.value))


def _remove(box: _Box, op: Operation, notation: Notation) -> None:
    _take(box, op.path)


def _replace(box: _Box, op: Operation, notation: Notation) -> None:
    container, key = _parent(box, op.path)
    if isinstance(container, list):
        key = _index(container, key, room=0)
    container[key] = notation.written(op.value)


def _move(box: _Box, op: Operation, notation: Notation) -> None:
    _put(box, op.path, _take(box, op.source))


def _copy(box: _Box, op: Operation, notation: Notation) -> None:
    value = _get(*_parent(box, op.source))
    _put(box, op.path, notation.null if value is _MISSING else notation.copied(value))


def _test(box: _Box, op: Operation, notation: Notation) -> None:
    value = _get(*_parent(box, op.path))
    actual = notation.null if value is _MISSING else value
    if notation.compared(actual) != notation.compared(op.value):
        raise _Fault("the value is another one")


_ACTIONS: Mapping[str, Callable[[_Box, Operation, Notation], None]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}
