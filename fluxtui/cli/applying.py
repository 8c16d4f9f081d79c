"""`fluxtui apply`: the root source and Kustomization out of files, as a Plan like any other."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fluxtui.cli import acts
from fluxtui.cli.looking import environments_of
from fluxtui.cli.settling import settle
from fluxtui.commands.apply import apply_plan
from fluxtui.commands.command import Context, Target
from fluxtui.commands.proposing import proposal
from fluxtui.domain.errors import UsageError
from fluxtui.engine.port import EnginePort


def apply(engine: EnginePort, args: argparse.Namespace) -> int:
    """Show the Plan, have it confirmed, carry it out. Raises UsageError."""
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
