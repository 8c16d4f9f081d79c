"""A health wait looks at the Pods of a StatefulSet: whichever its selector means, in any form."""

from __future__ import annotations

from typing import Any

import pytest
from reconciler_stage import NS, Stage

from fluxtui.domain.inventory import InventoryEntry
from fluxtui.reconciler.expressions import HealthExpressions
from fluxtui.reconciler.health import HealthWait, Unhealthy, Watches

LABELS = {"app": "web", "tier": "back"}
CONTAINER = {"name": "app", "image": "app:1"}


def stateful_set(selector: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "web", "namespace": NS},
        "spec": {
            "serviceName": "web",
            "replicas": 1,
            "selector": selector,
            "template": {"metadata": {"labels": LABELS}, "spec": {"containers": [CONTAINER]}},
        },
    }


async def looping_pod(stage: Stage, name: str, labels: dict[str, str]) -> None:
    metadata = {"name": name, "namespace": NS, "labels": labels}
    spec = {"containers": [CONTAINER]}
    await stage.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    state = {"waiting": {"reason": "CrashLoopBackOff"}}
    containers = [{"name": "app", "ready": False, "restartCount": 4, "state": state}]
    status = {"phase": "Running", "containerStatuses": containers}
    await stage.patch("Pod", name, {"status": status}, sub="status")


SELECTORS: list[dict[str, Any]] = [
    {"matchLabels": LABELS},
    {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]},
    {
        "matchLabels": {"app": "web"},
        "matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["front"]}],
    },
]


@pytest.mark.parametrize("selector", SELECTORS)
async def test_a_pod_that_its_selector_means_fails_a_stateful_set_at_once(
    stage: Stage, selector: dict[str, Any]
) -> None:
    web = stateful_set(selector)
    await stage.apply(web)
    await looping_pod(stage, "web-0", LABELS)
    wait = HealthWait(stage.cluster, stage.clock, Watches())
    with pytest.raises(Unhealthy, match=r"failed early .*StatefulSet/team/web status: 'Failed'"):
        await wait.wait([InventoryEntry.of(web)], 0.0, expressions=HealthExpressions({}))


async def test_a_pod_that_its_selector_leaves_out_fails_nothing(stage: Stage) -> None:
    web = stateful_set(SELECTORS[2])
    await stage.apply(web)
    await looping_pod(stage, "front-0", {"app": "web", "tier": "front"})
    wait = HealthWait(stage.cluster, stage.clock, Watches())
    with pytest.raises(Unhealthy, match=r"timeout waiting for: .*web status: 'InProgress'"):
        await wait.wait([InventoryEntry.of(web)], 0.0, expressions=HealthExpressions({}))
