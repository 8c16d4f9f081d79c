"""`vars:`: $(NAME) in known fields becomes the value of a field of an object.

The old way of what replacements do. Runs after references are fixed. Must not touch a $(NAME) it
does not know: a container's own environment uses the same form.
Rule source: kustomize's refvar filter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.config import Specs
from fluxtui.kustomize.derived import secret_label, taint
from fluxtui.kustomize.fieldpath import lookup
from fluxtui.kustomize.fieldspec import apply_specs
from fluxtui.kustomize.ids import Gvk, Id, effective
from fluxtui.kustomize.numbers import float_text
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.scalars import is_null, plain
from fluxtui.kustomize.schema import Schema


@dataclass(frozen=True, slots=True)
class Var:
    """A name, the object it reads and the field path in it."""

    name: str
    gvk: Gvk
    object_name: str
    namespace: str
    path: str
    file: str = field(default="", compare=False)


def mark(resources: ResourceMap, variables: list[Var], schema: Schema) -> None:
    """Notes on each object which variables read it. BuildError when one may mean two objects."""
    for variable in variables:
        objects = resources.matching(_matcher(variable, schema))
        if len(objects) > 1:
            raise BuildError(
                f"variable {variable.name} may mean {len(objects)} objects", field="vars"
            )
        if objects:
            objects[0].variables.append(variable.name)


def _matcher(variable: Var, schema: Schema) -> Callable[[Id], bool]:
    gvk, name = variable.gvk, variable.object_name
    outside = schema.is_cluster_scoped(gvk.api_version, gvk.kind)
    if not variable.namespace and not outside:
        return lambda i: i.gvk == gvk and i.name == name
    identity = Id(gvk, name, variable.namespace, effective(variable.namespace, outside))
    return identity.same


def resolve_variables(resources: ResourceMap, variables: list[Var], specs: Specs) -> None:
    """Replaces the variables. BuildError when one has no object or no field."""
    if not variables:
        return
    values = {v.name: _value_of(resources, v) for v in variables}
    _taint(resources, variables, values)

    def put(container: Any, key: Any) -> None:
        value = container[key]
        if isinstance(value, dict):
            for name, item in value.items():
                if isinstance(item, str):
                    value[name] = expand(item, values)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if not isinstance(item, str):
                    raise BuildError("a list that variables may be in holds more than strings")
                value[index] = expand(item, values)
        elif isinstance(value, str):
            container[key] = expand(value, values)

    for resource in resources:
        apply_specs(resource, specs, put)


def _taint(resources: ResourceMap, variables: list[Var], values: Mapping[str, Any]) -> None:
    """Notes where a variable will put a Secret's value."""
    for variable in variables:
        value = values[variable.name]
        holder = next(r for r in resources if variable.name in r.variables)
        if label := secret_label(holder, variable.path, value):
            for resource in resources:
                if f"$({variable.name})" in str(resource.obj):
                    taint(resource, value, label)


def _value_of(resources: ResourceMap, variable: Var) -> Any:
    for resource in resources:
        if variable.name in resource.variables:
            value = lookup(resource.obj, variable.path)
            if value is None or is_null(value):
                raise BuildError(
                    f"variable {variable.name}: {resource.id} has no {variable.path}",
                    file=variable.file,
                    field="vars",
                )
            return plain(value)
    message = f"variable {variable.name} names an object that is not there"
    raise BuildError(message, file=variable.file, field="vars")


def expand(text: str, values: Mapping[str, Any]) -> Any:
    """The text with variables put in; a text that is one variable takes the value's type."""
    parts: list[str] = []
    at = 0
    while True:
        dollar = text.find("$", at)
        if dollar < 0 or dollar + 1 >= len(text):
            parts.append(text[at:])
            return "".join(parts)
        parts.append(text[at:dollar])
        following = text[dollar + 1]
        close = text.find(")", dollar + 2) if following == "(" else -1
        if following == "$":
            parts.append("$")
            at = dollar + 2
        elif close < 0:
            parts.append(f"${following}")
            at = dollar + 2
        else:
            name = text[dollar + 2 : close]
            value = values.get(name, f"$({name})")
            if isinstance(value, dict | list):
                value = f"$({name})"
            if text == f"$({name})":
                return value
            parts.append(_word(value))
            at = close + 1


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return float_text(value) if isinstance(value, float) else str(value)
