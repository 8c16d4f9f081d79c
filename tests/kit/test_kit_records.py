"""Tuples with names: the library's to everybody who uses one, and cheaper where declared."""

from __future__ import annotations

import copy
import pickle
import typing

import pytest

from fluxtui.kit.records import FEW, NamedTuple


class Ours(NamedTuple):
    """With what a field can have."""

    place: str
    number: int = 3
    many: tuple[str, ...] = ()

    @property
    def twice(self) -> int:
        """A method of its own."""
        return self.number * 2


class Library(typing.NamedTuple):
    """The same, by the library."""

    place: str
    number: int = 3
    many: tuple[str, ...] = ()


@pytest.mark.parametrize("times", [1, FEW + 2])
def test_it_is_what_the_library_makes(times: int) -> None:
    for _ in range(times):  # later ones are made by a method of their own
        whole, short, named = Ours("a", 1, ("b",)), Ours("a"), Ours(number=5, place="b")
    assert tuple(whole) == Library("a", 1, ("b",)) and whole == ("a", 1, ("b",))
    assert tuple(short) == Library("a") and tuple(named) == Library(number=5, place="b")
    assert (named.place, named.number, named.twice) == ("b", 5, 10)
    assert repr(whole) == repr(Library("a", 1, ("b",))).replace("Library", "Ours")
    assert hash(whole) == hash(Library("a", 1, ("b",))) and Ours("a", 1) < Ours("a", 2)
    match whole:
        case Ours(place, number):
            assert (place, number) == ("a", 1)
    assert (Ours._fields, Ours._field_defaults) == (Library._fields, Library._field_defaults)


def test_it_is_replaced_copied_and_packed_like_any_other() -> None:
    one = Ours("a")
    assert one._replace(number=7) == ("a", 7, ()) and one._asdict() == Library("a")._asdict()
    assert Ours._make(["a", 1, ()]) == Ours("a", 1)
    again = pickle.loads(pickle.dumps(one))
    assert again == one == copy.deepcopy(one) and type(again) is Ours
    with pytest.raises(ValueError, match="unexpected field names"):
        one._replace(colour=1)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        one.place = "b"  # type: ignore[misc]


@pytest.mark.parametrize("times", [1, FEW + 2])
def test_what_does_not_fit_is_refused(times: int) -> None:
    for _ in range(times):
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'place'"):
            Ours()  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
            Ours("a", colour=1)  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="multiple values"):
            Ours("a", place="b")  # type: ignore[misc]


def test_what_it_cannot_do_as_the_library_does_it_refuses() -> None:
    with pytest.raises(TypeError, match="a NamedTuple of the library"):
        type(NamedTuple)("Strange", (NamedTuple,), {"__new__": None})
    with pytest.raises(TypeError, match="without a default follows"):
        type(NamedTuple)("Strange", (NamedTuple,), {"__annotations__": {"a": 1, "b": 1}, "a": 1})
