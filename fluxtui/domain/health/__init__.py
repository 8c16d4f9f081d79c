"""kstatus: whether a Kubernetes object has settled, as Flux computes it (docs/flux.md#kstatus).

Pure: no clock (pass `now`), no reading of Pods (pass them). CEL health expressions are not here.
"""

from fluxtui.domain.health.compute import (
    NOT_FOUND,
    compute,
    condition,
    group_kind,
    reader_status,
    ready,
    status,
)
from fluxtui.domain.health.fields import Malformed, StatusCondition, conditions
from fluxtui.domain.health.values import Health, Status, aggregate

__all__ = [
    "NOT_FOUND",
    "Health",
    "Malformed",
    "Status",
    "StatusCondition",
    "aggregate",
    "compute",
    "condition",
    "conditions",
    "group_kind",
    "reader_status",
    "ready",
    "status",
]
