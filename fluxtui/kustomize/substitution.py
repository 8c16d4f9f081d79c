"""Post-build substitution of whole objects: to text, variables in, and back.

Each object is written as YAML and read again, so that an unquoted variable may become a number, as
in Flux. The grammar of variables is `domain/substitute.py`. Must not see objects that opted out.
Rules: docs/flux.md#substitution.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fluxtui.domain.errors import BuildError, SubstitutionError
from fluxtui.kustomize.positions import values_at
from fluxtui.kustomize.reader import load_values
from fluxtui.kustomize.scalars import all_as_json, has_large_number, plain
from fluxtui.kustomize.tracking import Origin, Path
from fluxtui.kustomize.variables import Variables
from fluxtui.kustomize.writer import dump_sorted

OPT_OUT: Final = "kustomize.toolkit.fluxcd.io/substitute"


def opted_out(obj: Mapping[str, Any]) -> bool:
    """Whether a label or annotation keeps variables out of the object."""
    metadata = obj.get("metadata") or {}
    return any(
        (metadata.get(field) or {}).get(OPT_OUT) == "disabled"
        for field in ("labels", "annotations")
    )


def substitute_object(
    obj: dict[str, Any],
    variables: Variables,
    notes: dict[Path, Origin] | None = None,
    *,
    strict: bool = True,
) -> dict[str, Any]:
    """The object with variables put in; the same object when nothing in it is a `$`.

    Flux takes every object through JSON for that, in which a number is a float64.

    `notes`, when it has any, gets the Origin of every value a variable went into. Raises
    SubstitutionError naming the object (an unset variable, a bad expression), and BuildError when
    the values break the YAML.
    """
    from fluxtui.domain.substitute import substitute_traced

    if not has_dollar(obj):
        return all_as_json(obj) if has_large_number(obj) else obj
    text = dump_sorted(obj)
    name = _name(obj)
    try:
        changed = substitute_traced(text, variables.values, strict=strict)
    except SubstitutionError as problem:
        raise SubstitutionError(
            f"post build failed for '{name}': envsubst error: "
            f"variable substitution failed: {problem.what}",
            where=problem.where,
            next=problem.next,
            variable=problem.variable,
        ) from problem
    if changed.cut:
        raise BuildError(
            f"post build failed for '{name}': yaml: invalid UTF-8",
            next="a substring ended inside a character; offsets and lengths are bytes",
        )
    if changed.text == text:
        return all_as_json(obj) if has_large_number(obj) else obj
    try:
        documents = load_values(changed.text, mode="kubectl")
    except BuildError as problem:
        raise BuildError(
            f"post build failed for '{name}': {problem.what}",
            next="a substituted value breaks the YAML; quote the variable",
        ) from problem
    result = all_as_json(plain(documents[0])) if documents else None
    if not isinstance(result, dict):
        raise BuildError(f"post build failed for '{name}': nothing is left of the object")
    if notes:
        spans = [(s.start, s.end, s.names) for s in changed.spans]
        for path, names in values_at(changed.text, spans).items():
            notes[path] = _origin(names, variables)
    return result


def _origin(names: tuple[str, ...], variables: Variables) -> Origin:
    """The Origin of a value that variables went into; one of a Secret marks it."""
    used = [n for n in names if n in variables.sources]
    secret = any(n in variables.secret for n in names)
    source = variables.sources.get(used[0], "") if used else ""
    return Origin(source, 0, used[0] if used else "", f"variable {', '.join(names)}", secret)


def has_dollar(value: Any) -> bool:
    """Whether any key or text holds a `$`."""
    if isinstance(value, str):
        return "$" in value
    if isinstance(value, dict):
        return any("$" in key or has_dollar(item) for key, item in value.items())
    if isinstance(value, list):
        return any(map(has_dollar, value))
    return False


def _name(obj: Mapping[str, Any]) -> str:
    metadata = obj.get("metadata") or {}
    return f"{obj.get('apiVersion')}/{obj.get('kind')}/{metadata.get('name')}"
