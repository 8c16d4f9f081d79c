"""FluxReport: what the Flux Operator sees of Flux, held in its spec (docs/flux.md#operator)."""

from __future__ import annotations

from fluxtui.domain.kinds import fluxoperator as operator
from fluxtui.domain.kinds.kind import Kind, KindColumn
from fluxtui.domain.kinds.reading import mappings_at, text_at
from fluxtui.domain.resource import Resource


def _unready(resource: Resource) -> str:
    """Controllers that are not ready, by name."""
    components = mappings_at(resource.spec, "components")
    return ", ".join(text_at(c, "name") for c in components if c.get("ready") is False)


KIND = Kind(
    operator.GROUP,
    "v1",
    "FluxReport",
    "fluxreports",
    "fr",
    words=("report",),
    suspends=operator.SUSPENDS,
    stopped=("what it says of Flux stays as it is, and grows old",),
    revision=lambda resource: text_at(resource.spec, "distribution", "version"),
    columns=(KindColumn("NOT READY", _unready),),
    has_events=False,
)
