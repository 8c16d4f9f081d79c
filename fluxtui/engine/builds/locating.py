"""The worker's side of finding where fields are declared: builds a parent, and looks them up in it.

Runs in the worker process only. What is built is the parent's own, patches and all, so that a field
is named where it is really set. Values do not leave: a place is a file and a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxtui.domain.ask import RenderedObject, ValueOrigin
from fluxtui.domain.declared import Declaration, DeclaredField
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.inventory import ObjectId
from fluxtui.engine.builds.sides import BuildReview, files_of, render
from fluxtui.kustomize import patch_place

if TYPE_CHECKING:
    from fluxtui.kustomize import Files


def located(
    review: BuildReview, fields: tuple[DeclaredField, ...], where: str, remark: str
) -> tuple[Declaration, ...]:
    """One for each field; `where` names what was built."""
    try:
        objects = render(review, explain=True).objects
    except FluxtuiError as error:
        why = f"not found in {where}: it does not build: {error}"
        return tuple(Declaration(field, where, error=why) for field in fields)
    files = files_of(review)
    return tuple(_located(field, objects, files, where, remark) for field in fields)


def _located(
    field: DeclaredField,
    objects: tuple[RenderedObject, ...],
    files: Files,
    where: str,
    remark: str,
) -> Declaration:
    unknown = Declaration(field, where, error=f"not found in {where}")
    rendered = next((one for one in objects if _is(one, field)), None)
    if rendered is None:
        return unknown
    origin = _origin(field.path, rendered.origins)
    if origin is not None:
        by = "" if origin.by == "file" else origin.by
        file, line = patch_place(files, by, field.path)
        if file:  # the patch itself, and not the entry that names it
            return Declaration(field, where, file, line, by, remark)
        return Declaration(field, where, origin.file, origin.line, by, remark)
    first = min((o for o in rendered.origins if o.file and o.by == "file"), default=None, key=_line)
    if first is None:
        return unknown
    lacks = "the object stands there, without the field"
    more = f"{lacks}; {remark}" if remark else lacks
    return Declaration(field, where, first.file, first.line, remark=more)


def _line(origin: ValueOrigin) -> int:
    return origin.line


def _is(rendered: RenderedObject, field: DeclaredField) -> bool:
    """Whether a built object is the one that is meant; one that names no namespace may be."""
    id_, key = ObjectId.of(rendered.object), field.object
    return (id_.group, id_.kind, id_.name) == (key.group, key.kind, key.name) and (
        id_.namespace in ("", key.namespace)
    )


def _origin(path: str, origins: tuple[ValueOrigin, ...]) -> ValueOrigin | None:
    """That of the field, else of the first value under it."""
    exact = next((origin for origin in origins if origin.path == path), None)
    below = (o for o in origins if o.path.startswith((f"{path}.", f"{path}[")))
    return exact or next(below, None)
