"""A whole build: from a folder to finished objects.

Holds what happens once around the pipeline: the schema, hashes, references, variables, dropping of
local objects, order, and the annotations kustomize rewrites at the end. Nothing here is Flux.
Rule source: kustomize's Kustomizer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize import provenance as notes
from fluxtui.kustomize.accumulator import Accumulator
from fluxtui.kustomize.files import Files
from fluxtui.kustomize.folding import unfolded
from fluxtui.kustomize.hashing import add_hashes
from fluxtui.kustomize.kustfile import KustFile, read_kustomization
from fluxtui.kustomize.loader import Loader
from fluxtui.kustomize.plugins import sort_run
from fluxtui.kustomize.positions import line_of_field
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import is_null, plain, text_of
from fluxtui.kustomize.schema import Schema, builtin
from fluxtui.kustomize.target import BuildContext, KustTarget, check_openapi
from fluxtui.kustomize.tracking import ChangeCause, Dropped, NoTracker, Origin, Path, Tracker
from fluxtui.kustomize.transformers.references import fix_references
from fluxtui.kustomize.transformers.variables import resolve_variables

VERSION: Final = "v5.8.1"
_MANAGED_BY: Final = "app.kubernetes.io/managed-by"


ObjectKey = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Build:
    """The result of a build.

    `objects` are plain JSON values in order. `origins` (empty unless asked for) maps an object's
    (apiVersion, kind, namespace, name) and a field path to its Origin; `gone` tells of removed
    fields and `dropped` of removed objects. `hidden` names the scalars into which a Secret of the
    bundle was copied: `secret ns/name#key`, and those that SOPS `encrypted`; objects of which
    a name ends in the hash of such values are `unnamed`. `findings` are worth a look.
    """

    objects: tuple[dict[str, Any], ...]
    origins: Mapping[ObjectKey, Mapping[Path, Origin]] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    hidden: Mapping[ObjectKey, Mapping[Path, str]] = field(default_factory=dict)
    gone: Mapping[ObjectKey, Mapping[str, Origin]] = field(default_factory=dict)
    dropped: tuple[Dropped, ...] = ()
    encrypted: Mapping[ObjectKey, tuple[Path, ...]] = field(default_factory=dict)
    unnamed: frozenset[ObjectKey] = frozenset()


def key_of(obj: Mapping[str, Any]) -> ObjectKey:
    """(apiVersion, kind, namespace, name)."""
    metadata = obj.get("metadata") or {}
    return (
        str(obj.get("apiVersion") or ""),
        str(obj.get("kind") or ""),
        str(metadata.get("namespace") or ""),
        str(metadata.get("name") or ""),
    )


def run(
    files: Files,
    path: str,
    kust: KustFile | None = None,
    tracker: Tracker | None = None,
    openapi: Mapping[str, Any] | None = None,
) -> tuple[list[BuildResource], list[str]]:
    """Builds a folder: (resources with their finished objects, findings).

    `kust` stands in for the kustomization file of the folder, `openapi` adds types to the built-in
    ones. Raises BuildError.
    """
    loader = Loader(files, path)
    if not files.is_dir(loader.root):
        raise BuildError("there is no such folder", file=path)
    try:
        schema = builtin().fork()
        if openapi is not None:
            schema.extend(openapi)
            schema.settled = False  # the bundle may have more to say
        return _run(loader, kust or read_kustomization(loader), tracker or NoTracker(), schema)
    except RecursionError as problem:
        raise BuildError("bases or values are nested too deeply", file=path) from problem
    except BuildError as problem:
        if problem.line or not (problem.file and problem.field):
            raise
        where = {"file": problem.file, "field": problem.field}
        line = line_of_field(files, **where)
        raise BuildError(problem.what, line=line, next=problem.next, **where) from problem


def _run(
    loader: Loader, kust: KustFile, tracker: Tracker, schema: Schema
) -> tuple[list[BuildResource], list[str]]:
    document = check_openapi(kust, loader)
    if document is not None:
        schema.extend(document)
    elif kust.mapping("openapi").get("version"):
        schema.settled = True
    context = BuildContext(schema, tuple(kust.texts("buildMetadata")), tracker)
    gathered = KustTarget(loader, context, kust).accumulate(Accumulator())
    resources = gathered.resources
    add_hashes(resources.items)
    tracker.changed(resources, ChangeCause("transformer name hash", kust.file))
    fix_references(resources, gathered.config.references)
    tracker.changed(resources, ChangeCause("transformer name references", kust.file))
    resolve_variables(
        resources,
        sorted(gathered.variables.values(), key=lambda v: v.name),
        gathered.config.variables,
    )
    tracker.changed(resources, ChangeCause("transformer vars", kust.file, "vars"))
    resources.items = [r for r in resources if not _is_local(r)]
    options = kust.values.get("sortOptions")
    if options is not None:
        sort_run(options, kust.file)(resources)
    finish(resources, context.metadata)
    return resources.items, context.findings


def _is_local(resource: BuildResource) -> bool:
    if resource.is_empty():
        return True
    if not resource.gvk.kind:
        raise BuildError("an object has lost its kind", file=resource.file, field="kind")
    nameless = not resource.name or is_null(resource.metadata().get("name"))
    if nameless and not resource.gvk.kind.endswith("List"):
        raise BuildError(
            f"a {resource.gvk.kind} has lost its name", file=resource.file, field="metadata.name"
        )
    value = resource.texts("annotations").get(notes.LOCAL)
    return value is not None and value != "false"


def finish(resources: ResourceMap, options: tuple[str, ...]) -> None:
    """Makes the objects plain: annotations as text, notes that were asked for written."""
    for resource in resources:
        if "managedByLabel" in options:
            labels = resource.metadata().get("labels")
            if is_null(labels):
                labels = resource.metadata()["labels"] = {}
            if not isinstance(labels, dict):
                raise BuildError("labels are no mapping", field="metadata.labels")
            labels[_MANAGED_BY] = f"kustomize-{VERSION}"
        metadata = resource.obj.get("metadata")
        if isinstance(metadata, dict):
            _finish_annotations(resource, metadata, options)
        resource.obj = plain(unfolded(resource.obj))


def _finish_annotations(
    resource: BuildResource, metadata: dict[str, Any], options: tuple[str, ...]
) -> None:
    annotations = metadata.get("annotations")
    texts = (
        {k: str(text_of(v)) for k, v in annotations.items()}
        if isinstance(annotations, dict)
        else {}
    )
    if "originAnnotations" not in options:
        texts.pop(notes.ORIGIN, None)
    elif resource.origin is not None:
        texts[notes.ORIGIN] = notes.origin_text(resource.origin)
    if "transformerAnnotations" not in options:
        texts.pop(notes.TRANSFORMATIONS, None)
    elif resource.transformations:
        texts[notes.TRANSFORMATIONS] = notes.transformations_text(resource.transformations)
    resource.set_texts("annotations", texts)
