"""The details strip: three lines about what the cursor is on. Pure."""

from __future__ import annotations

from fluxtui.commands.command import Target
from fluxtui.domain.board import Line as Cell
from fluxtui.domain.board import Mark
from fluxtui.domain.deadlines import has_passed
from fluxtui.domain.known import tagged_known
from fluxtui.domain.marks import until_text
from fluxtui.domain.revision import short_digest
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import age, since
from fluxtui.ui.signs import health
from fluxtui.ui.spans import PINNED, SUSPENDED, Line, brief, elide_middle, join, width, wrap


def target_details(snapshot: Snapshot, target: Target, now: float, cells: int) -> tuple[Line, ...]:
    """About a Service in an Environment."""
    row = snapshot.board.row(target.service)
    if row is None:
        return ()
    line = snapshot.board.line(target.object) if target.object else None
    if line is None:
        where = ", ".join(row.lines) or "no environment"
        knowledge = tagged_known(snapshot, target.environment)
        says = f"  not in {target.environment}"
        if not knowledge.known:
            says = f"  ? {target.environment} {knowledge.clause}"
        return (
            ((target.service, "strong"), (says, "wait")),
            ((f"delivered to {where} from ", "dim"), (row.repository, "")),
        )
    head = join(
        (
            ((target.service, "strong"), (" in ", "dim"), (target.environment, "strong")),
            ((line.key.label, "dim"),),
            ((line.policy, "dim"),),
        )
    )
    return (head, versions_line(line, now, cells), *state_lines(line, now, cells))[:4]


def versions_line(line: Cell, now: float, cells: int) -> Line:
    """Running, would pick, newest; each said in words. Long versions are shortened to fit."""
    full = _versions(line, now, 200)
    return full if width(full) <= cells else _versions(line, now, max(12, (cells - 40) // 4))


def _versions(line: Cell, now: float, most: int) -> Line:
    listed = age(line.listed_at, now)
    running = elide_middle(line.running_text, most * 2)
    pick = elide_middle(line.pick_text, most)
    newest: Line = (("newest ", "dim"), (elide_middle(line.newest_text, most), "version"))
    if line.ahead:
        newest = (*newest, (f", {line.ahead_text}", "busy"))
    return join(
        (
            (("running ", "dim"), (running, "version")),
            (("would pick ", "dim"), (pick, "busy" if line.behind else "version")),
            newest if line.has_list else (),
            ((short_digest(line.running.digest), "dim"),) if most > 100 else (),
            ((f"listed {listed} ago" if listed else "not listed yet", "dim"),)
            if line.has_list
            else (),
        )
    )


def state_lines(line: Cell, now: float, cells: int) -> tuple[Line, ...]:
    """Health in a sentence; who suspended or pinned it, and why."""
    out: list[Line] = []
    if line.suspended is not None:
        out.append(mark_line(f"{SUSPENDED} {line.suspended.suspends}", line.suspended, now))
    for hold in line.held[:1]:
        more = f" and {len(line.held) - 1} more" if len(line.held) > 1 else ""
        word = f"{SUSPENDED} {hold.key.name}{more} {hold.mark.suspends}"
        out.append(mark_line(word, hold.mark, now))
    if line.pinned is not None:
        out.append(mark_line(f"{PINNED} pinned", line.pinned, now))
    ago = age(line.known.since, now) if not line.known.known else ""
    text = (f"for {ago}, " if ago else "") + brief(line.health.text)
    sentence: Line = (*health(line.health.level), ("  " + text, ""))
    out.append(wrap(sentence, cells, 1)[0])
    if line.note and not line.ahead:  # which stands beside the newest
        out.append(((line.note, "wait"),))
    return tuple(out)


def mark_line(word: str, mark: Mark, now: float) -> Line:
    """`‖ suspended by anna 3h ago until 2026-11-23 18:00Z: why`, or `overdue` after that."""
    ago = since(mark.since, now)
    text = word + (f" by {mark.by}" if mark.by else "") + (f" {ago} ago" if ago else "")
    until: Line = ((f" {until_text(mark.until)}", "wait"),) if mark.until else ()
    if has_passed(mark.until, now):
        until = ((" overdue", "bad"),)
    return (
        (text, "wait"),
        *until,
        (f": {mark.reason}" if mark.reason else ": no reason given", "dim"),
    )
