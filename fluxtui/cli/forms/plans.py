"""Plans, Receipts and the Journal as data. Pure.

The Journal's file has a form of its own, which a Plan can be made from again; this is the printed
one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fluxtui.cli.forms.deliveries import NO_MOVES, danger, delivery
from fluxtui.cli.forms.envelope import Document, document, listing, maybe, reference
from fluxtui.domain.plan import (
    AnyStep,
    ApplyStep,
    AwaitStep,
    DeleteStep,
    PatchStep,
    Plan,
    PushStep,
    Receipt,
    RequestReconcile,
    TagStep,
    Taker,
)

if TYPE_CHECKING:
    from fluxtui.commands.proposing import Proposal
    from fluxtui.domain.ask import Delivery
    from fluxtui.domain.declared import Declaration
    from fluxtui.engine.acts.journal import JournalEntry

_UNKEPT = "whoever wrote the line kept none"


def plan(
    proposal: Proposal,
    review: Delivery | None = None,
    why: str = NO_MOVES,
    declared: Iterable[Declaration] = (),
) -> Document:
    """What an act would do: the answer to `--dry-run`. `why` it was not rendered what changes;
    `declared`: where that is edited for good which a parent puts back."""
    return document("Plan", **plan_fields(proposal, review, why, declared))


def act(
    proposal: Proposal,
    receipts: Iterable[Receipt],
    review: Delivery | None = None,
    why: str = NO_MOVES,
    declared: Iterable[Declaration] = (),
) -> Document:
    """What an act did."""
    fields = plan_fields(proposal, review, why, declared)
    return document("Act", plan=fields, receipts=[receipt(outcome) for outcome in receipts])


def plan_fields(
    proposal: Proposal, review: Delivery | None, why: str, declared: Iterable[Declaration] = ()
) -> Document:
    """A Plan inside of something else, with what running it takes."""
    plan = proposal.plan
    return {
        "id": plan.id,
        "command": plan.command,
        "title": plan.title,
        "environments": list(plan.environments),
        "steps": [step(part) for part in plan.steps],
        "effects": list(plan.effects),
        "takers": [_taker(one) for one in plan.takers],
        "dangers": [danger(one) for one in plan.dangers],
        "warnings": list(plan.warnings),
        "unseen": list(plan.unseen),
        "declared": [_declared(one) for one in declared],
        "inputs": [{"of": name, "as": value} for name, value in plan.inputs.items()],
        "confirm": proposal.demand.text,
        "reason": plan.reason,
        "user": plan.user,
        "approver": plan.approver,
        "reviewed": plan.reviewed,
        "continues": plan.continues,
        "madeAt": plan.made_at,
        **delivery(review, why),
    }


def _declared(one: Declaration) -> Document:
    about = one.field
    return {
        "environment": about.object.environment,
        "object": reference(about.object),
        "field": about.path,
        "parent": reference(about.parent),
        **maybe("in", one.where, one.error),
        **maybe("file", one.file, one.error or f"it is set by {one.by or 'no file'}"),
        **maybe("line", one.line or None, one.error or "nothing tells its line"),
        "by": one.by,
        "remark": one.remark,
    }


def _taker(one: Taker) -> Document:
    return {
        "environment": one.source.environment,
        "source": reference(one.source),
        "takes": one.takes,
        **maybe("from", one.before, "it picks nothing now"),
        **maybe("to", one.after, "it would pick nothing"),
        "why": one.why,
        "users": [reference(user) for user in one.users],
        "seen": one.seen,
    }


def step(part: AnyStep) -> Document:
    """One Step: what all have, and what its type has."""
    return {
        "id": part.id,
        "type": part.type,
        "title": part.title,
        "needs": list(part.needs),
        "undo": part.undo,
        **_own(part),
    }


def _own(part: AnyStep) -> Document:
    if isinstance(part, TagStep):
        return {
            "repository": part.repository, "digest": part.digest, "tag": part.tag,
            "expect": part.expect,
        }  # fmt: skip
    if isinstance(part, PushStep):
        images = [{"name": name, "image": image} for name, image in part.images.items()]
        return {
            "repository": part.repository, "tag": part.tag, "folder": part.folder,
            "images": images, "source": part.source, "revision": part.revision,
        }  # fmt: skip
    if isinstance(part, DeleteStep):
        return {
            "repository": part.repository, "digest": part.digest, "tag": part.tag,
            "shared": list(part.shared),
        }  # fmt: skip
    target = {"environment": part.target.environment, "target": reference(part.target)}
    return {**target, **_on_object(part)}


def _on_object(part: PatchStep | RequestReconcile | ApplyStep | AwaitStep) -> Document:
    if isinstance(part, PatchStep):
        before = {"before": part.before} if part.before else {}
        return {"patch": part.patch, "resourceVersion": part.resource_version, **before}
    if isinstance(part, RequestReconcile):
        return {"at": part.at, "demands": list(part.demands)}
    if isinstance(part, ApplyStep):
        return {"manifest": part.object}
    return {
        "until": str(part.until), "value": part.value, "timeoutSeconds": part.timeout,
        "demands": list(part.demands),
    }  # fmt: skip


def receipt(outcome: Receipt) -> Document:
    """How a Step ended."""
    return {
        "plan": outcome.plan,
        "step": outcome.step,
        "outcome": str(outcome.outcome),
        "message": outcome.message,
        "at": outcome.at,
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
            "approver": _text(body, "approver"),
            "reviewed": _text(body, "reviewed"),
            "continues": _text(body, "continues"),
            **_shown(body),
            "steps": [_journalled(item) for item in body.get("steps") or ()],
        }
    return {
        **shared,
        "step": _text(body, "step"),
        "outcome": _text(body, "outcome"),
        "message": _text(body, "message") or _text(body, "why") or _text(body, "title"),
    }


def _shown(body: Mapping[str, Any]) -> Document:
    """What the review of an act had shown when it was confirmed, as far as its line says that."""
    try:
        kept = Plan.from_json(body)
    except (ValueError, KeyError, TypeError):
        why = "its line says it in no form that is read here"
        return {**maybe("dangers", None, why), **maybe("unseen", None, why)}
    dangers = [danger(one) for one in kept.dangers] if "dangers" in body else None
    unseen = list(kept.unseen) if "unseen" in body else None
    return {**maybe("dangers", dangers, _UNKEPT), **maybe("unseen", unseen, _UNKEPT)}


def _journalled(body: Mapping[str, Any]) -> Document:
    return {name: _text(body, name) for name in ("id", "type", "title")}


def _text(body: Mapping[str, Any], name: str) -> str:
    return str(body.get(name) or "")
