"""ResourceSet: applies what its templates make of its inputs (docs/flux.md#operator)."""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.kinds import fluxoperator as operator
from fluxtui.domain.kinds.kind import SHAPE, Kind, KindColumn
from fluxtui.domain.kinds.reading import dependencies, inventory, mappings_at, reference
from fluxtui.domain.resource import Key, Resource


def needs(resource: Resource) -> tuple[Key, ...]:
    """The providers of inputs that it names; those that a selector finds are left out."""
    entries = mappings_at(resource.spec, "inputsFrom")
    keys = (reference(resource, e, operator.GROUP, "ResourceSetInputProvider") for e in entries)
    return tuple(key for key in keys if key is not None)


def _objects(resource: Resource) -> str:
    return str(len(inventory(resource)))


KIND = Kind(
    operator.GROUP,
    "v1",
    "ResourceSet",
    "resourcesets",
    "rset",
    applier=operator.applier(lambda resource: dependencies(resource, "", "")),
    shape={**SHAPE, "spec.dependsOn": list, "status.inventory": Mapping, "status.history": list},
    suspends=operator.SUSPENDS,
    stopped=("what it made stays as it is; new inputs are not taken",),
    needs=needs,
    columns=(KindColumn("OBJECTS", _objects),),
    owner="resourceset.fluxcd.controlplane.io",
)
