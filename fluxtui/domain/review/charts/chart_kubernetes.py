"""A chart asks for another Kubernetes than before. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.charts.packed import ChartRule, PackedDelivery


def _judge(delivered: PackedDelivery) -> Iterator[Danger]:
    old, new = (side.says("kubeVersion") for side in (delivered.before, delivered.after))
    if new and new != old:
        says = (
            f"the chart asks for Kubernetes {new} ({f'{old} before' if old else 'for none before'})"
        )
        yield Danger(RULE.id, Gravity.CARE, says)


RULE = ChartRule(
    "chart-kubernetes",
    "a chart asks for another Kubernetes",
    "kubeVersion of Chart.yaml is a condition: Helm refuses the upgrade in a cluster whose version"
    " is not in that range, and the release fails. Compare it with `kubectl version` of each"
    " cluster that takes it.",
    _judge,
)
