"""Frozen values that are made by the hundred thousand, at a fraction of what that costs elsewhere.

A frozen dataclass sets each field through `object.__setattr__`, which looks it up anew every time:
of fifteen fields that is most of what reading an object costs. Here a new value is, until it is
whole, of a twin class with the same slots, which may be written to; nobody has seen it by then.
Equality, hash, `replace` and the signature stay the dataclass's own.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

C = TypeVar("C", bound=type)


def made_quickly(cls: C) -> C:
    """A decorator above `@dataclass(frozen=True, slots=True)`, for a class that neither has a base
    nor is one. What is not for `__init__` is `__post_init__`'s."""
    twin = type(cls.__name__, (), {"__slots__": cls.__dict__["__slots__"]})
    around: dict[str, Any] = {"_twin": twin, "_own": cls, "_put": object.__setattr__}
    taken = [field for field in fields(cls) if field.init]
    head = ", ".join(["self", *(_taken(field, around) for field in taken)])
    lines = [
        f"def __init__({head}):",
        "  _put(self, '__class__', _twin)",
        *(f"  self.{field.name} = {_value(field)}" for field in taken),
        "  self.__class__ = _own",
        *(["  self.__post_init__()"] if hasattr(cls, "__post_init__") else []),
    ]
    exec("\n".join(lines), around)
    cls.__init__ = around["__init__"]  # type: ignore[misc]
    return cls


def _taken(field: Field[Any], around: dict[str, Any]) -> str:
    """The field in the signature; its default stands in `around`."""
    default = _made_late(field) or field.default is not MISSING
    if not default:
        return field.name
    around[f"_default_{field.name}"] = None if _made_late(field) else field.default
    around[f"_make_{field.name}"] = field.default_factory
    return f"{field.name}=_default_{field.name}"


def _value(field: Field[Any]) -> str:
    name = field.name
    return f"{name} if {name} is not None else _make_{name}()" if _made_late(field) else name


def _made_late(field: Field[Any]) -> bool:
    return field.default_factory is not MISSING
