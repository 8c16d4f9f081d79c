"""string.format of CEL's strings extension: %s %d %f %e %x %X %o %b, with precision.

A verb that its value does not fit raises CelError.
"""

from __future__ import annotations

import math
import re
from typing import Any

from fluxtui.reconciler.cel_times import show_duration, show_timestamp
from fluxtui.reconciler.cel_values import (
    CelError,
    Duration,
    Timestamp,
    TypeName,
    from_key,
    is_number,
    type_of,
)

_CLAUSE = re.compile(r"%(?:%|(?:\.([0-9]*))?(.?))", re.DOTALL)


def formatted(pattern: str, values: list[Any]) -> str:
    """The pattern with its values. Raises CelError."""
    used = 0

    def clause(match: re.Match[str]) -> str:
        nonlocal used
        if match.group() == "%%":
            return "%"
        verb = match.group(2)
        if not verb:
            raise CelError("unexpected end of format string")
        if verb not in "sdfexXob":
            raise CelError(f"could not parse formatting clause: unrecognized clause '{verb}'")
        if used >= len(values):
            raise CelError(f"index {used} out of range")
        used += 1
        digits = match.group(1)
        return _shown(verb, values[used - 1], 6 if digits is None else int(digits or 0))

    return _CLAUSE.sub(clause, pattern)


def _shown(verb: str, value: Any, digits: int) -> str:
    if verb == "s":
        return _string(value)
    if isinstance(value, float) and (math.isnan(value) or math.isinf(value)) and verb in "dfe":
        return _float(value)
    if verb in "fe" and is_number(value):
        return f"{float(value):.{digits}{verb}}"
    number = isinstance(value, int) and not isinstance(value, bool)
    if verb == "d" and number:
        return str(int(value))
    if verb in "xX" and isinstance(value, (str, bytes)):
        found = (value.encode() if isinstance(value, str) else value).hex()
        return found.upper() if verb == "X" else found
    if verb == "b" and isinstance(value, bool):
        return str(int(value))
    if verb in "xXob" and number:
        return format(int(value), verb)
    if verb == "d" and isinstance(value, float):
        return _float(value)
    raise CelError(f"error during formatting: %{verb} does not fit {type_of(value)}")


def _float(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    text = repr(value)
    if "e" in text:
        text = format(value, "f").rstrip("0").rstrip(".")
    return text.removesuffix(".0")


def _string(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Timestamp):
        return show_timestamp(value)
    if isinstance(value, Duration):
        return show_duration(value)
    if isinstance(value, TypeName):
        return value.name
    if isinstance(value, list):
        return f"[{', '.join(map(_string, value))}]"
    if isinstance(value, dict):
        pairs = sorted((_string(from_key(k)), _string(v)) for k, v in value.items())
        return "{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}"
    raise CelError(f"error during formatting: {type_of(value)} has no text")
