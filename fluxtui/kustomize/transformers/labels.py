"""`labels:`, `commonLabels:`, `commonAnnotations:`: entries written wherever field specs say.

Must not invent selectors: whether a missing mapping is made is the field spec's word.
Rule source: kustomize's label and annotation filters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.fieldspec import MAPPING, FieldSpec, apply_specs
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.resource import bare_key
from fluxtui.kustomize.scalars import is_null, restyled


def set_entries(
    resources: ResourceMap, entries: Mapping[str, str], specs: Sequence[FieldSpec]
) -> None:
    """Sets each entry in every mapping that the specs lead to."""
    if not entries:
        return
    ordered = sorted(entries.items())

    def put(container: Any, key: Any) -> None:
        target = container[key]
        if is_null(target):
            return
        if not isinstance(target, dict):
            raise BuildError("labels and annotations must be a mapping", field=str(key))
        for name, value in ordered:
            key = name if name in target else bare_key(name)
            target[key] = restyled(target.get(name), value)

    for resource in resources:
        apply_specs(resource, specs, put, MAPPING)
