"""`namespace:`: moves every object that lives in a namespace, with kustomize's special cases.

v1 Namespace objects are renamed, subjects named `default` of role bindings follow, field specs name
the rest. Must not touch objects known to live outside namespaces.
Rule source: kustomize's namespace filter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.fieldspec import SCALAR, FieldSpec, apply_specs
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import is_null, is_scalar, restyled, text_of

SUBJECT_MODES: Final = ("defaultOnly", "allServiceAccounts", "none")


def set_namespace(
    resources: ResourceMap,
    namespace: str,
    specs: Sequence[FieldSpec],
    *,
    unset_only: bool = False,
    subjects: str = "defaultOnly",
) -> None:
    """Applies the namespace. Raises BuildError when two objects then have one identity."""
    if not namespace:
        return
    for resource in resources:
        if not resource.is_empty():
            resource.remember()
            move(resource, namespace, specs, unset_only=unset_only, subjects=subjects)
    identities: set[Any] = set()
    for resource in resources:
        key = resource.id.key
        if key in identities:
            raise BuildError(
                f"the namespace makes two objects {resource.id}",
                file=resource.file,
                field="namespace",
            )
        identities.add(key)


def move(
    resource: BuildResource,
    namespace: str,
    specs: Sequence[FieldSpec],
    *,
    unset_only: bool = False,
    subjects: str = "defaultOnly",
) -> None:
    """Applies the namespace to one object."""
    setter = _setter(namespace, unset_only, resource)
    gvk = resource.gvk
    if not resource.schema.is_cluster_scoped(gvk.api_version, gvk.kind):
        metadata = resource.metadata()
        metadata.setdefault("namespace", "")
        setter(metadata, "namespace")
    chosen_specs = [s for s in specs if s.path != "metadata/namespace"]
    if gvk.api_version != "v1":
        chosen_specs = [s for s in chosen_specs if s.path != "metadata/name"]
    if gvk.kind in ("RoleBinding", "ClusterRoleBinding"):
        chosen_specs = [
            s
            for s in chosen_specs
            if s.path != "subjects/namespace"
            or s.gvk.kind not in ("RoleBinding", "ClusterRoleBinding")
        ]
        _move_subjects(resource, setter, subjects)
    apply_specs(resource, chosen_specs, setter, SCALAR)


def _setter(
    namespace: str, unset_only: bool, resource: BuildResource
) -> Callable[[Any, Any], None]:
    def put(container: Any, key: Any) -> None:
        old = container[key]
        if not is_null(old) and not is_scalar(old):
            raise BuildError(
                f"namespace field specs must lead to scalars ({resource.id})",
                file=resource.file,
                field=str(key),
            )
        if unset_only and text_of(old):
            return
        container[key] = restyled(old, namespace)

    return put


def _move_subjects(resource: BuildResource, setter: Callable[[Any, Any], None], mode: str) -> None:
    subjects = resource.obj.get("subjects")
    if mode == "none" or is_null(subjects):
        return
    if not isinstance(subjects, list):
        raise BuildError(f"subjects of {resource.id} is not a list", file=resource.file)
    field, expected = ("name", "default") if mode == "defaultOnly" else ("kind", "ServiceAccount")
    for subject in subjects:
        if not isinstance(subject, dict):
            raise BuildError(f"a subject of {resource.id} is no mapping", file=resource.file)
        if text_of(subject.get(field)) == expected:
            subject.setdefault("namespace", "")
            setter(subject, "namespace")
