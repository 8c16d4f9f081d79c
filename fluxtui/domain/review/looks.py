"""A line of evidence under a danger: what it was and what it becomes, short. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.shortening import ended

_WIDE = 60


def briefly(what: str, before: Any, after: Any) -> str:
    """`what: before -> after` in one line; a side that is not there is said to be."""
    return f"{what}: {_one(before)} -> {_one(after)}"


def _one(value: Any) -> str:
    if value is None:
        return "not there"
    if isinstance(value, list | tuple):
        value = "; ".join(map(_flat, value))
    value = _flat(value)
    return ended(" ".join(str(value).split()), _WIDE) or '""'


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {inner}" for name, inner in value.items())
    return str(value)
