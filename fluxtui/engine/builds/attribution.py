"""Who made each change of a diff: the Origins of a build laid beside its FieldChanges. Pure.

Only what a person can act on is named: patches, transformers, variables, generators. A value that
simply stands so in its file has nobody to name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fluxtui.domain.objectdiff import FieldChange, ObjectChange

if TYPE_CHECKING:
    from fluxtui.kustomize import Build, Origin, Path


def attributed(change: ObjectChange, build: Build) -> ObjectChange:
    """The change with `by` filled in, of the object and of each field."""
    from fluxtui.kustomize import key_of

    if change.after is None:
        return dataclasses.replace(change, by=_dropper(change, build))
    key = key_of(change.after)
    notes = build.origins.get(key)
    if notes is None:
        return change
    if change.kind == "added":
        origin = notes.get(())
        return dataclasses.replace(change, by=_source(origin) if origin else "")
    removals = build.gone.get(key, {})
    fields = tuple(dataclasses.replace(f, by=_setter(f, notes, removals)) for f in change.fields)
    return dataclasses.replace(change, fields=fields)


def _setter(
    field: FieldChange, notes: Mapping[Path, Origin], removals: Mapping[str, Origin]
) -> str:
    from fluxtui.kustomize import origin_at

    if field.kind == "removed":
        remover = removals.get(field.path) or next(
            (o for path, o in removals.items() if field.path.startswith((f"{path}.", f"{path}["))),
            None,
        )
        return remover.by if remover else ""
    origin = origin_at(notes, field.at)
    if origin.by == "file" or (origin.by and not field.at):
        # Perhaps something inside of it was set: a mapping that a patch filled is no patch's own.
        inner = {o.by for path, o in notes.items() if path[: len(field.at)] == field.at}
        return ", ".join(sorted(inner - {"file"})) if field.at else ""
    return origin.by


def _source(origin: Origin) -> str:
    return f"file {origin.file}" if origin.by == "file" else origin.by


def _dropper(change: ObjectChange, build: Build) -> str:
    """Who removed an object: the step that dropped one of its kind whose name is part of its."""
    steps = {
        d.origin.by
        for d in build.dropped
        if d.kind == change.id.kind and d.name in (change.id.name, change.was or change.id.name)
    } or {
        d.origin.by for d in build.dropped if d.kind == change.id.kind and d.name in change.id.name
    }
    return steps.pop() if len(steps) == 1 else ""
