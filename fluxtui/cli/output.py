"""Printing: aligned tables for people, JSON and YAML for programs.

Text from a cluster or registry is data: control and bidi characters are made visible.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from fluxtui.domain.safetext import is_safe, visible, visible_lines

_NOT_PLAIN = re.compile(r"[^\n -~]")


def plain(value: object) -> Any:
    """Values as JSON: dataclasses as mappings, keys of mappings as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value if isinstance(value, str) else value.name.lower()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, frozenset, set)):
        return [plain(v) for v in value]
    return value


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, two spaces between, nothing after the last."""
    cells = [[visible(str(c)) for c in row] for row in (header, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in lines)


def emit(text: str, data: object, form: str, out: TextIO | None = None) -> None:
    """Print `text` for `table`, else `data` as JSON or YAML."""
    stream = out or sys.stdout
    if form == "json":
        body = json.dumps(plain(data), indent=2, ensure_ascii=False)
        print(_NOT_PLAIN.sub(_escaped, body), file=stream)
    elif form == "yaml":
        import yaml

        body = yaml.safe_dump(plain(data), sort_keys=False, allow_unicode=True)
        if visible_text(body) != body:
            body = yaml.safe_dump(plain(data), sort_keys=False, allow_unicode=False)
        print(body, end="", file=stream)
    else:
        print(visible_text(text), file=stream)


def _escaped(found: re.Match[str]) -> str:
    """A character that could move or hide text, as JSON escapes it."""
    return found[0] if is_safe(found[0]) else json.dumps(found[0])[1:-1]


def visible_text(text: str) -> str:
    """Safe text of several lines."""
    return visible_lines(text)
