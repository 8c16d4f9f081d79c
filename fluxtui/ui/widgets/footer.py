"""The bottom lines: what can be done here, derived from the Commands, and the status line.

A Command that cannot be done now is grey, and pressing its key shows the reason in the status line:
nothing hides, so that hands find the same key at the same place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fluxtui.commands.command import Command, Context
from fluxtui.domain import roles
from fluxtui.domain.board import Finding, Level, Severity
from fluxtui.domain.counts import counted
from fluxtui.domain.known import place_known, tags_known
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import since
from fluxtui.ui.keys import named_keys, shown_key
from fluxtui.ui.spans import Line, fit, shorter_names, width, wrap

_LOUD = {Severity.ERROR: ("✗", "bad"), Severity.WARNING: ("!", "busy"), Severity.INFO: ("·", "dim")}


class Refusals:
    """Which Commands cannot be done now; asked again only when what they look at changed."""

    def __init__(self) -> None:
        self._facts: tuple[object, ...] = ()
        self._off: frozenset[str] = frozenset()

    def of(self, acts: Sequence[Command], context: Context) -> frozenset[str]:
        """Ids of those that are refused."""
        facts = (*facts_of(context), tuple(acts))
        current = len(facts) == len(self._facts) and all(map(is_same, facts, self._facts))
        if not current:
            self._facts = facts
            self._off = frozenset(c.id for c in acts if c.disabled_reason(context) is not None)
        return self._off


def is_same(before: object, after: object) -> bool:
    """Whether nothing changed: mostly it is the same object."""
    return before is after or before == after


def facts_of(context: Context) -> tuple[object, ...]:
    """What refusals rest on: the Target, its Service everywhere, and the objects behind it."""
    snapshot, target = context.snapshot, context.target
    row = snapshot.board.row(target.service)
    lines = [line for group in row.lines.values() for line in group] if row is not None else []
    keys = [key for line in lines for key in (line.key, *line.appliers)]
    if target.object is not None:
        fed_by = roles.source_key(snapshot, target.object)
        keys += [target.object, *((fed_by,) if fed_by is not None else ())]
    objects = [snapshot.get(key) for key in (*keys, *target.marked)]
    picks = [snapshot.selections.get(line.key) for line in lines]
    return (
        *(target, row, snapshot.config, snapshot.unreachable, snapshot.tags, snapshot.acts),
        *(place_known(snapshot, target.environment), context.user),
        *objects,
        *picks,
    )


def helps(context: Context) -> tuple[str, ...]:
    """The Commands that help in the state of what is selected, best first."""
    snapshot, target = context.snapshot, context.target
    source = roles.source_key(snapshot, target.object) if target.object is not None else None
    own = snapshot.board.line(target.object) if target.object is not None else None
    line = own or (snapshot.board.line(source) if source is not None else None)
    nodes = snapshot.board.chains.get(target.environment, ())
    node = next((n for n in nodes if n.key == target.applier), None)
    health = node.health if node is not None else line.health if line is not None else None
    suspended = [x for x in (line, node) if x is not None and x.suspended is not None]
    out = ["resume"] if suspended else []
    if health is not None and health.level is not Level.OK:
        out += ["rollback", "reconcile"]
    if line is not None and line.pinned is not None:
        out.append("unpin")
    return tuple(out)


def footer_line(
    commands: Sequence[Command],
    keys: dict[str, str],
    context: Context,
    cells: int,
    nothing: str = "",
    refusals: Refusals | None = None,
) -> Line:
    """Keys of the acts; where they do not all fit, those that can be done now.

    `nothing`: why all of them are refused, if they are.

    What helps in the state of the selected object comes first to its room, each at its usual place.
    """
    acts = [c for c in commands if c.plan is not None and c.footer]
    ids = frozenset(c.id for c in acts)
    off = ids if nothing else (refusals or Refusals()).of(acts, context)
    tail: Line = (("  : ", "key"), ("all  ", "dim"), ("q ", "key"), ("back ", "dim"))
    room = cells - width(tail)
    entries = {c.id: _entry(c, keys, c.id in off) for c in acts}
    line: Line = ((" ", ""), *(span for entry in entries.values() for span in entry))
    if width(line) > room:
        able = [id_ for id_ in entries if id_ not in off or len(off) == len(acts)]
        first = [id_ for id_ in helps(context) if id_ in able]
        used, fitting = 1, set()
        for id_ in dict.fromkeys((*first, *able)):
            if used + width(entries[id_]) <= room:
                fitting.add(id_)
                used += width(entries[id_])
        spans = (span for id_ in able if id_ in fitting for span in entries[id_])
        line = ((" ", ""), *spans)
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


About = tuple[float, Mapping[str, str]]


def finding_line(finding: Finding, now: float, remapped: Mapping[str, str]) -> Line:
    """One finding: where, since when, what, what next. `remapped`: keys that the user bound."""
    glyph, role = _LOUD[finding.severity]
    ago = since(finding.since, now)
    head = " ".join(part for part in (finding.place, ago and f"for {ago}") if part)
    out: Line = (
        (f"{glyph} ", role),
        (head + ": " if head else "", "name"),
        (finding.message, role),
    )
    return (*out, (f" — {named_keys(finding.next, remapped)}", "dim")) if finding.next else out


def loudest(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Errors first, then warnings, each as ordered as they came; told once each."""
    order = list(Severity)
    return tuple(sorted(dict.fromkeys(findings), key=lambda f: -order.index(f.severity)))


def findings_lines(snapshot: Snapshot, now: float) -> tuple[Line, ...]:
    """All of them, loudest first; what is not read yet has nothing to report either."""
    lines = tuple(finding_line(f, now, snapshot.config.keys) for f in loudest(snapshot.findings))
    covered = {f.environment for f in snapshot.findings if f.code in ("pending", "unreachable")}
    places = {e.name: place_known(snapshot, e.name) for e in snapshot.config.environments}
    blank = {
        name: knowledge
        for name, knowledge in places.items()
        if not knowledge.known and name not in covered
    }
    doubts = tuple(
        ((f"? {name} {knowledge.clause}", "wait"),)
        for name, knowledge in blank.items()
        if knowledge.pending or not lines
    )
    unlisted = sum(
        tags_known(tags).pending for tags in snapshot.tags.values() if not tags.on_demand
    )
    if unlisted:
        says = f"? tags of {counted(unlisted, 'repository', 'is', 'repositories')} being listed"
        doubts = (*doubts, ((says, "wait"),))
    if not lines and not doubts:
        return ((("Nothing to report.", "ok") if places else ("Nothing is known yet.", "dim"),),)
    return (*lines, *doubts)


def status_lines(
    message: Line, findings: Sequence[Finding], cells: int, rows: int, about: About
) -> tuple[Line, ...]:
    """The newest message, whole in at most so many rows; else the loudest finding in one. `about`:
    now, and the keys that the user bound."""
    if message:
        return tuple(((" ", ""), *line) for line in wrap(message, cells - 2, rows))
    loud = [f for f in loudest(findings) if f.severity is not Severity.INFO]
    if not loud:
        return ((),)
    more: Line = ((f"  +{len(loud) - 1} more: !" if len(loud) > 1 else "", "accent"),)
    room = cells - 2 - width(more)
    line = finding_line(loud[0], *about)
    return (((" ", ""), *fit(shorter_names(line, room), room), *more),)
