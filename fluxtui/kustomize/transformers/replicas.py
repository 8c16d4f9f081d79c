"""`replicas:`: the number of replicas of the object with a name.

A name that no object of the known kinds has is an error. Must not create other fields.
Rule source: kustomize's replica count transformer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.fieldspec import SCALAR, FieldSpec, visit
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.scalars import is_null, is_scalar, restyled


def set_replicas(resources: ResourceMap, name: str, count: int, specs: Sequence[FieldSpec]) -> None:
    """Sets the count in every object that has or had the name. BuildError when there is none."""

    def put(container: Any, key: Any) -> None:
        old = container[key]
        if not is_null(old) and not is_scalar(old):
            raise BuildError("a replica count must be a scalar", field=str(key))
        container[key] = restyled(old, count) if old != "" else count

    matched = False
    for spec in specs:
        for resource in resources.matching(
            lambda i, spec=spec: i.name == name and i.gvk.selected_by(spec.gvk)  # type: ignore[misc]
        ):
            matched = True
            if resource.gvk.selected_by(spec.gvk):
                visit(resource, spec, put, SCALAR)
    if not matched:
        kinds = ", ".join(s.gvk.kind for s in specs)
        raise BuildError(f"no object called {name} is of a kind with replicas ({kinds})")
