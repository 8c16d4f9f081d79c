"""What an object was when a Plan was made, field by field in digests, for who runs it later.

A resourceVersion moves whenever a controller keeps its books. What a Plan rests on is what people
set: spec, labels, annotations. Digests, because a Plan file is read by others. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.resource import LAST_APPLIED, Resource

_BOOKS = frozenset({REQUESTED_AT, LAST_APPLIED})
_CHARS = 16


def fingerprint(resource: Resource) -> dict[str, str]:
    """Digest by field: `spec.ref`, `label app`, `annotation x`."""
    return {name: _digest(value) for name, value in sorted(_fields(resource))}


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """The fields that were set, changed or taken away in between."""
    names = sorted({*before, *after})
    return tuple(name for name in names if before.get(name) != after.get(name))


def _fields(resource: Resource) -> Iterator[tuple[str, Any]]:
    for name, value in resource.spec.items():
        yield f"spec.{name}", value
    for name, value in resource.labels.items():
        yield f"label {name}", value
    for name, value in resource.annotations.items():
        if name not in _BOOKS:
            yield f"annotation {name}", value


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:_CHARS]


def _plain(value: object) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)
