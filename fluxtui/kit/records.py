"""Tuples with names, at a quarter of what the library's cost where they are declared.

`typing.NamedTuple` compiles the text of each annotation, and a `__new__` for each class: forty of
them were a twelfth of what a command costs that asks once and ends. Nobody reads these annotations
while the program runs, and most are made once or twice. To a type checker, and to whoever uses one,
it is the library's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any

FEW = 8
"""Tuples that are made without a `__new__` of their own: compiling one costs as much."""
_ITS_OWN = frozenset({"__new__", "__init__", "__slots__", "__getnewargs__"})
_ITS_OWN |= {"_fields", "_field_defaults", "_make", "_replace", "_asdict"}
_tuple = tuple.__new__


class _Declared(type):
    """Makes a tuple of what is declared as a NamedTuple."""

    def __new__(mcs, name: str, bases: tuple[type, ...], written: dict[str, Any]) -> Any:
        if not bases:
            return super().__new__(mcs, name, bases, written)
        if len(bases) > 1 or _ITS_OWN & written.keys():
            raise TypeError(f"{name} has to be a NamedTuple of the library")
        return _declared(name, written)


def _declared(name: str, written: dict[str, Any]) -> type:
    fields = tuple(written.get("__annotations__", ()))
    defaults = {each: written[each] for each in fields if each in written}
    if fields[len(fields) - len(defaults) :] != tuple(defaults):
        raise TypeError(f"{name}: a field without a default follows one that has it")
    left = FEW

    def __new__(cls: type[Any], /, *given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0 and (parts := _filled(fields, defaults, given, named)) is not None:
            return _tuple(cls, parts)
        if own.__new__ is __new__:
            own.__new__ = staticmethod(_maker(fields, defaults))
        return own.__new__(cls, *given, **named)

    parts = {each: _getter(at, f"field number {at}") for at, each in enumerate(fields)}
    space = {"__repr__": _shown, **written, **_OF_ALL, **parts}
    space |= {"__slots__": (), "__new__": __new__, "__match_args__": fields}
    own: Any = type(name, (tuple,), space | {"_fields": fields, "_field_defaults": defaults})
    result: type = own
    return result


def _filled(
    fields: tuple[str, ...],
    defaults: Mapping[str, Any],
    given: tuple[Any, ...],
    named: dict[str, Any],
) -> Iterable[Any] | None:
    """What a tuple consists of; None when the words do not fit: its own `__new__` says why."""
    rest = fields[len(given) :]
    if len(given) > len(fields) or not named.keys() <= set(rest):
        return None
    known = {**defaults, **named}
    if not all(each in known for each in rest):
        return None
    return (*given, *(known[each] for each in rest))


def _maker(fields: tuple[str, ...], defaults: Mapping[str, Any]) -> Callable[..., Any]:
    words = "".join(f"{each}, " for each in fields)
    made: Any = eval(f"lambda _cls, {words}: _tuple(_cls, ({words}))", {"_tuple": _tuple})
    made.__defaults__ = tuple(defaults.values())
    made.__name__ = "__new__"
    result: Callable[..., Any] = made
    return result


def _made(cls: Any, parts: Iterable[Any]) -> Any:
    made = _tuple(cls, parts)
    if len(made) != len(cls._fields):
        raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
    return made


def _replaced(self: Any, /, **named: Any) -> Any:
    made = _made(type(self), map(named.pop, self._fields, self))
    if named:
        raise ValueError(f"Got unexpected field names: {list(named)!r}")
    return made


def _shown(self: Any) -> str:
    parts = (f"{name}={part!r}" for name, part in zip(self._fields, self, strict=True))
    return f"{type(self).__name__}({', '.join(parts)})"


def _as_dict(self: Any) -> dict[str, Any]:
    return dict(zip(self._fields, self, strict=True))


def _new_words(self: Any) -> tuple[Any, ...]:
    return tuple(self)


_OF_ALL: Mapping[str, Any] = {
    "_make": classmethod(_made),
    "_replace": _replaced,
    "_asdict": _as_dict,
    "__getnewargs__": _new_words,
}

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple

    def _getter(place: int, doc: str) -> Any: ...

else:
    try:
        from _collections import _tuplegetter as _getter
    except ImportError:  # not CPython

        def _getter(place, doc):
            return property(itemgetter(place), doc=doc)

    class NamedTuple(metaclass=_Declared):
        """As the library's, but for `__annotations__`, which stay as they are written."""
