"""`fluxtui build`: a folder, or a Kustomization of an environment, as objects; explained if asked.

The objects go to standard output as a YAML stream, what is worth a look goes to standard error. A
folder needs no cluster and no configuration. Nothing here renders by itself.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fluxtui.cli import output, streams
from fluxtui.cli.output import conclude
from fluxtui.domain.errors import UsageError
from fluxtui.domain.safetext import visible_lines

if TYPE_CHECKING:
    from fluxtui.domain.ask import Rendering
    from fluxtui.engine.port import EnginePort
    from fluxtui.kustomize import Build

BUILD_TIMEOUT = 120.0
KUSTOMIZATIONS = ("ks", "kustomization", "kustomizations")


def is_folder(args: argparse.Namespace) -> bool:
    """Whether the target of `build` is a path and no Kustomization of an environment.

    Raises UsageError for flags that only a folder has.
    """
    word, slash, _name = str(args.target).partition("/")
    if not slash or word.lower().partition(".")[0] not in KUSTOMIZATIONS:
        return True
    if args.kustomization or args.variables or args.root:
        message = "--kustomization, --variables and --root are for a folder"
        raise UsageError(message, where=args.target)
    return False


def build_folder(args: argparse.Namespace) -> int:
    """`build PATH`: what kustomize prints, or Flux applies. Secrets stand as in their files."""
    from fluxtui.cli.folders import made
    from fluxtui.kustomize import dump_manifest

    result = made(args)
    findings = [*result.findings, *result.build.findings, *_encrypted(result.build)]
    if args.output in ("table", "wide") and not args.explain:
        _say(findings)
        _print(map(dump_manifest, result.build.objects))
        return conclude(f"not read: {text}" for text in result.unread)
    from fluxtui.domain.ask import RenderedObject, Rendering

    if args.explain:
        from fluxtui.kustomize import explained

        objects = explained(result.build, result.files)
    else:
        objects = tuple(RenderedObject(obj) for obj in result.build.objects)
    return show(Rendering(objects, tuple(findings), result.unread), args)


def _encrypted(build: Build) -> list[str]:
    """What to say of objects that SOPS encrypted: nothing here can read them."""
    if not build.encrypted:
        return []
    from fluxtui.kustomize import encrypted_remark, key_of

    keyed = ((obj, build.encrypted.get(key_of(obj), ())) for obj in build.objects)
    return [encrypted_remark(obj, paths, "left as it is") for obj, paths in keyed if paths]


def build_of_environment(engine: EnginePort, args: argparse.Namespace) -> int:
    """`build ks/NAME`, once the environments have answered."""
    from fluxtui.cli.looking import environments_of
    from fluxtui.cli.settling import settle

    settle(engine, tags=False)
    return build_kustomization(engine, args, environments_of(args, engine.snapshot))


def build_kustomization(
    engine: EnginePort, args: argparse.Namespace, environments: tuple[str, ...]
) -> int:
    """`build ks/NAME -e ENV`: what Flux would apply now. Secret values are masked."""
    from fluxtui.cli import acts
    from fluxtui.cli.target import find
    from fluxtui.domain.ask import BuildOf

    if len(environments) != 1:
        raise UsageError("built as in which environment?", next="add -e ENV")
    target = find(args.target, environments[0], engine.snapshot)
    if target.applier is None:
        raise UsageError(f"{args.target} is no Kustomization")
    question = BuildOf(target.applier, explain=args.explain)
    return show(acts.answer(engine, question, BUILD_TIMEOUT), args)


def show(rendering: Rendering, args: argparse.Namespace) -> int:
    """Print a Rendering in the form that was asked for; 0 when all that it stands on was read."""
    if args.output not in ("table", "wide"):
        from fluxtui.cli.forms import comparisons as form

        names = [_name(rendered.object) for rendered in rendering.objects]
        data = form.rendering(rendering, explain=args.explain)
        output.emit("", data, args.output, names=names)
        return conclude(f"not read: {text}" for text in rendering.unread)
    _say(rendering.findings)
    from fluxtui.kustomize import dump_manifest

    texts = (dump_manifest(rendered.object) for rendered in rendering.objects)
    if args.explain:
        from fluxtui.kustomize import annotated

        texts = (annotated(rendered) for rendered in rendering.objects)
    _print(texts)
    return conclude(f"not read: {text}" for text in rendering.unread)


def _say(findings: Iterable[str]) -> None:
    for text in findings:
        print(f"fluxtui: {visible_lines(text)}", file=sys.stderr)


def _print(texts: Iterable[str]) -> None:
    for number, text in enumerate(texts):
        streams.put_utf8("---\n" * (number > 0) + text)


def _name(obj: Mapping[str, Any]) -> str:
    from fluxtui.domain.objectid import ObjectId

    id_ = ObjectId.of(obj)
    return "/".join(part for part in (id_.kind.lower(), id_.namespace, id_.name) if part)
