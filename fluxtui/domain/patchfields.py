"""Merge patches read as statements about an object (RFC 7386): what they touch, whether they hold.

Pure. Used to decide whether a write may be tried again, and whether a write without an answer
arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ABSENT = object()


def holds(obj: Mapping[str, Any], patch: Mapping[str, Any]) -> bool:
    """Whether applying `patch` would change nothing."""
    for name, value in patch.items():
        present = obj.get(name, _ABSENT)
        if value is None:
            if present is not _ABSENT and present is not None:
                return False
        elif isinstance(value, Mapping):
            inner = present if isinstance(present, Mapping) else {}
            if not holds(inner, value):
                return False
        elif present != value:
            return False
    return True


def touched(obj: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The present values of exactly the fields that `patch` sets, by path; absent: None."""
    values: dict[str, Any] = {}
    _collect(obj, patch, "", values)
    return values


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """`spec.ref.semver ">=1" -> ">=2"`, ...: what differs between two results of `touched`."""
    return ", ".join(
        f"{path} {_show(before.get(path))} -> {_show(after.get(path))}"
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    )


def _collect(obj: Any, patch: Mapping[str, Any], prefix: str, values: dict[str, Any]) -> None:
    for name, value in patch.items():
        path = f"{prefix}.{name}" if prefix else name
        present = obj.get(name) if isinstance(obj, Mapping) else None
        if isinstance(value, Mapping) and value:
            _collect(present, value, path, values)
        else:
            values[path] = present


def _show(value: Any) -> str:
    if value is None:
        return "(none)"
    return repr(value) if isinstance(value, str) else str(value)
