"""A chart, or the application in it, goes to another major version. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.charts.packed import ChartRule, PackedDelivery

_FIELDS = (("version", "the chart"), ("appVersion", "the application in it"))


def _judge(delivered: PackedDelivery) -> Iterator[Danger]:
    for field, what in _FIELDS:
        old, new = delivered.before.says(field), delivered.after.says(field)
        before, after = _breaking(old), _breaking(new)
        if before and after and before != after:
            back = after < before
            says = f"{what} goes {'back ' if back else ''}to another major version: {old} -> {new}"
            yield Danger(RULE.id, Gravity.CARE, says)


def _breaking(text: str) -> tuple[int, ...]:
    """The numbers of which another one may break things: the first, of 0.x the second too."""
    from fluxtui.domain.versions import try_version

    version = try_version(text)
    if version is None:
        return ()
    number = version.semver()
    return (number.major, number.minor if number.major == 0 else -1)


RULE = ChartRule(
    "chart-major",
    "another major version of a chart or its application",
    "By semver a new major version (of 0.x a new minor one) may drop values, rename objects or ask"
    " for a migration; going back may meet data that the older one does not read. Read the chart's"
    " upgrade notes, and compare default values (`d`) before it goes on.",
    _judge,
)
