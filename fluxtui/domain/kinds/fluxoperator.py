"""What the kinds of the Flux Operator have in common (docs/flux.md#operator).

They are suspended by an annotation and have no observedGeneration; nothing here is a kind.
"""

from __future__ import annotations

from fluxtui.domain.kinds.kind import Means
from fluxtui.domain.kinds.reading import text_at
from fluxtui.domain.resource import Resource

GROUP = "fluxcd.controlplane.io"
SUSPENDS = Means(f"{GROUP}/reconcile", "disabled")
GOOD = "ReconciliationSucceeded"
BAD = frozenset({"BuildFailed", "ReconciliationFailed", "HealthCheckFailed"})


def applied(resource: Resource) -> str:
    """status.lastAppliedRevision."""
    return text_at(resource.status, "lastAppliedRevision")


def attempted(resource: Resource) -> str:
    """status.lastAttemptedRevision, where the kind has one."""
    return text_at(resource.status, "lastAttemptedRevision") or applied(resource)


def failing_since(resource: Resource) -> str:
    """Since when Ready is not True."""
    ready = resource.condition("Ready")
    return ready.last_transition if ready is not None and ready.status != "True" else ""
