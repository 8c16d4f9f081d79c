"""`fluxtui build`: a folder, or a Kustomization of an environment, as objects; explained if asked.

The objects go to standard output as a YAML stream, what is worth a look goes to standard error. A
folder needs no cluster and no configuration. Nothing here renders by itself.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluxtui.cli import output, streams
from fluxtui.cli.forms import comparisons as form
from fluxtui.cli.output import conclude
from fluxtui.domain.ask import BuildOf, RenderedObject, Rendering
from fluxtui.domain.errors import UsageError
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.safetext import visible_lines

if TYPE_CHECKING:
    from fluxtui.engine.port import EnginePort

BUILD_TIMEOUT = 120.0
KUSTOMIZATIONS = ("ks", "kustomization", "kustomizations")


def is_folder(args: argparse.Namespace) -> bool:
    """Whether the target of `build` is a path and no Kustomization of an environment."""
    word, slash, _name = str(args.target).partition("/")
    return not slash or word.lower().partition(".")[0] not in KUSTOMIZATIONS


def build_folder(args: argparse.Namespace) -> int:
    """`build PATH`: what `kustomize build` prints. Secrets stand as in their files."""
    from fluxtui.kustomize import build
    from fluxtui.kustomize.files import FolderFiles

    path = Path(args.target)
    if not path.is_dir():
        raise UsageError("there is no such folder", where=args.target)
    root = repository_root(path)
    files = FolderFiles(root)
    where = path.resolve().relative_to(root.resolve()).as_posix()
    openapi = _document(Path(args.openapi)) if args.openapi else None
    built = build(files, where, origins=args.explain, openapi=openapi)
    if args.explain:
        from fluxtui.kustomize.explain import explained

        objects = explained(built, files)
    else:
        objects = tuple(RenderedObject(obj) for obj in built.objects)
    return show(Rendering(objects, built.findings), args)


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


def repository_root(path: Path) -> Path:
    """The folder that bases may reach up to: the git work tree, else the folder itself."""
    for folder in (path.resolve(), *path.resolve().parents):
        if (folder / ".git").exists():
            return folder
    return path


def build_kustomization(
    engine: EnginePort, args: argparse.Namespace, environments: tuple[str, ...]
) -> int:
    """`build ks/NAME -e ENV`: what Flux would apply now. Secret values are masked."""
    from fluxtui.cli import acts
    from fluxtui.cli.target import find

    if len(environments) != 1:
        raise UsageError("built as in which environment?", next="add -e ENV")
    target = find(args.target, environments[0], engine.snapshot)
    if target.kustomization is None:
        raise UsageError(f"{args.target} is no Kustomization")
    question = BuildOf(target.kustomization, explain=args.explain)
    return show(acts.answer(engine, question, BUILD_TIMEOUT), args)


def show(rendering: Rendering, args: argparse.Namespace) -> int:
    """Print a Rendering in the form that was asked for; 0 when all that it stands on was read."""
    if args.output not in ("table", "wide"):
        names = [_name(rendered.object) for rendered in rendering.objects]
        data = form.rendering(rendering, explain=args.explain)
        output.emit("", data, args.output, names=names)
        return conclude(f"not read: {text}" for text in rendering.unread)
    for text in rendering.findings:
        print(f"fluxtui: {visible_lines(text)}", file=sys.stderr)
    from fluxtui.kustomize import dump_manifest

    texts = (dump_manifest(rendered.object) for rendered in rendering.objects)
    if args.explain:
        from fluxtui.kustomize.explain import annotated

        texts = (annotated(rendered) for rendered in rendering.objects)
    for number, text in enumerate(texts):
        streams.put_utf8("---\n" * (number > 0) + text)
    return conclude(f"not read: {text}" for text in rendering.unread)


def _name(obj: Mapping[str, Any]) -> str:
    id_ = ObjectId.of(obj)
    return "/".join(part for part in (id_.kind.lower(), id_.namespace, id_.name) if part)
