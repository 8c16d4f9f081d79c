"""A Service, or what guards Pods, would choose other Pods than before. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.review.chosen import chooses, selector, words, workloads
from fluxtui.domain.review.delivered import DangerRule, Delivered

_NAMED = 3


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changed():
        if chooses(change.id):
            yield from _changed(change, delivered)
    yield from _left_behind(delivered)


def _changed(change: ObjectChange, delivered: Delivered) -> Iterator[Danger]:
    old, new = (selector(change.id, side) for side in (change.before, change.after))
    if words(old) == words(new):
        return
    had = workloads(delivered.before, change.id, old)
    has = workloads(delivered.after, change.id, new)
    level = Gravity.CARE
    if has:
        then = f": {_named(has)}"
    elif new is None:
        then, level = "", Gravity.STOP
    elif had:
        then, level = ": no Pods of this build have these labels", Gravity.STOP
    else:
        then = ": its Pods are not of this build, and whether they have these labels is not seen"
    says = f"{change.id} chooses Pods by {words(new)} instead of {words(old)}{then}"
    yield Danger(RULE.id, level, says, change.id)


def _left_behind(delivered: Delivered) -> Iterator[Danger]:
    """What chooses as before while the labels of its Pods change, or while they go."""
    for id, obj in delivered.after.items():
        if not chooses(id) or id not in delivered.before:
            continue
        by = selector(id, obj)
        if words(selector(id, delivered.before[id])) != words(by):
            continue
        before = workloads(delivered.before, id, by)
        if not before or workloads(delivered.after, id, by):
            continue
        stay = [other for other in before if other in delivered.after]
        if stay:
            says = f"{id} chooses by {words(by)}, which {_named(stay)} no longer has"
            yield Danger(RULE.id, Gravity.STOP, says, id)
        elif id.kind == "Service":
            says = f"{id} stays and chooses no Pods: {_named(before)} goes"
            yield Danger(RULE.id, Gravity.STOP, says, id)


def _named(ids: list[ObjectId] | tuple[ObjectId, ...]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(map(str, ids[:_NAMED])) + more


RULE = DangerRule(
    "selector-change",
    "a Service or a guard chooses other Pods",
    "Traffic goes to the Pods that a Service chooses, from the moment it is applied: also to old"
    " ones that match, or to none. Change the labels of the Pods first and roll them out, the"
    " selector in the next version.",
    _judge,
)
