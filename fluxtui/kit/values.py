"""Frozen values that cost a start nothing, and little to make by the hundred thousand.

The library's frozen dataclass writes six methods as text and compiles them where the class is
declared: of sixty classes that is a quarter of what a command costs that asks once and ends. And it
sets each field through `object.__setattr__`, which is most of what making one costs. Here fields,
slots and `replace` stay the library's; comparing, hashing and showing are closures over the fields,
and `__init__` is compiled when the first value is made: until it is whole, a value is of a twin
class with the same slots, which may be written to; nobody has seen it by then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")


@overload
def frozen(own: type[T], /) -> type[T]: ...


@overload
def frozen(*, eq: bool) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(own: type[Any] | None = None, /, *, eq: bool = True) -> Any:
    """`@frozen` is `@dataclass(frozen=True, slots=True)`; `eq` as there. What is not for `__init__`
    is `__post_init__`'s, methods that the class has stay. Raises TypeError for what it does not do:
    fields by keyword alone, and none."""

    def made(own: type[Any]) -> type[Any]:
        return _made(own, eq)

    return made if own is None else made(own)


def _made(own: type[Any], eq: bool) -> type[Any]:
    written = own.__dict__
    cls: Any = dataclass(init=False, repr=False, eq=False, slots=True)(own)
    every = fields(cls)
    if not every or any(each.kw_only for each in every):
        raise TypeError(f"{own.__name__} has to be a dataclass of the library")
    methods = {
        "__init__": _at_first_use(cls),
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__getstate__": _state,
        "__setstate__": _restore,
        "__repr__": _shown,
    }
    if eq:
        methods |= _compared(attrgetter(*(each.name for each in every if each.compare)))
    for name, method in methods.items():
        if written.get(name) is None:  # Python's own word for no hash beside an `__eq__`
            setattr(cls, name, method)
    result: type[Any] = cls
    return result


def _at_first_use(cls: Any) -> Callable[..., None]:
    def __init__(self: Any, /, *given: Any, **named: Any) -> None:
        if cls.__init__ is __init__:
            cls.__init__ = _init(cls)
        cls.__init__(self, *given, **named)

    return __init__


def _init(cls: Any) -> Callable[..., None]:
    taken = [each for each in fields(cls) if each.init]
    around: dict[str, Any] = {"_put": object.__setattr__, "_own": cls}
    lines = [f"self.{each.name} = {_value(each, around)}" for each in taken]
    if cls.__bases__ == (object,):
        around["_twin"] = type(cls.__name__, (), {"__slots__": cls.__dict__["__slots__"]})
        lines = ["_put(self, '__class__', _twin)", *lines, "self.__class__ = _own"]
    else:  # slots of two classes are no twin's
        lines = [f"_put(self, {each.name!r}, {_value(each, around)})" for each in taken]
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    head = ", ".join(["self", *(each.name for each in taken)])
    exec(f"def __init__({head}):\n " + "\n ".join(lines), around)
    init: Any = around["__init__"]
    optional = (each for each in taken if _made_late(each) or each.default is not MISSING)
    init.__defaults__ = tuple(None if _made_late(each) else each.default for each in optional)
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    result: Callable[..., None] = init
    return result


def _value(each: Field[Any], around: dict[str, Any]) -> str:
    if not _made_late(each):
        return each.name
    around[f"_{each.name}"] = each.default_factory
    return f"_{each.name}() if {each.name} is None else {each.name}"


def _made_late(each: Field[Any]) -> bool:
    return each.default_factory is not MISSING


def _compared(parts: Callable[[Any], Any]) -> dict[str, Any]:
    def __eq__(self: Any, other: object) -> Any:
        return parts(self) == parts(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(parts(self))

    return {"__eq__": __eq__, "__hash__": __hash__}


def _refuse(self: object, name: str, *_value: object) -> None:
    raise FrozenInstanceError(f"cannot set or delete field {name!r}")


def _shown(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for each, part in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, part)
