"""The views as text and as data: one function each, pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fluxtui.cli.output import table, visible_text
from fluxtui.domain.ask import Comparison
from fluxtui.domain.board import ChainNode, Finding, Level, Line, Row
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.objectdiff import FieldChange, ObjectChange
from fluxtui.domain.resource import Key
from fluxtui.domain.selection import Selection
from fluxtui.domain.snapshot import Change

if TYPE_CHECKING:
    from fluxtui.engine.journal import Entry

WORDS = {
    Level.OK: "ready",
    Level.PROGRESSING: "progressing",
    Level.WAITING: "waiting",
    Level.UNKNOWN: "unknown",
    Level.FAILED: "FAILED",
}


def versions(rows: Iterable[Row], environments: Sequence[str]) -> str:
    """The board: a line for every source of every Service in every Environment."""
    found = []
    for row in rows:
        for name in environments:
            for line in row.lines.get(name, ()):
                found.append(
                    (
                        row.service,
                        name,
                        line.running.text or "-",
                        line.would_pick or "-",
                        line.newest or "-",
                        WORDS[line.health.level],
                        _note(line),
                    )
                )
    header = ("SERVICE", "ENVIRONMENT", "RUNNING", "WOULD PICK", "NEWEST", "HEALTH", "NOTE")
    return table(header, found) if found else "no service is known yet"


def _note(line: Line) -> str:
    marks = []
    if line.suspended:
        marks.append(f"suspended: {line.suspended.reason or 'no reason given'}")
    if line.pinned:
        marks.append(f"pinned: {line.pinned.reason or 'no reason given'}")
    if line.behind:
        marks.append("behind")
    if line.note:
        marks.append(line.note)
    if line.health.level != Level.OK:
        marks.append(line.health.text)
    return "; ".join(marks)


def versions_data(rows: Iterable[Row], environments: Sequence[str]) -> list[dict[str, Any]]:
    """The board as data: one entry per Service, its lines per Environment."""
    return [
        {
            "service": row.service,
            "repository": row.repository,
            "environments": {
                name: [_line_data(line) for line in row.lines[name]]
                for name in environments
                if name in row.lines
            },
        }
        for row in rows
    ]


def _line_data(line: Line) -> dict[str, Any]:
    return {
        "source": line.source.label,
        "running": line.running.text,
        "version": line.running.version,
        "digest": line.running.digest,
        "wouldPick": line.would_pick,
        "newest": line.newest,
        "behind": line.behind,
        "policy": line.policy,
        "health": WORDS[line.health.level].lower(),
        "message": line.health.text,
        "suspended": line.suspended,
        "pinned": line.pinned,
        "kustomizations": [key.label for key in line.kustomizations],
        "note": line.note,
    }


def findings(found: Iterable[Finding]) -> str:
    """One line each: severity, message, way out."""
    lines = []
    for finding in found:
        where = f"{finding.place}: " if finding.place else ""
        way = f" ({finding.next})" if finding.next else ""
        lines.append(f"{finding.severity.value}: {where}{finding.message}{way}")
    return visible_text("\n".join(lines))


def tags(shown: Mapping[Key, Selection]) -> str:
    """Every tag with its one reason, per source, as far as the list of tags alone says it."""
    parts = []
    for key, selection in shown.items():
        head = f"{key}  ({selection.policy.describe()}) picks {selection.chosen or 'nothing'}"
        notes = [f"  ! {w}" for w in (selection.error, *selection.warnings) if w]
        rows = [
            (v.tag, v.refusal.value if v.refusal else "CHOSEN", v.reason)
            for v in selection.verdicts
        ]
        parts.append("\n".join((visible_text(head), *map(visible_text, notes))))
        parts.append(table(("TAG", "", "REASON"), rows))
    return "\n".join(parts) or "no tag is known yet"


def chain(nodes: Mapping[str, Sequence[ChainNode]]) -> str:
    """The tree of every Environment; a waiting node names its root blocker."""
    lines = []
    for environment, found in nodes.items():
        lines.append(environment)
        for node in found:
            indent = "  " * (node.depth + 1)
            name = f"{node.key.namespace}/{node.key.name}"
            said = node.because or ("" if node.health.level == Level.OK else node.health.text)
            mark = " (suspended)" if node.suspended else ""
            lines.append(
                f"{indent}{name}  {WORDS[node.health.level]}{mark}  {node.running or '-'}"
                + (f"  {said}" if said else "")
            )
            lines += [
                f"{indent}  . {o.key.label}: {o.message or o.status}"
                for o in node.objects
                if o.status != "Current"
            ]
    return visible_text("\n".join(lines))


def changes(found: Sequence[Change]) -> str:
    """The time line, newest first."""
    rows = [(c.at, c.environment, c.subject, c.what) for c in found]
    return table(("WHEN", "ENVIRONMENT", "WHAT", ""), rows) if rows else "nothing has changed yet"


def comparisons(results: Iterable[Comparison], *, unified: bool) -> str:
    """Object by object: added, changed, removed; fields, or YAML line by line."""
    from fluxtui.domain.unified import unified as unified_lines

    lines = []
    for comparison in results:
        lines.append(comparison.title)
        lines += [f"  not looked at: {text}" for text in comparison.unread]
        for part in comparison.parts:
            arrow = f"{part.before} -> {part.after}" if part.before or part.after else ""
            lines.append(f"{part.kustomization.label}  {arrow}".rstrip())
            if part.error:
                lines.append(f"  does not build: {part.error}")
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


def journal(entries: Sequence[Entry]) -> str:
    """Plans and what became of their Steps."""
    rows = []
    for entry in entries:
        body = entry.body
        if entry.type == "plan":
            what = f"{body.get('title', '')} ({body.get('user', '')})"
        else:
            what = " ".join(str(body.get(k, "")) for k in ("step", "message")).strip()
        outcome = str(body.get("outcome", "")) if entry.type == "receipt" else entry.type
        rows.append((entry.at, entry.plan, outcome, what))
    return table(("WHEN", "PLAN", "", "WHAT"), rows) if rows else "the Journal is empty"
