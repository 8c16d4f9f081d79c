"""Every rule that looks at two versions of a chart as packed, the registry of this room. Pure.

They need no rendering: what a chart renders to is judged by `review.rules`, where somebody renders.
"""

from __future__ import annotations

from fluxtui.domain.danger import Danger, ordered
from fluxtui.domain.review.charts import (
    chart_definitions,
    chart_image,
    chart_kubernetes,
    chart_major,
    chart_value_gone,
)
from fluxtui.domain.review.charts.packed import ChartRule, PackedDelivery

CHART_RULES: tuple[ChartRule, ...] = (
    chart_definitions.RULE,
    chart_major.RULE,
    chart_kubernetes.RULE,
    chart_value_gone.RULE,
    chart_image.RULE,
)


def chart_dangers(delivered: PackedDelivery) -> tuple[Danger, ...]:
    """What all rules say of one release's chart, the worst first."""
    return ordered(danger for rule in CHART_RULES for danger in rule.judge(delivered))
