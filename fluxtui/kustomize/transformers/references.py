"""Fixing references: whoever names an object that was renamed names it anew.

Runs once, at the end, over all objects. Fields that hold names are data (`Config.references`).
Must not touch a name that no object of the build ever had.
Rule source: kustomize's name reference transformer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.config import References
from fluxtui.kustomize.fieldspec import FieldSpec, visit
from fluxtui.kustomize.ids import NO_NAMESPACE, Gvk, Id
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import is_null, is_scalar, retyped, text_of

Fields = list[tuple[Gvk, FieldSpec]]


class _Entry:
    """One object with its identities, computed once: names no longer change here."""

    __slots__ = ("id", "previous", "resource")

    def __init__(self, resource: BuildResource) -> None:
        self.resource = resource
        self.id = resource.id
        self.previous = resource.previous_ids()


def fix_references(resources: ResourceMap, references: References) -> None:
    """Rewrites every reference to a renamed object. BuildError when two could be meant."""
    entries = [_Entry(r) for r in resources]
    by_name: dict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        for name in {i.name for i in entry.previous}:
            by_name[name].append(entry)
    fields_of: dict[Gvk, Fields] = {}
    for entry in entries:
        first = entry.previous[0].gvk if entry.previous else entry.id.gvk
        if first not in fields_of:
            fields_of[first] = [
                (target, spec)
                for target, specs in references
                for spec in specs
                if first.selected_by(spec.gvk)
            ]
        if fields_of[first]:
            _Fixer(entry, by_name).fix(fields_of[first])


class _Fixer:
    """The references of one object."""

    def __init__(self, entry: _Entry, by_name: dict[str, list[_Entry]]) -> None:
        self.referrer = entry
        self.by_name = by_name
        self.outside = entry.id.space == NO_NAMESPACE
        self.spaces = _subject_namespaces(entry.resource)
        self.role = _role_of(entry.resource)

    def fix(self, fields: Fields) -> None:
        gvk = self.referrer.resource.gvk
        for target, spec in fields:
            field_spec = FieldSpec(gvk, spec.path, spec.create)
            visit(self.referrer.resource, field_spec, self._setter(target, spec.path))

    def _setter(self, target: Gvk, path: str) -> Callable[[Any, Any], None]:
        def put(container: Any, key: Any) -> None:
            value = container[key]
            if is_null(value):
                return
            if isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, list):
                        raise self._error("a list of names holds a list", path)
                    if not is_null(item):
                        self._one(value, index, target, path)
            else:
                self._one(container, key, target, path)

        return put

    def _error(self, message: str, path: str) -> BuildError:
        resource = self.referrer.resource
        return BuildError(f"{message} ({self.referrer.id})", file=resource.file, field=path)

    def _one(self, container: Any, key: Any, target: Gvk, path: str) -> None:
        value = container[key]
        if isinstance(value, dict):
            self._mapping(value, target, path)
        elif is_scalar(value) and text_of(value) in self.by_name:
            entry = self._choose(text_of(value), target, path, None, both=False)
            if entry is not None and entry.id.name != text_of(value):
                container[key] = retyped(value, entry.id.name)

    def _mapping(self, value: dict[str, Any], target: Gvk, path: str) -> None:
        if "name" not in value:
            raise self._error("there is no name in the mapping a reference leads to", path)
        old = text_of(value["name"])
        if old not in self.by_name:
            return
        space = text_of(value["namespace"]) if "namespace" in value else None
        entry = self._choose(old, target, path, space, both=True)
        if entry is None or (entry.id.name == old and not entry.id.namespace):
            return
        value["name"] = retyped(value["name"], entry.id.name)
        if entry.id.namespace:
            value["namespace"] = retyped(value.get("namespace"), entry.id.namespace)

    def _choose(
        self, name: str, target: Gvk, path: str, space: str | None, *, both: bool
    ) -> _Entry | None:
        """The object meant by a name, None when none is."""
        candidates = [e for e in self.by_name[name] if self._reachable(e)]
        if space is not None:
            candidates = self._in_space(candidates, space)
        candidates = [e for e in candidates if any(i.gvk.selected_by(target) for i in e.previous)]
        role = self.role
        if role is not None and path.endswith("roleRef/name"):
            candidates = [e for e in candidates if any(i.gvk.selected_by(role) for i in e.previous)]
        candidates = [e for e in candidates if self._same_space(e.id)]
        if len(candidates) == 1:
            return candidates[0]
        resource = self.referrer.resource
        candidates = [e for e in candidates if e.resource.same_context(resource, allow_empty=True)]
        if len(candidates) > 1:
            candidates = [
                e for e in candidates if e.resource.same_context(resource, allow_empty=False)
            ]
        if len(candidates) <= 1:
            return candidates[0] if candidates else None
        if len({(e.id.name, e.id.namespace if both else "") for e in candidates}) == 1:
            return candidates[0]
        names = ", ".join(str(e.id) for e in candidates)
        raise self._error(f"{name!r} may mean any of {names}", path)

    def _reachable(self, entry: _Entry) -> bool:
        """Whether the referrer may name it: same namespace, outside of any, or a subject's."""
        if self.outside or entry.id.space in (NO_NAMESPACE, self.referrer.id.space):
            return True
        return entry.id.namespace in self.spaces

    def _in_space(self, entries: list[_Entry], space: str) -> list[_Entry]:
        if space == NO_NAMESPACE:
            return []
        first = [e for e in entries if (e.previous or [e.id])[0].space == space]
        if first or self._anyone_from(space):
            return first
        return [e for e in entries if e.id.space == space]

    def _anyone_from(self, space: str) -> bool:
        """Whether any object that may be named came from the namespace."""
        return any(
            self._reachable(e) and (e.previous or [e.id])[0].space == space
            for entries in self.by_name.values()
            for e in entries
        )

    def _same_space(self, identity: Id) -> bool:
        if self.outside or identity.space in (NO_NAMESPACE, self.referrer.id.space):
            return True
        return identity.gvk.kind == "ServiceAccount"


def _subject_namespaces(resource: BuildResource) -> set[str]:
    """Namespaces of the service accounts that a RoleBinding names."""
    if resource.gvk.kind != "RoleBinding":
        return set()
    subjects = resource.obj.get("subjects")
    if not isinstance(subjects, list):
        return set()
    result: set[str] = set()
    for subject in subjects:
        if not isinstance(subject, dict) or not isinstance(subject.get("kind", ""), str):
            raise BuildError(
                f"a subject is no mapping with a kind ({resource.id})",
                file=resource.file,
                field="subjects",
            )
        if "namespace" not in subject or subject.get("kind") != "ServiceAccount":
            continue
        if not isinstance(subject["namespace"], str):
            raise BuildError(
                f"the namespace of a subject is blank ({resource.id})",
                file=resource.file,
                field="subjects",
            )
        result.add(subject["namespace"])
    return result


def _role_of(resource: BuildResource) -> Gvk | None:
    role = resource.obj.get("roleRef")
    if not isinstance(role, dict) or "apiGroup" not in role or "kind" not in role:
        return None
    return Gvk(text_of(role["apiGroup"]), "", text_of(role["kind"]))
