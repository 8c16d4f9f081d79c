"""Where a transformer writes: field paths per kind, walked through mappings and lists.

A path names mapping fields only; a list on the way means each of its elements (a field written
`name[]` must be a list and is never created). Nothing here decides what is written.
Rule source: kustomize's fieldspec filter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

from fluxtui.domain.errors import BuildError
from fluxtui.kit.records import NamedTuple
from fluxtui.kustomize.ids import Gvk
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import is_null

SCALAR: Final = "scalar"
MAPPING: Final = "mapping"

Setter = Callable[[Any, Any], None]


class FieldSpec(NamedTuple):
    """A path, for the kinds that the (partly empty) gvk selects; `create` makes missing fields."""

    gvk: Gvk
    path: str
    create: bool = False


@lru_cache(maxsize=2048)
def split_path(path: str, delimiter: str = "/") -> tuple[str, ...]:
    """Parts of a path; a backslash keeps the delimiter after it; a leading delimiter is ignored."""
    parts = path.split(delimiter)
    if len(parts) > 1 and not parts[0]:
        parts = parts[1:]
    result = [parts[0]]
    for part in parts[1:]:
        if result[-1].endswith("\\"):
            result[-1] = result[-1][:-1] + delimiter + part
        else:
            result.append(part)
    return tuple(result)


def apply_specs(
    resource: BuildResource, specs: Iterable[FieldSpec], setter: Setter, create_kind: str = ""
) -> None:
    """Calls `setter(container, key)` for each field that a spec for this kind leads to."""
    gvk = resource.gvk
    for spec in specs:
        if gvk.selected_by(spec.gvk):
            visit(resource, spec, setter, create_kind)


def visit(resource: BuildResource, spec: FieldSpec, setter: Setter, create_kind: str = "") -> None:
    """Walks one spec. Raises BuildError when the path leads through a scalar."""
    parts = split_path(spec.path)
    kind = create_kind if spec.create else ""
    _walk({"": resource.obj}, "", parts, kind, setter, resource, spec.path)


def _walk(
    box: Any,
    key: Any,
    parts: tuple[str, ...],
    kind: str,
    setter: Setter,
    resource: BuildResource,
    path: str,
) -> None:
    if not parts:
        setter(box, key)
        return
    node = box[key]
    if is_null(node):
        return
    if isinstance(node, list):
        for index in range(len(node)):
            _walk(node, index, parts, kind, setter, resource, path)
        return
    if not isinstance(node, dict):
        raise BuildError(
            f"expected a mapping or a list in {resource.id} on the way to {path}",
            file=resource.file,
            field=path,
        )
    part = parts[0]
    name = part.removesuffix("[]")
    if not name:
        raise BuildError("an empty field name cannot be set", file=resource.file, field=path)
    value = node.get(name)
    if is_null(value) and (name in node or (kind and name == part)):
        if name in node and not (kind and name == part):
            if name == part:
                if len(parts) == 1:
                    setter(node, name)
                return
            node[name] = []
        else:
            node[name] = "" if len(parts) == 1 and kind == SCALAR else {}
    elif name not in node:
        return
    _walk(node, name, parts[1:], kind, setter, resource, path)
