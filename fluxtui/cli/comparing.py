"""`fluxtui diff`: the comparison that the words name, put to the Engine, printed in every form.

Exit 0 only when all of it could be compared. Nothing is built here.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

from fluxtui.cli import acts, output, prints
from fluxtui.cli.forms import comparisons as form
from fluxtui.cli.looking import environments_of, short_name
from fluxtui.cli.output import conclude
from fluxtui.cli.settling import settle
from fluxtui.cli.target import find
from fluxtui.cli.verbs import takes_newest
from fluxtui.cli.verdict import problems_of
from fluxtui.commands.command import Target
from fluxtui.commands.releasequestions import chart_question, release_number, releases_of
from fluxtui.domain import roles
from fluxtui.domain.ask import (
    Comparison,
    DriftDiff,
    EnvironmentsDiff,
    LiveDiff,
    PatchesDiff,
    Question,
    ReleasesDiff,
    VersionsDiff,
)
from fluxtui.domain.errors import UsageError
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.port import EnginePort

DIFF_TIMEOUT = 120.0


def diff(engine: EnginePort, args: argparse.Namespace) -> int:
    """Compare and print."""
    settle(engine, tags=takes_newest(args))
    snapshot = engine.snapshot
    pair = tuple(args.environment or ())
    if pair:
        environments_of(args, snapshot)
    questions = diff_questions(args, pair, snapshot)
    results = [acts.answer(engine, question, DIFF_TIMEOUT) for question in questions]
    problems = problems_of(engine.snapshot, pair, _not_compared(results))
    output.emit(
        prints.comparisons(results, unified=args.unified),
        form.comparisons(results, problems),
        args.output,
        names=[short_name(part.kustomization) for result in results for part in result.parts],
    )
    return conclude(problems)


def _not_compared(results: Iterable[Comparison]) -> Iterable[str]:
    """What a comparison says nothing about: silence must not read as "nothing changes"."""
    failed: dict[str, list[str]] = {}
    for result in results:
        yield from (f"not looked at: {text}" for text in result.unread)
        for part in result.parts:
            if part.error:
                failed.setdefault(part.error, []).append(str(part.kustomization))
        if not result.parts:
            yield f"{result.title}: nothing was compared"
    for error, keys in failed.items():
        more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
        yield f"{keys[0]}{more} could not be compared: {error}"


def diff_questions(
    args: argparse.Namespace, environments: Sequence[str], snapshot: Snapshot
) -> list[Question]:
    """The named comparison. Raises UsageError when it is not clear which."""
    if not args.target:
        raise UsageError("a diff of what?", next="fluxtui diff SERVICE -e ENV --patches")
    charts = args.chart is not None or args.rendered
    if sum(map(bool, (args.patches, args.live, args.before or args.after, charts))) > 1:
        ways = "--patches, --live, --chart, or --from and --to"
        raise UsageError("one comparison at a time", next=ways)
    if len(environments) == 2 and not (args.patches or args.live):
        target = find(args.target, environments[0], snapshot)
        if releases_of(snapshot, target):
            raise UsageError(
                f"{args.target} is a release of a chart: two environments of it are not compared",
                next="give -e once",
            )
        service = target.service
        return [EnvironmentsDiff(service, environments[0], environments[1])]
    if len(environments) > 1:
        sides = "--patches and --live are about one" if len(environments) == 2 else "two at most"
        raise UsageError(f"a diff in which environment? {sides}: {', '.join(environments)}",
                         next="give -e once, or twice to compare two")  # fmt: skip
    if not environments:
        raise UsageError("a diff in which environment?", next="add -e ENV, or --env A --env B")
    target = find(args.target, environments[0], snapshot)
    if keys := releases_of(snapshot, target):
        return _of_releases(args, keys, snapshot)
    if charts:
        raise UsageError(f"{args.target} is no release of a chart", next="--from and --to")
    lines = _lines(target, snapshot)
    if args.before or args.after:
        if not args.after:
            raise UsageError("--from needs --to", next="for example --from v1.4.1 --to v1.4.2")
        if not lines:
            raise UsageError(f"{args.target} is not delivered in {environments[0]}")
        return [VersionsDiff(key, args.after, args.before, target.applier) for key, _m in lines]
    members = tuple(m for _key, keys in lines for m in keys)
    if target.applier is not None:
        members = (target.applier,)
    if not members:
        raise UsageError(f"{args.target} has no Kustomization in {environments[0]}")
    return [LiveDiff(key) if args.live else PatchesDiff(key) for key in members]


def _of_releases(
    args: argparse.Namespace, keys: Sequence[Key], snapshot: Snapshot
) -> list[Question]:
    """Of releases of a chart: with what is live, one with another, or the chart's versions."""
    versions = args.chart or []
    if len(versions) > 2:
        raise UsageError("--chart takes two versions at most", next="--chart 1.4.1 1.4.2")
    if args.chart is not None or args.rendered:
        pair = ("", "", *versions)[-2:]
        return [
            chart_question(snapshot, key, pair[1], pair[0], rendered=args.rendered) for key in keys
        ]
    if args.patches:
        raise UsageError(
            f"{args.target} is a release of a chart: it has no patches",
            next="--live, or --from and --to with numbers of releases",
        )
    if args.live:
        return [DriftDiff(key) for key in keys]
    before, after = release_number(args.before), release_number(args.after)
    return [ReleasesDiff(key, before, after) for key in keys]


def _lines(target: Target, snapshot: Snapshot) -> list[tuple[Key, tuple[Key, ...]]]:
    source = roles.source_key(snapshot, target.object) if target.object is not None else None
    if source is not None:
        line = snapshot.board.line(source)
        return [(source, line.appliers if line else ())]
    row = snapshot.board.row(target.service)
    lines = row.lines.get(target.environment, ()) if row else ()
    return [(line.key, line.appliers) for line in lines]
