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

_WORDS = {Mapping: "a mapping", list: "a list", str: "text", bool: "true or false"}


def misshapen(kind_id: KindId, obj: Mapping[str, Any]) -> str:
    """What is wrong with the object's shape, "" when nothing that we read is."""
    kind = kinds.of(Key("", *kind_id, "", ""))
    shape = kind.shape if kind is not None else {"spec": Mapping, "status": Mapping}
    for path, wanted in shape.items():
        value = _at(obj, path)
        if value is not None and not _is(value, wanted):
            return f"{path} is {_word(value)}, not {_WORDS[wanted]}"
    if kind is None:
        return ""
    for path in kind.needed:
        if not _at(obj, path):
            return f"{path} is missing"
    for path, start in kind.begins.items():
        if not str(_at(obj, path)).startswith(start):
            return f"{path} does not begin with {start}"
    return ""


def _is(value: object, wanted: type) -> bool:
    # What a parser made is a dict: an abstract class costs ten times as much to ask.
    return isinstance(value, (dict, Mapping) if wanted is Mapping else wanted)


def _at(obj: Mapping[str, Any], path: str) -> Any:
    value: Any = obj
    for name in _names(path):
        value = value.get(name) if isinstance(value, (dict, Mapping)) else None
    return value


@cache
def _names(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _word(value: object) -> str:
    for type_, word in _WORDS.items():
        if isinstance(value, type_):
            return word
    return f"the number {value}" if isinstance(value, int | float) else type(value).__name__
