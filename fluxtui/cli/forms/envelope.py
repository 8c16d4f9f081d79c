"""What all documents share: the version of the schema, kinds, references, and how unknown is said.

`null` always means "not known" (or "there is none, and here is why"), and a sentence stands beside
it under the same name with `Reason`. Empty text, `false` and empty lists are known to be so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fluxtui.domain.board import Level, Mark
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.resource import Key

SCHEMA_VERSION = 1
Document = dict[str, Any]

LEVELS = {
    Level.OK: "ready",
    Level.PROGRESSING: "progressing",
    Level.WAITING: "waiting",
    Level.UNKNOWN: "unknown",
    Level.FAILED: "failed",
}


def document(kind: str, **fields: Any) -> Document:
    """A whole answer."""
    return {"schemaVersion": SCHEMA_VERSION, "kind": kind, **fields}


def listing(kind: str, items: Iterable[Any], problems: Iterable[str] = ()) -> Document:
    """An answer that is a list. `problems`: why it may not be whole (the exit code is 1 then)."""
    return document(kind, items=list(items), problems=list(problems))


def reference(key: Key | ObjectId) -> Document:
    """One object; the Environment stands beside it. `namespace` is empty for cluster scope."""
    return {"group": key.group, "kind": key.kind, "namespace": key.namespace, "name": key.name}


def maybe(name: str, value: Any, reason: str) -> Document:
    """`value` under `name`; where it is None or empty text, null and the sentence that says why."""
    if value is None or value == "":
        return {name: None, f"{name}Reason": reason}
    return {name: value}


def mark(key: Key, note: Mark) -> Document:
    """Who suspended or pinned an object, why and since when."""
    return {
        "object": reference(key),
        **maybe("by", note.by, "nobody signed it"),
        **maybe("why", note.reason, "no reason was given"),
        **maybe("since", note.since, "no time was noted"),
        **maybe("until", note.until, "no end was set"),
    }
