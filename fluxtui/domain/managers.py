"""Who set which fields of an object, as its managedFields say: read once, and kept as few words.

managedFields are half of what an API sends of an object. What Flux's appliers declared is what a
parent would put back (docs/flux.md#managers); what others than controllers set is news. Sets of
paths are shared: objects of one make have the same.
"""

from __future__ import annotations

import json
import marshal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol
from weakref import WeakValueDictionary

from fluxtui.kit.values import frozen

MANAGER = "fluxtui"  # what is patched from here
FLUX_APPLIERS = ("kustomize-controller", "flux-operator")
FLUX_GROUP = "toolkit.fluxcd.io"
_NOBODY = ("-controller", "before-first-apply", "kube-controller-manager", "flux-operator")
_PLAIN = 0  # the version of marshal in which equal JSON is packed to equal bytes
_DECLARED: WeakValueDictionary[frozenset[str], frozenset[str]] = WeakValueDictionary()


@frozen
class Edit:
    """What one field manager set last (managedFields): who, when (RFC 3339), which fields."""

    manager: str
    at: str
    fields: frozenset[str]


class Entry(Protocol):
    """One of managedFields."""

    @property
    def manager(self) -> str: ...

    @property
    def operation(self) -> object: ...

    @property
    def subresource(self) -> object: ...

    @property
    def time(self) -> str | None:
        """RFC 3339; nothing where it does not say."""

    def paths(self) -> frozenset[str]:
        """Which fields it set."""


@frozen
class Managed:
    """`declared`: the field paths (`spec.ref.semver`) that Apply entries of Flux's appliers own.
    `edits`, of Flux's kinds alone, are what others than controllers set."""

    declared: frozenset[str] = frozenset()
    edits: tuple[Edit, ...] = ()


NOBODY = Managed()


def managed(obj: Mapping[str, Any]) -> Managed:
    """Read API JSON; what is not as Kubernetes writes it counts for nothing."""
    meta = obj.get("metadata")
    entries = meta.get("managedFields") if isinstance(meta, dict) else None
    if not isinstance(entries, list) or not entries:
        return NOBODY
    mappings = [_Whole(entry) for entry in entries if isinstance(entry, dict)]
    return managed_by(str(obj.get("apiVersion") or ""), mappings)


def managed_by(api_version: str, entries: Iterable[Entry]) -> Managed:
    """The same of entries whose paths may not have been read yet."""
    every = tuple(entries)
    if not every:
        return NOBODY
    declared = _joined([entry.paths() for entry in every if _declares(entry)])
    edits = tuple(_edits(every)) if FLUX_GROUP in api_version else ()
    return Managed(declared, edits) if declared or edits else NOBODY


class _Whole:
    """One entry as a parser made it."""

    __slots__ = ("_fields", "manager", "operation", "subresource", "time")

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.manager = str(entry.get("manager") or "")
        self.operation = entry.get("operation")
        self.subresource = entry.get("subresource")
        self.time = str(entry.get("time") or "")
        self._fields = entry.get("fieldsV1")

    def paths(self) -> frozenset[str]:
        """What it says of its fields."""
        return _shared(_read(marshal.dumps(self._fields, _PLAIN)))


def _declares(entry: Entry) -> bool:
    """Whether it is what one of Flux's appliers applied."""
    return entry.operation == "Apply" and not entry.subresource and entry.manager in FLUX_APPLIERS


def _edits(entries: Iterable[Entry]) -> Iterator[Edit]:
    """What somebody did: a person's tool, or fluxtui; no controller, and no status."""
    for entry in entries:
        if entry.time and not entry.subresource and not entry.manager.endswith(_NOBODY):
            yield Edit(sys.intern(entry.manager), entry.time, entry.paths())


def _joined(each: Sequence[frozenset[str]]) -> frozenset[str]:
    if not each:
        return NOBODY.declared
    return each[0] if len(each) == 1 else _shared(frozenset().union(*each))


def _shared(paths: frozenset[str]) -> frozenset[str]:
    return _DECLARED.setdefault(paths, paths)


@lru_cache(maxsize=1024)
def paths_in(fields: bytes) -> frozenset[str]:
    """The paths of fieldsV1 as JSON."""
    return _shared(_read(marshal.dumps(json.loads(fields), _PLAIN)))


@lru_cache(maxsize=1024)
def _read(fields: bytes) -> frozenset[str]:
    """The paths of fieldsV1, packed: to pack it and to ask whether it was seen costs a quarter of
    what reading it does, and thousands of objects have the same few."""
    paths: set[str] = set()
    _collect(marshal.loads(fields), "", paths)
    return frozenset(paths)


def _collect(fields: object, prefix: str, into: set[str]) -> bool:
    """Turn fieldsV1 (`f:spec: {f:ref: {f:semver: {}}}`) into dotted paths of its leaves; whether
    there are any."""
    found = False
    if isinstance(fields, dict) and fields:
        for name, child in fields.items():
            if name.startswith("f:"):
                found = True
                path = prefix + name[2:]
                if not child or not _collect(child, f"{path}.", into):
                    into.add(sys.intern(path))
    return found
