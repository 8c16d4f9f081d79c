"""What the kinds of the Flux Operator have in common (docs/flux.md#operator).

They are suspended by an annotation and have no observedGeneration; nothing here is a kind.
"""

from __future__ import annotations

from collections.abc import Callable

from fluxtui.domain.kinds.kind import Applier, Means
from fluxtui.domain.kinds.reading import expressions, history, inventory, text_at
from fluxtui.domain.resource import Key, Resource

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


def failing_since(resource: Resource, _stored: str = "") -> str:
    """Since when Ready is not True."""
    ready = resource.condition("Ready")
    return ready.last_transition if ready is not None and ready.status != "True" else ""


def applier(
    depends_on: Callable[[Resource], tuple[Key, ...]] = lambda _resource: (),
) -> Applier:
    """The role of what the operator applies: fed by no source, the applied revision is live."""
    return Applier(
        source=lambda _resource: None,
        depends_on=depends_on,
        inventory=inventory,
        history=history,
        applied=applied,
        attempted=attempted,
        running=applied,
        before=lambda _resource: None,
        failing_since=failing_since,
        good=GOOD,
        bad=BAD,
        health=frozenset({"HealthCheckFailed"}),
        expressions=lambda resource: expressions(resource, "", ""),
    )
