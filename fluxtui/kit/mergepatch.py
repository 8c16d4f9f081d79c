"""JSON merge patch (RFC 7386), both ways: what a patch makes of a value, and the patch between two.

Values are what `json.loads` gives; nothing given is changed, though parts of it may be shared with
what comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def merged(target: Any, patch: Any) -> Any:
    """What `patch` makes of `target`: null removes, objects merge, everything else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The patch that turns `old` into `new`; empty when they are equal.

    A null inside of `new` has no patch that sets it (the RFC's own limit): it is removed.
    """
    patch: dict[str, Any] = {key: None for key in old if key not in new}
    for key, value in new.items():
        before = old.get(key)
        if key in old and before == value:
            continue
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            patch[key] = between(before, value)
        else:
            patch[key] = value
    return patch
