"""The renderer: files in, objects out, as `kustomize build` and Flux make them.

The one door of the room: what others need of it stands in `__all__`, and they import nothing that
lies behind (a contract in pyproject.toml holds that). Each name is loaded at its first use, so that
importing the door costs a start nothing. Pure Python, no I/O beyond the `Files` handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fluxtui.kustomize.building import Build, key_of
    from fluxtui.kustomize.explain import annotated, explained
    from fluxtui.kustomize.files import OUTSIDE, Files, FolderFiles, MemoryFiles
    from fluxtui.kustomize.flux import Skip
    from fluxtui.kustomize.kustfile import KUSTOMIZATION_FILES
    from fluxtui.kustomize.patchplaces import patch_place
    from fluxtui.kustomize.sops import ENCRYPTED, encrypted_remark, is_encrypted
    from fluxtui.kustomize.tracking import Origin, Path, origin_at
    from fluxtui.kustomize.variables import Variables

__all__ = [
    "ENCRYPTED",
    "KUSTOMIZATION_FILES",
    "OUTSIDE",
    "Build",
    "Files",
    "FolderFiles",
    "MemoryFiles",
    "Origin",
    "Path",
    "Skip",
    "Variables",
    "annotated",
    "build",
    "collect_variables",
    "dump_manifest",
    "dump_manifests",
    "encrypted_remark",
    "explained",
    "flux_build",
    "is_encrypted",
    "key_of",
    "load_manifests",
    "origin_at",
    "patch_place",
]

_MODULES = {
    "building": ("Build", "key_of"),
    "explain": ("annotated", "explained"),
    "files": ("OUTSIDE", "Files", "FolderFiles", "MemoryFiles"),
    "flux": ("Skip",),
    "kustfile": ("KUSTOMIZATION_FILES",),
    "patchplaces": ("patch_place",),
    "sops": ("ENCRYPTED", "encrypted_remark", "is_encrypted"),
    "tracking": ("Origin", "Path", "origin_at"),
    "variables": ("Variables",),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


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
