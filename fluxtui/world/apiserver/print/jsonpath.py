"""The part of JSONPath that printer columns use: fields, indexes, wildcards and filters.

`.status.conditions[?(@.type=="Ready")].status`, `.spec.tags[0]`, `.spec.tags[*].name`. Pure.
Needed by `kubectl get ks` and `get ocirepo`, whose columns their CRDs give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

_STEP = re.compile(
    r"""\.(?P<field>[A-Za-z0-9_\-\x00]+|\*)
      | \[\?\(@(?P<path>(?:\.[\w\-]+)+)\s*(?P<op>==|!=)\s*
        (?P<quote>["'])(?P<value>.*?)(?P=quote)\s*\)\]
      | \[(?P<index>-?\d+)\]
      | \[(?P<star>\*)\]
      | \[(?P<q2>["'])(?P<key>.*?)(?P=q2)\]
    """,
    re.VERBOSE,
)


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[dict[str, str], ...]:
    text = path.strip().removeprefix("{").removesuffix("}").removeprefix("$")
    if text and not text.startswith((".", "[")):
        text = f".{text}"
    text = text.replace("\\.", "\x00")
    steps = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if not found:
            return ()
        groups = {k: v.replace("\x00", ".") for k, v in found.groupdict().items() if v is not None}
        steps.append(groups)
        at = found.end()
    return tuple(steps)


def find(path: str, document: Any) -> list[Any]:
    """Every value the path leads to; empty where it leads nowhere."""
    values: list[Any] = [document]
    steps = _steps(path)
    if not steps:
        return []
    for step in steps:
        values = [x for value in values for x in _take(step, value)]
    return values


def _take(step: dict[str, str], value: Any) -> Iterable[Any]:
    field = step.get("field") or step.get("key")
    if field is not None and field != "*":
        return [value[field]] if isinstance(value, dict) and field in value else []
    if field == "*" or "star" in step:
        if isinstance(value, dict):
            return list(value.values())
        return value if isinstance(value, list) else []
    if not isinstance(value, list):
        return []
    if "index" in step:
        index = int(step["index"])
        return [value[index]] if -len(value) <= index < len(value) else []
    out = []
    for item in value:
        inner: Any = item
        for name in step["path"].split(".")[1:]:
            inner = inner.get(name) if isinstance(inner, dict) else None
        if (str(inner) == step["value"]) == (step["op"] == "=="):
            out.append(item)
    return out
