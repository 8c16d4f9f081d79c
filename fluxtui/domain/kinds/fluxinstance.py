"""FluxInstance: Flux itself, as the Flux Operator installs it (docs/flux.md#operator)."""

from __future__ import annotations

from fluxtui.domain.kinds import fluxoperator as operator
from fluxtui.domain.kinds.kind import Applier, Kind, KindColumn
from fluxtui.domain.kinds.reading import history, inventory, text_at

KIND = Kind(
    operator.GROUP,
    "v1",
    "FluxInstance",
    "fluxinstances",
    "fi",
    words=("instance",),
    applier=Applier(
        source=lambda _resource: None,
        depends_on=lambda _resource: (),
        inventory=inventory,
        history=history,
        applied=operator.applied,
        attempted=operator.attempted,
        running=operator.applied,
        before=lambda _resource: None,
        failing_since=operator.failing_since,
        good=operator.GOOD,
        bad=operator.BAD,
        health=frozenset({"HealthCheckFailed"}),
    ),
    demands={"force": "reconcile.fluxcd.io/forceAt"},
    demanded={"force": "all of Flux's objects are moved to the newest versions of their APIs"},
    suspends=operator.SUSPENDS,
    stopped=("Flux runs on as it is; it is neither upgraded nor mended",),
    columns=(KindColumn("WISH", lambda r: text_at(r.spec, "distribution", "version")),),
)
