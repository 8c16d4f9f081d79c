"""What to do when a build that an act brought does not run: roll it back, with the reason said.

Screen and command line offer it where the act failed; whether it may be done and what it takes is
the rollback's own business. Pure.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from fluxtui.commands import pin
from fluxtui.commands.command import Context
from fluxtui.commands.subject import lines_of, named, source_of
from fluxtui.commands.target import Target
from fluxtui.domain import kinds, roles
from fluxtui.domain.board import Level
from fluxtui.domain.kinds import sources
from fluxtui.domain.plan import AwaitStep, Outcome, Plan, Receipt
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import tag_of
from fluxtui.domain.safetext import visible
from fluxtui.kit.records import NamedTuple


class WayBack(NamedTuple):
    """A rollback that mends what an act broke: of what, and why."""

    target: Target
    reason: str

    @property
    def command(self) -> str:
        """As it is typed."""
        key = self.target.object
        assert key is not None
        kind = kinds.of(key)
        assert kind is not None
        name = f"{kind.short}/{key.namespace}/{key.name}"
        words = ("fluxtui", "rollback", name, "-e", key.environment, "--reason", self.reason)
        return shlex.join(words)


def ways_back(context: Context, plan: Plan, receipts: Iterable[Receipt]) -> tuple[WayBack, ...]:
    """One for each source whose new build did not come to run, and that can be rolled back now."""
    ways: dict[Key, WayBack] = {}
    for source, receipt in _failed(context, plan, receipts):
        if source.key in ways:
            continue
        target = named(context.snapshot, source.key)
        here = Context(context.snapshot, target, context.now, context.user)
        if pin.rollback_refusal(here) is None:
            ways[source.key] = WayBack(target, _of_board(here, source) or _reason(plan, receipt))
    return tuple(ways.values())


def reason(context: Context) -> str:
    """Why it would be rolled back: what fails there now, which has the version and the cause; else
    what the newest act that brought something there came to."""
    resource = source_of(context)
    if resource is None:
        return ""
    return _of_board(context, resource) or _of_act(context, resource.key)


def _of_act(context: Context, source: Key) -> str:
    for act in reversed(context.snapshot.acts):
        if source not in {move.source for move in act.plan.moves}:
            continue
        failed = _failed(context, act.plan, act.receipts)
        receipts = (receipt for failing, receipt in failed if failing.key == source)
        return next((_reason(act.plan, receipt) for receipt in receipts), "")
    return ""


def _of_board(context: Context, source: Resource) -> str:
    """`v1.5.0: apiserver CrashLoopBackOff: ...`; "" while nothing is known to fail."""
    board, target = context.snapshot.board, context.target.object
    line = (board.line(target) if target is not None else None) or board.line(source.key)
    line = line or next(iter(lines_of(context)), None)
    # What is not known now is not said to fail, so it needs no question of its own.
    if line is None or line.health.level is not Level.FAILED:
        return ""
    tag = tag_of(sources.revision(source))
    return _line(f"{tag}: {line.health.text}" if tag else line.health.text)


def _failed(
    context: Context, plan: Plan, receipts: Iterable[Receipt]
) -> Iterator[tuple[Resource, Receipt]]:
    """Sources that the act moved, with the Receipt of what was waited for in vain behind them."""
    # What is gone back to by a rollback that failed is no way out of it.
    moved = {move.source for move in plan.moves if plan.command != "rollback"}
    steps = {step.id: step for step in plan.steps}
    for receipt in receipts:
        step = steps.get(receipt.step)
        if receipt.outcome is not Outcome.FAILED or not isinstance(step, AwaitStep):
            continue
        source = roles.source_of(context.snapshot, step.target)
        if source is not None and source.key in moved:
            yield source, receipt


def _reason(plan: Plan, receipt: Receipt) -> str:
    return _line(f"{plan.title} failed: {receipt.message}")


def _line(text: str) -> str:
    """The first line of it, whole: it is kept with the pin, and cut only where it is drawn."""
    return visible(text.partition("\n")[0])
