"""A bound of an operator's object falls to half or less: what is over it is thrown away. Pure.

Fields of such kinds are nobody's standard; what they are called is: sizes, ages, retention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.durations import parse_duration
from fluxtui.domain.errors import UsageError
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.kit.quantities import amount

_KEEPS = re.compile(
    r"(^|\.)(max(Bytes|Size|Age|Msgs|Messages|Records|Length)\w*"
    r"|retention\w*|\w*Retention(Size|Time|Period|Bytes)?|ttl|storageSize|capacity|keepLast)$",
    re.IGNORECASE,
)


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changed():
        if "." not in change.id.group or change.id.group.endswith(".k8s.io"):
            continue
        for field in change.fields:
            old, new = _number(field.before), _number(field.after)
            if not _KEEPS.search(field.path) or not old or new is None:
                continue
            if new * 2 <= old:
                says = f"{change.id} {field.path} falls from {field.before} to {field.after}"
                yield Danger(RULE.id, Gravity.LOSS, says, change.id)


def _number(value: object) -> float | None:
    """A number, a quantity or a duration; None for anything else, and for "no bound" (below 0)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = parse_duration(str(value))
    except UsageError:
        try:
            found = float(amount(value))
        except ValueError:
            return None
    return found if found >= 0 else None


RULE = DangerRule(
    "bound-lowered",
    "a bound on what is kept falls to half or less",
    "Streams, buckets and databases throw away what is over the new bound, the oldest first, as"
    " soon as their operator has applied it. Raising it again brings nothing back.",
    _judge,
)
