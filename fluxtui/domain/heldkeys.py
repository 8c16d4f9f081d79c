"""Which keys a ConfigMap or Secret has, by who manages which of its fields: that stands in its
metadata, so that no value has to be read, or be sent at all. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_DATA = ("f:data", "f:stringData", "f:binaryData")


def held_keys(metadata: Mapping[str, object]) -> tuple[str, ...] | None:
    """Names of its keys, sorted; None where nobody says who manages what."""
    managed = metadata.get("managedFields")
    entries = managed if isinstance(managed, list | tuple) else ()
    fields = [
        entry["fieldsV1"]
        for entry in entries
        if isinstance(entry, Mapping) and isinstance(entry.get("fieldsV1"), Mapping)
    ]
    return tuple(sorted({key for one in fields for key in _keys(one)})) if fields else None


def _keys(fields: Mapping[str, object]) -> Iterator[str]:
    for part in _DATA:
        held = fields.get(part)
        for name in held if isinstance(held, Mapping) else ():
            if str(name).startswith("f:"):
                yield str(name)[2:]
