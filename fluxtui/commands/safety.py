"""Why an act makes no sense now: read-only places, tags nobody listed, and who would revert it.

For footers and reviews, so that a refusal comes before its questions; what may really run is judged
by the Engine, whatever was asked here. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.commands.command import Context
from fluxtui.domain.kinds import appliers, suspended
from fluxtui.domain.managers import MANAGER
from fluxtui.domain.marks import pin_inverse
from fluxtui.domain.resource import Key, Resource


def read_only_reason(context: Context, environments: Iterable[str]) -> str | None:
    """Why no write may go there, or None. An unknown Environment is protected, not read-only."""
    if context.config.read_only:
        return "fluxtui was started read-only"
    for name in environments:
        environment = context.config.environment(name)
        if environment is not None and environment.read_only:
            return f"{name} is read-only by the configuration"
    return None


def never_listed(context: Context, repository: str) -> bool:
    """Whether nobody knows its tags, not even as they once were: a version proposed from none, or
    called new, may be one that the registry has."""
    listed = context.snapshot.tags.get(repository)
    return listed is None or not (listed.tags or listed.listed_at)


def revert_warning(context: Context, resource: Resource, *paths: str) -> tuple[str, ...]:
    """Says so when the object's parent declares one of the fields, and when it puts that back
    (docs/flux.md#managers)."""
    declared = put_back(resource, paths)
    if not declared:
        return ()
    parent: Key | None = appliers.parent(resource)
    owner = parent.label if parent else "another Kustomization"
    fields = ", ".join(declared)
    applier = context.snapshot.get(parent) if parent else None
    if applier is not None and suspended(applier):
        return (f"{owner} declares {fields} and puts it back once it is resumed: it is suspended",)
    interval = appliers.interval(applier) if applier is not None else ""
    within = f", within {interval}" if interval else ""
    return (
        f"{owner} declares {fields} and puts it back at its next run{within}; "
        f"suspend {owner} to keep the change",
    )


def put_back(resource: Resource, paths: Iterable[str]) -> list[str]:
    """Those of the fields that the object's parent declares. What a pin has changed is the pin's
    until that parent runs: there its note of what stood before tells."""
    before = pin_inverse(resource)
    changed = before is not None and before.before and appliers.parent(resource) is not None
    taken = {
        path
        for edit in resource.edits
        if changed and edit.manager == MANAGER
        for path in edit.fields
    }
    return [path for path in paths if path in resource.declared or path in taken]


def range_warnings(
    context: Context, resource: Resource, fields: Iterable[str], hold: str, *, is_pinned: bool
) -> list[str]:
    """What keeps another range from acting: who puts it back, a pin, a suspension. `hold`: the
    field by which the object is pinned."""
    name = resource.key.label
    out = list(revert_warning(context, resource, *fields))
    parent = appliers.parent(resource)
    if out and parent is not None and hold not in resource.declared:
        out.append(
            f"for good it is edited where {parent.label} has it from; "
            "until then a pin holds a version: that field is not declared"
        )
    if is_pinned:
        out.append(f"{name} is pinned: the range acts when it is unpinned")
    if suspended(resource):
        out.append(f"{name} is suspended: the range acts when it is resumed")
    return out
