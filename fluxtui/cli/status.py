"""`fluxtui status`: the board in short, and everything that makes its exit code 1.

What the exit code stands on is one list of causes, which every form prints: a script that reads
`-o name` is told of a suspended source as well as a person is. Nothing is judged here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence

from fluxtui.cli import output, prints
from fluxtui.cli.asked import findings_of
from fluxtui.cli.forms import board as form
from fluxtui.cli.hiding import hidden
from fluxtui.cli.looking import Look, look, refuse_grouping, short_name
from fluxtui.cli.output import conclude
from fluxtui.cli.rows import HEADERS, chain_items, status_items, version_items
from fluxtui.cli.views import with_pods
from fluxtui.domain.board import ChainNode, Finding, Level, Line, Mark, Severity
from fluxtui.domain.counts import counted
from fluxtui.domain.grouping import grouped
from fluxtui.domain.marks import mark_text
from fluxtui.domain.resource import Key
from fluxtui.engine.port import EnginePort

Causes = dict[Key | str, str]
"""What is not well, an object or a finding about none, and the sentence that says so."""


def status(engine: EnginePort, args: argparse.Namespace) -> int:
    """The board in short. 0 only when all is known, all is well, and nothing is suspended."""
    refuse_grouping(args)
    if args.watch:
        from fluxtui.cli.watching import watch

        return watch(engine, look(engine, args, tags=True), status_items, args.output, HEADERS)
    view = with_pods(engine, look(engine, args, tags=True))
    snapshot, environments, rows = view.snapshot, view.environments, view.rows()
    nodes = [node for nodes in view.chains().values() for node in nodes]
    findings = findings_of(view)
    lines = [ln for r in rows for e in environments for ln in r.lines.get(e, ())]
    why = causes(nodes, lines, findings)
    away = hidden(view, lambda look: [*version_items(look), *chain_items(look)], "object")
    problems = (*view.problems, *away)
    not_ready = [n for n in nodes if n.health.level != Level.OK]
    data = form.status(
        snapshot,
        rows,
        environments,
        causes=why,
        not_ready=not_ready,
        findings=findings,
        problems=problems,
    )
    groups, empty = grouped(rows, args.group_by, snapshot.config), _empty(view, away, nodes)
    parts = [prints.versions(rows, environments, empty=empty, groups=groups)]
    parts += [prints.not_ready(not_ready)] if not_ready else []
    parts += [prints.findings(findings)] if findings else []
    names = [short_name(key) for key in why if isinstance(key, Key)]
    text = "\n".join(filter(None, parts))
    output.emit(text, data, args.output, names=list(dict.fromkeys(names)))
    if args.output not in ("table", "wide"):
        for sentence in why.values():
            print(f"fluxtui: {output.one_line(sentence)}", file=sys.stderr)
    conclude(problems)
    return 1 if why or problems else 0


def _empty(view: Look, away: Sequence[str], nodes: Sequence[ChainNode]) -> str:
    """What stands where the board would, when it has no row."""
    if away:
        return ""
    if view.selector:
        return f"no row of the board has the labels, {counted(len(nodes), 'Kustomization', 'has')}"
    return prints.no_rows(view.snapshot, view.environments)


def causes(
    nodes: Iterable[ChainNode], lines: Iterable[Line], findings: Iterable[Finding]
) -> Causes:
    """All that makes the exit code 1, each object once, with what is said of it first."""
    why: Causes = {}
    for key, sentence in (*_of_nodes(nodes), *_of_lines(lines), *_of_findings(findings)):
        why.setdefault(key, sentence)
    return why


def _of_nodes(nodes: Iterable[ChainNode]) -> Iterator[tuple[Key, str]]:
    for node in nodes:
        if node.health.level != Level.OK:
            why = node.because or node.health.text
            yield node.key, f"{node.key} is {prints.WORDS[node.health.level]}: {why}"
        elif node.suspended:
            yield node.key, _held(node.key, node.suspended)


def _of_lines(lines: Iterable[Line]) -> Iterator[tuple[Key, str]]:
    for line in lines:
        if line.suspended:
            yield line.key, _held(line.key, line.suspended)
        for hold in line.held:
            yield hold.key, _held(hold.key, hold.mark)
        if line.health.level != Level.OK:
            word = prints.WORDS[line.health.level]
            yield line.key, f"{line.key} is {word}: {line.health.text}"


def _of_findings(findings: Iterable[Finding]) -> Iterator[tuple[Key | str, str]]:
    for finding in findings:
        if finding.severity == Severity.ERROR:
            place = f"{finding.place}: " if finding.place else ""
            yield finding.subject or finding.message, f"{place}{finding.message}"


def _held(key: Key, mark: Mark) -> str:
    return f"{key} is {mark.suspends}{mark_text(mark)}"
