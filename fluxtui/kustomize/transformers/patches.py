"""`patches:` and its two forerunners: which object a patch is for, and laying it over that object.

A strategic merge patch without target must match exactly one object by its identity, old or new;
with a target it goes to all that match, and its own name does not count. Must not change the
identity of an object unless the patch was allowed to.
Rule source: kustomize's patch transformers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kit.jsonpatch import Operation
from fluxtui.kustomize.jsonpatch import apply_json_patch, parse_json_patch
from fluxtui.kustomize.loader import objects_of
from fluxtui.kustomize.merge import strategic_merge
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import (
    Bare,
    as_json,
    copied,
    is_empty,
    is_null,
    plain,
    resolve,
    restyled,
    text_of,
)
from fluxtui.kustomize.schema import Schema
from fluxtui.kustomize.selectors import ObjectSelector


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch entry, parsed: either merges or operations. `where` names its field.

    `legacy`: of patchesStrategicMerge, whose labels are read as those of a patch with a target.
    """

    merges: tuple[BuildResource, ...] = ()
    operations: tuple[Operation, ...] = ()
    target: ObjectSelector | None = None
    allow_name: bool = False
    allow_kind: bool = False
    file: str = ""
    where: str = "patches"
    legacy: bool = False


def parse_patch(text: str, schema: Schema, file: str, where: str) -> Patch:
    """A patch that is strategic merge or JSON 6902, whichever its text is.

    Raises BuildError when it is neither, or both.
    """
    problems: list[BuildError] = []
    merges: list[BuildResource] = []
    operations: list[Operation] = []
    try:
        merges = objects_of(text, file, schema)
    except BuildError as problem:
        problems.append(problem)
    try:
        operations = parse_json_patch(text, file)
    except BuildError as problem:
        problems.append(problem)
    if merges and operations:
        raise BuildError("the patch is both a merge and a JSON patch", file=file, field=where)
    if len(problems) == 2:
        fault = problems[1 if text.lstrip().startswith(("-", "[")) else 0]
        raise BuildError(
            f"neither a strategic merge nor a JSON patch: {fault.what}",
            file=file,
            field=where,
            line=fault.line,
        )
    return Patch(tuple(merges), tuple(operations), file=file, where=where)


def apply_patch(resources: ResourceMap, patch: Patch) -> int:
    """Applies one entry and returns how many objects it hit.

    Raises BuildError naming the patch: no target for operations or merges, or a failing operation.
    """
    try:
        if patch.operations:
            return _apply_operations(resources, patch)
        return _apply_merges(resources, patch)
    except BuildError as problem:
        inner = f" at {problem.field}" if problem.field and problem.field != patch.where else ""
        raise BuildError(
            f"{problem.what}{inner}",
            file=patch.file or problem.file,
            field=patch.where,
            line=problem.line,
            next=problem.next,
        ) from problem


def _apply_operations(resources: ResourceMap, patch: Patch) -> int:
    if patch.target is None:
        raise BuildError("a JSON patch needs a target")
    selected = patch.target.select(resources)
    for resource in selected:
        resource.remember()
        # kustomize keeps notes of its own in the annotations, so that there always are some.
        if is_null((metadata := resource.metadata()).get("annotations")):
            metadata["annotations"] = {}
        _as_json(metadata["annotations"])
        resource.obj = apply_json_patch(resource.obj, list(patch.operations))
        _must_be_object(resource)
        if resource.metadata().get("annotations") == {}:
            del resource.metadata()["annotations"]
    return len(selected)


def _as_json(annotations: Any) -> None:
    """Annotations without quotes as what they read as: `0x10` is 16 for a list of operations."""
    for key, value in annotations.items() if isinstance(annotations, dict) else ():
        if type(value) is Bare:
            annotations[key] = text_of(as_json(plain(resolve(value))))


def _must_be_object(resource: BuildResource) -> None:
    metadata = resource.obj.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise BuildError("the patch leaves metadata that is no mapping")


def _apply_merges(resources: ResourceMap, patch: Patch) -> int:
    if patch.target is not None:
        if len(patch.merges) > 1:
            raise BuildError("a patch with a target may hold one document only")
        if not patch.merges:
            return 0  # nothing is selected, so that nobody looks at the target
        selected = patch.target.select(resources)
        for resource in selected:
            merge_into(resource, patch.merges[0].obj, patch)
        return len(selected)
    for merge in patch.merges:
        target = resources.the_one(merge.first_id, "strategic merge patch", patch.file)
        merge_into(target, merge.obj, patch)
    return len(patch.merges)


def _write_texts(overlay: BuildResource) -> None:
    """Labels and annotations of such a patch as text: a null there deletes nothing."""
    for name in ("labels", "annotations"):
        if not is_empty(value := overlay.metadata().get(name)) and not isinstance(value, dict):
            raise BuildError(f"{name} of the patch are no mapping", field=f"metadata.{name}")
        overlay.set_texts(name, overlay.texts(name))


def merge_into(resource: BuildResource, obj: dict[str, Any], patch: Patch) -> None:
    """Lays one document over one object; name, namespace and kind are put back afterwards."""
    old = resource.obj
    metadata = old.get("metadata")
    names = dict(metadata) if isinstance(metadata, dict) else {}
    kind = old.get("kind")
    if patch.allow_name or patch.allow_kind:
        resource.remember()
    overlay = copied(obj)
    if patch.target is not None:
        overlay["apiVersion"] = old.get("apiVersion")
    if patch.target is not None or patch.legacy:
        _write_texts(BuildResource(overlay, resource.schema, patch.file))
    elif is_null(overlay.get("metadata", {}).get("annotations", "")):
        resource.forget()
    merged = strategic_merge(old, overlay, resource.schema)
    if not merged:
        resource.dead = True
        return
    resource.obj = merged
    if not patch.allow_kind:
        merged["kind"] = kind
    metadata = resource.metadata()
    if not patch.allow_name:
        metadata["name"] = restyled(metadata.get("name"), names.get("name"))
    if names.get("namespace"):
        metadata["namespace"] = names["namespace"]
    else:
        metadata.pop("namespace", None)
