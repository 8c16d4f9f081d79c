"""The entry points behind the package: a plain build, Flux's build, and reading manifests.

Kept apart from the package file, which must stay free of imports. Nothing here renders.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.building import Build, run
from fluxtui.kustomize.files import Files
from fluxtui.kustomize.flux import Skip, effective_kustomization
from fluxtui.kustomize.reader import load_values
from fluxtui.kustomize.scalars import plain
from fluxtui.kustomize.substitution import opted_out, substitute_object
from fluxtui.kustomize.variables import Variables


def plain_build(files: Files, path: str, *, origins: bool) -> Build:
    """See `fluxtui.kustomize.build`."""
    resources, findings = run(files, path)
    return Build(tuple(r.obj for r in resources), {}, tuple(findings))


def built_by_flux(
    files: Files,
    path: str,
    kustomization: Mapping[str, Any],
    *,
    variables: Variables | None,
    strict: bool,
    always: bool | None,
    skip: Skip | None,
    origins: bool,
) -> Build:
    """See `fluxtui.kustomize.flux_build`."""
    kust, findings = effective_kustomization(files, path, kustomization, skip)
    resources, more = run(files, path, kust)
    objects = [r.obj for r in resources]
    for obj in objects:
        _must_be_applicable(obj)
    post = (kustomization.get("spec") or {}).get("postBuild") or {}
    if always is None:
        always = post.get("substituteStrategy") == "Always"
    if variables or always:
        known = variables or Variables()
        objects = [
            obj if opted_out(obj) else substitute_object(obj, known, strict=strict)
            for obj in objects
        ]
    return Build(tuple(objects), {}, tuple([*findings, *more]))


def _must_be_applicable(obj: Mapping[str, Any]) -> None:
    for field in ("apiVersion", "kind"):
        if not isinstance(obj.get(field), str) or not obj[field]:
            raise BuildError(f"an object has no {field}", field=field)


def manifests(text: str | bytes, file: str, mode: str) -> list[dict[str, Any]]:
    """See `fluxtui.kustomize.load_manifests`."""
    result: list[dict[str, Any]] = []
    for value in load_values(text, file=file, mode=mode):
        value = plain(value)
        if not isinstance(value, dict):
            raise BuildError("a document is not a mapping", file=file)
        result.append(value)
    return result
