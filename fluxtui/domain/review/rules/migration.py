"""A Job that migrates runs again, or its SQL has changed: what is done to data. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.looks import briefly
from fluxtui.domain.review.pods import Object, at, containers, mapping
from fluxtui.domain.review.rules.immutable_field import is_forced
from fluxtui.domain.review.settled import settled
from fluxtui.domain.review.statements import (
    Statement,
    added,
    destroys,
    statements,
    worst_first,
)
from fluxtui.domain.shortening import ended

SHOWN = 12
"""Lines of SQL in a review; the diff has all."""
_NAMES = 4
_WIDE = 90


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        if change.id.kind == "Job" and change.id.group == "batch":
            yield from _job(change, forced=delivered.force or is_forced(change))
        elif change.id.kind == "ConfigMap" and change.id.group == "":
            yield from _sql(change)


def _job(change: ObjectChange, *, forced: bool) -> Iterator[Danger]:
    """One that changes and may not be made anew is told of where fields never change."""
    look = _command(change.after)
    level = Gravity.LOSS if any(map(destroys, look)) else Gravity.CARE
    if change.kind == "added":
        yield Danger(RULE.id, level, f"{change.id} runs", change.id, look=look)
    elif (
        change.kind == "changed" and forced and _template(change.before) != _template(change.after)
    ):
        lines = (briefly(f.path.rpartition("spec.")[2], f.before, f.after) for f in change.fields)
        says = f"{change.id} is deleted and runs again"
        yield Danger(RULE.id, level, says, change.id, look=tuple(lines)[:SHOWN])


def _template(obj: Object | None) -> Object:
    return mapping(settled({"template": at(obj, "spec", "template")}))


def _command(obj: Object | None) -> tuple[str, ...]:
    words = []
    for container in containers(obj):
        parts = (*(container.body.get("command") or ()), *(container.body.get("args") or ()))
        line = " ".join(" ".join(str(part).split()) for part in parts)
        words.append(f"{container.name}: {line or container.image}")
    return tuple(words)


def _sql(change: ObjectChange) -> Iterator[Danger]:
    """One danger for all of a ConfigMap that is as bad: its keys are named, the lines shown."""
    old, new = (
        {name: statements(name, text) for name, text in _texts(side).items()}
        for side in (change.before, change.after)
    )
    worse: dict[str, tuple[Statement, ...]] = {}
    other: dict[str, tuple[Statement, ...]] = {}
    known = {one.same for found in old.values() for one in found}
    for name, found in new.items():
        come = added(old.get(name, ()), found)
        if name not in old:  # a key that has only got another name brings nothing
            come = tuple(one for one in come if one.same not in known)
        if come:
            (worse if any(one.destroys for one in come) else other)[name] = come
    for level, files, verb in ((Gravity.LOSS, worse, "destroys data"), (Gravity.CARE, other, "")):
        if files:
            verb = verb or ("changes" if any(name in old for name in files) else "is new")
            says = f"SQL in {change.id} {verb}: {_named(files)}"
            yield Danger(RULE.id, level, says, change.id, look=_lines(files))
    stays = {one.same for found in new.values() for one in found}
    gone = [
        name
        for name, found in old.items()
        if name not in new and any(one.same not in stays for one in found)
    ]
    if gone and change.kind == "changed":
        says = f"{change.id} comes without {_named(gone)}: what that did to data stays done"
        yield Danger(RULE.id, Gravity.CARE, says, change.id)


def _named(names: Mapping[str, object] | list[str]) -> str:
    all_of = list(names)
    more = f" and {len(all_of) - _NAMES} more" if len(all_of) > _NAMES else ""
    return ", ".join(all_of[:_NAMES]) + more


def _lines(found: Mapping[str, tuple[Statement, ...]]) -> tuple[str, ...]:
    """What destroys data first; of several files each statement in a line."""
    ranked = [(not one.destroys, name, one) for name, all_of in found.items() for one in all_of]
    ranked.sort(key=lambda entry: entry[0])
    if len(found) > 1:
        lines = [f"{name}: {ended(one.same, _WIDE)}" for _rank, name, one in ranked]
        what = "statements"
    else:
        lines = [line for *_rank, one in ranked for line in worst_first(one.lines, SHOWN)]
        what = "lines"
    more = (f"... {len(lines) - SHOWN} more {what}",) if len(lines) > SHOWN else ()
    return (*lines[:SHOWN], *more)


def _texts(obj: Object | None) -> Mapping[str, str]:
    return {str(k): v for k, v in mapping(obj, "data").items() if isinstance(v, str)}


RULE = DangerRule(
    "migration",
    "a migration runs, or its SQL has changed",
    "What a migration does to data is not taken back by rolling the bundle back: the older program"
    " then meets the newer tables. Read the statements; have a backup where they drop or rewrite;"
    " see that the version before can live with the result.",
    _judge,
)
