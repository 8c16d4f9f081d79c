"""ResourceSetInputProvider: inputs for ResourceSets, from a forge or a registry
(docs/flux.md#operator). What it exports is shown by its keys alone."""

from __future__ import annotations

from fluxtui.domain.kinds import fluxoperator as operator
from fluxtui.domain.kinds.kind import Kind, KindColumn
from fluxtui.domain.kinds.reading import mappings_at, text_at
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import short_digest


def _exports(resource: Resource) -> str:
    return str(sum(1 for _entry in mappings_at(resource.status, "exportedInputs")))


KIND = Kind(
    operator.GROUP,
    "v1",
    "ResourceSetInputProvider",
    "resourcesetinputproviders",
    "rsip",
    demands={"force": "reconcile.fluxcd.io/forceAt"},
    demanded={"force": "its inputs are read now, whatever its schedule says"},
    suspends=operator.SUSPENDS,
    stopped=("what it exported stays; ResourceSets go on with that",),
    revision=lambda resource: short_digest(text_at(resource.status, "lastExportedRevision")),
    columns=(
        KindColumn("TYPE", lambda resource: text_at(resource.spec, "type")),
        KindColumn("INPUTS", _exports),
    ),
)
