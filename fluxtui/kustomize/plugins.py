"""kustomize's built-in plugins written as objects (`apiVersion: builtin`).

Each becomes the same BuildStep as the field of the kustomization file does. Plugins that would run
a program are refused. Must not be stricter than kustomize: unknown fields are ignored here.
Rule source: kustomize's built-in plugins and their configuration.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.config import ORDER_FIRST, ORDER_LAST
from fluxtui.kustomize.generators import generate, merged_options
from fluxtui.kustomize.hashing import add_hashes
from fluxtui.kustomize.kustfile import checked, pieces
from fluxtui.kustomize.loader import Loader, objects_of
from fluxtui.kustomize.provenance import origin_of
from fluxtui.kustomize.reader import load_values
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import plain
from fluxtui.kustomize.schema import Schema
from fluxtui.kustomize.steps import (
    BuildStep,
    Run,
    image,
    merges_of,
    patch_of,
    replacement_list,
    selector,
    specs_of,
)
from fluxtui.kustomize.transformers.images import set_image
from fluxtui.kustomize.transformers.labels import set_entries
from fluxtui.kustomize.transformers.names import add_prefix, add_suffix
from fluxtui.kustomize.transformers.namespace import SUBJECT_MODES, set_namespace
from fluxtui.kustomize.transformers.patches import Patch, apply_patch
from fluxtui.kustomize.transformers.replacements import replace_fields
from fluxtui.kustomize.transformers.replicas import set_replicas
from fluxtui.kustomize.transformers.sorting import legacy_order
from fluxtui.kustomize.transformers.valueadd import ValueTarget, add_value


class _Config:
    """The fields of a plugin object, read regardless of case and by type."""

    def __init__(self, plugin: BuildResource, loader: Loader, schema: Schema) -> None:
        data = plain(plugin.obj)
        self.fields: dict[str, Any] = {str(k).lower(): v for k, v in data.items()}
        self.plugin = plugin
        self.loader = loader
        self.schema = schema
        self.shapes = pieces()
        for name in ("name", "namespace"):
            checked(
                self.shapes["text"], data["metadata"].get(name), plugin.file, f"metadata.{name}"
            )

    def get(self, name: str, shape: str) -> Any:
        """A field by its shape. BuildError when it has another type."""
        return checked(self.shapes[shape], self.fields.get(name.lower()), self.plugin.file, name)

    @property
    def specs(self) -> Any:
        return specs_of(self.get("fieldSpecs", "fieldSpecs"))


def _must_be_builtin(plugin: BuildResource) -> None:
    gvk = plugin.gvk
    if gvk.group or gvk.version != "builtin":
        raise BuildError(
            f"{plugin.id} is not a built-in plugin; programs and containers are not run",
            file=plugin.file,
            field="apiVersion",
        )


def plugin_generator(plugin: BuildResource, loader: Loader, schema: Schema) -> BuildResource:
    """What a generator object makes. BuildError for one that is not built in."""
    _must_be_builtin(plugin)
    kind = plugin.gvk.kind
    config = _Config(plugin, loader, schema)
    if kind == "IAMPolicyGenerator":
        return _iam_policy(config)
    if kind not in ("ConfigMapGenerator", "SecretGenerator"):
        raise BuildError(f"{kind} is not a built-in generator", file=plugin.file, field="kind")
    args = dict(checked(config.shapes[kind], plain(plugin.obj), plugin.file, "") or {})
    args["name"] = args.get("name") or plugin.name
    args["namespace"] = args.get("namespace") or plugin.namespace
    options = merged_options(args.get("options"), None)
    return generate(kind.removesuffix("Generator"), args, options, loader.read, schema)


def _iam_policy(config: _Config) -> BuildResource:
    """A Kubernetes service account bound to one of Google's cloud."""
    cloud = config.get("cloud", "text")
    if cloud != "gke":
        raise BuildError(f"{cloud} is not supported", file=config.plugin.file, field="cloud")
    google = config.get("serviceAccount", "account") or {}
    service = config.get("kubernetesService", "account") or {}
    account = f"{google.get('name', '')}@{google.get('projectId', '')}.iam.gserviceaccount.com"
    metadata = {
        "annotations": {"iam.gke.io/gcp-service-account": account},
        "name": service.get("name") or "",
    }
    if service.get("namespace"):
        metadata["namespace"] = service["namespace"]
    obj = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
    return BuildResource(obj, config.schema)


def plugin_step(plugin: BuildResource, loader: Loader, schema: Schema) -> BuildStep:
    """What a transformer object does. BuildError for one that is not built in."""
    _must_be_builtin(plugin)
    kind = plugin.gvk.kind
    make = _TRANSFORMERS.get(kind)
    if make is None:
        raise BuildError(f"{kind} is not a built-in transformer", file=plugin.file, field="kind")
    run = make(_Config(plugin, loader, schema))
    return BuildStep(
        f"transformer {plugin.name}", kind, run, plugin.file, "transformers", origin_of(plugin)
    )


def _namespace(config: _Config) -> Run:
    mode = config.get("setRoleBindingSubjects", "text") or "defaultOnly"
    if mode not in SUBJECT_MODES:
        raise BuildError(
            f"must be one of {', '.join(SUBJECT_MODES)}",
            file=config.plugin.file,
            field="setRoleBindingSubjects",
        )
    unset, specs, name = config.get("unsetOnly", "flag"), config.specs, config.plugin.namespace
    return lambda m: set_namespace(m, name, specs, unset_only=unset, subjects=mode)


def _affix(config: _Config, name: str) -> Run:
    text, specs = config.get(name, "text"), config.specs
    if "fieldspecs" not in config.fields:
        raise BuildError("fieldSpecs must be given", file=config.plugin.file, field="fieldSpecs")
    add = add_prefix if name == "prefix" else add_suffix
    return lambda m: add(m, text, specs)


def _both_affixes(config: _Config) -> Run:
    runs = (_affix(config, "prefix"), _affix(config, "suffix"))

    def run(resources: ResourceMap) -> None:
        for step in runs:
            step(resources)

    return run


def _entries(config: _Config, name: str) -> Run:
    entries, specs = config.get(name, "texts"), config.specs
    return lambda m: set_entries(m, entries, specs)


def _images(config: _Config) -> Run:
    override, specs = image(config.get("imageTag", "image") or {}), config.specs
    return lambda m: set_image(m, override, specs)


def _replicas(config: _Config) -> Run:
    replica, specs = config.get("replica", "replica") or {}, config.specs
    name, count = replica.get("name") or "", replica.get("count") or 0
    return lambda m: set_replicas(m, name, count, specs)


def _patch(config: _Config) -> Run:
    entry = {
        "path": config.get("path", "text"),
        "patch": config.get("patch", "text"),
        "target": config.get("target", "selector"),
        "options": config.get("options", "patchOptions"),
    }
    patch = patch_of(entry, config.loader, config.schema, "patch", config.plugin.file)
    return lambda m: apply_patch(m, patch)


def _patch_json(config: _Config) -> Run:
    text, path = config.get("jsonOp", "text"), config.get("path", "text")
    target = config.get("target", "selector")
    if not (target or {}).get("name"):
        raise BuildError("must name its target", file=config.plugin.file, field="target")
    entry = {"path": path, "patch": text, "target": target}
    patch = patch_of(entry, config.loader, config.schema, "jsonOp", config.plugin.file)
    if not patch.operations:
        raise BuildError("holds no JSON patch", file=config.plugin.file, field="jsonOp")
    return lambda m: apply_patch(m, patch)


def _patch_merge(config: _Config) -> Run:
    file = config.plugin.file
    paths = config.fields.get("paths") or []
    if not isinstance(paths, list) or not all(isinstance(p, str) for p in paths):
        raise BuildError("must be a list of strings", file=file, field="paths")
    merges = [
        m for p in paths for m in merges_of(p, config.loader, config.schema, "paths", file).merges
    ]
    merges += objects_of(config.get("patches", "text"), file, config.schema)
    if not merges:
        raise BuildError("the patch appears to be empty", file=file, field="patches")

    def run(resources: ResourceMap) -> None:
        for merge in merges:
            apply_patch(resources, Patch((merge,), file=file, legacy=True))
            resources.drop_dead()

    return run


def _replacements(config: _Config) -> Run:
    entries = config.get("replacements", "replacements")
    parsed = replacement_list([e or {} for e in entries], config.loader, config.plugin.file)
    return lambda m: replace_fields(m, parsed)


def sort_run(options: Mapping[str, Any], file: str) -> Run:
    """The step `sortOptions` asks for. BuildError when its parts contradict."""
    order, legacy = (
        options.get("order") or ("fifo" if not options else ""),
        options.get("legacySortOptions"),
    )
    if order not in ("fifo", "legacy"):
        raise BuildError("must be fifo or legacy", file=file, field="sortOptions.order")
    if order == "fifo" and legacy is not None:
        raise BuildError(
            "is set but the order is fifo", file=file, field="sortOptions.legacySortOptions"
        )
    first = ORDER_FIRST if legacy is None else legacy.get("orderFirst") or ()
    last = ORDER_LAST if legacy is None else legacy.get("orderLast") or ()

    def run(resources: ResourceMap) -> None:
        if order == "legacy":
            resources.items = legacy_order(resources.items, first, last)

    return run


def _hash(config: _Config) -> Run:
    return lambda m: add_hashes(m.items)


def _value_add(config: _Config) -> Run:
    file = config.plugin.file
    value = config.get("value", "text").strip() or posixpath.basename(config.loader.root)
    rows = list(config.fields.get("targets") or ())
    path = config.get("targetFilePath", "text")
    if path:
        documents = load_values(config.loader.read(path), file=path, mode="kubectl")
        data = plain(documents[0]) if documents else {}
        rows += list((data.get("targets") if isinstance(data, dict) else None) or ())
    if not rows:
        raise BuildError("must specify at least one target", file=file, field="targets")
    targets = [_value_target(config, row, file) for row in rows]
    return lambda m: add_value(m, value, targets)


def _value_target(config: _Config, row: Any, file: str) -> ValueTarget:
    if not isinstance(row, dict):
        raise BuildError("a target is a mapping", file=file, field="targets")
    path, position = row.get("fieldPath") or "", row.get("filePathPosition") or 0
    if not isinstance(path, str) or not path:
        raise BuildError("fieldPath cannot be empty", file=file, field="targets.fieldPath")
    if not isinstance(position, int) or position < 0:
        raise BuildError("cannot be negative", file=file, field="targets.filePathPosition")
    selecting = checked(config.shapes["selector"], row.get("selector"), file, "targets.selector")
    return ValueTarget(selector(selecting), path, position)


_TRANSFORMERS: dict[str, Callable[[_Config], Run]] = {
    "NamespaceTransformer": _namespace,
    "PrefixTransformer": lambda c: _affix(c, "prefix"),
    "SuffixTransformer": lambda c: _affix(c, "suffix"),
    "PrefixSuffixTransformer": _both_affixes,
    "LabelTransformer": lambda c: _entries(c, "labels"),
    "AnnotationsTransformer": lambda c: _entries(c, "annotations"),
    "ImageTagTransformer": _images,
    "ReplicaCountTransformer": _replicas,
    "PatchTransformer": _patch,
    "PatchJson6902Transformer": _patch_json,
    "PatchStrategicMergeTransformer": _patch_merge,
    "ReplacementTransformer": _replacements,
    "HashTransformer": _hash,
    "ValueAddTransformer": _value_add,
}
