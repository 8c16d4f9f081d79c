"""A volume would become smaller, which no volume can. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.operated import is_custom
from fluxtui.domain.review.pods import Object, at, listed
from fluxtui.kit.quantities import amount

_SIZE = re.compile(
    r"(^|\.)(requests\.storage|(storage|persistence|volume|disk|pvc|dataVolume)\.size"
    r"|(storage|disk|volume|pvc)Size)$",
    re.IGNORECASE,
)


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changed("PersistentVolumeClaim"):
        yield from _compared(change, "", change.before, change.after)
    for change in delivered.changed("StatefulSet"):
        old = {name: claim for name, claim in _templates(change.before)}
        for name, claim in _templates(change.after):
            yield from _compared(change, f" claim {name}", old.get(name), claim)
    for change in delivered.changed():
        if is_custom(change.id.group):
            yield from _operated(change)


def _operated(change: ObjectChange) -> Iterator[Danger]:
    """Volumes that an operator makes, by the names such fields commonly have."""
    for field in change.fields:
        old, new = _amount(field.before), _amount(field.after)
        if _SIZE.search(field.path) and old is not None and new is not None and new[0] < old[0]:
            says = (
                f"{change.id} {field.path} asks for {new[1]}, less than {old[1]}: its operator"
                " cannot make a volume smaller"
            )
            yield Danger(RULE.id, Gravity.STOP, says, change.id)


def _templates(obj: Object | None) -> Iterator[tuple[str, Object]]:
    for claim in listed(obj, "spec", "volumeClaimTemplates"):
        yield str(at(claim, "metadata", "name")), claim


def _compared(
    change: ObjectChange, what: str, before: Object | None, after: Object | None
) -> Iterator[Danger]:
    old, new = _storage(before), _storage(after)
    if old is not None and new is not None and new[0] < old[0]:
        says = f"{change.id}{what} asks for {new[1]}, less than {old[1]}: the API refuses it"
        yield Danger(RULE.id, Gravity.STOP, says, change.id)


def _storage(claim: Object | None) -> tuple[Fraction, str] | None:
    return _amount(at(claim, "spec", "resources", "requests", "storage"))


def _amount(text: Any) -> tuple[Fraction, str] | None:
    try:
        return (amount(text), str(text)) if isinstance(text, str | int) else None
    except ValueError:
        return None


RULE = DangerRule(
    "storage-shrink",
    "a volume would become smaller",
    "A claim can only grow. The API refuses the change, the Kustomization fails to apply, and what"
    " is ordered behind it waits. To get a smaller volume: a new claim, and the data copied over.",
    _judge,
)
