"""The renderer's functions as the conformance runner calls them: one or two lines each.

Must hold no rule of its own; what a case tests is the project's code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fluxtui import kustomize
from fluxtui.artifacts.ignore import generator_skip
from fluxtui.kustomize import FolderFiles


def build(root: Path, path: str) -> list[dict[str, Any]]:
    return list(kustomize.build(FolderFiles(root), path).objects)


def flux_build(
    root: Path, path: str, kustomization: dict[str, Any], options: dict[str, Any]
) -> list[dict[str, Any]]:
    variables = kustomize.collect_variables(
        kustomization, options.get("configmaps") or {}, options.get("secrets") or {}
    )
    files, extra = FolderFiles(root), options.get("ignore") or ""
    filtered = extra or options.get("filter")
    return list(
        kustomize.flux_build(
            files,
            path,
            kustomization,
            variables=variables,
            strict=bool(options.get("strict")),
            always=bool(options.get("always")),
            skip=generator_skip(files, path, extra) if filtered else None,
            untyped=True,
        ).objects
    )
