"""FluxInstance: Flux itself, as the Flux Operator installs it (docs/flux.md#operator)."""

from __future__ import annotations

from fluxtui.domain.kinds import fluxoperator as operator
from fluxtui.domain.kinds.kind import Kind, KindColumn
from fluxtui.domain.kinds.reading import text_at

KIND = Kind(
    operator.GROUP,
    "v1",
    "FluxInstance",
    "fluxinstances",
    "fi",
    words=("instance",),
    applier=operator.applier(),
    demands={"force": "reconcile.fluxcd.io/forceAt"},
    demanded={"force": "all of Flux's objects are moved to the newest versions of their APIs"},
    suspends=operator.SUSPENDS,
    stopped=("Flux runs on as it is; it is neither upgraded nor mended",),
    columns=(KindColumn("WISH", lambda r: text_at(r.spec, "distribution", "version")),),
)
