"""Under the board, and in its place while it is empty: what needs a person, what changed last, whom
it waits for. Pure."""

from __future__ import annotations

from fluxtui.domain.board import Severity
from fluxtui.domain.knowledge import Knowledge
from fluxtui.domain.known import place_known
from fluxtui.domain.snapshot import Change, Snapshot
from fluxtui.ui.ages import since
from fluxtui.ui.doubts import doubt_line
from fluxtui.ui.panes.pane import View
from fluxtui.ui.spans import Line, brief, fit, shorter_names, wrap
from fluxtui.ui.widgets.footer import finding_line, loudest

ROOMY = 10  # lines, from which half is for what changed last
ATTENTION: Line = (("NEEDS ATTENTION", "dim"),)
ALL_WELL: tuple[Line, ...] = ((("Every row is well.", "ok"),), (), (("z shows all.", "dim"),))


def lately(view: View, room: int, cells: int) -> tuple[Line, ...]:
    """Findings and the newest Changes in at most `room` lines; nothing when there is no room."""
    if room < 4:
        return ()
    out: list[Line] = []
    remapped = view.snapshot.config.keys
    findings = [f for f in loudest(view.snapshot.findings) if f.severity is not Severity.INFO]
    if findings:
        out.append(ATTENTION)
        # Lines: a few findings are told whole. Where room is short, what changed gives way first.
        most = room // 2 - 2 if room >= ROOMY else room - 2
        loud = findings[:most]
        height = max(1, min(3, most // len(loud)))
        for finding in loud:
            out += wrap(
                shorter_names(finding_line(finding, view.now, remapped), cells),
                cells,
                height,
                hang=2,
            )
        if len(findings) > len(loud):
            out.append(((f"  and {len(findings) - len(loud)} more: press !", "accent"),))
        out.append(())
    remaining = room - len(out) - 2
    if remaining > 0 and view.snapshot.changes:
        out.append((("LAST CHANGES", "dim"),))
        out += [change_line(view, c) for c in view.snapshot.changes[:remaining]]
    return tuple(out)


def change_line(view: View, change: Change) -> Line:
    """`4m  staging  activity-system/x  picked ..`."""
    role = {"error": "bad", "warning": "busy"}.get(change.severity, "")
    subject = change.subject.rpartition("/")[2]
    return (
        (f"{since(change.at, view.now):>4}  ", "dim"),
        (f"{change.environment:<12.12} ", "accent"),
        *fit(((subject, "version"),), 24),
        ("  " + brief(change.line), role),
    )


def empty(snapshot: Snapshot) -> tuple[Line, ...]:
    """What stands where no Service is known: who we are waiting for, or what to do."""
    names = [e.name for e in snapshot.config.environments]
    if not names:
        return (
            (("No environment is configured.", "name"),),
            (),
            (("Name one with --context, or in fluxtui.yaml: see `fluxtui config check`.", "dim"),),
        )
    knowledge = {name: place_known(snapshot, name) for name in names}
    out = [_place(snapshot, name, knowledge[name]) for name in names]
    head = "No service is delivered from a registry here."
    if not all(place.known for place in knowledge.values()):
        head = "Nothing to show yet." if any(k.pending for k in knowledge.values()) else NOT_KNOWN
    return (((head, "name"),), (), *out)


NOT_KNOWN = "What is delivered here is not known."


def _place(snapshot: Snapshot, name: str, knowledge: Knowledge) -> Line:
    """One Environment that shows no Service, and why."""
    if knowledge.pending:
        return (("○ ", "wait"), (name, "name"), (f" {knowledge.word} …", "dim"))
    if not knowledge.known:
        return doubt_line(name, knowledge)
    elsewhere = len(snapshot.board.chains.get(name, ()))
    charts = len(snapshot.board.charts.get(name, ()))
    remarks = [f"{elsewhere} Kustomizations from other sources: see Chain"] if elsewhere else []
    remarks += [f"{charts} OCIRepositories with Helm charts"] if charts else []
    text = "; ".join(remarks) or "no OCIRepository there"
    return (("✓ ", "ok"), (name, "name"), (f" connected, {text}", "dim"))
