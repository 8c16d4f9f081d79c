"""The bottom lines: what can be done here, derived from the Commands, and the status line.

A Command that cannot be done now is grey, and pressing its key shows the reason in the status line:
nothing hides, so that hands find the same key at the same place.
"""

from __future__ import annotations

from collections.abc import Sequence

from fluxtui.commands.command import Command, Context
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.known import place_known
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import since
from fluxtui.ui.keys import shown_key
from fluxtui.ui.spans import Line, fit, width

_LOUD = {Severity.ERROR: ("✗", "bad"), Severity.WARNING: ("!", "busy"), Severity.INFO: ("·", "dim")}


def footer_line(
    commands: Sequence[Command], keys: dict[str, str], context: Context, cells: int
) -> Line:
    """Keys of the acts; where they do not all fit, only those that can be done now."""
    acts = [c for c in commands if c.plan is not None and c.footer]
    off = {c.id for c in acts if c.disabled_reason(context) is not None}
    tail: Line = (("  : ", "key"), ("all  ", "dim"), ("q ", "key"), ("back ", "dim"))
    room = cells - width(tail)
    entries = {c.id: _entry(c, keys, c.id in off) for c in acts}
    line: Line = ((" ", ""), *(span for entry in entries.values() for span in entry))
    if width(line) > room:
        line = ((" ", ""),)
        for entry in (e for id_, e in entries.items() if id_ not in off or len(off) == len(acts)):
            if width(line) + width(entry) <= room:
                line = (*line, *entry)
    return (*fit(line, room), *tail)


def _entry(command: Command, keys: dict[str, str], off: bool) -> Line:
    key = shown_key(keys.get(command.id, ""))
    return (
        (key + " ", "off" if off else "key"),
        (short_title(command) + "  ", "off" if off else ""),
    )


def short_title(command: Command) -> str:
    """The title without its last explanation, for the narrow footer."""
    return {"reconcile-with-source": "With source", "publish": "Publish"}.get(
        command.id, command.title
    )


def finding_line(finding: Finding, now: float) -> Line:
    """One finding: where, since when, what, what next."""
    glyph, role = _LOUD[finding.severity]
    ago = since(finding.since, now)
    head = " ".join(part for part in (finding.place, ago and f"for {ago}") if part)
    out: Line = (
        (f"{glyph} ", role),
        (head + ": " if head else "", "name"),
        (finding.message, role),
    )
    return (*out, (f" — {finding.next}", "dim")) if finding.next else out


def loudest(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Errors first, then warnings, each as ordered as they came; told once each."""
    order = list(Severity)
    return tuple(sorted(dict.fromkeys(findings), key=lambda f: -order.index(f.severity)))


def findings_lines(snapshot: Snapshot, now: float) -> tuple[Line, ...]:
    """All of them, loudest first; what is not read yet has nothing to report either."""
    lines = tuple(finding_line(f, now) for f in loudest(snapshot.findings))
    said = {f.environment for f in snapshot.findings if f.code in ("pending", "unreachable")}
    places = {e.name: place_known(snapshot, e.name) for e in snapshot.config.environments}
    blank = {name: known for name, known in places.items() if not known.known and name not in said}
    doubts = tuple(
        ((f"? {name} {known.clause}", "wait"),)
        for name, known in blank.items()
        if known.pending or not lines
    )
    if not lines and not doubts:
        return ((("Nothing to report.", "ok") if places else ("Nothing is known yet.", "dim"),),)
    return (*lines, *doubts)


def status_line(message: Line, findings: Sequence[Finding], cells: int, now: float) -> Line:
    """The newest message, else the loudest finding."""
    if message:
        return (" ", ""), *fit(message, cells - 1)
    loud = [f for f in loudest(findings) if f.severity is not Severity.INFO]
    if not loud:
        return ()
    more: Line = ((f"  +{len(loud) - 1} more: !" if len(loud) > 1 else "", "accent"),)
    return (" ", ""), *fit(finding_line(loud[0], now), cells - 2 - width(more)), *more
