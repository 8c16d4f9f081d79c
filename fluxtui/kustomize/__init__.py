"""The renderer: files in, objects out, as `kustomize build` and Flux make them.

Pure Python without I/O beyond the `Files` handed in. Import this package for the two entry points
`build` and `flux_build`; everything is loaded on first use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fluxtui.kustomize.building import Build
    from fluxtui.kustomize.files import Files
    from fluxtui.kustomize.flux import Skip
    from fluxtui.kustomize.tracking import Origin
    from fluxtui.kustomize.variables import Variables

__all__ = [
    "Build",
    "Origin",
    "Variables",
    "build",
    "collect_variables",
    "dump_manifest",
    "dump_manifests",
    "flux_build",
    "load_manifests",
]


def __getattr__(name: str) -> Any:
    if name == "Build":
        from fluxtui.kustomize.building import Build

        return Build
    if name == "Origin":
        from fluxtui.kustomize.tracking import Origin

        return Origin
    if name == "Variables":
        from fluxtui.kustomize.variables import Variables

        return Variables
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def build(
    files: Files,
    path: str = ".",
    *,
    origins: bool = False,
    openapi: Mapping[str, Any] | None = None,
) -> Build:
    """What `kustomize build <path>` prints, in the order objects came in.

    `openapi`: an OpenAPI v2 document, as a cluster serves it, that knows more types than the
    renderer. Raises BuildError naming file and field.
    """
    from fluxtui.kustomize.entry import plain_build

    return plain_build(files, path, origins=origins, openapi=openapi)


def flux_build(
    files: Files,
    path: str,
    kustomization: Mapping[str, Any],
    *,
    variables: Variables | None = None,
    strict: bool = True,
    always: bool | None = None,
    skip: Skip | None = None,
    untyped: bool = False,
    origins: bool = False,
    openapi: Mapping[str, Any] | None = None,
) -> Build:
    """What Flux would apply of `path` for a Flux Kustomization (metadata and spec).

    `variables` come from `collect_variables`; without any the objects stay as they are, unless
    `always` (None: as `spec.postBuild.substituteStrategy` says). `skip(path, is_dir)`, say from
    `artifacts.ignore.generator_skip`, leaves files out of the kustomization. `untyped`
    lets objects without an apiVersion pass, which Flux finds out about when it applies them.
    Raises BuildError and SubstitutionError.
    """
    from fluxtui.kustomize.entry import built_by_flux

    return built_by_flux(
        files,
        path,
        kustomization,
        variables=variables,
        strict=strict,
        always=always,
        skip=skip,
        untyped=untyped,
        origins=origins,
        openapi=openapi,
    )


def collect_variables(
    kustomization: Mapping[str, Any],
    configmaps: Mapping[str, Mapping[str, str]],
    secrets: Mapping[str, Mapping[str, str]],
) -> Variables:
    """The variables of `spec.postBuild`; see `variables.collect_variables`."""
    from fluxtui.kustomize.variables import collect_variables as collect

    return collect(kustomization, configmaps, secrets)


def load_manifests(
    text: str | bytes, *, file: str = "", mode: str = "kustomize"
) -> list[dict[str, Any]]:
    """Objects of a YAML stream as plain JSON values, empty documents left out.

    `mode` is `kustomize` or `kubectl` (YAML 1.1 booleans). Raises BuildError for anything that is
    not YAML or no mapping.
    """
    from fluxtui.kustomize.entry import manifests

    return manifests(text, file, mode)


def dump_manifest(obj: Mapping[str, Any]) -> str:
    """One object as YAML that every reader understands alike."""
    from fluxtui.kustomize.writer import dump_manifest as dump

    return dump(obj)


def dump_manifests(objects: Iterable[Mapping[str, Any]]) -> str:
    """Objects as a YAML stream."""
    from fluxtui.kustomize.writer import dump_manifests as dump

    return dump(objects)
