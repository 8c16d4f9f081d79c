"""`replacements:`: one field's value copied into other fields.

Must not create fields unless told so; a target field that is missing is an error.
Rule source: kustomize's replacement filter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fluxtui.domain.counts import counted
from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.derived import secret_label, taint
from fluxtui.kustomize.fieldpath import NOTHING, Spot, get, smart_split, spots
from fluxtui.kustomize.ids import Gvk, Id
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import (
    Quoted,
    copied,
    is_empty,
    is_null,
    is_scalar,
    put,
    resolve,
    text_of,
)
from fluxtui.kustomize.selectors import ObjectSelector
from fluxtui.kustomize.transformers.embedded import write_inside


@dataclass(frozen=True, slots=True)
class ReplacementOptions:
    """How a field is cut (`delimiter`, `index`) and whether a missing one is made."""

    delimiter: str = ""
    index: int = 0
    create: bool = False


@dataclass(frozen=True, slots=True)
class ReplacementSource:
    """The object and field to read."""

    gvk: Gvk
    name: str
    namespace: str
    path: str
    options: ReplacementOptions = ReplacementOptions()


@dataclass(frozen=True, slots=True)
class ReplacementTarget:
    """The objects and fields to write."""

    select: ObjectSelector
    reject: tuple[ObjectSelector, ...] = ()
    paths: tuple[str, ...] = ()
    options: ReplacementOptions = ReplacementOptions()


@dataclass(frozen=True, slots=True)
class Replacement:
    """A source (or a literal `value`) and its targets."""

    source: ReplacementSource | None
    value: str | None
    targets: tuple[ReplacementTarget, ...]


def replace_fields(resources: ResourceMap, replacements: Sequence[Replacement]) -> None:
    """Applies each replacement in order. BuildError when a source or target field is missing."""
    for replacement in replacements:
        value, label = _read(resources, replacement)
        for target in replacement.targets:
            _write(resources, target, value, label)


def _read(resources: ResourceMap, replacement: Replacement) -> tuple[Any, str]:
    """(the value to copy, what to call it when it is secret)."""
    if replacement.value is not None:
        return resolve(replacement.value), ""
    source = replacement.source
    if source is None:
        raise BuildError("a replacement needs a source", field="source")
    resource = _source_object(resources, source)
    value = get(resource.obj, smart_split(source.path))
    if value is NOTHING or is_empty(value):
        raise BuildError(f"{resource.id} has no {source.path}", field="source.fieldPath")
    return _cut(value, source.options), secret_label(resource, source.path, value)


def _cut(value: Any, options: ReplacementOptions) -> Any:
    if not options.delimiter:
        return copied(value)
    if not is_scalar(value):
        raise BuildError("only a scalar can be cut", field="source.options.delimiter")
    parts = text_of(value).split(options.delimiter)
    if not 0 <= options.index < len(parts):
        raise BuildError(f"there is no part {options.index}", field="source.options.index")
    part = parts[options.index]
    if isinstance(value, str):
        return type(value)(part) if isinstance(value, Quoted) else part
    return resolve(part)


def _source_object(resources: ResourceMap, source: ReplacementSource) -> BuildResource:
    matches = [
        r for r in resources if not r.is_empty() and any(_selects(source, i) for i in r.ids())
    ]
    if len(matches) == 1:
        return matches[0]
    label = f"{source.gvk.kind} {source.name}".strip()
    subject = f"{counted(len(matches), 'object', 'is')}" if matches else "nothing is"
    raise BuildError(f"{subject} selected by {label or 'the source'}", field="source")


def _selects(source: ReplacementSource, identity: Id) -> bool:
    if source.name and source.name != identity.name:
        return False
    if source.namespace and source.namespace not in (identity.space, identity.namespace):
        return False
    return identity.gvk.selected_by(source.gvk)


def _write(resources: ResourceMap, target: ReplacementTarget, value: Any, label: str) -> None:
    for selector in (target.select, *target.reject):
        selector.check()
    for resource in resources:
        if resource.is_empty() or not target.select.matches_texts(resource):
            continue
        if any((r.labels or r.annotations) and r.matches_texts(resource) for r in target.reject):
            continue
        ids = resource.ids()
        if any(not r.no_id and any(r.matches_id(i) for i in ids) for r in target.reject):
            continue
        if any(target.select.matches_id(i) for i in ids):
            taint(resource, value, label)
            for path in target.paths or ("metadata.name",):
                _write_path(resource, path, value, target.options)


def _write_path(
    resource: BuildResource, path: str, value: Any, options: ReplacementOptions
) -> None:
    create = ""
    if options.create:
        create = "mapping" if isinstance(value, dict) else "list"
        create = "scalar" if is_scalar(value) or is_null(value) else create
    parts = smart_split(path)
    try:
        if write_inside(
            resource.obj, parts, value, create, lambda spot, inner: set_spot(spot, inner, options)
        ):
            return
        places = spots({"": resource.obj}, "", parts, create)
    except BuildError as problem:
        message = f"cannot reach {path} in {resource.id}: {problem.what}"
        raise BuildError(message, file=resource.file, field=path) from problem
    if not places:
        raise BuildError(f"{resource.id} has no field {path}", file=resource.file, field=path)
    for spot in places:
        set_spot(spot, value, options, resource.obj)


def set_spot(spot: Spot, value: Any, options: ReplacementOptions, root: Any = None) -> None:
    """Writes one field: a scalar keeps its type as far as the text allows."""
    container, key = spot
    old = container[key]
    if options.delimiter:
        if not is_scalar(old):
            raise BuildError("only a scalar can be cut", field=str(key))
        parts = text_of(old).split(options.delimiter)
        text = text_of(value)
        if options.index < 0:
            parts.insert(0, text)
        elif options.index >= len(parts):
            parts.append(text)
        else:
            parts[options.index] = text
        value = options.delimiter.join(parts)
    if is_scalar(old):  # of a mapping or list the text is empty, as kustomize has it
        put(root or {}, container, key, _kept_type(old, text_of(value)))
    else:
        container[key] = copied(value)


def _kept_type(old: Any, text: str) -> Any:
    """Text put into a scalar that keeps its tag: a string stays one, a number becomes what fits."""
    if old == "" and type(old) is str:
        return resolve(text) if text else ""
    if isinstance(old, str):
        return type(old)(text) if isinstance(old, Quoted) else text
    new = resolve(text)
    return new if type(new) is type(old) or not isinstance(new, str) else text
