"""Frozen values: as the standard library's dataclasses are, and made without its price."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.kit.frozen import frozen

PARTS = st.tuples(st.integers(0, 2), st.text("ab", max_size=1), st.integers(0, 1))


@frozen(order=True)
class Ours:
    """A value with all that fields can ask for."""

    number: int
    text: str = ""
    unseen: int = field(default=0, compare=False, repr=False)
    many: Mapping[str, int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Library:
    """The same, by the library."""

    number: int
    text: str = ""
    unseen: int = field(default=0, compare=False, repr=False)
    many: Mapping[str, int] = field(default_factory=dict, compare=False)


@frozen
class Base:
    """Has a part that is only given by name."""

    id: str
    after: tuple[str, ...] = field(kw_only=True, default=())

    @property
    def label(self) -> str:
        return f"<{self.id}>"


@frozen
class Derived(Base):
    """One more part, and one that is worked out."""

    target: str = field(kw_only=True)
    size: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(self.target))


@frozen
class Empty:
    """Nothing to tell apart."""


@frozen
class One:
    """A single part is compared as a part, not as itself."""

    part: Any


@frozen(eq=False, repr=False)
class Itself:
    """The same only as itself, and silent about what it holds."""

    secret: str


@frozen
class Own:
    """Says of itself what it likes."""

    part: str

    def __repr__(self) -> str:
        return "mine"

    def __hash__(self) -> int:
        return 7


@given(PARTS, PARTS)
def test_it_compares_sorts_and_hashes_as_the_library_does(
    one: tuple[int, str, int], other: tuple[int, str, int]
) -> None:
    ours, theirs = (Ours(*one), Ours(*other)), (Library(*one), Library(*other))
    assert (ours[0] == ours[1]) is (theirs[0] == theirs[1])
    for name in ("__lt__", "__le__", "__gt__", "__ge__"):
        assert getattr(ours[0], name)(ours[1]) is getattr(theirs[0], name)(theirs[1])
    assert hash(ours[0]) == hash(theirs[0])
    assert repr(ours[0]) == repr(theirs[0]).replace("Library", "Ours")


def test_what_is_of_another_class_is_never_equal_and_has_no_order() -> None:
    assert Ours(1) != Library(1) and Base("a") != Derived("a", target="")  # type: ignore[comparison-overlap]
    with pytest.raises(TypeError, match="'<' not supported"):
        assert Ours(1) < Library(1)  # type: ignore[operator]


def test_parts_are_taken_by_place_and_by_name_and_nothing_else() -> None:
    for made in (Ours, Library):
        assert made(1, text="a") == made(1, "a") == made(text="a", number=1)
        for wrong in (lambda made=made: made(), lambda made=made: made(1, other=2)):
            with pytest.raises(TypeError, match="__init__"):
                wrong()
    with pytest.raises(TypeError):
        Derived("a", (), "b")  # type: ignore[misc]


def test_a_made_default_is_of_one_value_alone() -> None:
    first, second = Ours(1), Ours(1)
    assert first.many == {} and first.many is not second.many


def test_nothing_is_set_added_or_deleted() -> None:
    value = Ours(1)
    for act in (
        lambda: setattr(value, "number", 2),
        lambda: setattr(value, "other", 2),
        lambda: delattr(value, "number"),
    ):
        with pytest.raises(FrozenInstanceError):
            act()
    assert value == Ours(1) and not hasattr(value, "__dict__")


def test_a_derived_value_has_the_parts_of_both() -> None:
    value = Derived("a", target="xyz", after=("b",))
    assert (value.id, value.after, value.target, value.size) == ("a", ("b",), "xyz", 3)
    assert value.label == "<a>" and repr(value) == "Derived(id='a', after=('b',), target='xyz')"
    assert isinstance(value, Base) and Base("a").after == ()


def test_replacing_copying_and_sending_keep_the_value() -> None:
    value = Derived("a", target="xyz")
    longer = replace(value, target="wxyz")
    assert (longer.size, value.size) == (4, 3)
    assert [each.name for each in fields(value)] == ["id", "after", "target", "size"]
    assert is_dataclass(value)
    for same in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert same == value and same.size == 3


def test_few_parts_are_parts_still() -> None:
    nan = float("nan")
    assert Empty() == Empty() and hash(Empty()) == hash(())
    assert One(nan) == One(nan) and One(1) != One(2)  # as tuples are, by identity first
    match Ours(1, "a"):
        case Ours(number, text):
            assert (number, text) == (1, "a")


def test_a_class_keeps_what_it_wrote_itself() -> None:
    assert (repr(Own("a")), hash(Own("a"))) == ("mine", 7)
    assert Own("a") == Own("a")
    assert Itself("a") != Itself("a") and "secret" not in repr(Itself("a"))


def test_a_default_that_all_would_share_is_refused() -> None:
    with pytest.raises(ValueError, match="many: every value would share"):

        @frozen
        class Sharing:
            """All of them would write into one list."""

            many: list[int] = []  # noqa: RUF012


def test_a_class_variable_is_no_field() -> None:
    @frozen
    class Counted:
        """Has one for all."""

        part: int
        most: ClassVar[int] = 7

    assert [each.name for each in fields(Counted(1))] == ["part"]
    assert (Counted(1).most, Counted(1)) == (7, Counted(1))


def test_no_method_is_compiled_before_a_value_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = exec

    def seen(source: str, names: dict[str, Any]) -> None:
        compiled.append(source)
        real(source, names)

    monkeypatch.setattr("builtins.exec", seen)

    @frozen
    class Late:
        """Made twice, compiled once."""

        part: int

    assert compiled == []
    assert (Late(1), Late(part=2)) == (Late(1), Late(2))
    assert len(compiled) == 1
