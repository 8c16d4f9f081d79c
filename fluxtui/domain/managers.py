"""Who set which fields of an object, as its managedFields say: read once, and kept as few words.

managedFields are half of what an API sends of an object. What Flux's appliers declared is what a
parent would put back (docs/flux.md#managers); what others than controllers set is news. Sets of
paths are shared: objects of one make have the same.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
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
    flux = FLUX_GROUP in str(obj.get("apiVersion") or "")
    mappings = [entry for entry in entries if isinstance(entry, dict)]
    declared = _paths(entry for entry in mappings if _declares(entry))
    return Managed(declared, tuple(_edits(mappings)) if flux else ())


def _declares(entry: Mapping[str, Any]) -> bool:
    """Whether it is what one of Flux's appliers applied."""
    return (
        entry.get("operation") == "Apply"
        and not entry.get("subresource")
        and entry.get("manager") in FLUX_APPLIERS
    )


def _edits(entries: Iterable[Mapping[str, Any]]) -> Iterator[Edit]:
    """What somebody did: a person's tool, or fluxtui; no controller, and no status."""
    for entry in entries:
        manager = str(entry.get("manager") or "")
        if entry.get("time") and not entry.get("subresource") and not manager.endswith(_NOBODY):
            yield Edit(sys.intern(manager), str(entry["time"]), _paths((entry,)))


def _paths(entries: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    each = [_read(marshal.dumps(entry.get("fieldsV1"), _PLAIN)) for entry in entries]
    found = each[0] if len(each) == 1 else frozenset().union(*each)
    return _DECLARED.setdefault(found, found)


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
