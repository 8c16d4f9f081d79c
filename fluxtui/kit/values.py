"""Frozen values that cost a start nothing, and little to make by the hundred thousand.

The library's frozen dataclass writes six methods as text and compiles them where the class is
declared: of sixty classes that is a quarter of what a command costs that asks once and ends. And it
sets each field through `object.__setattr__`, which is most of what making one costs. Here a class
gets its slots and closures over its fields, the library's own records of them when somebody asks
(`fields`, `replace`), and an `__init__` that is compiled once more than a few values are made. From
then on, until it is whole, a value is of a twin class with the same slots, which may be written to;
nobody has seen it by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")
FEW = 8
"""Values that are made without an `__init__` of their own: compiling one costs as much."""
_put = object.__setattr__


@overload
def frozen(own: type[T], /) -> type[T]: ...


@overload
def frozen(*, eq: bool) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(own: type[Any] | None = None, /, *, eq: bool = True) -> Any:
    """`@frozen` is `@dataclass(frozen=True, slots=True)`; `eq` as there. What is not for `__init__`
    is `__post_init__`'s, methods that the class has stay. Raises TypeError for what it does not do:
    fields by keyword alone, of the class instead of a value, and none."""

    def made(own: type[Any]) -> type[Any]:
        return _made(own, eq)

    return made if own is None else made(own)


class _Part:
    """A field; the library's record of one has what is rarely asked."""

    __slots__ = ("compared", "default", "factory", "name", "shown", "taken")

    def __init__(self, name: str, value: Any) -> None:
        self.name, self.default = name, value
        self.factory: Any = MISSING
        self.taken = self.compared = self.shown = True
        if isinstance(value, Field):
            self.default, self.factory = value.default, value.default_factory
            self.taken, self.compared, self.shown = value.init, value.compare, value.repr


def _made(own: type[Any], eq: bool) -> type[Any]:
    parts = _parts(own)
    every, written = tuple(parts.values()), own.__dict__
    own_names = own.__annotations__
    away = {"__dict__", "__weakref__", *own_names}
    space = {name: value for name, value in written.items() if name not in away}
    inherited = {each.name for base in own.__mro__[1:] for each in _parts_of(base)}
    space["__slots__"] = tuple(name for name in own_names if name not in inherited)
    space["__match_args__"] = tuple(each.name for each in every if each.taken)
    space["__parts__"] = every
    left = FEW

    def __init__(self: Any, /, *given: Any, **named: Any) -> None:
        nonlocal left
        left -= 1
        if left >= 0 and _filled(self, every, given, named):
            return
        if cls.__init__ is __init__:
            cls.__init__ = _init(cls, every)
        cls.__init__(self, *given, **named)

    methods = {"__init__": __init__, **_ALWAYS}
    if eq:
        methods |= _compared(attrgetter(*(each.name for each in every if each.compared)))
    for name, method in methods.items():
        if written.get(name) is None:  # Python's own word for no hash beside an `__eq__`
            space[name] = method
    space["__dataclass_fields__"] = records = _Records(own)
    metaclass: Any = type(own)
    cls: Any = metaclass(own.__name__, own.__bases__, space)
    cls.__qualname__ = own.__qualname__
    records.of = cls
    result: type[Any] = cls
    return result


def _parts(own: type[Any]) -> dict[str, _Part]:
    """The fields of a class, those of its bases first. Raises TypeError, ValueError."""
    parts = {each.name: each for base in own.__mro__[:0:-1] for each in _parts_of(base)}
    for name, kind in own.__annotations__.items():
        value = own.__dict__.get(name, MISSING)
        strange = "Var[" in kind or "KW_ONLY" in kind or getattr(value, "kw_only", None) is True
        if strange or "__slots__" in own.__dict__:
            break
        if value.__hash__ is None:
            raise ValueError(f"{own.__name__}.{name}: one default for all, and it may change")
        parts[name] = _Part(name, value)
    else:
        if parts:
            return parts
    raise TypeError(f"{own.__name__} has to be a dataclass of the library")


def _parts_of(base: type[Any]) -> tuple[_Part, ...]:
    parts: tuple[_Part, ...] = base.__dict__.get("__parts__", ())
    if not parts and "__dataclass_fields__" in base.__dict__:
        raise TypeError(f"what {base.__name__} is made of has to be a dataclass of the library")
    return parts


class _Records:
    """`__dataclass_fields__`, made by the library of the class as it was written, once asked for.

    `of`: the class that has them.
    """

    def __init__(self, own: type[Any]) -> None:
        self._own = own
        self.of: Any = None

    def __get__(self, value: object, owner: object = None) -> Mapping[str, Field[Any]]:
        own: Any = dataclass(init=False, repr=False, eq=False)(self._own)
        self.of.__dataclass_fields__ = fields = own.__dataclass_fields__
        self.of.__dataclass_params__ = own.__dataclass_params__
        result: Mapping[str, Field[Any]] = fields
        return result


def _filled(
    value: Any, parts: Iterable[_Part], given: Sequence[Any], named: Mapping[str, Any]
) -> bool:
    """What an `__init__` does; False when the words do not fit: that says why."""
    taken = [each for each in parts if each.taken]
    known = {each.name: word for each, word in zip(taken, given, strict=False)}
    if len(given) > len(taken) or not known.keys().isdisjoint(named):
        return False
    known |= named
    for each in taken:
        word = known.pop(each.name, each.default)
        if each.factory is not MISSING and (word is None or word is MISSING):
            word = each.factory()
        if word is MISSING:
            return False
        _put(value, each.name, word)
    if known:
        return False
    if hasattr(value, "__post_init__"):
        value.__post_init__()
    return True


def _init(cls: Any, parts: Iterable[_Part]) -> Callable[..., None]:
    taken = [each for each in parts if each.taken]
    around: dict[str, Any] = {"_put": _put, "_own": cls}
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


def _value(part: _Part, around: dict[str, Any]) -> str:
    if not _made_late(part):
        return part.name
    around[f"_{part.name}"] = part.factory
    return f"_{part.name}() if {part.name} is None else {part.name}"


def _made_late(part: _Part) -> bool:
    return part.factory is not MISSING


def _compared(parts: Callable[[Any], Any]) -> dict[str, Any]:
    def __eq__(self: Any, other: object) -> Any:
        return parts(self) == parts(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(parts(self))

    return {"__eq__": __eq__, "__hash__": __hash__}


def _refuse(self: object, name: str, *_value: object) -> None:
    raise FrozenInstanceError(f"cannot set or delete field {name!r}")


def _shown(self: Any) -> str:
    parts = self.__parts__
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in parts if each.shown)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in self.__parts__]


def _restore(self: Any, state: list[Any]) -> None:
    for each, part in zip(self.__parts__, state, strict=True):
        _put(self, each.name, part)


_ALWAYS: Mapping[str, Any] = {
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__getstate__": _state,
    "__setstate__": _restore,
    "__repr__": _shown,
}
