"""Eviction: a delete that asks the pod's disruption budgets first.

A budget allows as many as its status says; each eviction takes one. Raises StatusError.
"""

from __future__ import annotations

from fluxtui.world.apiserver import deletes
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.matching import labels_match
from fluxtui.world.apiserver.state import DeleteOptions, Options, State
from fluxtui.world.apiserver.status import (
    Cause,
    Details,
    Json,
    StatusError,
    bad_request,
    not_found,
)
from fluxtui.world.apiserver.store import Key, Stored

_BUDGETS = ("policy", "poddisruptionbudgets")


def evict(state: State, kind: Kind, key: Key, body: Json, options: Options) -> tuple[int, Json]:
    """POST pods/x/eviction: status code and answer. Raises 400, 404, 409, 429."""
    name = (body.get("metadata") or {}).get("name")
    if name and name != key[1]:
        raise bad_request("name in URL does not match name in Eviction object")
    asked: Json = body.get("deleteOptions") or {}
    conditions: Json = asked.get("preconditions") or {}
    dry_run = options.dry_run or asked.get("dryRun") == ["All"]
    with state.store.lock:
        pod = state.store.get(kind.resource, key)
        if pod is None:
            raise not_found(kind.named(key[1]))
        if _counts(pod.obj):
            _take(state, pod, dry_run=dry_run)
        wanted = DeleteOptions(
            asked.get("gracePeriodSeconds"),
            str(asked.get("propagationPolicy") or ""),
            str(conditions.get("uid") or ""),
            str(conditions.get("resourceVersion") or ""),
            dry_run,
        )
        deletes.delete(state, kind, key, wanted)
    return 201, {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "code": 201,
    }


def _counts(pod: Json) -> bool:
    """Pods that do not run, or go already, are nobody's loss."""
    phase = (pod.get("status") or {}).get("phase")
    return phase not in ("Pending", "Succeeded", "Failed") and not pod["metadata"].get(
        "deletionTimestamp"
    )


def _selects(budget: Json, labels: Json) -> bool:
    """No selector selects nothing, an empty one everything."""
    selector = (budget.get("spec") or {}).get("selector")
    return selector is not None and labels_match(selector, labels)


def _take(state: State, pod: Stored, *, dry_run: bool) -> None:
    metadata = pod.obj["metadata"]
    budgets = [
        b
        for b in state.store.each(_BUDGETS, metadata["namespace"])
        if _selects(b.obj, metadata.get("labels") or {})
    ]
    if len(budgets) > 1:
        text = "This pod has more than one PodDisruptionBudget, which the eviction subresource does"
        raise StatusError(500, "", f"{text} not support.")
    for budget in budgets:
        status: Json = budget.obj.get("status") or {}
        name = budget.obj["metadata"]["name"]
        if (status.get("observedGeneration") or 0) < budget.obj["metadata"].get("generation", 0):
            text = f"The disruption budget {name} is still being processed by the server."
            raise _refused(text, 10)
        if status.get("disruptionsAllowed", 0) <= 0:
            needed, has = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
            raise _refused(
                f"The disruption budget {name} needs {needed} healthy pods and has {has} currently"
            )
        if not dry_run:
            left = status | {
                "disruptionsAllowed": status["disruptionsAllowed"] - 1,
                "disruptedPods": (status.get("disruptedPods") or {})
                | {metadata["name"]: state.now()},
            }
            key = (metadata["namespace"], name)
            state.store.put(_BUDGETS, key, budget.obj | {"status": left})


def _refused(why: str, seconds: int = 0) -> StatusError:
    details = Details(causes=(Cause("DisruptionBudget", why),), retry_after=seconds)
    headers = {"Retry-After": str(seconds)} if seconds else {}
    text = "Cannot evict pod as it would violate the pod's disruption budget."
    return StatusError(429, "TooManyRequests", text, details, headers=headers)
