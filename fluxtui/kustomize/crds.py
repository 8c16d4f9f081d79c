"""`crds:`: field specs from OpenAPI definitions of custom resources.

Extensions such as `x-kubernetes-object-ref-kind` say which fields name other objects. Must not read
CustomResourceDefinition objects: the file is a map of Go type names to schemas.
Rule source: kustomize's CRD configuration loader.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.config import TransformerConfig
from fluxtui.kustomize.fieldspec import FieldSpec
from fluxtui.kustomize.ids import Gvk

_DEEPEST = 50


def config_from_crds(data: Any) -> TransformerConfig:
    """Field specs of all types in the file. BuildError when it is no mapping."""
    if not isinstance(data, dict):
        raise BuildError("a file of crds is a mapping of type names to schemas")
    config = TransformerConfig()
    for name in sorted(data):
        properties = _properties(data, name)
        if {"kind", "apiVersion", "metadata"} <= properties.keys():
            kind = name.rpartition(".")[2]
            config = config.merged(_config_of(data, name, Gvk("", "", kind), ()))
    return config


def _properties(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    entry = data.get(name)
    schema = entry.get("Schema") or entry.get("schema") if isinstance(entry, dict) else None
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return {}
    return {key: value for key, value in properties.items() if isinstance(value, dict)}


def _config_of(
    data: Mapping[str, Any], name: str, gvk: Gvk, path: tuple[str, ...]
) -> TransformerConfig:
    if len(path) > _DEEPEST:
        raise BuildError("types of the crds refer to each other without end", field=name)
    config = TransformerConfig()
    for key, prop in _properties(data, name).items():
        place = (*path, key)
        specs = (FieldSpec(gvk, "/".join(place)),)
        if isinstance(prop.get("x-kubernetes-annotation"), str):
            config = config.merged(TransformerConfig(annotations=specs))
        if isinstance(prop.get("x-kubernetes-label-selector"), str):
            config = config.merged(TransformerConfig(common_labels=specs))
        if isinstance(prop.get("x-kubernetes-identity"), str):
            config = config.merged(TransformerConfig(prefix=specs))
        version = prop.get("x-kubernetes-object-ref-api-version")
        kind = prop.get("x-kubernetes-object-ref-kind")
        if isinstance(version, str) and isinstance(kind, str):
            name_key = prop.get("x-kubernetes-object-ref-name-key") or "name"
            spec = FieldSpec(gvk, "/".join((*place, name_key)))
            config = config.merged(
                TransformerConfig(references=((Gvk("", version, kind), (spec,)),))
            )
        if isinstance(prop.get("$ref"), str):
            config = config.merged(_config_of(data, prop["$ref"], gvk, place))
    return config
