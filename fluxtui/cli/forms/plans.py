"""Plans, Receipts and the Journal as data. Pure.

The Journal's file has a form of its own, which a Plan can be made from again; this is the printed
one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fluxtui.cli.forms.envelope import Document, document, listing, reference
from fluxtui.domain.plan import (
    AnyStep,
    ApplyStep,
    AwaitStep,
    DeleteStep,
    PatchStep,
    PushStep,
    Receipt,
    RequestReconcile,
    TagStep,
)

if TYPE_CHECKING:
    from fluxtui.commands.proposing import Proposal
    from fluxtui.engine.acts.journal import JournalEntry


def plan(made: Proposal) -> Document:
    """What an act would do: the answer to `--dry-run`."""
    return document("Plan", **plan_fields(made))


def act(made: Proposal, receipts: Iterable[Receipt]) -> Document:
    """What an act did."""
    return document("Act", plan=plan_fields(made), receipts=[receipt(each) for each in receipts])


def plan_fields(made: Proposal) -> Document:
    """A Plan inside of something else, with what running it takes."""
    one = made.plan
    return {
        "id": one.id,
        "command": one.command,
        "title": one.title,
        "environments": list(one.environments),
        "steps": [step(each) for each in one.steps],
        "effects": list(one.effects),
        "warnings": list(one.warnings),
        "unseen": list(one.unseen),
        "inputs": [{"of": name, "as": value} for name, value in one.inputs.items()],
        "confirm": made.demand.text,
        "reason": one.reason,
        "user": one.user,
        "madeAt": one.made_at,
    }


def step(one: AnyStep) -> Document:
    """One Step: what all have, and what its type has."""
    return {
        "id": one.id,
        "type": one.type,
        "title": one.title,
        "needs": list(one.needs),
        "undo": one.undo,
        **_own(one),
    }


def _own(one: AnyStep) -> Document:
    if isinstance(one, TagStep):
        return {
            "repository": one.repository, "digest": one.digest, "tag": one.tag,
            "expect": one.expect,
        }  # fmt: skip
    if isinstance(one, PushStep):
        images = [{"name": name, "image": image} for name, image in one.images.items()]
        return {
            "repository": one.repository, "tag": one.tag, "folder": one.folder,
            "images": images, "source": one.source, "revision": one.revision,
        }  # fmt: skip
    if isinstance(one, DeleteStep):
        return {
            "repository": one.repository, "digest": one.digest, "tag": one.tag,
            "shared": list(one.shared),
        }  # fmt: skip
    target = {"environment": one.target.environment, "target": reference(one.target)}
    return {**target, **_on_object(one)}


def _on_object(one: PatchStep | RequestReconcile | ApplyStep | AwaitStep) -> Document:
    if isinstance(one, PatchStep):
        return {"patch": one.patch, "resourceVersion": one.resource_version}
    if isinstance(one, RequestReconcile):
        return {"at": one.at}
    if isinstance(one, ApplyStep):
        return {"manifest": one.object}
    return {"until": str(one.until), "value": one.value, "timeoutSeconds": one.timeout}


def receipt(one: Receipt) -> Document:
    """How a Step ended."""
    return {
        "plan": one.plan,
        "step": one.step,
        "outcome": str(one.outcome),
        "message": one.message,
        "at": one.at,
    }


def journal(entries: Iterable[JournalEntry], problems: Iterable[str] = ()) -> Document:
    """Plans and what became of their Steps, oldest first."""
    return listing("Journal", map(_entry, entries), problems)


def _entry(entry: JournalEntry) -> Document:
    body = entry.body
    shared = {"type": entry.type, "at": entry.at, "plan": entry.plan}
    if entry.type == "plan":
        return {
            **shared,
            "command": _text(body, "command"),
            "title": _text(body, "title"),
            "environments": [str(name) for name in body.get("environments") or ()],
            "reason": _text(body, "reason"),
            "user": _text(body, "user"),
            "steps": [_journalled(each) for each in body.get("steps") or ()],
        }
    return {
        **shared,
        "step": _text(body, "step"),
        "outcome": _text(body, "outcome"),
        "message": _text(body, "message") or _text(body, "why") or _text(body, "title"),
    }


def _journalled(body: Mapping[str, Any]) -> Document:
    return {name: _text(body, name) for name in ("id", "type", "title")}


def _text(body: Mapping[str, Any], name: str) -> str:
    return str(body.get(name) or "")
