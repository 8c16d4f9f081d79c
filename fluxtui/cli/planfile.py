"""A Plan in a file: written by who makes it, shown to and run by somebody else.

The file holds the Plan, what it rested on, and the review as it was read; a seal tells whether it
is still what was written (against mistakes: whoever may edit the file may make a new one). Nothing
of a Secret is in a Plan, nor in a review.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fluxtui.cli.forms.envelope import Document, document
from fluxtui.commands.handover import SeenObject
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.plan import Plan
from fluxtui.domain.resource import Key

MOST = 16 * 1024 * 1024  # bytes
_AGAIN = "write it again with --plan-out FILE"


@dataclass(frozen=True, slots=True)
class PlanFile:
    """`review`: the printed form of the Plan and of what it would change; `text`: as it is read."""

    plan: Plan
    seen: tuple[SeenObject, ...]
    review: Document
    text: str


def write(path: Path, handed: PlanFile) -> None:
    """Put it where there is no file yet; readable by its owner. Raises FluxtuiError."""
    text = json.dumps(_sealed(_body(handed)), indent=1, ensure_ascii=False) + "\n"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError("there is a file already", where=str(path), next="name another") from error
    except OSError as error:
        why = error.strerror or "cannot be written"
        raise FluxtuiError(why, where=str(path), next="the Plan was not run either") from error


def read(path: Path) -> PlanFile:
    """What is in it. Raises UsageError when it cannot be read, or is not as it was written."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST + 1)
        if len(data) > MOST:
            raise UsageError("is larger than any Plan", where=str(path), next=_AGAIN)
        body = json.loads(data)
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", where=str(path)) from error
    except (ValueError, RecursionError) as error:
        raise UsageError("is no Plan file", where=str(path), next=_AGAIN) from error
    if not isinstance(body, Mapping) or body.get("kind") != "PlanFile":
        raise UsageError("is no Plan file", where=str(path), next=_AGAIN)
    if body.get("seal") != _seal(body):
        says = "is not as it was written: somebody has changed it, or it was cut off"
        raise UsageError(says, where=str(path), next=_AGAIN)
    try:
        seen = tuple(SeenObject(Key(**one["object"]), dict(one["fields"])) for one in body["seen"])
        plan = Plan.from_json(body["plan"])
        return PlanFile(plan, seen, dict(body["review"]), str(body["text"]))
    except (KeyError, TypeError, ValueError) as error:
        says = f"was written by another fluxtui: {error}"
        raise UsageError(says, where=str(path), next=_AGAIN) from error


def _body(handed: PlanFile) -> Document:
    seen = [{"object": _key(one.key), "fields": dict(one.fields)} for one in handed.seen]
    plan = json.loads(json.dumps(handed.plan.to_json()))
    return document("PlanFile", plan=plan, seen=seen, review=handed.review, text=handed.text)


def _key(key: Key) -> Document:
    names = ("environment", "group", "kind", "namespace", "name")
    return {name: getattr(key, name) for name in names}


def _sealed(body: Document) -> Document:
    return {**body, "seal": _seal(body)}


def _seal(body: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in body.items() if name != "seal"}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
