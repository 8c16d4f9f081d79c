"""Which shape the fields have that fluxtui reads of a Flux object: what is not so is a finding.

An API with the right CRDs lets nothing else in; an older, aggregated or hand-made one may. The
rules cope with anything; this names it, so that a person sees why an object shows so little. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.snapshot import KindId

_WORDS = {Mapping: "a mapping", list: "a list", str: "text", bool: "true or false"}
_ANY: Mapping[str, type] = {
    "spec": Mapping,
    "status": Mapping,
    "spec.suspend": bool,
    "status.conditions": list,
}
_FIELDS: Mapping[KindId, Mapping[str, type]] = {
    kustomization.KIND.id: {
        **_ANY,
        "spec.path": str,
        "spec.sourceRef": Mapping,
        "spec.dependsOn": list,
        "spec.patches": list,
        "status.inventory": Mapping,
        "status.history": list,
    },
    ocirepository.KIND.id: {
        **_ANY,
        "spec.url": str,
        "spec.ref": Mapping,
        "status.artifact": Mapping,
    },
}
_NEEDED: Mapping[KindId, tuple[str, ...]] = {
    kustomization.KIND.id: ("spec.sourceRef",),
    ocirepository.KIND.id: ("spec.url",),
}


def misshapen(kind: KindId, obj: Mapping[str, Any]) -> str:
    """What is wrong with the object's shape, "" when nothing that we read is."""
    for path, wanted in _FIELDS.get(kind, {"spec": Mapping, "status": Mapping}).items():
        value = _at(obj, path)
        if value is not None and not isinstance(value, wanted):
            return f"{path} is {_word(value)}, not {_WORDS[wanted]}"
    for path in _NEEDED.get(kind, ()):
        if not _at(obj, path):
            return f"{path} is missing"
    if kind == ocirepository.KIND.id and not str(_at(obj, "spec.url")).startswith("oci://"):
        return "spec.url does not begin with oci://"
    return ""


def _at(obj: Mapping[str, Any], path: str) -> Any:
    value: Any = obj
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _word(value: object) -> str:
    for type_, word in _WORDS.items():
        if isinstance(value, type_):
            return word
    return f"the number {value}" if isinstance(value, int | float) else type(value).__name__
