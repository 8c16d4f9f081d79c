"""The conformance runner's functions for the pure algorithms of the domain (no I/O)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fluxtui.domain.substitute import substitute as _substitute


def substitute(template: str, variables: Mapping[str, str], strict: bool) -> str:
    return _substitute(template, variables, strict=strict)
