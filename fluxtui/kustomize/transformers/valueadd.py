"""The built-in ValueAddTransformer: one value written, or put into a path, in many objects.

It has no field in the kustomization file. Must not touch objects its targets do not select.
Rule source: kustomize's value add filter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.fieldspec import split_path
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.scalars import is_null, is_scalar, retyped, text_of
from fluxtui.kustomize.selectors import ObjectSelector
from fluxtui.kustomize.transformers.namespace import move


@dataclass(frozen=True, slots=True)
class ValueTarget:
    """Objects (all, without a selector), the field, and at which part of a path to insert."""

    selector: ObjectSelector | None
    path: str
    position: int = 0


def add_value(resources: ResourceMap, value: str, targets: Sequence[ValueTarget]) -> None:
    """Writes the value. BuildError when a field is no scalar."""
    for target in targets:
        selection = (
            resources.items if target.selector is None else target.selector.select(resources)
        )
        for resource in selection:
            if target.path == "metadata/namespace":
                move(resource, value, ())
            else:
                _write(resource.obj, value, target)


def _write(obj: dict[str, Any], value: str, target: ValueTarget) -> None:
    *parents, last = split_path(target.path)
    node: Any = obj
    for part in parents:
        if not isinstance(node, dict):
            raise BuildError(f"{part} needs a mapping", field=target.path)
        if is_null(node.get(part)):
            node[part] = {}
        node = node[part]
    old = node.get(last, "") if isinstance(node, dict) else {}
    if not is_scalar(old):
        raise BuildError("the field must be a scalar", field=target.path)
    text = inserted(text_of(old), target.position - 1, value) if target.position > 0 else value
    node[last] = retyped(old, text)


def inserted(path: str, position: int, part: str) -> str:
    """A path with a part put in at a position; before a leading slash nothing is put."""
    if position < 0:
        return path
    parts = path.split("/") if path else []
    leading = bool(parts) and not parts[0]
    parts = [p for p in parts if p]
    position = min(position, len(parts))
    parts.insert(position, part)
    return ("/" if leading else "") + "/".join(parts)
