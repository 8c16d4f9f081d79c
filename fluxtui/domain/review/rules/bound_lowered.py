"""A bound of an operator's object falls to half or less: what is over it is thrown away. Pure.

Fields of such kinds are nobody's standard; what they are called is: sizes, ages, retention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.operated import is_custom, is_store
from fluxtui.kit.quantities import amount

# The last name of a field, or a whole key in quotes: `spec.config["retention.ms"]`.
_KEEPS = re.compile(
    r"(^|\.)(max(Bytes|Msgs|Messages|Records)\w*|retention\w*|\w*Retention(Size|Time|Period|Bytes)?"
    r"|keepLast)$|\[\"[\w.]*retention[\w.]*\"\]$",
    re.IGNORECASE,
)
# Said of other things too: only where the kind is called like one that keeps data.
_OF_STORES = re.compile(r"(^|\.)(max(Age|Size|Length)\w*|ttl|capacity)$", re.IGNORECASE)
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w|y)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changed():
        if not is_custom(change.id.group):
            continue
        for field in change.fields:
            bounds = _KEEPS.search(field.path) or (
                is_store(change.id) and _OF_STORES.search(field.path)
            )
            old, new = _number(field.before), _number(field.after)
            if bounds and old and new is not None and new * 2 <= old:
                says = f"{change.id} {field.path} falls from {field.before} to {field.after}"
                yield Danger(RULE.id, Gravity.LOSS, says, change.id)


def _number(value: object) -> float | None:
    """A number, a quantity or a duration; None for anything else, and for "no bound" (below 0)."""
    text = str(value).strip()
    parts = _DURATION.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        return float(sum(float(number) * _SECONDS[unit] for number, unit in parts))
    try:
        size = re.sub(r"(?<=[0-9KMGTPEi])i?B$", lambda b: "i" if b[0][0] == "i" else "", text)
        size = re.sub(r"K$", "k", size)  # as programs write it; Kubernetes has k
        number = float(amount(size))
    except ValueError:
        return None
    return number if number >= 0 else None


RULE = DangerRule(
    "bound-lowered",
    "a bound on what is kept falls to half or less",
    "Streams, buckets and databases throw away what is over the new bound, the oldest first, as"
    " soon as their operator has applied it. Raising it again brings nothing back.",
    _judge,
)
