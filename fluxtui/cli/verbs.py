"""Verbs that need the Engine: views print what the panes show, acts run Commands.

Each view has a data form for programs and lines for people, made from the same Snapshot.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fluxtui.cli import acts, output, prints, rendering
from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import load
from fluxtui.cli.session import SETTLED, known, running
from fluxtui.cli.target import find
from fluxtui.cli.verdict import exit_code, unread
from fluxtui.cli.vocabulary import families
from fluxtui.commands.apply import apply_plan
from fluxtui.commands.command import Context, Target
from fluxtui.domain.ask import EnvironmentsDiff, LiveDiff, PatchesDiff, Question, VersionsDiff
from fluxtui.domain.board import Level, Row, Severity
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import ocirepository
from fluxtui.domain.overview.pods import POD
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.port import EnginePort

SETTLE = 30.0
PODS = 10.0
DIFF_TIMEOUT = 120.0


def verb(args: argparse.Namespace) -> int:
    """Load the configuration, start the Engine, wait until it knows enough, print or act."""
    config = load(options_of(args))
    if args.verb == "journal":
        return _journal(args, config.journal)
    with running(config) as engine:
        # What is not there after a while is said by findings; the rest is shown.
        _settle(engine)
        handler = _VERBS.get(args.verb)
        if handler is not None:
            return handler(engine, args)
        if args.verb in families():
            return acts.act(engine, args)
        raise UsageError(f"unknown verb {args.verb!r}")


def _settle(engine: EnginePort) -> None:
    try:
        engine.wait_for(known, SETTLE).result(SETTLE + 5)
    except TimeoutError:
        print("fluxtui: not everything has answered yet; shown is what is known", file=sys.stderr)


def _environments(args: argparse.Namespace, snapshot: Snapshot) -> tuple[str, ...]:
    names = tuple(e.name for e in snapshot.config.environments)
    chosen = tuple(args.environment or names)
    for name in chosen:
        if name not in names:
            raise UsageError(f"there is no environment {name!r}", next=f"known: {', '.join(names)}")
    return chosen


def _target(args: argparse.Namespace, chosen: Sequence[str], snapshot: Snapshot) -> Target:
    return find(args.target, chosen[0] if len(chosen) == 1 else "", snapshot)


def _versions(engine: EnginePort, args: argparse.Namespace) -> int:
    snapshot = engine.snapshot
    chosen = _environments(args, snapshot)
    service = _target(args, chosen, snapshot).service
    rows = [r for r in snapshot.board.rows if not service or r.service == service]
    output.emit(prints.versions(rows, chosen), prints.versions_data(rows, chosen), args.output)
    _notes(snapshot)
    stale = any(snapshot.tags[url].error for url in _followed(rows, chosen, snapshot))
    return 1 if stale or unread(snapshot, chosen) else 0


def _followed(rows: Sequence[Row], chosen: Sequence[str], snapshot: Snapshot) -> set[str]:
    """Repositories whose tags the board was made from."""
    lines = (line for row in rows for name in chosen for line in row.lines.get(name, ()))
    sources = (snapshot.get(line.source) for line in lines)
    return {ocirepository.url(s) for s in sources if s is not None} & set(snapshot.tags)


def _status(engine: EnginePort, args: argparse.Namespace) -> int:
    snapshot = engine.snapshot
    chosen = _environments(args, snapshot)
    lines = [ln for r in snapshot.board.rows for e in chosen for ln in r.lines.get(e, ())]
    found = [f for f in snapshot.findings if f.environment in ("", *chosen)]
    bad = [f for f in found if f.severity == Severity.ERROR]
    levels = [line.health.level for line in lines]
    levels += [n.health.level for e in chosen for n in snapshot.board.chains.get(e, ())]
    healthy = not bad and all(level == Level.OK for level in levels)
    data = {
        "healthy": healthy,
        "versions": prints.versions_data(snapshot.board.rows, chosen),
        "findings": found,
    }
    text = prints.versions(snapshot.board.rows, chosen) + "\n" + prints.findings(found)
    output.emit(text.rstrip(), data, args.output)
    return 0 if healthy else 1


def _tags(engine: EnginePort, args: argparse.Namespace) -> int:
    from fluxtui.cli.tags import tags

    if not args.target:
        raise UsageError("tags of which service?", next="fluxtui tags SERVICE [-e ENV]")
    chosen = _environments(args, engine.snapshot)
    return tags(engine, args, _target(args, chosen, engine.snapshot), chosen)


def _chain(engine: EnginePort, args: argparse.Namespace) -> int:
    snapshot = _with_pods(engine)
    chosen = _environments(args, snapshot)
    service = _target(args, chosen, snapshot).service
    nodes = {
        e: [n for n in snapshot.board.chains.get(e, ()) if not service or n.service == service]
        for e in chosen
    }
    output.emit(prints.chain(nodes), nodes, args.output)
    return exit_code(snapshot, chosen)


def _with_pods(engine: EnginePort) -> Snapshot:
    """The Snapshot with the Pods of what is not ready, so that a reason can name a container."""
    nodes = (n for found in engine.snapshot.board.chains.values() for n in found)
    troubled = frozenset(n.key for n in nodes if n.health.level != Level.OK)
    if not troubled:
        return engine.snapshot
    engine.interest(troubled)
    environments = {key.environment for key in troubled} - set(engine.snapshot.unreachable)

    def live(snapshot: Snapshot) -> bool:
        states = {f.environment: f.state for f in snapshot.feeds if f.kind == POD}
        return all(states.get(e) in SETTLED for e in environments)

    try:
        return engine.wait_for(live, PODS).result(PODS + 5)
    except TimeoutError:
        return engine.snapshot


def _events(engine: EnginePort, args: argparse.Namespace) -> int:
    snapshot = engine.snapshot
    chosen = _environments(args, snapshot)
    changes = [c for c in snapshot.changes if any(map(c.concerns, chosen))]
    output.emit(prints.changes(changes), changes, args.output)
    return exit_code(snapshot, chosen)


def _diff(engine: EnginePort, args: argparse.Namespace) -> int:
    snapshot = engine.snapshot
    pair = (*args.pair, *(args.environment or ()))
    results = [
        acts.answer(engine, question, DIFF_TIMEOUT)
        for question in diff_questions(args, pair, snapshot)
    ]
    output.emit(prints.comparisons(results, unified=args.unified), results, args.output)
    return exit_code(engine.snapshot, pair)


def diff_questions(
    args: argparse.Namespace, environments: Sequence[str], snapshot: Snapshot
) -> list[Question]:
    """The named comparison (design.md 8). Raises UsageError when it is not clear which."""
    if not args.target:
        raise UsageError("a diff of what?", next="fluxtui diff SERVICE -e ENV --patches")
    if sum(map(bool, (args.patches, args.live, args.before or args.after))) > 1:
        raise UsageError("one comparison at a time", next="--patches, --live, or --from and --to")
    if len(environments) == 2 and not (args.patches or args.live):
        service = find(args.target, environments[0], snapshot).service
        return [EnvironmentsDiff(service, environments[0], environments[1])]
    if len(environments) != 1:
        raise UsageError("a diff in which environment?", next="add -e ENV, or --env A --env B")
    target = find(args.target, environments[0], snapshot)
    lines = _lines(target, snapshot)
    if args.before or args.after:
        if not args.after:
            raise UsageError("--from needs --to")
        return [
            VersionsDiff(key, args.after, args.before, target.kustomization) for key, _m in lines
        ]
    members = (target.kustomization,) if target.kustomization else ()
    members = members or tuple(m for _key, found in lines for m in found)
    if not members:
        raise UsageError(f"{args.target} has no Kustomization in {environments[0]}")
    return [LiveDiff(key) if args.live else PatchesDiff(key) for key in members]


def _lines(target: Target, snapshot: Snapshot) -> list[tuple[Any, tuple[Any, ...]]]:
    if target.source is not None:
        line = snapshot.board.line(target.source)
        return [(target.source, line.kustomizations if line else ())]
    row = snapshot.board.row(target.service)
    found = row.lines.get(target.environment, ()) if row else ()
    return [(line.source, line.kustomizations) for line in found]


def _apply(engine: EnginePort, args: argparse.Namespace) -> int:
    snapshot = engine.snapshot
    environments = _environments(args, snapshot)
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
    return acts.execute(engine, plan, args, tuple(args.environment or ()))


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
    return rendering.build_kustomization(engine, args, _environments(args, engine.snapshot))


def _journal(args: argparse.Namespace, path: str) -> int:
    from fluxtui.engine.journal import Journal

    lines = list(Journal(path).read())
    output.emit(prints.journal(lines), lines, args.output)
    return 0


def _notes(snapshot: Snapshot) -> None:
    """Findings go to stderr, so that a table stays a table."""
    text = prints.findings([f for f in snapshot.findings if f.severity != Severity.INFO])
    if text:
        print(text, file=sys.stderr)


_VERBS = {
    "versions": _versions,
    "status": _status,
    "tags": _tags,
    "chain": _chain,
    "events": _events,
    "diff": _diff,
    "apply": _apply,
    "build": _build,
}
