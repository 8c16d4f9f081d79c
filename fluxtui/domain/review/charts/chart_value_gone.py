"""The release sets a value that the chart had a default for, and has no more. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.charts.packed import ChartRule, Object, PackedDelivery

_SHOWN = 12
_DEEP = 24


def _judge(delivered: PackedDelivery) -> Iterator[Danger]:
    sides = delivered.before.values, delivered.after.values
    gone = list(_gone(delivered.own_values, *sides, (), 0))
    if gone:
        first = gone[0] if len(gone) == 1 else f"{len(gone)} values"
        says = f"the release sets {first}, which the chart has no default for any more"
        more = (f"... {len(gone) - _SHOWN} more",) if len(gone) > _SHOWN else ()
        look = (*gone[:_SHOWN], *more) if len(gone) > 1 else ()
        yield Danger(RULE.id, Gravity.CARE, says, look=look)


def _gone(
    own: Object, old: Object, new: Object, path: tuple[str, ...], depth: int
) -> Iterator[str]:
    for name, value in own.items():
        if name not in old or depth > _DEEP:
            continue  # it was free to set before, too
        here = (*path, str(name))
        if name not in new:
            yield ".".join(here)
        elif isinstance(value, Mapping):
            before, after = old[name], new[name]
            if isinstance(before, Mapping) and isinstance(after, Mapping):
                yield from _gone(value, before, after, here, depth + 1)


RULE = ChartRule(
    "chart-value-gone",
    "a value that the release sets is no longer the chart's",
    "Helm takes any value, also one that no template reads: what was set by it is silently lost."
    " Look in the new default values (`d`) for what it is called now, and change spec.values in the"
    " same act as the version.",
    _judge,
)
