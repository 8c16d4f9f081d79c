"""Verbs that need the Engine: views print what the panes show, acts run Commands.

Each verb says what it needs to know, and waits for no more: a registry that does not answer delays
nobody who needs no tags. What one verb needs is imported when it is typed.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fluxtui.cli import patience, views
from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import load
from fluxtui.cli.looking import environments_of
from fluxtui.cli.remembered import remember
from fluxtui.cli.session import running
from fluxtui.cli.settling import settle
from fluxtui.cli.vocabulary import families
from fluxtui.domain.errors import UsageError
from fluxtui.engine.port import EnginePort


def verb(args: argparse.Namespace) -> int:
    """Load the configuration, start the Engine, wait until it knows enough, print or act."""
    _refuse_flags(args)
    options = options_of(args)
    patience.begin(options.overrides.request_timeout)
    config = load(options)
    if args.verb == "journal":
        return views.journal(config.journal, args)
    handler = _VERBS.get(args.verb)
    if handler is None and args.verb not in families():
        raise UsageError(f"unknown verb {args.verb!r}")
    with running(
        config, tags=_needs_tags(args), brief=_is_brief(args), events=args.verb == "events"
    ) as engine:
        try:
            if handler is not None:
                return handler(engine, args)
            settle(engine, tags=_needs_tags(args))
            from fluxtui.cli import acts

            return acts.act(engine, args)
        finally:
            remember(engine.snapshot, options.config, options.kubeconfig)


def _refuse_flags(args: argparse.Namespace) -> None:
    """What every view takes, and not each can do. Raises UsageError."""
    for flag, verbs in (("watch", _WATCHING), ("selector", _SELECTING)):
        if getattr(args, flag, False) and args.verb not in verbs:
            raise UsageError(f"{args.verb} has no --{flag}", next=f"{', '.join(sorted(verbs))} do")


def _needs_tags(args: argparse.Namespace) -> bool:
    """Whether the answer rests on what registries list."""
    if args.verb in families():
        return any(command.needs_tags for command in families()[args.verb])
    return bool(args.verb == "status")


def _is_brief(args: argparse.Namespace) -> bool:
    """Whether one answer is all: nothing is followed, and nothing awaited that is done."""
    following = getattr(args, "watch", False) or getattr(args, "follow", False)
    return args.verb in _VERBS and args.verb != "apply" and not following


def _tags(engine: EnginePort, args: argparse.Namespace) -> int:
    from fluxtui.cli.tags import tags

    return tags(engine, args)


def _status(engine: EnginePort, args: argparse.Namespace) -> int:
    from fluxtui.cli.status import status

    return status(engine, args)


def _apply(engine: EnginePort, args: argparse.Namespace) -> int:
    from fluxtui.cli import acts
    from fluxtui.commands.apply import apply_plan
    from fluxtui.commands.command import Context, Target
    from fluxtui.commands.proposing import proposal

    settle(engine, tags=False)
    snapshot = engine.snapshot
    environments = environments_of(args, snapshot)
    if len(environments) != 1:
        raise UsageError("apply to which environment?", next="add -e ENV")
    files = [*args.files, *args.more_files]
    if not files:
        raise UsageError("apply what?", next="fluxtui apply FILE -e ENV, or -f FILE")
    objects: list[Mapping[str, Any]] = []
    for name in files:
        objects += _read_objects(Path(name))
    context = Context(snapshot, Target(environments[0]), acts.now_text(), snapshot.config.user)
    plan = apply_plan(
        context,
        environments[0],
        objects,
        origin=", ".join(files),
        reason=args.reason,
    )
    return acts.execute(engine, proposal(plan, snapshot), args, tuple(args.environment or ()))


def _read_objects(path: Path) -> list[dict[str, Any]]:
    from fluxtui.kustomize import load_manifests

    files = sorted(path.glob("*.y*ml")) if path.is_dir() else [path]
    objects: list[dict[str, Any]] = []
    for file in files:
        try:
            objects += load_manifests(file.read_bytes(), file=str(file), mode="kubectl")
        except OSError as error:
            raise UsageError(error.strerror or "cannot be read", where=str(file)) from error
    return objects


def _build(engine: EnginePort, args: argparse.Namespace) -> int:
    from fluxtui.cli import rendering

    settle(engine, tags=False)
    return rendering.build_kustomization(engine, args, environments_of(args, engine.snapshot))


def _diff(engine: EnginePort, args: argparse.Namespace) -> int:
    from fluxtui.cli.comparing import diff

    return diff(engine, args)


def _get(engine: EnginePort, args: argparse.Namespace) -> int:
    from fluxtui.cli.objects import get

    return get(engine, args)


def _trace(engine: EnginePort, args: argparse.Namespace) -> int:
    from fluxtui.cli.objects import trace

    return trace(engine, args)


def _logs(engine: EnginePort, args: argparse.Namespace) -> int:
    from fluxtui.cli.logs import logs

    return logs(engine, args)


def _tree(engine: EnginePort, args: argparse.Namespace) -> int:
    from fluxtui.cli.objects import tree

    return tree(engine, args)


_WATCHING = frozenset({"chain", "events", "get", "status", "tags", "versions"})
_SELECTING = frozenset({"chain", "events", "get", "status", "tags", "versions"})
_VERBS: Mapping[str, views.View] = {
    "versions": views.versions,
    "status": _status,
    "tags": _tags,
    "chain": views.chain,
    "events": views.events,
    "diff": _diff,
    "get": _get,
    "trace": _trace,
    "tree": _tree,
    "logs": _logs,
    "apply": _apply,
    "build": _build,
}
