"""A page of a long list, read at once into what is kept of its objects.

A parser that makes every word of every object makes twice what is kept: managedFields are half of a
page, and of them a few paths are wanted. msgspec reads the shapes that are named here, and leaves
the rest as it came. A page that is shaped otherwise, in whatever object of it, is not read here: it
goes the way of every other answer, and loses nothing. Imported with the first long page.
"""

from __future__ import annotations

from typing import Any

import msgspec

from fluxtui.domain.managers import NOBODY, managed_by, paths_in
from fluxtui.domain.resource import Page, Slim, share_in

_ALIKE = ("conditions", "history")
"""What of a status says the same of thousands of objects: four fifths of its texts, and half of
what sharing all of them would cost."""


class _ManagedEntry(msgspec.Struct, gc=False):
    """One of managedFields, its paths unread."""

    manager: str = ""
    operation: str = ""
    subresource: str = ""
    time: str | None = None
    fieldsV1: msgspec.Raw = msgspec.Raw(b"null")

    def paths(self) -> frozenset[str]:
        """Which fields it set: read once of each make."""
        return paths_in(bytes(self.fieldsV1))


class _Metadata(msgspec.Struct, gc=False):
    """What `Resource.from_object` reads; what it does not is left out."""

    name: str
    namespace: str | None = None
    uid: str | None = None
    resourceVersion: str | None = None
    generation: int | None = None
    creationTimestamp: str | None = None
    deletionTimestamp: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    ownerReferences: list[Any] | None = None
    managedFields: list[_ManagedEntry] | None = None


class _Object(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """One with other parts than these (an Event, a Secret) is not for here."""

    metadata: _Metadata
    apiVersion: str = ""
    kind: str = ""
    spec: Any = None
    status: Any = None


class _Head(msgspec.Struct, gc=False, rename={"token": "continue"}):
    resourceVersion: str | None = None
    token: str | None = None


class _ObjectList(msgspec.Struct, gc=False):
    kind: str
    metadata: _Head
    items: list[_Object]


_DECODER = msgspec.json.Decoder(_ObjectList)


def read(data: bytes, api_version: str, kind: str) -> Page | None:
    """The page; None when it has another shape. `api_version`, `kind`: of objects that do not say,
    as in lists of built-in kinds."""
    try:
        whole = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    head = whole.metadata
    items = [_slim(each, api_version, kind) for each in whole.items]
    return Page(whole.kind, head.resourceVersion or "", head.token or "", items)


def _slim(obj: _Object, api_version: str, kind: str) -> Slim:
    meta = obj.metadata
    version = obj.apiVersion or api_version
    short: dict[str, Any] = {
        "apiVersion": version,
        "kind": obj.kind or kind,
        "metadata": {
            "name": meta.name,
            "namespace": meta.namespace,
            "uid": meta.uid,
            "resourceVersion": meta.resourceVersion,
            "generation": meta.generation,
            "creationTimestamp": meta.creationTimestamp,
            "deletionTimestamp": meta.deletionTimestamp,
            "labels": meta.labels,
            "annotations": meta.annotations,
            "ownerReferences": meta.ownerReferences,
        },
    }
    if obj.spec is not None:
        short["spec"] = obj.spec
    if obj.status is not None:
        short["status"] = obj.status
        if type(obj.status) is dict:
            for name in _ALIKE:
                share_in(obj.status.get(name))
    share_in(meta.labels)
    share_in(meta.annotations)
    entries = meta.managedFields
    return Slim(short, managed_by(version, entries) if entries else NOBODY)
