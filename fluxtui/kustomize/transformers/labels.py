"""`labels:`, `commonLabels:`, `commonAnnotations:`: entries written wherever field specs say.

Must not invent selectors: whether a missing mapping is made is the field spec's word.
Rule source: kustomize's label and annotation filters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.fieldspec import MAPPING, FieldSpec, apply_specs
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.resource import BuildResource, bare_key
from fluxtui.kustomize.scalars import Shared, is_null, put, restyled


def set_entries(
    resources: ResourceMap, entries: Mapping[str, str], specs: Sequence[FieldSpec]
) -> None:
    """Sets each entry in every mapping that the specs lead to."""
    if not entries:
        return
    ordered = sorted(entries.items())
    for resource in resources:
        apply_specs(resource, specs, _writer(resource, ordered), MAPPING)


def _writer(resource: BuildResource, entries: list[tuple[str, str]]) -> Callable[[Any, Any], None]:
    """Writes the entries into one mapping after the other of an object."""
    added = {name: Shared(value) for name, value in entries}

    def write(container: Any, key: Any) -> None:
        target = container[key]
        if is_null(target):
            return
        if not isinstance(target, dict):
            raise BuildError("labels and annotations must be a mapping", field=str(key))
        for name, value in entries:
            if name in target:
                if target[name] is added[name]:
                    continue  # two specs lead here: the entry stays shared with its other places
                put(resource.obj, target, name, restyled(target[name], value))
            else:
                target[bare_key(name)] = added[name]

    return write
