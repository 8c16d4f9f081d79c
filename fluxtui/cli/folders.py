"""`fluxtui build PATH`: a folder on disk built as kustomize builds it, or as Flux generates it.

How widely the folder is seen is `widening`'s; `--root` bounds it. Light on purpose: nothing of a
cluster is imported.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluxtui.cli.widening import Made, within
from fluxtui.domain.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from fluxtui.kustomize import Files


def made(args: argparse.Namespace) -> Made:
    """What `build PATH` was asked for. Raises UsageError and BuildError."""
    path = Path(args.target)
    if not path.is_dir():
        raise UsageError("there is no such folder", where=args.target)
    root = _bound(path, Path(args.root)) if args.root else None
    if args.kustomization:
        from fluxtui.cli.fluxfile import made_for

        return made_for(path, args, root)
    openapi = _document(Path(args.openapi)) if args.openapi else None
    return within(path, root, lambda files, where: _plain(files, where, args, openapi))


def _bound(path: Path, root: Path) -> Path:
    if not root.is_dir():
        raise UsageError("there is no such folder", where=str(root))
    if not path.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{path} is not in it", where=str(root), next="give --root a folder above")
    return root.resolve()


def _plain(
    files: Files, where: str, args: argparse.Namespace, openapi: Mapping[str, Any] | None
) -> Made:
    from fluxtui.kustomize import KUSTOMIZATION_FILES, build, flux_build

    if any(files.is_file(posixpath.join(where, name)) for name in KUSTOMIZATION_FILES):
        return Made(build(files, where, origins=args.explain, openapi=openapi), files)
    from fluxtui.artifacts.ignore import generator_skip

    skip = generator_skip(files, where)
    built = flux_build(files, where, {}, skip=skip, origins=args.explain, openapi=openapi)
    remark = f"{args.target} has no {KUSTOMIZATION_FILES[0]}: built as Flux generates one"
    if not built.objects:
        remark = f"{args.target} holds no manifests: Flux would apply nothing of it"
    return Made(built, files, (remark,))


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", where=str(path)) from error
    except ValueError as error:
        raise UsageError(f"no JSON: {error}", where=str(path)) from error
    if not isinstance(document, dict):
        raise UsageError("no OpenAPI document", where=str(path))
    return document
