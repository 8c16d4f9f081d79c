"""Verbs that need the Engine: views print what the panes show, acts run Commands.

Each verb says what it needs to know, and waits for no more: a registry that does not answer delays
nobody who needs no tags. What one verb needs is imported when it is typed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
from collections.abc import Mapping

from fluxtui.cli import patience
from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import load
from fluxtui.cli.session import running
from fluxtui.cli.vocabulary import families
from fluxtui.domain.errors import UsageError
from fluxtui.kit.onecore import one_core


def verb(args: argparse.Namespace) -> int:
    """Load the configuration, start the Engine, wait until it knows enough, print or act."""
    _refuse_flags(args)
    options = options_of(args)
    patience.begin(options.overrides.request_timeout)
    config = load(options)
    if args.verb == "journal":
        from fluxtui.cli.journalled import journal

        return journal(config.journal, args)
    if args.verb not in _VERBS and args.verb not in families():
        raise UsageError(f"unknown verb {args.verb!r}")
    core = one_core() if _is_brief(args) and args.verb in _READING else contextlib.nullcontext()
    with (
        core,
        running(
            config,
            tags=_needs_tags(args),
            times=_needs_times(args),
            brief=_is_brief(args),
            events=args.verb == "events",
        ) as engine,
    ):
        try:
            if args.verb in _VERBS:
                module, name = _VERBS[args.verb]
                # Only now: while it is read, the clusters answer.
                handler = getattr(importlib.import_module(f"fluxtui.cli.{module}"), name)
                return int(handler(engine, args))
            from fluxtui.cli import acts
            from fluxtui.cli.settling import settle

            settle(engine, tags=_needs_tags(args))
            return acts.act(engine, args)
        finally:
            from fluxtui.cli.remembered import remember

            remember(engine.snapshot, options.config, options.kubeconfig)


def _refuse_flags(args: argparse.Namespace) -> None:
    """What every view takes, and not each can do. Raises UsageError."""
    for flag, verbs in (("watch", _WATCHING), ("selector", _SELECTING)):
        if getattr(args, flag, False) and args.verb not in verbs:
            raise UsageError(f"{args.verb} has no --{flag}", next=f"{', '.join(sorted(verbs))} do")


def _needs_tags(args: argparse.Namespace) -> bool:
    """Whether the answer rests on what registries list."""
    if args.verb == "diff" and takes_newest(args):
        return True
    if args.verb in families():
        if args.verb == "resume" or "with-source" in getattr(args, "variant", ""):
            # A review that somebody reads shows what comes; with --yes nothing waits for it.
            return bool(args.dry_run or args.plan_out or not args.yes)
        return any(command.needs_tags for command in families()[args.verb])
    return args.verb in ("status", "plan", "holds")


def takes_newest(args: argparse.Namespace) -> bool:
    """Whether a chart is compared with the version that would be picked."""
    return not args.chart and (args.chart is not None or args.rendered)


def _needs_times(args: argparse.Namespace) -> bool:
    """Whether the answer may say that the tag published last is not the highest: a manifest is read
    for each tag then. A program that asks for versions is told nothing that rests on it."""
    return args.verb != "versions" or args.output in ("table", "wide")


def _is_brief(args: argparse.Namespace) -> bool:
    """Whether one answer is all: nothing is followed, and nothing awaited that is done."""
    following = getattr(args, "watch", False) or getattr(args, "follow", False)
    return args.verb in _VERBS and args.verb not in ("apply", "plan") and not following


_READING = frozenset(
    {"chain", "events", "get", "holds", "status", "tags", "trace", "tree", "versions"}
)
"""What reads and starts no process that computes."""
_WATCHING = frozenset({"chain", "events", "get", "status", "tags", "versions"})
_SELECTING = _WATCHING | {"describe", "holds", "reconcile", "resume", "suspend"}
_VERBS: Mapping[str, tuple[str, str]] = {
    "versions": ("views", "versions"),
    "status": ("status", "status"),
    "tags": ("tags", "tags"),
    "chain": ("views", "chain"),
    "events": ("views", "events"),
    "diff": ("comparing", "diff"),
    "get": ("objects", "get"),
    "describe": ("describing", "describe"),
    "trace": ("objects", "trace"),
    "tree": ("objects", "tree"),
    "logs": ("logs", "logs"),
    "apply": ("applying", "apply"),
    "plan": ("plans", "plan"),
    "holds": ("holds", "held"),
    "build": ("rendering", "build_of_environment"),
}
"""Verb -> the module beside this one and its function, of an EnginePort and the arguments."""
