"""The top two lines: the Environments with their health, and the views with the one that is open.

What must be seen at 3 a.m. whatever pane is open: who is failing, who cannot be reached, what is
protected or read-only, and how old what we see is. Pure lines; the widgets only paint them.
"""

from __future__ import annotations

from collections.abc import Sequence

from fluxtui.commands.command import Command
from fluxtui.commands.views import READ
from fluxtui.domain.board import Level
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.known import not_live, place_known, tags_known
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import age
from fluxtui.ui.keys import shown_key
from fluxtui.ui.signs import GLYPHS
from fluxtui.ui.spans import PROTECTED, SUSPENDED, Line, elide_middle, fit, width
from fluxtui.ui.tally import Tallies
from fluxtui.ui.widgets.headerwords import worded

ENOUGH = 40  # cells in which what is said of the rows is understood, though shortened
TALLIES = Tallies()  # of the Snapshot drawn last


def environments(snapshot: Snapshot) -> tuple[str, ...]:
    """Configured ones first, in their order; then those that only the board knows."""
    names = [e.name for e in snapshot.config.environments]
    return tuple(dict.fromkeys([*names, *snapshot.board.environments]))


def environment_line(
    snapshot: Snapshot, name: str, now: float, *, words: bool, doubts: bool = True
) -> Line:
    """`production ◈ ✓6 ✗1`, or why there is nothing to count."""
    configured = snapshot.config.environment(name)
    out: list[tuple[str, str]] = [(name, "strong")]
    read_only = snapshot.config.read_only or (configured is not None and configured.read_only)
    if read_only:
        out.append((f" {worded('read-only' if words else 'r/o')}", "wait"))
    elif configured is None or configured.protected:
        out.append((f" {PROTECTED} {worded('protected')}" if words else f" {PROTECTED}", "dim"))
    knowledge = place_known(snapshot, name)
    if knowledge.pending:
        out.append((f" ? {worded(knowledge.word)}" if words else " …", "wait"))
    elif not knowledge.known:
        out.append((f" ✗ {worded(knowledge.word)}" if doubts else " ✗", "bad"))
    nodes = snapshot.board.chains.get(name, ())
    holds = _holds(snapshot, name, now, words=words)
    if not nodes:
        return (*out, (f" {worded('empty')}", "dim"), *holds) if knowledge.known else tuple(out)
    tally = TALLIES.of(name, nodes)
    counts = tally.levels
    for level in (Level.FAILED, Level.UNKNOWN, Level.WAITING, Level.PROGRESSING, Level.OK):
        if counts[level]:
            out.append((f" {GLYPHS[level][0]}{counts[level]}", GLYPHS[level][1]))
    return (*out, *holds)


def _holds(snapshot: Snapshot, name: str, now: float, *, words: bool) -> Line:
    """How much is suspended, whether it is frozen, and how many holds should be over or are
    forgotten."""
    held = snapshot.holds.get(name)
    if held is None:
        return ()
    overdue, ageing = held.overdue(now), held.ageing(now, snapshot.config.ageing)
    return (
        *(((f" {worded(SUSPENDED)}{held.suspended}", "wait"),) if held.suspended else ()),
        *(((f" {worded('frozen')}", "wait"),) if held.freezes else ()),
        *(((f", {held.loose} {worded('not held')}", "bad"),) if held.loose else ()),
        *(((f" {overdue} {worded('overdue' if words else 'late')}", "bad"),) if overdue else ()),
        *(((f" {ageing} {worded('ageing' if words else 'old')}", "wait"),) if ageing else ()),
    )


def feeds_line(snapshot: Snapshot, now: float) -> Line:
    """`● live`, or the worst state and since when; how old the tags are that picks rest on."""
    if not snapshot.feeds:
        return ((f"○ {worded('connecting')}", "wait"),)
    states = [f.state for f in snapshot.feeds]
    poor = not_live(snapshot)
    if poor:
        oldest = min((f.since for f in poor if f.since), default=0.0)
        word = f"{len(poor)} of {len(states)} {worded('feeds not live')}"
        stamp = age(oldest, now)
        return ((f"✗ {word}" + (f" {stamp}" if stamp else ""), "bad"),)
    if FeedState.STARTING in states:
        word = worded("listing" if FeedState.LIVE in states else "connecting")
        return ((f"○ {word}", "wait"),)
    return ((f"● {worded('live')}", "ok"), *_tags(snapshot, now))


def _tags(snapshot: Snapshot, now: float) -> Line:
    """How old the lists of tags are, or that some cannot be had."""
    followed = [tags for tags in snapshot.tags.values() if not tags.on_demand]
    lists = [tags_known(tags) for tags in followed]
    failed = sum(not k.known and not k.pending for k in lists)
    if failed:
        return ((f"  ✗ {worded('tags')} of {failed} of {len(lists)}", "bad"),)
    if any(k.pending for k in lists):
        return ((f"  {worded('tags listing')}", "wait"),)
    stamp = age(min((t.listed_at for t in followed), default=0.0), now)
    return ((f"  {worded('tags')} {stamp}" if stamp else "", "dim"),)


def acts_line(snapshot: Snapshot) -> Line:
    """How many Plans run now, whatever pane is open."""
    running = sum(not act.finished for act in snapshot.acts)
    return ((f"◐ {running} {worded('running')}   ", "busy"),) if running else ()


def top_line(snapshot: Snapshot, now: float, cells: int) -> Line:
    """The first line, for that many cells."""
    right = (*acts_line(snapshot), *feeds_line(snapshot, now))
    for words, doubts in ((True, True), (False, True), (False, False)):
        spans: list[tuple[str, str]] = [(" fluxtui", "accent")]
        for name in environments(snapshot):
            spans.append(("   " if words else "  ", ""))
            spans.extend(environment_line(snapshot, name, now, words=words, doubts=doubts))
        gap = cells - width(tuple(spans)) - width(right) - 1
        if gap >= 2:
            return (*spans, (" " * gap, ""), *right)
    return tuple(spans)


def tab_line(
    commands: Sequence[Command], keys: dict[str, str], current: str, reading: str, cells: int
) -> Line:
    """The views with their keys; the open one stands out."""
    views = [c for c in commands if c.plan is None and c.id not in READ]
    helps: Line = (
        ("  " if reading else "", ""),
        (f"{shown_key(keys.get('help', '')) or '?'} help ", "dim"),
    )
    status: Line = ((reading, "busy"),)
    # What hides rows is said before anything else: titles give way to it, then help does.
    for gap, titled, right in (
        ("   ", True, (*status, *helps)),
        ("  ", True, (*status, *helps)),
        (" ", True, (*status, *helps)),
        (" ", True, status),
        ("  ", False, (*status, *helps)),
        (" ", False, status),
    ):
        out: list[tuple[str, str]] = [(" ", "")]
        for command in views:
            active = command.id == current
            out.append((shown_key(keys.get(command.id, "")), "accent" if active else "dim"))
            if titled or active:
                out.append((f" {command.title}", "tab" if active else "dim"))
            out.append((gap, ""))
        space = cells - width(tuple(out)) - width(right)
        if space >= 0:
            return (*out, (" " * space, ""), *right)
    if not reading:
        return tuple(out)
    if space + width(status) >= ENOUGH:  # the end of what is typed, and how many rows it leaves
        return (
            *out,
            *((elide_middle(text, cells - width(tuple(out))), role) for text, role in status),
        )
    return fit((*status, ("  ", ""), *out), cells)
