"""Values made quickly: the same dataclasses to everybody, frozen as soon as anybody sees them."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from fluxtui.kit.values import made_quickly


@made_quickly
@dataclass(frozen=True, slots=True)
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
