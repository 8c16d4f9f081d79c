"""What comes of a source's going to another build: who takes it, what is waited for, what goes.

A pin, a rollback and another range say it in the same words. Pure; which build it is, and why, is
the business of whoever asks.
"""

from __future__ import annotations

from fluxtui.commands import candidates
from fluxtui.commands.command import Context
from fluxtui.commands.subject import labels_of, stalled, stalled_warnings
from fluxtui.domain import kinds
from fluxtui.domain.board import Line
from fluxtui.domain.counts import counted
from fluxtui.domain.kinds import appliers, sources, suspended
from fluxtui.domain.naming import names_in
from fluxtui.domain.plan import AnyStep, AwaitStep, Until
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import digest_of, version_text
from fluxtui.domain.roles import users_of


def followed(
    context: Context, source: Resource, build: str, version: str, after: str
) -> list[AnyStep]:
    """Wait, `after` that Step, for the pick, then for every Kustomization that is not suspended.
    `build`: its tag or digest."""
    steps: list[AnyStep] = [
        AwaitStep(
            "picked",
            f"wait until {source.key.label} has {version}",
            (after,),
            target=source.key,
            until=Until.PICKED,
            value=build,
            timeout=300.0,
        )
    ]
    for number, member in enumerate(users_of(context.snapshot, source.key), start=1):
        if suspended(member) or stalled(member):
            continue
        steps.append(
            AwaitStep(
                f"applied-{number}",
                f"wait until {member.key.label} runs it",
                ("picked",),
                target=member.key,
                until=Until.APPLIED,
                value=build,
                timeout=900.0,
            )
        )
    return steps


def running_digest(context: Context, source: Resource) -> str:
    """The digest that runs."""
    return digest_of(candidates.running_revision(context.snapshot, source))


def sentences(context: Context, source: Resource, digest: str, version: str) -> tuple[str, ...]:
    """Where the Environment goes, from where, and who applies it."""
    environment, snapshot = source.key.environment, context.snapshot
    line = snapshot.board.line(source.key)
    stored = version_text(sources.revision(source), names_in(snapshot, source))
    runs = line.running.text if line else stored
    members = users_of(snapshot, source.key)
    takers = tuple(m for m in members if not appliers.takes_bundles(m.key))
    many = len(members) - len(takers)
    if digest == running_digest(context, source) and not (line and not line.running.version):
        again = f"{counted(many, 'Kustomization', 'runs')} once more with the same content"
        stays = f"{environment} stays on {version}, which it runs now"
        return (stays, *((again,) if many or not takers else ()), *_charts(takers))
    applied = f"{counted(many, 'Kustomization', 'applies')} it; {_pruned(line)}"
    goes = f"{environment} goes to {version}; it runs {runs or 'nothing'} now"
    return (goes, *((applied,) if many or not takers else ()), *_charts(takers))


def _charts(takers: tuple[Resource, ...]) -> tuple[str, ...]:
    """Who takes a chart out of it: all of them go along, whichever of them the cursor was on."""
    if not takers:
        return ()
    kind = takers[0].key.kind
    return (f"{counted(len(takers), kind, 'takes')} the chart from it: {labels_of(takers)}",)


def _pruned(line: Line | None) -> str:
    """What goes away. While several versions run, of each what only it had."""
    if line is None or not line.running.text:
        return "what only another version had is pruned"
    if line.running.version:
        return f"what only {line.running.version} had is pruned"
    return "what only the versions had that run now is pruned"


def warnings(
    context: Context, source: Resource, digest: str, *, back: bool = True
) -> tuple[str, ...]:
    """Who has given up; where it may go `back`, what that does not undo."""
    users = users_of(context.snapshot, source.key)
    resting = stalled_warnings(users)
    if not back or digest == running_digest(context, source):
        return tuple(resting)
    holds = (k.hold for m in users if (k := kinds.of(m.key)))
    lasting = dict.fromkeys(means.lasting for means in holds if means)
    return (*resting, "data migrations and Jobs that ran are not undone by going back", *lasting)
