"""Which shape the fields have that fluxtui reads of a Flux object: what is not so is a finding.

An API with the right CRDs lets nothing else in; an older, aggregated or hand-made one may. The
rules cope with anything; this names it, so that a person sees why an object shows so little. What a
kind's fields are stands with the kind. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from fluxtui.domain import kinds
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import KindId
from fluxtui.kit.records import NamedTuple

_TABLE = (dict, Mapping)  # in this order: it is nearly always a dict
_WORDS = {Mapping: "a mapping", list: "a list", str: "text", bool: "true or false"}


def misshapen(kind_id: KindId, obj: Mapping[str, Any]) -> str:
    """What is wrong with the object's shape, "" when nothing that we read is."""
    rules = _rules(kind_id)
    for path, names, wanted, usual in rules.shape:
        value: Any = obj
        for name in names:
            value = value.get(name) if isinstance(value, _TABLE) else None
            if value is None:
                break
        # What a parser made is of the usual type: an abstract class costs ten times as much to ask.
        if value is not None and type(value) is not usual and not isinstance(value, wanted):
            return f"{path} is {_word(value)}, not {_WORDS[wanted]}"
    for path in rules.needed:
        if not _at(obj, path):
            return f"{path} is missing"
    for path, start in rules.begins:
        if not str(_at(obj, path)).startswith(start):
            return f"{path} does not begin with {start}"
    return ""


class _Rules(NamedTuple):
    """A kind's. `shape`: path, the names in it, the type wanted, and what a parser makes of it."""

    shape: tuple[tuple[str, tuple[str, ...], type, type], ...]
    needed: tuple[str, ...]
    begins: tuple[tuple[str, str], ...]


@cache
def _rules(kind_id: KindId) -> _Rules:
    kind = kinds.of(Key("", *kind_id, "", ""))
    shape = kind.shape if kind is not None else {"spec": Mapping, "status": Mapping}
    return _Rules(
        tuple(
            (path, tuple(path.split(".")), wanted, dict if wanted is Mapping else wanted)
            for path, wanted in shape.items()
        ),
        tuple(kind.needed) if kind is not None else (),
        tuple(kind.begins.items()) if kind is not None else (),
    )


def _at(obj: Mapping[str, Any], path: str) -> Any:
    value: Any = obj
    for name in path.split("."):
        value = value.get(name) if isinstance(value, _TABLE) else None
    return value


def _word(value: object) -> str:
    for type_, word in _WORDS.items():
        if isinstance(value, type_):
            return word
    return f"the number {value}" if isinstance(value, int | float) else type(value).__name__
