"""The hash that generated ConfigMaps and Secrets carry in their names.

The same bytes as kustomize hashes: Go's JSON of kind and data (its `name` stays empty there, by an
old mistake that every hash depends on), sha256, ten characters of a changed alphabet. Must not
look at anything else of the object.
Rule source: kustomize's hasher.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from fluxtui.kustomize.folding import unfolded
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import copied, is_null, is_scalar, plain, text_of

_LETTERS = str.maketrans({"0": "g", "1": "h", "3": "k", "a": "m", "e": "t"})
_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def go_json(value: Any) -> str:
    """Compact JSON as Go's encoder writes it: sorted keys, `<`, `>` and `&` escaped."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for char, escape in _ESCAPES.items():
        text = text.replace(char, escape)
    return text


def name_hash(resource: BuildResource) -> str:
    """Ten characters that change with the content."""
    obj = resource.obj
    kind = resource.gvk.kind
    if kind == "ConfigMap":
        content = {"kind": kind, "name": "", "data": _part(obj, "data")}
        extra = "binaryData"
    elif kind == "Secret":
        content = {
            "kind": kind,
            "type": _part(obj, "type"),
            "name": "",
            "data": _part(obj, "data"),
        }
        extra = "stringData"
    else:
        content, extra = _written(obj), ""
    if extra and isinstance(obj.get(extra), dict):
        content[extra] = _written(obj[extra])
    digest = hashlib.sha256(go_json(content).encode()).hexdigest()
    return digest[:10].translate(_LETTERS)


def _part(obj: dict[str, Any], field: str) -> Any:
    value = obj.get(field)
    if is_null(value):
        return ""
    return text_of(value) if is_scalar(value) else _written(value)


def _written(value: Any) -> Any:
    """A value as it is once it has been written: folded blocks count as what is read back."""
    return plain(unfolded(copied(value)))


def add_hashes(resources: list[BuildResource]) -> None:
    """Renames the generated objects that want a hash."""
    for resource in resources:
        if resource.hashed:
            suffix = name_hash(resource)
            resource.remember()
            resource.set_name(f"{resource.name}-{suffix}")
