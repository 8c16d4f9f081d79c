"""The views as verbs: each waits for what it needs, then prints table and data of one Snapshot.

What lays out a table, a watch or an empty answer is imported when one is wanted: a program that
asks for data waits for none of it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial

from fluxtui.cli import output
from fluxtui.cli.asked import changes_of, findings_of
from fluxtui.cli.looking import Look, again, look, refuse_grouping, short_name
from fluxtui.cli.output import conclude
from fluxtui.cli.patience import at_most
from fluxtui.cli.session import SETTLED
from fluxtui.domain.board import Severity
from fluxtui.domain.grouping import grouped
from fluxtui.domain.picking import address_of
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.port import EnginePort

PODS = 10.0
"""Seconds for the Pods of what is not ready."""

View = Callable[[EnginePort, argparse.Namespace], int]


def versions(engine: EnginePort, args: argparse.Namespace) -> int:
    """What runs where, and what would."""
    from fluxtui.cli.forms import board as board_form

    refuse_grouping(args)
    view = look(engine, args, tags=True)
    if args.watch:
        from fluxtui.cli import prints
        from fluxtui.cli import rows as items
        from fluxtui.cli.watching import watch

        wide = args.output == "wide"
        headers = items.HEADERS | {"Versions": prints.WIDE_VERSIONS} if wide else items.HEADERS
        items_of = partial(items.version_items, wide=wide)
        return watch(engine, view, items_of, args.output, headers)
    view = with_pods(engine, view)
    rows, environments, snapshot = view.rows(), view.environments, view.snapshot
    board_lines = [
        line for row in rows for name in environments for line in row.lines.get(name, ())
    ]
    urls = {address_of(snapshot, line.source) for line in board_lines}
    unlisted = [
        f"tags of {url} cannot be listed: {snapshot.tags[url].error}"
        for url in sorted(urls & set(snapshot.tags))
        if snapshot.tags[url].error
    ]
    away = _hidden(view, "version_items", "row")
    problems = list(dict.fromkeys((*view.problems, *unlisted, *away)))

    def table(*, wide: bool) -> str:
        from fluxtui.cli import prints

        empty = "" if away else prints.no_rows(snapshot, environments)
        groups = grouped(rows, args.group_by, snapshot.config)
        return prints.versions(rows, environments, wide=wide, empty=empty, groups=groups)

    output.emit(
        partial(table, wide=False),
        board_form.versions(snapshot, rows, environments, problems),
        args.output,
        wide=partial(table, wide=True),
        names=[short_name(line.key) for line in board_lines],
    )
    # Findings go to stderr, so that a table stays a table.
    loud = [f for f in findings_of(view) if f.severity != Severity.INFO]
    if loud:
        from fluxtui.cli import prints

        print(prints.findings(loud), file=sys.stderr)
    messages = {finding.message for finding in loud}
    conclude(text for text in problems if text not in messages)
    return 1 if problems else 0


def chain(engine: EnginePort, args: argparse.Namespace) -> int:
    """What is waiting for what, and the root blocker."""
    from fluxtui.cli.forms import chain as chain_form

    view = look(engine, args, tags=False)
    if args.watch:
        return _watched(engine, view, "chain_items", args.output)
    view = with_pods(engine, view)
    chains = view.chains()
    nodes = [node for chain_nodes in chains.values() for node in chain_nodes]
    away = _hidden(view, "chain_items", "Kustomization")
    problems = (*view.problems, *away)

    def table() -> str:
        from fluxtui.cli import prints

        return "" if away else prints.chain(chains, prints.no_nodes(view.snapshot))

    output.emit(
        table,
        chain_form.chain(view.snapshot, nodes, problems),
        args.output,
        names=[short_name(node.key) for node in nodes],
    )
    return conclude(problems)


def _watched(engine: EnginePort, view: Look, items: str, form: str) -> int:
    """`--watch`, by a function of `rows`."""
    from fluxtui.cli import rows, watching

    return watching.watch(engine, view, getattr(rows, items), form, rows.HEADERS)


def _hidden(view: Look, items: str, thing: str) -> list[str]:
    """What a filter hides (see `hiding`), where there is one; `items`: a function of `rows`."""
    if not view.is_filtered:
        return []
    from fluxtui.cli import hiding, rows

    return hiding.hidden(view, getattr(rows, items), thing)


def with_pods(engine: EnginePort, view: Look) -> Look:
    """With the Pods of what is not ready, so that a reason can name a container."""
    names = view.environments
    troubled = frozenset(key for key in view.board.troubled() if key.environment in names)
    if not troubled:
        return view
    from fluxtui.domain.overview.hooks import JOB
    from fluxtui.domain.overview.pods import POD

    engine.interest(troubled)
    environments = {key.environment for key in troubled} - set(view.snapshot.unreachable)

    def live(snapshot: Snapshot) -> bool:
        asked = [
            f for f in snapshot.feeds if f.kind in (POD, JOB) and f.environment in environments
        ]
        pods = {f.environment for f in asked if f.kind == POD}
        return pods == environments and all(f.state in SETTLED for f in asked)

    try:
        return again(view, engine.wait_for(live, at_most(PODS)).result(PODS + 5))
    except TimeoutError:
        return again(view, engine.snapshot)


def events(engine: EnginePort, args: argparse.Namespace) -> int:
    """What changed, over all environments."""
    from fluxtui.cli.forms import past as past_form

    view = look(engine, args, tags=False)
    if args.watch:
        return _watched(engine, view, "event_items", args.output)
    changes = changes_of(view)
    names = dict.fromkeys(change.subject for change in changes)
    away = _hidden(view, "event_items", "event")
    problems = (*view.problems, *away)

    def table() -> str:
        from fluxtui.cli import prints

        # That nothing has changed is said only of what could be read.
        return "" if problems and not changes else prints.changes(changes)

    output.emit(
        table,
        past_form.events(changes, problems),
        args.output,
        names=list(names),
    )
    return conclude(problems)
