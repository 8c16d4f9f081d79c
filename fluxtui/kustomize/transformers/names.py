"""`namePrefix:` and `nameSuffix:`: renames objects and remembers by what.

CustomResourceDefinitions, APIServices and Namespaces keep their names. References are fixed later.
Rule source: kustomize's prefix and suffix transformers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.fieldspec import SCALAR, FieldSpec, visit
from fluxtui.kustomize.ids import Gvk
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.scalars import is_null, is_scalar, retyped, text_of

_KEPT: Final = (
    Gvk("", "", "CustomResourceDefinition"),
    Gvk("apiregistration.k8s.io", "", "APIService"),
    Gvk("", "", "Namespace"),
)


def add_prefix(resources: ResourceMap, prefix: str, specs: Sequence[FieldSpec]) -> None:
    """Puts the prefix before every name that the specs lead to."""
    _rename(resources, prefix, "", specs)


def add_suffix(resources: ResourceMap, suffix: str, specs: Sequence[FieldSpec]) -> None:
    """Puts the suffix behind every name that the specs lead to."""
    _rename(resources, "", suffix, specs)


def _rename(resources: ResourceMap, prefix: str, suffix: str, specs: Sequence[FieldSpec]) -> None:
    def put(container: Any, key: Any) -> None:
        old = container[key]
        if not is_null(old) and not is_scalar(old):
            raise BuildError("a name must be a scalar", field=str(key))
        container[key] = retyped(old, f"{prefix}{text_of(old)}{suffix}")

    for resource in resources:
        gvk = resource.first_id.gvk
        if any(gvk.selected_by(exempt) for exempt in _KEPT):
            continue
        for spec in specs:
            if not gvk.selected_by(spec.gvk):
                continue
            if spec.path == "metadata/name":
                if prefix:
                    resource.prefixes.append(prefix)
                if suffix:
                    resource.suffixes.append(suffix)
                if prefix or suffix:
                    resource.remember()
            if resource.gvk.selected_by(spec.gvk):
                visit(resource, spec, put, SCALAR)
