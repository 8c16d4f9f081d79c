"""Read fields of an untyped Kubernetes object as Go's unstructured helpers do.

Two temperaments, both Flux's: counters fall back to a default when absent or of a wrong type;
generation, deletion time and conditions of a wrong type make the status unknown (Malformed).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.errors import FluxtuiError
from fluxtui.kit.records import NamedTuple

Object = Mapping[str, Any]


class Malformed(FluxtuiError):
    """An object breaks the shape that every Kubernetes object has; its status is unknown."""


class StatusCondition(NamedTuple):
    """One entry of `status.conditions`; absent fields are '' (and 0)."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    transition: str = ""
    observed_generation: int = 0

    @property
    def true(self) -> bool:
        return self.status == "True"

    @property
    def false(self) -> bool:
        return self.status == "False"


def lookup(obj: Object, *path: str) -> tuple[bool, Any]:
    """Whether the field is there, and its value. Raises Malformed when a parent is no map."""
    value: Any = obj
    for i, name in enumerate(path):
        if value is None:
            return False, None
        if not isinstance(value, Mapping):
            raise Malformed(f".{'.'.join(path[:i])} is not a map")
        if name not in value:
            return False, None
        value = value[name]
    return True, value


def generation(obj: Object, *path: str) -> int | None:
    """An integer field, None when absent. Raises Malformed when it is something else."""
    present, value = lookup(obj, *path)
    if not present:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(f".{'.'.join(path)} is not an integer")
    return value


def text(obj: Object, *path: str, default: str = "") -> str:
    """A string field, `default` when absent or of another type."""
    value = _lenient(obj, path)
    return value if isinstance(value, str) else default


def count(obj: Object, *path: str, default: int = 0) -> int:
    """A whole number, `default` when absent or anything else (a fraction is none either)."""
    value = _lenient(obj, path)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return int(value) if value == value // 1 else default


def _lenient(obj: Object, path: tuple[str, ...]) -> Any:
    value: Any = obj
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def conditions(obj: Object) -> tuple[StatusCondition, ...]:
    """`status.conditions` in their order. Raises Malformed when they have no such shape."""
    _, items = lookup(obj, "status", "conditions")
    if items is None:
        return ()
    if not isinstance(items, list | tuple):
        raise Malformed(".status.conditions is not a list")
    return tuple(_condition(item) for item in items)


def _condition(item: object) -> StatusCondition:
    if item is None:
        return StatusCondition("", "")
    if not isinstance(item, Mapping):
        raise Malformed("an entry of .status.conditions is not a map")
    words: dict[str, str] = {}
    for name in ("type", "status", "reason", "message", "lastTransitionTime"):
        value = item.get(name)
        if value is not None and not isinstance(value, str):
            raise Malformed(f"{name} of a condition is not a string")
        words[name] = value or ""
    observed = item.get("observedGeneration")
    whole = observed if isinstance(observed, int) and not isinstance(observed, bool) else 0
    return StatusCondition(
        words["type"],
        words["status"],
        words["reason"],
        words["message"],
        words["lastTransitionTime"],
        whole,
    )
