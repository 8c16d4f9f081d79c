"""The fields of a kustomization file as Steps, in kustomize's own order.

patchesStrategicMerge, patches, namespace, namePrefix, nameSuffix, labels, commonAnnotations,
patchesJson6902, replicas, images, replacements. Nothing here runs a step.
Rule source: kustomize's configureBuiltinTransformers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.config import Specs, TransformerConfig, merge_specs
from fluxtui.kustomize.fieldspec import FieldSpec
from fluxtui.kustomize.ids import Gvk
from fluxtui.kustomize.kustfile import KustFile
from fluxtui.kustomize.loader import Loader
from fluxtui.kustomize.located import located
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.schema import Schema
from fluxtui.kustomize.steps import (
    BuildStep,
    image,
    merges_of,
    patch_of,
    replacement_list,
    specs_of,
)
from fluxtui.kustomize.transformers.images import set_image
from fluxtui.kustomize.transformers.labels import set_entries
from fluxtui.kustomize.transformers.names import add_prefix, add_suffix
from fluxtui.kustomize.transformers.namespace import set_namespace
from fluxtui.kustomize.transformers.patches import Patch, apply_patch
from fluxtui.kustomize.transformers.replacements import replace_fields
from fluxtui.kustomize.transformers.replicas import set_replicas

_LABELS = FieldSpec(Gvk(), "metadata/labels", True)


def field_steps(
    kust: KustFile, loader: Loader, config: TransformerConfig, schema: Schema
) -> list[BuildStep]:
    """Every transformer the fields ask for. BuildError when one cannot be read."""
    read = _Reader(kust, loader, config, schema)
    return [
        *read.merges(),
        *read.patches("patches"),
        *read.names(),
        *read.labels(),
        *read.annotations(),
        *read.patches("patchesJson6902"),
        *read.replicas(),
        *read.images(),
        *read.replacements(),
    ]


class _Reader:
    """One kustomization's fields with what is needed to read them."""

    def __init__(
        self, kust: KustFile, loader: Loader, config: TransformerConfig, schema: Schema
    ) -> None:
        self.kust = kust
        self.loader = loader
        self.config = config
        self.schema = schema

    def _step(
        self,
        field: str,
        builtin: str,
        transformer: Callable[..., None],
        *args: Any,
        key: str = "",
    ) -> BuildStep:
        def run(resources: ResourceMap) -> None:
            transformer(resources, *args)

        name = field.partition("[")[0]
        by, file, where = self.kust.cause(f"transformer {name}", field, key or name)
        return BuildStep(by, builtin, run, file, where)

    def names(self) -> Iterator[BuildStep]:
        """namespace, namePrefix, nameSuffix."""
        kust, config = self.kust, self.config
        for field, builtin, transformer, specs in (
            ("namespace", "NamespaceTransformer", set_namespace, config.namespace),
            ("namePrefix", "PrefixTransformer", add_prefix, config.prefix),
            ("nameSuffix", "SuffixTransformer", add_suffix, config.suffix),
        ):
            if text := kust.text(field):
                yield self._step(field, builtin, transformer, text, specs)

    def annotations(self) -> Iterator[BuildStep]:
        """commonAnnotations."""
        field, specs = "commonAnnotations", self.config.annotations
        if entries := self.kust.mapping(field):
            yield self._step(field, "AnnotationsTransformer", set_entries, entries, specs)

    def labels(self) -> Iterator[BuildStep]:
        """labels, then commonLabels."""
        entries = self.kust.many("labels")
        for index, entry in enumerate(entries):
            field = f"labels[{index}]"
            with located(self.kust.file, field):
                specs = self._label_specs(entry)
            pairs = entry.get("pairs") or {}
            yield self._step(field, "LabelTransformer", set_entries, pairs, specs)
        common = self.kust.mapping("commonLabels")
        if entries or common:
            specs = self.config.common_labels
            yield self._step("commonLabels", "LabelTransformer", set_entries, common, specs)

    def _label_specs(self, entry: dict[str, Any]) -> Specs:
        config = self.config
        specs = merge_specs(specs_of(entry.get("fields")), config.labels)
        if entry.get("includeSelectors"):
            return merge_specs(specs, config.common_labels)
        if entry.get("includeTemplates"):
            specs = merge_specs(specs, config.template_labels)
        if entry.get("includeVolumeClaimTemplates"):
            specs = merge_specs(specs, config.claim_labels)
        return merge_specs(specs, [_LABELS])

    def replicas(self) -> Iterator[BuildStep]:
        """replicas."""
        for index, entry in enumerate(self.kust.many("replicas")):
            args = (entry.get("name") or "", entry.get("count") or 0, self.config.replicas)
            yield self._step(f"replicas[{index}]", "ReplicaCountTransformer", set_replicas, *args)

    def images(self) -> Iterator[BuildStep]:
        """images."""
        for index, entry in enumerate(self.kust.many("images")):
            args = (image(entry), self.config.images)
            key = f"images {entry.get('name')}"
            field = f"images[{index}]"
            yield self._step(field, "ImageTagTransformer", set_image, *args, key=key)

    def replacements(self) -> Iterator[BuildStep]:
        """replacements, all in one step."""
        if entries := self.kust.many("replacements"):
            parsed = replacement_list(entries, self.loader, self.kust.file)
            yield self._step("replacements", "ReplacementTransformer", replace_fields, parsed)

    def patches(self, field: str) -> Iterator[BuildStep]:
        """patches or patchesJson6902, one step each."""
        legacy = field == "patchesJson6902"
        builtin = "PatchJson6902Transformer" if legacy else "PatchTransformer"
        for index, entry in enumerate(self.kust.many(field)):
            where = self.kust.patch_field(field, index)
            of_flux = where.startswith("spec.")
            file = f"Kustomization {self.kust.flux}" if of_flux else self.kust.file
            with located(file, where):
                patch = patch_of(entry, self.loader, self.schema, where, file)
            if legacy:
                _check_legacy(patch, file, where)
            by = self.kust.patch_name(field, index)
            run = partial(_patched, patch=patch)
            yield BuildStep(by, builtin, run, "" if of_flux else file, where)

    def merges(self) -> Iterator[BuildStep]:
        """patchesStrategicMerge, all in one step."""
        field = "patchesStrategicMerge"
        entries = self.kust.texts(field)
        if not entries:
            return
        merges: list[Patch] = []
        for index, text in enumerate(entries):
            where = f"{field}[{index}]"
            with located(self.kust.file, where):
                patch = merges_of(text, self.loader, self.schema, where, self.kust.file)
            merges += [Patch((m,), file=patch.file, where=where, legacy=True) for m in patch.merges]
        if not merges:
            raise BuildError("the patches appear to be empty", file=self.kust.file, field=field)
        run = partial(_merged, merges=merges)
        yield BuildStep(field, "PatchStrategicMergeTransformer", run, self.kust.file, field)


def _patched(resources: ResourceMap, *, patch: Patch) -> int:
    return apply_patch(resources, patch)


def _merged(resources: ResourceMap, *, merges: list[Patch]) -> None:
    for patch in merges:
        apply_patch(resources, patch)
        resources.drop_dead()


def _check_legacy(patch: Patch, file: str, where: str) -> None:
    if patch.target is None or not patch.target.name:
        raise BuildError("must name its target", file=file, field=where)
    if not patch.operations:
        raise BuildError("holds no JSON patch", file=patch.file, field=where)
