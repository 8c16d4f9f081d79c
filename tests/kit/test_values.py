"""Values made quickly: the same dataclasses to everybody, frozen as soon as anybody sees them."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.kit.values import frozen

PARTS = st.tuples(st.integers(0, 2), st.text("ab", max_size=1), st.integers(0, 1))


@frozen
class Parcel:
    """Every way in which a field may come about."""

    to: str
    weight: int = 3
    labels: Mapping[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    code: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", len(self.to) + self.weight)


@dataclass(frozen=True, slots=True)
class Usual:
    """The same, made as dataclasses are."""

    to: str
    weight: int = 3
    labels: Mapping[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()


def test_it_is_what_the_dataclass_is() -> None:
    parcel = Parcel("anna", labels={"a": "b"})
    assert type(parcel) is Parcel
    assert repr(parcel) == repr(Usual("anna", labels={"a": "b"})).replace("Usual", "Parcel")
    assert (parcel.to, parcel.weight, parcel.own, parcel.code) == ("anna", 3, (), 7)
    assert parcel == Parcel("anna", 3, {"a": "b"}) != Parcel("anna", 4, {"a": "b"})
    assert hash(Parcel("anna", 3, ())) == hash(Usual("anna", 3, ()))  # type: ignore[arg-type]


def test_it_is_frozen() -> None:
    parcel = Parcel("anna")
    with pytest.raises(FrozenInstanceError):
        parcel.to = "ben"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del parcel.to
    with pytest.raises((AttributeError, TypeError)):
        parcel.other = 1  # type: ignore[attr-defined]


def test_each_has_a_default_of_its_own() -> None:
    one, two = Parcel("anna"), Parcel("anna")
    assert one.labels == {} and one.labels is not two.labels


def test_it_is_replaced_copied_and_packed_like_any_other() -> None:
    parcel = Parcel("anna", labels={"a": "b"})
    heavy = replace(parcel, weight=10)
    assert (heavy.weight, heavy.code, heavy.labels) == (10, 14, {"a": "b"})
    assert copy.deepcopy(parcel) == parcel == pickle.loads(pickle.dumps(parcel))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'to'"):
        Parcel()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'too'"):
        Parcel(too="x")  # type: ignore[call-arg]


@frozen
class Ours:
    """A value with all that fields can ask for."""

    number: int
    text: str = ""
    unseen: int = field(default=0, compare=False, repr=False)
    many: Mapping[str, int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Library:
    """The same, by the library."""

    number: int
    text: str = ""
    unseen: int = field(default=0, compare=False, repr=False)
    many: Mapping[str, int] = field(default_factory=dict, compare=False)


@frozen
class Derived(Ours):
    """One more part, and a word of its own when it is made."""

    target: str = "t"

    def __post_init__(self) -> None:
        if not self.target:
            raise ValueError("no target")


@frozen(eq=False)
class Itself:
    """The same only as itself."""

    part: str


@frozen
class Own:
    """Says of itself what it likes, and is equal to what it likes."""

    part: str

    def __repr__(self) -> str:
        return "mine"

    def __hash__(self) -> int:
        return 7


@given(PARTS, PARTS)
def test_it_compares_hashes_and_shows_as_the_library_does(
    one: tuple[int, str, int], other: tuple[int, str, int]
) -> None:
    ours, theirs = (Ours(*one), Ours(*other)), (Library(*one), Library(*other))
    assert (ours[0] == ours[1]) is (theirs[0] == theirs[1])
    assert (hash(ours[0]) == hash(ours[1])) is (hash(theirs[0]) == hash(theirs[1]))
    assert repr(ours[0]) == repr(theirs[0]).replace("Library", "Ours")


def test_what_is_of_another_class_is_never_equal() -> None:
    ours: object = Ours(1)
    assert ours != Library(1)
    assert ours != Derived(1)


def test_a_derived_value_has_the_parts_of_both_and_its_own_check() -> None:
    value = Derived(1, "a", target="x")
    assert (value.number, value.text, value.target) == (1, "a", "x")
    assert [each.name for each in fields(value)] == ["number", "text", "unseen", "many", "target"]
    assert isinstance(value, Ours) and Ours(2).number == 2
    with pytest.raises(ValueError, match="no target"):
        Derived(1, target="")


def test_what_is_compared_by_identity_is_no_other() -> None:
    one, two = Itself("a"), Itself("a")
    assert one == one != two and len({one, two}) == 2 and repr(one) == "Itself(part='a')"


def test_methods_that_are_written_stay() -> None:
    assert repr(Own("a")) == "mine" and hash(Own("a")) == 7
    assert Own("a") == Own("a") != Own("b")


def test_what_it_cannot_do_as_the_library_does_it_refuses() -> None:
    class Named:
        part: str = field(kw_only=True)

    class Empty:
        """Nothing to tell apart."""

    for strange in (Named, Empty):
        with pytest.raises(TypeError, match="has to be a dataclass of the library"):
            frozen(strange)
