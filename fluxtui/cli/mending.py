"""`fluxtui plan finish|undo ID`: what an earlier act left open is done, or what it did undone.

The act comes out of the Journal, the Plan from the same Command that the screen has; it is
confirmed and run as any other. Nothing is decided here but which act is meant.
"""

from __future__ import annotations

import argparse
import sys

from fluxtui.cli import acts
from fluxtui.cli.settling import settle
from fluxtui.commands.command import Target
from fluxtui.commands.registry import by_id
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.plan import RegistryStep
from fluxtui.domain.snapshot import Act
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.past import past_acts
from fluxtui.engine.port import EnginePort

_MOST = 10_000  # acts that are looked through
_SHORTEST = 4  # letters of an id
_TRIED = 8  # acts that are read back for somebody who names none
_NAMED = 3  # of them in a sentence


def mend(engine: EnginePort, args: argparse.Namespace) -> int:
    """Finish or undo the act. Raises UsageError when it is not clear which, RefusedError when there
    is nothing to do."""
    config = engine.snapshot.config
    past = past_acts(Journal(config.journal), _MOST)
    meant = named(past, args.act)
    if meant is None:
        raise _unknown(engine, past, args)
    target = Target(act=meant)
    tags = any(isinstance(step, RegistryStep) for step in meant.plan.steps)
    for problem in settle(engine, tags=tags):
        print(f"fluxtui: {problem}", file=sys.stderr)
    command = by_id(args.action)
    values = {"reason": args.reason}
    proposal = acts.made(engine, command, target, values)
    return acts.execute(engine, proposal, args, tuple(args.environment or ()))


def named(past: tuple[Act, ...], id_: str) -> Act | None:
    """The act of that id, or whose id begins so; None: there is none. Raises UsageError where
    several begin so."""
    by_name = {act.plan.id: act for act in past}
    if id_ in by_name:
        return by_name[id_]
    matching = [name for name in by_name if len(id_) >= _SHORTEST and name.startswith(id_)]
    if matching[1:]:
        raise UsageError(f"{len(matching)} acts begin so: {', '.join(matching)}", where=id_)
    return by_name[matching[0]] if matching else None


def _unknown(engine: EnginePort, past: tuple[Act, ...], args: argparse.Namespace) -> UsageError:
    """That there is no such act, and of the newest those for which the same words would do
    something."""
    settle(engine, tags=False)
    possible: list[str] = []
    for act in reversed(past[-_TRIED:]):
        if len(possible) < _NAMED and _has_work(engine, act, args):
            possible.append(f"{act.plan.id} ({act.plan.title})")
    word = "finished" if args.action == "finish" else "undone"
    next_ = f"can be {word}: {', '.join(possible)}" if possible else "see fluxtui journal"
    return UsageError("there is no such act in the Journal", where=args.act, next=next_)


def _has_work(engine: EnginePort, act: Act, args: argparse.Namespace) -> bool:
    """Whether there is anything of it to finish, or to undo, as it stands now."""
    try:
        acts.made(engine, by_id(args.action), Target(act=act), {"reason": args.reason})
    except FluxtuiError:
        return False
    return True
