"""Frozen, slotted values whose methods are made at first use.

The standard library's dataclasses write the source of six methods and compile it for every class,
at import: a fifth of what a command that asks once costs, mostly for methods it never calls. Here
fields, slots and defaults stay the library's, so that `replace`, `fields` and type checkers know
them; comparing and showing are closures over the fields, and `__init__`, which must be as quick as
a written one, is compiled when the first value is made. It must not become another kind of class:
what the library's frozen dataclass would do, one of these does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter, ge, gt, le, lt
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")


@overload
def frozen(cls: type[T], /) -> type[T]: ...


@overload
def frozen(
    *, eq: bool = True, order: bool = False, repr: bool = True
) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(
    cls: type[Any] | None = None, /, *, eq: bool = True, order: bool = False, repr: bool = True
) -> Any:
    """`@frozen` is `@dataclass(frozen=True, slots=True)`; `eq`, `order`, `repr` as there."""

    def made(own: type[Any]) -> type[Any]:
        return _made(own, eq, order, repr)

    return made if cls is None else made(cls)


def _made(own: type[Any], eq: bool, order: bool, repr: bool) -> type[Any]:
    written = own.__dict__
    if own.__doc__ is None:
        own.__doc__ = own.__name__  # the library would look up a signature, dearer than all else
    cls = dataclass(init=False, repr=False, eq=False, slots=True)(own)
    methods: dict[str, Any] = {
        "__init__": _at_first_use(cls),
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__getstate__": _state,
        "__setstate__": _restore,
    }
    if repr:
        methods["__repr__"] = _shown
    if eq:
        parts = _parts(each.name for each in fields(cls) if each.compare)
        methods |= _compared(parts)
        methods |= _ordered(parts) if order else {}
    for name, method in methods.items():
        # Whoever compares in a way of its own hashes in a way of its own: Python says None then.
        if name not in written or (name == "__hash__" and written[name] is None):
            setattr(cls, name, method)
    return cls


def _at_first_use(cls: type[Any]) -> Callable[..., None]:
    def __init__(self: Any, /, *positional: Any, **named: Any) -> None:
        if cls.__init__ is __init__:
            cls.__init__ = _init(cls)
        cls.__init__(self, *positional, **named)

    return __init__


def _init(cls: type[Any]) -> Callable[..., None]:
    """What the library would have written: one assignment a field, defaults made anew each time."""
    every = fields(cls)
    known: dict[str, Any] = {"_set": object.__setattr__, "_missing": MISSING}
    lines = []
    for each in every:
        known |= {f"_default_{each.name}": each.default, f"_make_{each.name}": each.default_factory}
        made = each.default_factory is not MISSING
        if not each.init:
            if not made and each.default is MISSING:
                continue  # `__post_init__` sets it
            given = f"_make_{each.name}()" if made else f"_default_{each.name}"
        else:
            given = each.name
            if made:
                given = f"_make_{given}() if {given} is _missing else {given}"
        lines.append(f"_set(self, {each.name!r}, {given})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    taken = [each for each in every if each.init]
    words = ["self", *(_parameter(each) for each in taken if not each.kw_only)]
    named = [_parameter(each) for each in taken if each.kw_only]
    head = ", ".join([*words, *(["*", *named] if named else [])])
    exec(f"def __init__({head}):\n " + "\n ".join(lines or ["pass"]), known)
    known["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    init: Callable[..., None] = known["__init__"]
    return init


def _parameter(each: Field[Any]) -> str:
    if each.default_factory is not MISSING:
        return f"{each.name}=_missing"
    return each.name if each.default is MISSING else f"{each.name}=_default_{each.name}"


def _parts(names: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
    """The tuple of these attributes."""
    wanted = tuple(names)
    if len(wanted) > 1:
        return attrgetter(*wanted)
    return lambda self: tuple(getattr(self, name) for name in wanted)


def _compared(parts: Callable[[Any], tuple[Any, ...]]) -> dict[str, Any]:
    def __eq__(self: Any, other: object) -> Any:
        return parts(self) == parts(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(parts(self))

    return {"__eq__": __eq__, "__hash__": __hash__}


def _ordered(parts: Callable[[Any], tuple[Any, ...]]) -> dict[str, Any]:
    def by(compare: Callable[[Any, Any], bool]) -> Callable[[Any, object], Any]:
        def method(self: Any, other: object) -> Any:
            same = other.__class__ is self.__class__
            return compare(parts(self), parts(other)) if same else NotImplemented

        return method

    return {f"__{each.__name__}__": by(each) for each in (lt, le, gt, ge)}


def _refuse(self: object, name: str, *_value: object) -> None:
    raise FrozenInstanceError(f"cannot set or delete field {name!r}")


@recursive_repr()
def _shown(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for each, part in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, part)
