"""Who suspended or pinned an object, why, and how to take it back: annotations on the object.

They travel with the object, so that another person on another machine sees the reason and can undo
it. fluxtui writes its own keys and, of who suspended, the Flux Operator's; those of Weave GitOps
are read as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from fluxtui.domain import kinds
from fluxtui.domain.board import Mark
from fluxtui.domain.kinds import sources
from fluxtui.domain.managers import MANAGER
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import is_tag
from fluxtui.kit.moments import order
from fluxtui.kit.records import NamedTuple

PREFIX = "fluxtui.dev/"
SUSPENDED_BY = PREFIX + "suspended-by"
SUSPENDED_REASON = PREFIX + "suspended-reason"
SUSPENDED_AT = PREFIX + "suspended-at"
SUSPENDED_UNTIL = PREFIX + "suspended-until"
FREEZE = PREFIX + "freeze"
PINNED_UNTIL = PREFIX + "pinned-until"
PINNED_BY = PREFIX + "pinned-by"
PINNED_REASON = PREFIX + "pinned-reason"
PINNED_AT = PREFIX + "pinned-at"
PIN_INVERSE = PREFIX + "pin-inverse"

OPERATOR_SUSPENDED_BY = "fluxcd.controlplane.io/suspendedBy"

SUSPENSION_KEYS = (
    *(SUSPENDED_BY, OPERATOR_SUSPENDED_BY, SUSPENDED_REASON),
    *(SUSPENDED_AT, SUSPENDED_UNTIL, FREEZE),
)
PIN_KEYS = (PINNED_BY, PINNED_REASON, PINNED_AT, PINNED_UNTIL, PIN_INVERSE)

FOREIGN_KEYS = (
    "metadata.weave.works/suspended-by",
    "metadata.weave.works/suspended-comment",
)
_FOREIGN_BY = ("metadata.weave.works/suspended-by", OPERATOR_SUSPENDED_BY)
_FOREIGN_REASON = ("metadata.weave.works/suspended-comment",)


def suspension(resource: Resource) -> Mark | None:
    """The mark of a suspended object; None when it is not suspended."""
    field = kinds.suspending_field(resource)
    if not field:
        return None
    notes = resource.annotations
    return Mark(
        by=_first(notes, (SUSPENDED_BY, *_FOREIGN_BY)),
        reason=_first(notes, (SUSPENDED_REASON, *_FOREIGN_REASON)),
        since=notes.get(SUSPENDED_AT, "") or _set_at(resource, field),
        until=notes.get(SUSPENDED_UNTIL, ""),
        freeze=frozen_by(resource),
    )


def _set_at(resource: Resource, field: str) -> str:
    """When somebody who left no note suspended it, by the field's manager (RFC 3339), "" unknown:
    the newest of them, for an older one may have resumed it."""
    return max((edit.at for edit in resource.edits if field in edit.fields), key=order, default="")


def frozen_by(resource: Resource) -> str:
    """The id of the freeze that holds it; "" when none does.

    Somebody may have resumed it with another tool, which leaves our notes, and suspended it again:
    that suspension is theirs, as the field's manager says, or the operator's own note.
    """
    freeze, field = resource.annotations.get(FREEZE, ""), kinds.suspending_field(resource)
    if not field:
        return ""
    theirs = resource.annotations.get(OPERATOR_SUSPENDED_BY, "")
    if theirs and theirs != resource.annotations.get(SUSPENDED_BY, theirs):
        return ""
    managers = {edit.manager for edit in resource.edits if field in edit.fields}
    return freeze if not managers or MANAGER in managers else ""


def marks_of(resource: Resource) -> tuple[Mark, ...]:
    """Everything that holds it: a suspension, a pin, both or nothing."""
    return tuple(mark for mark in (suspension(resource), pin(resource)) if mark is not None)


def pin(resource: Resource) -> Mark | None:
    """The mark of an object that fluxtui pinned; None when it did not.

    An annotation that outlived its digest (somebody removed `spec.ref.digest` by hand) is no pin;
    nor is one beside a version that somebody else has set since.
    """
    notes = resource.annotations
    if PIN_INVERSE not in notes:
        return None
    hold = kinds.hold(resource)
    if hold is not None:
        inverse = pin_inverse(resource)
        if inverse is None or inverse.pinned != hold.value(resource):
            return None
    elif not sources.policy(resource).digest:
        return None
    names = (PINNED_BY, PINNED_REASON, PINNED_AT, PINNED_UNTIL)
    return Mark(*(notes.get(name, "") for name in names))


def inverse_text(digest: str, previous: object, tag: str = "") -> str:
    """What PIN_INVERSE holds: the digest to put back (null: none), the one the pin set, and the tag
    that it was chosen by, so that everybody reads it by that name without asking a registry."""
    before = previous if isinstance(previous, str) and previous else None
    tagged = {"tag": tag} if tag else {}
    return json.dumps({"digest": before, "pinned": digest, **tagged})


def pinned_name(resource: Resource) -> tuple[str, str]:
    """(tag, digest) that a pin of ours noted, while it holds; ("", "") without."""
    pinned = sources.policy(resource).digest
    text = resource.annotations.get(PIN_INVERSE, "")
    try:
        value = json.loads(text)
    except ValueError:
        return "", ""
    if not isinstance(value, dict) or not pinned or value.get("pinned") != pinned:
        return "", ""
    tag = value.get("tag")
    return (tag, pinned) if isinstance(tag, str) and is_tag(tag) else ("", "")


def hold_text(pinned: str, before: str) -> str:
    """What PIN_INVERSE holds where the field is no digest: what to put back (null: nothing)."""
    return json.dumps({"before": before or None, "pinned": pinned})


class Inverse(NamedTuple):
    """What a pin replaced (None: there was nothing) and what it set (None: that was not noted)."""

    before: str | None
    pinned: str | None


def pin_inverse(resource: Resource) -> Inverse | None:
    """What to put back when it is unpinned.

    None when the annotation is missing or unreadable: it is text from a cluster, and anybody may
    have written it.
    """
    text = resource.annotations.get(PIN_INVERSE, "")
    try:
        value = json.loads(text)
    except ValueError:
        return None
    name = "before" if kinds.hold(resource) is not None else "digest"
    if not isinstance(value, dict) or name not in value:
        return None
    before, pinned = value[name], value.get("pinned")
    if not all(v is None or isinstance(v, str) for v in (before, pinned)):
        return None
    return Inverse(before, pinned)


def mark_text(mark: Mark) -> str:
    """` by anna since 2026-11-23 03:04Z: the reason`, each part as far as it was said."""
    by, since, until = mark.by or "somebody", _short(mark.since), until_text(mark.until)
    when = f"{f' since {since}' if since else ''}{f' {until}' if until else ''}"
    return f" by {by}{when}: {mark.reason or 'no reason given'}"


def until_text(until: str) -> str:
    """`until 2026-11-23 18:00Z`; nothing where there is no end."""
    return f"until {_short(until)}" if until else ""


def ends_text(until: str) -> tuple[str, ...]:
    """What an end means, as an effect of the act that sets it; nothing where there is none."""
    return (f"it should be over by {_short(until)}, and is called overdue then",) if until else ()


def _short(moment: str) -> str:
    """Without seconds, where it is a moment as fluxtui writes them."""
    is_ours = moment.endswith("Z") and len(moment) >= 20
    return f"{moment[:10]} {moment[11:16]}Z" if is_ours else moment


def _first(notes: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((notes[key] for key in keys if notes.get(key)), "")
