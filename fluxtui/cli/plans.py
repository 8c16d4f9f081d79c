"""`fluxtui plan show|run FILE`: a Plan that somebody else has made, read and run; and the way to
`plan finish|undo`.

It is run as it was reviewed or not at all: what it rests on is compared first, and the Engine does
the rest as for any Plan.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fluxtui.cli import acts, output
from fluxtui.cli.planfile import read
from fluxtui.cli.settling import settle
from fluxtui.commands.handover import approved
from fluxtui.commands.proposing import proposal
from fluxtui.domain.plan import RegistryStep
from fluxtui.engine.port import EnginePort


def show(args: argparse.Namespace) -> int:
    """Print it as it was read when it was made."""
    handed = read(Path(args.file))
    who = f"made by {handed.plan.user or 'nobody'} at {handed.plan.made_at}"
    output.emit(output.visible_text(f"{handed.text}\n{who}"), handed.review, args.output)
    return 0


def plan(engine: EnginePort, args: argparse.Namespace) -> int:
    """The actions that need an Engine."""
    if args.action in ("finish", "undo"):
        from fluxtui.cli.mending import mend

        return mend(engine, args)
    return run(engine, args)


def run(engine: EnginePort, args: argparse.Namespace) -> int:
    """Have it confirmed and run by whoever is here. Raises RefusedError when something moved."""
    handed = read(Path(args.file))
    settle(engine, tags=any(isinstance(step, RegistryStep) for step in handed.plan.steps))
    snapshot = engine.snapshot
    plan = approved(handed.plan, handed.seen, snapshot, snapshot.config.user)
    return acts.execute(engine, proposal(plan, snapshot), args, tuple(args.environment or ()))
