"""An act, headless: the same Command, Plan, confirmation and Receipts as on the screen.

Exit 0 when every Step is done, 1 when one is not, 3 when it was refused.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fluxtui.cli import output
from fluxtui.cli.forms import plans as form
from fluxtui.cli.target import find
from fluxtui.commands.command import Command, Context, Target
from fluxtui.commands.registry import by_id
from fluxtui.domain.ask import Question
from fluxtui.domain.errors import FluxtuiError, RefusedError, UsageError
from fluxtui.domain.plan import Plan, Receipt
from fluxtui.engine.port import EnginePort

ASK_TIMEOUT = 60.0


def now_text() -> str:
    """RFC 3339 with fractions, as `flux reconcile` writes its request."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def act(engine: EnginePort, args: argparse.Namespace) -> int:
    """Plan the Command that the arguments name, show it, ask, run it."""
    command = by_id(args.variant)
    environments = tuple(args.environment or ())
    target = _target(engine, args, environments)
    given = {name.removeprefix("arg_"): str(value) for name, value in vars(args).items()
             if name.startswith("arg_") and value is not None}  # fmt: skip
    values = {a.name: given.pop(a.name, "") for a in command.arguments}
    if any(given.values()):
        raise UsageError(f"--{next(iter(given))} does not belong to `{command.verb}`")
    values["reason"] = args.reason
    plan = make_plan(engine, command, target, values)
    return execute(engine, plan, args, environments)


def _target(engine: EnginePort, args: argparse.Namespace, environments: tuple[str, ...]) -> Target:
    snapshot = engine.snapshot
    names = tuple(e.name for e in snapshot.config.environments)
    if not args.target:
        raise UsageError(f"{args.verb} what?", next=f"fluxtui {args.verb} SERVICE -e ENV")
    if len(environments) > 1:
        raise UsageError("an act is for one environment at a time", next="give -e once")
    for name in environments:
        if name not in names:
            raise UsageError(f"there is no environment {name!r}", next=f"known: {', '.join(names)}")
    environment = environments[0] if environments else ""
    target = find(args.target, environment, snapshot)
    if not target.environment:
        row = snapshot.board.row(target.service)
        candidates = tuple(row.lines) if row else names
        if len(candidates) != 1:
            raise UsageError("in which environment?", next=f"-e {' or -e '.join(candidates)}")
        target = find(args.target, candidates[0], snapshot)
    return target


def make_plan(engine: EnginePort, command: Command, target: Target, values: dict[str, str]) -> Plan:
    """Disabled reason, defaults, questions, Plan; as the screen does it."""
    user = engine.snapshot.config.user
    context = Context(engine.snapshot, target, now_text(), user)
    refusal = command.disabled_reason(context)
    if refusal:
        raise RefusedError(refusal)
    for argument in command.arguments:
        if not values.get(argument.name):
            values[argument.name] = argument.default(context)
        if argument.required and not values[argument.name]:
            raise UsageError(f"--{argument.name} is missing", next=argument.title)
    for question in command.questions(context, values):
        answer(engine, question, ASK_TIMEOUT)
    if command.plan is None:
        raise UsageError(f"{command.id} is a view")
    return command.plan(Context(engine.snapshot, target, now_text(), user), values)


def answer(engine: EnginePort, question: Question, timeout: float) -> Any:
    """The Engine's answer. Raises FluxtuiError, also when none comes in time."""
    try:
        return engine.ask(question).result(timeout)
    except TimeoutError as error:
        raise FluxtuiError(
            f"no answer within {timeout:.0f} s", where=type(question).__name__, next="try again"
        ) from error


def _ask(question: str) -> str:
    """On stderr, so that what a program reads is nothing but the outcome."""
    print(question, end="", file=sys.stderr, flush=True)
    return input()


def execute(
    engine: EnginePort,
    plan: Plan,
    args: argparse.Namespace,
    environments: tuple[str, ...],
    ask: Callable[[str], str] = _ask,
) -> int:
    """Show the Plan; unless --dry-run confirm it, run it and show the Receipts."""
    if args.dry_run:
        output.emit(plan_text(plan), form.plan(plan), args.output)
        return 0
    if args.output == "table":
        print(plan_text(plan))
    confirm(plan, args, environments, ask)
    receipts = engine.run(plan, confirmed=True).result()
    output.emit(receipts_text(plan, receipts), form.act(plan, receipts), args.output)
    return 0 if all(r.ok for r in receipts) else 1


def confirm(
    plan: Plan,
    args: argparse.Namespace,
    environments: tuple[str, ...],
    ask: Callable[[str], str] = _ask,
) -> None:
    """A protected Environment is named: by -e together with --yes, by --confirm, or typed.

    Raises RefusedError when it is not, or when nobody says yes.
    """
    if plan.confirm:
        if args.confirm == plan.confirm or (args.yes and plan.confirm in environments):
            return
        if not sys.stdin.isatty():
            raise RefusedError(f"{plan.confirm} is protected", next=f"add --confirm {plan.confirm}")
        if ask(f"{plan.confirm} is protected. Type its name to go on: ") != plan.confirm:
            raise RefusedError("not confirmed")
        return
    if args.yes:
        return
    if not sys.stdin.isatty():
        raise RefusedError("nobody is there to say yes", next="add --yes")
    if ask("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        raise RefusedError("not confirmed")


def plan_text(plan: Plan) -> str:
    """The Plan for people: steps, effects, warnings, what was not looked at."""
    lines = [f"Plan {plan.id}: {plan.title}"]
    lines += [f"  {n}. {step.title}" for n, step in enumerate(plan.steps, start=1)]
    for head, sentences in (
        ("Effects", plan.effects),
        ("Warnings", plan.warnings),
        ("Not looked at", plan.unseen),
    ):
        if sentences:
            lines += [f"{head}:", *(f"  - {sentence}" for sentence in sentences)]
    return output.visible_text("\n".join(lines))


def receipts_text(plan: Plan, receipts: tuple[Receipt, ...]) -> str:
    """One line a Step."""
    titles = {step.id: step.title for step in plan.steps}
    rows = [(r.outcome.value, titles.get(r.step, r.step), r.message) for r in receipts]
    return output.table(("OUTCOME", "STEP", "MESSAGE"), rows)
