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
from fluxtui.domain.acts import succeeded
from fluxtui.domain.errors import UsageError
from fluxtui.domain.plan import RegistryStep
from fluxtui.domain.snapshot import Act
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.past import past_acts
from fluxtui.engine.port import EnginePort

_MOST = 10_000  # acts that are looked through
_SHORTEST = 4  # letters of an id


def mend(engine: EnginePort, args: argparse.Namespace) -> int:
    """Finish or undo the act. Raises UsageError when it is not clear which, RefusedError when there
    is nothing to do."""
    config = engine.snapshot.config
    target = Target(act=meant(past_acts(Journal(config.journal), _MOST), args.act))
    assert target.act is not None
    tags = any(isinstance(step, RegistryStep) for step in target.act.plan.steps)
    for problem in settle(engine, tags=tags):
        print(f"fluxtui: {problem}", file=sys.stderr)
    command = by_id(args.action)
    values = {"reason": args.reason}
    proposal = acts.made(engine, command, target, values)
    return acts.execute(engine, proposal, args, tuple(args.environment or ()))


def meant(past: tuple[Act, ...], id_: str) -> Act:
    """The act of that id, or whose id begins so. Raises UsageError, which names those that are not
    done."""
    by_name = {act.plan.id: act for act in past}
    if id_ in by_name:
        return by_name[id_]
    matching = [name for name in by_name if len(id_) >= _SHORTEST and name.startswith(id_)]
    if len(matching) == 1:
        return by_name[matching[0]]
    if matching:
        raise UsageError(f"{len(matching)} acts begin so: {', '.join(matching)}", where=id_)
    open_acts = [f"{n} ({a.plan.title})" for n, a in by_name.items() if not succeeded(a)][-3:]
    next_ = f"not done are: {', '.join(open_acts)}" if open_acts else "see fluxtui journal"
    raise UsageError("there is no such act in the Journal", where=id_, next=next_)
