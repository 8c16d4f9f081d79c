"""The entry points behind the package: a plain build, Flux's build, and reading manifests.

Kept apart from the package file, which must stay free of imports. Nothing here renders.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.building import Build, key_of, run
from fluxtui.kustomize.derived import hidden_paths
from fluxtui.kustomize.files import Files
from fluxtui.kustomize.flux import Skip, effective_kustomization
from fluxtui.kustomize.identities import Identities
from fluxtui.kustomize.positions import line_of
from fluxtui.kustomize.reader import load_values
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import plain
from fluxtui.kustomize.sops import ENCRYPTED, decrypted_shape, decrypts, sealed_paths
from fluxtui.kustomize.substitution import opted_out, substitute_object
from fluxtui.kustomize.tracking import DiffTracker, NoTracker, Origin, Tracker, origin_at
from fluxtui.kustomize.variables import Variables
from fluxtui.kustomize.writer import must_be_writable


def plain_build(
    files: Files, path: str, *, origins: bool, openapi: Mapping[str, Any] | None
) -> Build:
    """See `fluxtui.kustomize.build`."""
    tracker: Tracker = DiffTracker() if origins else NoTracker()
    resources, findings = run(files, path, None, tracker, openapi)
    product = _Made(resources, tracker, files)
    return product.build(findings, origins=origins)


def built_by_flux(
    files: Files,
    path: str,
    kustomization: Mapping[str, Any],
    *,
    variables: Variables | None,
    strict: bool,
    always: bool | None,
    skip: Skip | None,
    untyped: bool,
    origins: bool,
    openapi: Mapping[str, Any] | None,
) -> Build:
    """See `fluxtui.kustomize.flux_build`."""
    kust, findings = effective_kustomization(files, path, kustomization, skip)
    tracker: Tracker = DiffTracker() if origins else NoTracker()
    folder = posixpath.dirname(kust.file) or "."
    resources, more = run(files, folder, kust, tracker, openapi)
    for resource in resources:
        _must_be_applicable(resource.obj, untyped=untyped)
        if decrypts(kustomization):
            resource.obj = decrypted_shape(resource.obj)
    product = _Made(resources, tracker, files)
    post = (kustomization.get("spec") or {}).get("postBuild") or {}
    if always is None:
        always = post.get("substituteStrategy") == "Always"
    values = Variables() if variables is None else variables
    if values or values.problem or always:
        identities = Identities(resources, files)
        for index, (resource, notes) in enumerate(zip(resources, product.notes, strict=True)):
            if not opted_out(resource.obj):
                if values.problem:
                    raise values.problem
                resource.obj = substitute_object(resource.obj, values, notes, strict=strict)
                identities.changed(index)
    return product.build([*findings, *more], origins=origins)


class _Made:
    """What a run left behind, taken before variables move anything."""

    def __init__(self, resources: list[BuildResource], tracker: Tracker, files: Files) -> None:
        self.resources = resources
        self.files = files
        self.tracker = tracker
        self.notes = [tracker.notes(r) for r in resources]
        self.encrypted = [sealed_paths(r.obj) for r in resources]
        self.hidden = [
            {**hidden_paths(r), **dict.fromkeys(sealed, ENCRYPTED)}
            for r, sealed in zip(resources, self.encrypted, strict=True)
        ]

    def build(self, findings: list[str], *, origins: bool) -> Build:
        objects = tuple(r.obj for r in self.resources)
        for resource in self.resources:
            self._must_be_writable(resource)
        keys = [key_of(o) for o in objects]
        hidden = {k: h for k, h in zip(keys, self.hidden, strict=True) if h}
        encrypted = {k: p for k, p in zip(keys, self.encrypted, strict=True) if p}
        hashed = {k for k, r in zip(keys, self.resources, strict=True) if r.hashed}
        unnamed = frozenset(hashed & encrypted.keys())
        if not origins:
            return Build(objects, {}, tuple(findings), hidden, encrypted=encrypted, unnamed=unnamed)
        for notes, secret in zip(self.notes, self.hidden, strict=True):
            for path in secret:
                notes[path] = replace(origin_at(notes, path), secret=True)
        return Build(
            objects,
            dict(zip(keys, self.notes, strict=True)),
            tuple(findings),
            hidden,
            {k: self.tracker.gone(r) for k, r in zip(keys, self.resources, strict=True)},
            tuple(self.tracker.dropped),
            encrypted,
            unnamed,
        )

    def _must_be_writable(self, resource: BuildResource) -> None:
        try:
            must_be_writable(resource.obj)
        except BuildError as problem:
            at = Origin(resource.file, resource.document, problem.field, "file")
            line = line_of(self.files, at) if problem.field and resource.file else 0
            raise BuildError(
                problem.what,
                file=resource.file,
                field=problem.field,
                line=line,
                next=problem.next,
            ) from problem


def _must_be_applicable(obj: Mapping[str, Any], *, untyped: bool) -> None:
    for field in ("kind",) if untyped else ("apiVersion", "kind"):
        if not isinstance(obj.get(field), str) or not obj[field]:
            raise BuildError(f"an object has no {field}", field=field)
    if not (obj.get("metadata") or {}).get("name"):
        raise BuildError(f"a {obj['kind']} has no name", field="metadata.name")


def manifests(text: str | bytes, file: str, mode: str) -> list[dict[str, Any]]:
    """See `fluxtui.kustomize.load_manifests`."""
    result: list[dict[str, Any]] = []
    for value in load_values(text, file=file, mode=mode):
        value = plain(value)
        if not isinstance(value, dict):
            raise BuildError("a document is not a mapping", file=file)
        result.append(value)
    return result
