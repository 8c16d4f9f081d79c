"""From kustomization fields to calls: each step of a build with its arguments read and named.

A BuildStep runs one transformer over the objects; the pipeline runs them in kustomize's order.
Written objects (`transformers:`, `generators:`) become the same. Nothing here decides the order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.config import Specs, read_specs
from fluxtui.kustomize.ids import Gvk, parse_api_version
from fluxtui.kustomize.kustfile import checked, pieces
from fluxtui.kustomize.loader import Loader, objects_of
from fluxtui.kustomize.reader import WIDE, load_values
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.scalars import plain
from fluxtui.kustomize.schema import Schema
from fluxtui.kustomize.selectors import ObjectSelector
from fluxtui.kustomize.transformers import patches, replacements
from fluxtui.kustomize.transformers.images import Image
from fluxtui.kustomize.transformers.variables import Var

Run = Callable[[ResourceMap], int | None]


@dataclass(frozen=True, slots=True)
class BuildStep:
    """One transformer ready to run. `by` names it for people, `builtin` for annotations.

    `run` returns how many objects it hit where that is worth knowing, else None.
    """

    by: str
    builtin: str
    run: Run
    file: str = ""
    field: str = ""
    plugin: Mapping[str, Any] | None = None


def selector(values: Mapping[str, Any] | None) -> ObjectSelector | None:
    """An ObjectSelector of the file's form."""
    if values is None:
        return None
    return ObjectSelector(
        group=values.get("group") or "",
        version=values.get("version") or "",
        kind=values.get("kind") or "",
        name=values.get("name") or "",
        namespace=values.get("namespace") or "",
        labels=values.get("labelSelector") or "",
        annotations=values.get("annotationSelector") or "",
    )


def specs_of(values: Any) -> Specs:
    """Field specs already checked by kustfile's shapes."""
    return read_specs(values, "fieldSpecs")


def image(values: Mapping[str, Any]) -> Image:
    return Image(
        name=values.get("name") or "",
        new_name=values.get("newName") or "",
        new_tag=values.get("newTag") or "",
        tag_suffix=values.get("tagSuffix") or "",
        digest=values.get("digest") or "",
    )


def patch_of(
    values: Mapping[str, Any], loader: Loader, schema: Schema, where: str, file: str
) -> patches.Patch:
    """A Patch of a `patches:` entry. BuildError when it has no patch, or two."""
    text, path = (values.get("patch") or "").strip(), values.get("path") or ""
    if bool(text) == bool(path):
        message = "only one of patch and path may be set" if text else "patch or path must be set"
        raise BuildError(message, file=file, field=where)
    if path:
        file = loader.at(path)
        text = _decoded(loader.read(path, where), file)
    parsed = patches.parse_patch(text, schema, file, where)
    options = values.get("options") or {}
    return patches.Patch(
        parsed.merges,
        parsed.operations,
        selector(values.get("target")),
        bool(options.get("allowNameChange")),
        bool(options.get("allowKindChange")),
        file,
        where,
    )


def _decoded(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-16" if data.startswith(WIDE) else "utf-8")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise BuildError(f"not valid {problem.encoding.upper()}", file=file, line=line) from problem


def merges_of(text: str, loader: Loader, schema: Schema, where: str, file: str) -> patches.Patch:
    """Patches of one `patchesStrategicMerge` entry: the patch itself, or the path of its file."""
    try:
        merges = objects_of(text, file, schema)
    except BuildError:
        file = loader.at(text)
        merges = objects_of(loader.read(text, where), file, schema)
    return patches.Patch(tuple(merges), file=file, where=where)


def replacement_list(
    entries: Sequence[Mapping[str, Any]], loader: Loader, file: str
) -> list[replacements.Replacement]:
    """Replacements, those written in files included."""
    result: list[replacements.Replacement] = []
    for index, entry in enumerate(entries):
        where = f"replacements[{index}]"
        path = entry.get("path")
        if not path:
            result.append(_replacement(entry, file, where))
            continue
        if entry.get("source") or entry.get("targets"):
            raise BuildError(
                "path and an inline replacement exclude each other", file=file, field=where
            )
        documents = load_values(loader.read(path, where), file=loader.at(path), mode="kubectl")
        data = plain(documents[0]) if documents else None
        if not isinstance(data, dict | list):
            raise BuildError(
                "a replacement is a mapping or a list", file=loader.at(path), field=where
            )
        items = data if isinstance(data, list) else [data]
        shape = pieces()["replacements"]
        for item in checked(shape, items, loader.at(path), "replacements"):
            result.append(_replacement(item or {}, loader.at(path), where))
    return result


def _replacement(entry: Mapping[str, Any], file: str, where: str) -> replacements.Replacement:
    source, value = entry.get("source"), entry.get("sourceValue")
    targets = entry.get("targets")
    if (source is None and value is None) or targets is None or "targets" not in entry:
        raise BuildError(
            "a replacement needs a source and at least one target", file=file, field=where
        )
    if source is not None and value is not None:
        raise BuildError("source and sourceValue exclude each other", file=file, field=where)
    return replacements.Replacement(
        _source(source) if source is not None else None,
        value,
        tuple(_target(t or {}, file, f"{where}.targets[{i}]") for i, t in enumerate(targets)),
    )


def _options(values: Mapping[str, Any] | None) -> replacements.ReplacementOptions:
    values = values or {}
    return replacements.ReplacementOptions(
        values.get("delimiter") or "", values.get("index") or 0, bool(values.get("create"))
    )


def _source(values: Mapping[str, Any]) -> replacements.ReplacementSource:
    gvk = Gvk(values.get("group") or "", values.get("version") or "", values.get("kind") or "")
    return replacements.ReplacementSource(
        gvk,
        values.get("name") or "",
        values.get("namespace") or "",
        values.get("fieldPath") or "metadata.name",
        _options(values.get("options")),
    )


def _target(values: Mapping[str, Any], file: str, where: str) -> replacements.ReplacementTarget:
    select = selector(values.get("select"))
    if select is None:
        raise BuildError("a target needs a select", file=file, field=f"{where}.select")
    return replacements.ReplacementTarget(
        select,
        tuple(selector(r) or ObjectSelector() for r in values.get("reject") or ()),
        tuple(values.get("fieldPaths") or ()),
        _options(values.get("options")),
    )


def variable(values: Mapping[str, Any], file: str) -> Var:
    """A `vars:` entry of a file."""
    ref = values.get("objref") or {}
    group, version = ref.get("group") or "", ref.get("version") or ""
    if ref.get("apiVersion"):
        parsed = parse_api_version(ref["apiVersion"])
        group, version = (parsed[0] or group, parsed[1])
    path = (values.get("fieldref") or {}).get("fieldPath") or "metadata.name"
    return Var(
        values.get("name") or "",
        Gvk(group, version, ref.get("kind") or ""),
        ref.get("name") or "",
        ref.get("namespace") or "",
        path,
        file,
    )
