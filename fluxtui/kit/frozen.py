"""Frozen, slotted values whose methods are made at first use.

The standard library's dataclasses write the source of six methods and compile it for every class,
at import: a fifth of what a command that asks once costs, mostly for methods it never calls. Here a
class gets its slots at once; comparing and showing are closures over the fields; `__init__`, which
must be as quick as a written one, is compiled when the first value is made; and the library looks
at the class when somebody asks for its fields (`replace`, `fields`). Type checkers know all of it.
It must not become another kind of class: what the library's frozen dataclass would do, these do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from inspect import get_annotations
from operator import attrgetter, ge, gt, le, lt
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")
_DECLARED = "__declared__"
"""Where a class keeps what was declared in it and its bases: name -> Field."""
_NOT_KEPT = ("__dict__", "__weakref__")


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
    """`@frozen` is `@dataclass(frozen=True, slots=True)`; `eq`, `order`, `repr` as there.

    Class variables and `InitVar` are not for values: a ClassVar is no field, InitVar unknown.
    """

    def made(own: type[Any]) -> type[Any]:
        return _made(own, eq, order, repr)

    return made if cls is None else made(cls)


def _made(own: type[Any], eq: bool, order: bool, repr: bool) -> type[Any]:
    mine = _declared(own)
    inherited: dict[str, Field[Any]] = {}
    for base in reversed(own.__mro__[1:]):
        inherited |= base.__dict__.get(_DECLARED, {})
    every = {**inherited, **mine}
    methods: dict[str, Any] = {
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__getstate__": _state,
        "__setstate__": _restore,
        "__repr__": _shown,
    }
    if not repr:
        methods.pop("__repr__")
    if eq:
        parts = _parts(name for name, each in every.items() if each.compare)
        methods |= _compared(parts)
        methods |= _ordered(parts) if order else {}
    written = dict(own.__dict__)
    if "__eq__" in written and written.get("__hash__") is None:
        written.pop("__hash__")  # Python says None where only `__eq__` is written
    body = {
        **methods,
        **{name: part for name, part in written.items() if name not in (*mine, *_NOT_KEPT)},
        _DECLARED: every,
        "__slots__": tuple(name for name in mine if name not in inherited),
        "__match_args__": tuple(n for n, each in every.items() if each.init and not _named(each)),
        "__dataclass_fields__": _AtFirstUse(own, "__dataclass_fields__"),
        "__dataclass_params__": _AtFirstUse(own, "__dataclass_params__"),
    }
    if "__init__" not in written:
        body["__init__"] = _init_at_first_use(every)
    kind: Any = type(own)
    cls: type[Any] = kind(own.__name__, own.__bases__, body)
    cls.__qualname__ = own.__qualname__
    return cls


def _declared(own: type[Any]) -> dict[str, Field[Any]]:
    found: dict[str, Field[Any]] = {}
    for name, annotation in get_annotations(own).items():
        if str(annotation).startswith("ClassVar"):
            continue
        default = own.__dict__.get(name, MISSING)
        if default.__class__.__hash__ is None:
            raise ValueError(f"{name}: every value would share this default; take default_factory")
        found[name] = default if isinstance(default, Field) else field(default=default)
    return found


class _AtFirstUse:
    """What the library knows of a class, once somebody asks: it looks at the class as written."""

    def __init__(self, own: type[Any], name: str) -> None:
        self._own = own
        self._name = name

    def __get__(self, _value: object, cls: type[Any]) -> Any:
        if self._name not in self._own.__dict__:
            dataclass(init=False, repr=False, eq=False, match_args=False)(self._own)
        return self._own.__dict__[self._name]


def _init_at_first_use(every: Mapping[str, Field[Any]]) -> Callable[..., None]:
    def __init__(self: Any, /, *positional: Any, **named: Any) -> None:
        mro = type(self).__mro__
        cls: Any = next(base for base in mro if base.__dict__.get(_DECLARED) is every)
        if cls.__init__ is __init__:
            cls.__init__ = _init(cls, every)
        cls.__init__(self, *positional, **named)

    return __init__


def _init(cls: type[Any], every: Mapping[str, Field[Any]]) -> Callable[..., None]:
    """What the library would have written: one assignment a field, defaults made anew each time."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_missing": MISSING}
    lines: list[str] = []
    words, named = ["self"], list[str]()
    for name, each in every.items():
        known |= {f"_default_{name}": each.default, f"_make_{name}": each.default_factory}
        made = each.default_factory is not MISSING
        if each.init:
            (named if _named(each) else words).append(_parameter(name, each))
            given = f"_make_{name}() if {name} is _missing else {name}" if made else name
        elif made or each.default is not MISSING:
            given = f"_make_{name}()" if made else f"_default_{name}"
        else:
            continue  # `__post_init__` sets it
        lines.append(f"_set(self, {name!r}, {given})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    head = ", ".join([*words, *(["*", *named] if named else [])])
    exec(f"def __init__({head}):\n " + "\n ".join(lines or ["pass"]), known)
    known["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    init: Callable[..., None] = known["__init__"]
    return init


def _named(each: Field[Any]) -> bool:
    """Whether it is only given by name."""
    return each.kw_only is True


def _parameter(name: str, each: Field[Any]) -> str:
    if each.default_factory is not MISSING:
        return f"{name}=_missing"
    return name if each.default is MISSING else f"{name}=_default_{name}"


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
