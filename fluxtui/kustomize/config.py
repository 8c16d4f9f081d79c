"""Where the transformers look: kustomize's defaults, extended by `configurations:` and `crds:`.

The defaults are data (`data/fieldspecs.json`). Nothing here reads objects.
Rule source: kustomize's transformer configuration and its merging.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.fieldspec import FieldSpec
from fluxtui.kustomize.ids import Gvk

Specs = tuple[FieldSpec, ...]
References = tuple[tuple[Gvk, Specs], ...]

ORDER_FIRST: Final = (
    "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount",
    "PodSecurityPolicy", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap",
    "Secret", "Endpoints", "Service", "LimitRange", "PriorityClass", "PersistentVolume",
    "PersistentVolumeClaim", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
)  # fmt: skip
ORDER_LAST: Final = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_RANK: Final = {
    **{kind: i - len(ORDER_FIRST) for i, kind in enumerate(ORDER_FIRST)},
    **{kind: i + 1 for i, kind in enumerate(ORDER_LAST)},
}


@dataclass(frozen=True, slots=True)
class TransformerConfig:
    """Field specs per transformer; `references`: (referred kind, fields that name it)."""

    prefix: Specs = ()
    suffix: Specs = ()
    namespace: Specs = ()
    common_labels: Specs = ()
    labels: Specs = ()
    template_labels: Specs = ()
    claim_labels: Specs = ()
    annotations: Specs = ()
    variables: Specs = ()
    images: Specs = ()
    replicas: Specs = ()
    references: References = ()

    def merged(self, extra: TransformerConfig) -> TransformerConfig:
        """Both, sorted as kustomize sorts. BuildError when they disagree on `create`."""
        if extra is self or not any(getattr(extra, f.name) for f in fields(extra)):
            return self
        changes: dict[str, Any] = {}
        for field in fields(self):
            base, addition = getattr(self, field.name), getattr(extra, field.name)
            if field.name == "references":
                changes[field.name] = _merge_references(base, addition)
            else:
                changes[field.name] = tuple(sorted(merge_specs(base, addition), key=_spec_rank))
        return replace(self, **changes)


def _spec_rank(spec: FieldSpec) -> tuple[int, str]:
    return _gvk_rank(spec.gvk)


def _gvk_rank(gvk: Gvk) -> tuple[int, str]:
    text = f"{gvk.group or '~G'}_{gvk.version or '~V'}_{gvk.kind or '~K'}"
    return _RANK.get(gvk.kind, 0), text


def merge_specs(base: Sequence[FieldSpec], additions: Iterable[FieldSpec]) -> Specs:
    """`base` and what `additions` add. BuildError when one side only creates a path."""
    result = list(base)
    for new in additions:
        match = next((s for s in result if s.path == new.path and s.gvk.selected_by(new.gvk)), None)
        if match is None:
            result.append(new)
        elif match.create != new.create:
            raise BuildError(f"conflicting field specs for {new.path}", field=new.path)
    return tuple(result)


def _merge_references(base: References, additions: References) -> References:
    result = dict(base)
    for gvk, specs in additions:
        result[gvk] = merge_specs(result[gvk], specs) if gvk in result else specs
    return tuple(sorted(result.items(), key=lambda item: _gvk_rank(item[0])))


_NAMES: Final = {
    "namePrefix": "prefix",
    "nameSuffix": "suffix",
    "namespace": "namespace",
    "commonLabels": "common_labels",
    "labels": "labels",
    "templateLabels": "template_labels",
    "volumeClaimTemplateLabels": "claim_labels",
    "commonAnnotations": "annotations",
    "varReference": "variables",
    "images": "images",
    "replicas": "replicas",
}


@cache
def default_config() -> TransformerConfig:
    """kustomize's own field specs."""
    text = Path(__file__).with_name("data").joinpath("fieldspecs.json").read_text("utf-8")
    data = json.loads(text)

    def spec(row: list[Any]) -> FieldSpec:
        return FieldSpec(Gvk(*row[:3]), row[3], bool(row[4]))

    values: dict[str, Any] = {
        name: tuple(sorted((spec(row) for row in data.get(key, ())), key=_spec_rank))
        for key, name in _NAMES.items()
    }
    references = [(Gvk(*gvk), tuple(map(spec, rows))) for gvk, rows in data["nameReference"]]
    values["references"] = tuple(sorted(references, key=lambda item: _gvk_rank(item[0])))
    return TransformerConfig(**values)


def read_specs(rows: Any, field: str) -> Specs:
    """Field specs written in YAML. BuildError when they are no list of mappings."""
    if rows is None:
        return ()
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BuildError("field specs are a list of mappings", field=field)
    return tuple(_spec(row, field) for row in rows)


def _spec(row: Mapping[str, Any], field: str) -> FieldSpec:
    texts = [row.get(name) or "" for name in ("group", "version", "kind", "path")]
    if not all(isinstance(text, str) for text in texts):
        raise BuildError("group, version, kind and path are strings", field=field)
    return FieldSpec(Gvk(*texts[:3]), texts[3], row.get("create") is True)


def read_config(data: Any) -> TransformerConfig:
    """A file of `configurations:`. BuildError for an unknown field."""
    if data is None:
        return TransformerConfig()
    if not isinstance(data, dict):
        raise BuildError("a transformer configuration is a mapping")
    names = {name.lower(): name for name in (*_NAMES, "nameReference")}
    values: dict[str, Any] = {}
    for key, rows in data.items():
        name = names.get(key.lower())
        if name is None:
            raise BuildError(f"unknown field {key!r}", field=key)
        if name != "nameReference":
            values[_NAMES[name]] = tuple(sorted(read_specs(rows, key), key=_spec_rank))
            continue
        if not isinstance(rows or [], list):
            raise BuildError("nameReference is a list", field=key)
        values["references"] = tuple(
            (_spec(row, key).gvk, read_specs(row.get("fieldSpecs"), f"{key}.fieldSpecs"))
            for row in rows or ()
            if isinstance(row, dict)
        )
    return TransformerConfig(**values)
