"""Scalars with a tag (`!!int "5"`, `!!binary aGk=`, `!Ref x`) as go-yaml takes them.

A tag of YAML's own must fit what the text reads as; of all other tags only the text is left.
Nothing here knows where the scalar stands.
Rule source: go-yaml v3's resolve and decoder.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from fluxtui.kustomize.numbers import OddFloat, OddInt, WholeFloat, whole_float
from fluxtui.kustomize.scalars import Binary, Date, OddBool, Quoted, is_null, resolve

_YAML: Final = "tag:yaml.org,2002:"
STRING: Final = f"{_YAML}str"


def tagged(tag: str, text: str, *, old: bool = False) -> Any:
    """The value of a scalar with an explicit tag. ValueError when the two do not fit."""
    name = tag.removeprefix(_YAML) if tag.startswith(_YAML) else ""
    if name == "binary":
        return _binary(text)
    if name not in ("int", "float", "bool", "null", "timestamp"):
        return Quoted(text)
    value = resolve(text, old=old and name != "timestamp")
    natural = _kind(value)
    if name == natural or (name == "float" and natural == "int"):
        if old and name == "timestamp":
            return text
        return _as_float(value, text) if name == "float" else value
    raise ValueError(f"cannot decode !!{natural} `{text}` as a !!{name}")


def _kind(value: Any) -> str:
    if is_null(value):
        return "null"
    if isinstance(value, bool | OddBool):
        return "bool"
    if isinstance(value, float | WholeFloat):
        return "float"
    if isinstance(value, int):
        return "int"
    return "timestamp" if isinstance(value, Date) else "str"


def _as_float(value: Any, text: str) -> Any:
    if isinstance(value, WholeFloat | OddFloat | float):
        return value
    return whole_float(value, value.text if isinstance(value, OddInt) else text)


def _binary(text: str) -> Binary:
    try:
        data = base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise ValueError("!!binary value contains invalid base64 data") from problem
    # JSON has U+FFFD for each byte that is no character.
    value = Binary(_each_replaced(data))
    value.text = text
    return value


def _each_replaced(data: bytes) -> str:
    cut = data.decode("utf-8", "surrogateescape")
    return "".join("\ufffd" if "\udc80" <= char <= "\udcff" else char for char in cut)
