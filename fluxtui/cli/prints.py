"""The views as text and as data: one function each, pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from fluxtui.cli.forms.envelope import LEVELS
from fluxtui.cli.output import one_line, screen_width, table, visible_text
from fluxtui.cli.waysout import way_out
from fluxtui.domain import kinds
from fluxtui.domain.board import ChainNode, Finding, Level, Line, Row
from fluxtui.domain.counts import counted
from fluxtui.domain.grouping import RowGroup
from fluxtui.domain.known import place_known

if TYPE_CHECKING:
    from fluxtui.domain.ask import Comparison
    from fluxtui.domain.objectdiff import FieldChange, ObjectChange
    from fluxtui.domain.objectid import ObjectId
    from fluxtui.domain.resource import Key
    from fluxtui.domain.selection import Selection
    from fluxtui.domain.snapshot import Change, Snapshot
    from fluxtui.engine.acts.journal import JournalEntry

WORDS = {**LEVELS, Level.FAILED: "FAILED"}
"""The same words as in data; the one that must be seen from afar in capitals."""


VERSIONS = ("SERVICE", "ENVIRONMENT", "RUNNING", "WOULD PICK", "NEWEST", "HEALTH", "NOTE")
WIDE_VERSIONS = (*VERSIONS[:-1], "SOURCE", "POLICY", "DIGEST", VERSIONS[-1])
CHAIN = ("ENVIRONMENT", "NAME", "HEALTH", "RUNNING", "WHY")
EVENTS = ("WHEN", "ENVIRONMENT", "OBJECT", "WHAT")
FINDINGS = ("SEVERITY", "ENVIRONMENT", "FINDING", "NEXT")


def versions(
    rows: Iterable[Row],
    environments: Sequence[str],
    *,
    wide: bool = False,
    empty: str = "no service is known yet",
    groups: Sequence[RowGroup] = (),
) -> str:
    """The board: a line for every source of every Service in every Environment.

    `wide`: also where it comes from and what decides. `empty`: what to say when there is none.
    `groups`: those rows, under heads; nothing that is not in one is printed then.
    """
    heads: dict[int, str] = {}
    cells: list[tuple[str, ...]] = []
    for group in groups or (RowGroup("", tuple(rows)),):
        heads |= {len(cells): group.head} if group.head else {}
        cells += version_cells(group.rows, environments, wide=wide)
    header = WIDE_VERSIONS if wide else VERSIONS
    if not cells:
        return empty
    width = 0 if wide else screen_width()
    return table(header, cells, width=width, middle=(2, 3, 4), heads=heads)


def no_rows(snapshot: Snapshot, environments: Sequence[str]) -> str:
    """Why the board is empty: that nothing is delivered is said only of what is known."""
    lines = []
    for name in environments:
        knowledge = place_known(snapshot, name)
        if not knowledge.known:
            lines.append(f"{name} {knowledge.clause}")
            continue
        elsewhere = len(snapshot.board.chains.get(name, ()))
        beside = (
            f"; Kustomizations from other sources: {elsewhere} (fluxtui chain)" if elsewhere else ""
        )
        lines.append(f"{name}: no service is delivered from a registry{beside}")
    return "\n".join(lines) or "no environment is configured"


def version_cells(
    rows: Iterable[Row], environments: Sequence[str], *, wide: bool = False
) -> list[tuple[str, ...]]:
    """The cells of `versions`, row by row."""
    return [
        (
            row.service,
            name,
            line.running_text,
            line.pick_text,
            line.newest_text,
            WORDS[line.health.level],
            *((line.key.label, line.policy, line.running.digest or "-") if wide else ()),
            _note(line),
        )
        for row in rows
        for name in environments
        for line in row.lines.get(name, ())
    ]


def node_cells(node: ChainNode) -> tuple[str, ...]:
    """One Kustomization as a row: what it waits for, or why it is not well."""
    why = node.because or ("" if node.health.level == Level.OK else node.health.text)
    kind = kinds.of(node.key)
    short = "" if kind is None or kind.core else f"{kind.short}/"
    name = f"{short}{node.key.namespace}/{node.key.name}"
    level = WORDS[node.health.level] + (" (suspended)" if node.suspended else "")
    return (node.key.environment, name, level, node.running_text or "-", why)


def _note(line: Line) -> str:
    marks = []
    if line.suspended:
        marks.append(f"suspended: {line.suspended.reason or 'no reason given'}")
    for hold in line.held:
        why = hold.mark.reason or "no reason given"
        marks.append(f"{hold.key.name} is suspended: {why}")
    if line.pinned:
        marks.append(f"pinned: {line.pinned.reason or 'no reason given'}")
    if line.behind:
        marks.append("behind")
    if line.note:
        marks.append(line.note)
    if line.health.level != Level.OK:
        marks.append(line.health.text)
    return "; ".join(marks)


def not_ready(nodes: Iterable[ChainNode]) -> str:
    """What is not well, a line each, with the object and the reason behind it."""
    return "\n".join(
        one_line(f"{node.key} is {WORDS[node.health.level]}: {node.because or node.health.text}")
        for node in nodes
    )


def findings(items: Iterable[Finding]) -> str:
    """One line each: severity, message, way out."""
    lines = []
    for finding in items:
        where = f"{finding.place}: " if finding.place else ""
        way = f" ({way_out(finding)})" if finding.next else ""
        lines.append(one_line(f"{finding.severity.value}: {where}{finding.message}{way}"))
    return "\n".join(lines)


def tags(selections: Mapping[Key, Selection]) -> str:
    """Every tag with its one reason, per source, as far as the list of tags alone says it."""
    parts = []
    for key, selection in selections.items():
        head = f"{key}  ({selection.policy.describe()}) picks {selection.chosen or 'nothing'}"
        notes = [f"  ! {w}" for w in (selection.error, *selection.warnings) if w]
        rows = [
            (v.tag, v.refusal.value if v.refusal else "CHOSEN", v.reason)
            for v in selection.verdicts
        ]
        parts.append("\n".join((visible_text(head), *map(visible_text, notes))))
        parts.append(table(("TAG", "VERDICT", "REASON"), rows))
    return "\n".join(parts) or "no tag is known yet"


def no_nodes(snapshot: Snapshot) -> dict[str, str]:
    """Why nothing of an Environment's chain is shown, as far as that is known."""
    reasons = {}
    for name in (environment.name for environment in snapshot.config.environments):
        knowledge = place_known(snapshot, name)
        number = len(snapshot.board.chains.get(name, ()))
        unasked = f"none of its {counted(number, 'Kustomization')} is what was asked for"
        reason = unasked if number else "no Kustomization is there"
        reasons[name] = reason if knowledge.known else knowledge.clause
    return reasons


def chain(
    nodes: Mapping[str, Sequence[ChainNode]], empty: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The tree of every Environment; a waiting node names its root blocker. `empty`: what to say
    of one that has none."""
    lines = []
    for environment, chain_nodes in nodes.items():
        lines.append(environment)
        if not chain_nodes and empty:
            lines.append(f"  {empty[environment]}")
        for node in chain_nodes:
            indent = "  " * (node.depth + 1)
            name = f"{node.key.namespace}/{node.key.name}"
            remark = node.because or ("" if node.health.level == Level.OK else node.health.text)
            mark = " (suspended)" if node.suspended else ""
            remark = remark if node.known.known else node.health.text
            lines.append(
                f"{indent}{name}  {WORDS[node.health.level]}{mark}  {node.running_text or '-'}"
                + (f"  {remark}" if remark else "")
            )
            lines += [
                f"{indent}  . {o.key.label}: {o.message or o.status}"
                for o in node.objects
                if o.status != "Current"
            ]
    return visible_text("\n".join(lines))


def changes(items: Sequence[Change]) -> str:
    """The time line, newest first."""
    rows = [change_cells(change) for change in items]
    text = table(EVENTS, rows, width=screen_width(), middle=(2,))
    return text if rows else "nothing has changed yet"


def change_cells(change: Change) -> tuple[str, ...]:
    """One line of the time line; what was told again, with how often and when last."""
    again = f"  ({change.count} times, last {change.last})" if change.count > 1 else ""
    return (change.at, change.environment, change.subject, change.what + again)


def comparisons(results: Iterable[Comparison], *, unified: bool) -> str:
    """Object by object: added, changed, removed; fields, or YAML line by line."""
    from fluxtui.domain.unified import unified as unified_lines

    lines = []
    for comparison in results:
        lines.append(comparison.title)
        if comparison.left and comparison.right:
            lines.append(f"  left (-): {comparison.left}; right (+): {comparison.right}")
        lines += [f"  not looked at: {text}" for text in comparison.unread]
        for part in comparison.parts:
            arrow = f"{part.before} -> {part.after}" if part.before or part.after else ""
            lines.append(f"{part.kustomization.label}  {arrow}".rstrip())
            if part.error:
                lines.append(f"  could not be compared: {part.error}")
            lines += [f"  ! {finding}" for finding in part.findings]
            if not part.changes and not part.error:
                lines.append("  no object changes")
            for change in part.changes:
                lines.append(f"  {change.kind} {object_label(change.id)}{_renamed(change)}")
                if unified:
                    lines += [f"    {text}" for text in unified_lines(change)]
                else:
                    lines += [f"    {field_text(field)}" for field in change.fields]
    return visible_text("\n".join(lines))


def object_label(id_: ObjectId) -> str:
    """`Deployment/ns/name`."""
    return "/".join(part for part in (id_.kind, id_.namespace, id_.name) if part)


def _renamed(change: ObjectChange) -> str:
    was = f" (was {change.was})" if change.was else ""
    return f"{was}  [{change.by}]" if change.by else was


def field_text(field: FieldChange) -> str:
    """`spec.replicas: 1 -> 3  [patch 1 of ..]`, with an absent side left out."""
    return f"{_field_text(field)}  [{field.by}]" if field.by else _field_text(field)


def _field_text(field: FieldChange) -> str:
    before = "" if field.before is None else json.dumps(field.before, ensure_ascii=False)
    after = "" if field.after is None else json.dumps(field.after, ensure_ascii=False)
    if field.kind == "added":
        return f"+ {field.path}: {after}"
    if field.kind == "removed":
        return f"- {field.path}: {before}"
    return f"~ {field.path}: {before} -> {after}"


def journal(entries: Sequence[JournalEntry]) -> str:
    """Plans and what became of their Steps."""
    from fluxtui.engine.acts.past import CLOSING

    rows = []
    for entry in entries:
        body = entry.body
        if entry.type == "plan":
            summary = f"{body.get('title', '')} ({body.get('user', '')})"
        else:
            summary = " ".join(str(body.get(k, "")) for k in ("step", "message", "why")).strip()
        if entry.type == "interrupted" and not body.get("step"):
            ways = f"fluxtui plan finish {entry.plan}, or plan undo {entry.plan}"
            summary += f" ({ways}; {CLOSING})"
        outcome = entry.type
        if entry.type in ("receipt", "interrupted"):
            outcome = str(body.get("outcome") or entry.type)
        rows.append((entry.at, entry.plan, outcome, summary))
    text = table(("WHEN", "PLAN", "OUTCOME", "WHAT"), rows, width=screen_width())
    return text if rows else "the Journal is empty"
