"""A policy denies a workload: its Kustomization quotes it, and the chain says so to people."""

from __future__ import annotations

from reconciler_stage import NS, Stage, condition, deployment, kustomization, source

from fluxtui.domain.config import Config, Environment
from fluxtui.domain.overview import overview
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.world.faults import Rule

BUNDLE = {"web.yaml": deployment("web", "example.com/web:latest")}
DENIED = (
    'admission webhook "images.example.com" denied the request: image example.com/web:latest has '
    "no version of its own"
)
"""What an API server passes on of a webhook that says no; its code is 403, its reason Forbidden."""


async def test_a_denial_is_quoted_down_the_chain_until_it_is_lifted(stage: Stage) -> None:
    denial = Rule(
        methods=("POST", "PATCH", "PUT"),
        path="/deployments/",
        status=403,
        reason="Forbidden",
        message=DENIED,
    )
    stage.api.faults.set_rules(denial)
    await stage.push("acme/app", "1.0.0", BUNDLE)
    behind = kustomization("behind", dependsOn=[{"name": "app"}])
    await stage.apply(source(), kustomization(), behind)
    await stage.start()
    denied = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "ReconciliationFailed"
    )
    said = condition(denied, "Ready")["message"]
    assert DENIED in said and f"Deployment/{NS}/web" in said
    waits = await stage.until_condition(
        "Kustomization", "behind", "Ready", "False", "DependencyNotReady"
    )
    listed = [Resource.from_object("staging", one) for one in (denied, waits)]
    group = (listed[0].key.group, listed[0].key.kind)
    tables = {"staging": {group: {one.key: one for one in listed}}}
    seen = Snapshot(
        config=Config(environments=(Environment("staging", "staging"),)), resources=tables
    )
    board, _ = overview(seen)
    because = {node.key.name: node.because for node in board.chains["staging"]}
    assert DENIED in because["app"]
    assert because["behind"].startswith("blocked by app: ReconciliationFailed: ")
    assert DENIED in because["behind"]
    stage.api.faults.clear()
    await stage.push("acme/app", "1.1.0", {"web.yaml": deployment("web", "example.com/web:v2")})
    await stage.request("OCIRepository", "app", "now")
    await stage.until("Deployment", "web", lambda found: found is not None)
