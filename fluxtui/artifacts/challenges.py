"""Reads WWW-Authenticate headers: which ways in a registry offers, each with its own parameters.

Several challenges stand in one header or in several, which arrive joined by commas; a comma may
also stand inside a quoted value (RFC 9110, 11.6.1). Text in, values out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field

from fluxtui.kit.values import frozen

_KNOWN = ("bearer", "basic")
_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PART = re.compile(r'(?:"(?:[^"\\]|\\.)*+"?|[^",])++')
_PARAMETER = re.compile(rf'({_NAME})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))$')
_SCHEME = re.compile(rf"({_NAME})(?:\s+(.*))?$", re.DOTALL)


@frozen
class Challenge:
    """One way in. `scheme` and the names of `parameters` are in lower case."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, header: str) -> tuple[Challenge, ...]:
        """The Bearer and Basic challenges of the header, in their order."""
        offered: list[tuple[str, dict[str, str]]] = []
        for part in _PART.findall(header):
            text = part.strip()
            parameter = _PARAMETER.match(text)
            if parameter is None and (scheme := _SCHEME.match(text)):
                offered.append((scheme[1].lower(), {}))
                parameter = _PARAMETER.match((scheme[2] or "").strip())
            if parameter is not None and offered:
                name, quoted, bare = parameter.groups()
                value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare
                offered[-1][1].setdefault(name.lower(), value)
        return tuple(cls(scheme, values) for scheme, values in offered if scheme in _KNOWN)
