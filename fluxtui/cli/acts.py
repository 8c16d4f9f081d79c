"""An act, headless: the same Command, Plan, confirmation and Receipts as on the screen.

Exit 0 when every Step is done, 1 when one is not, 3 when it was refused, 128+n when signal n ended
it.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fluxtui.cli import interruption, output, patience
from fluxtui.cli.declaring import declarations_of, with_declarations
from fluxtui.cli.forms import plans as form
from fluxtui.cli.forms.deliveries import NO_MOVES
from fluxtui.cli.overrides import seconds_of
from fluxtui.cli.reviewing import delivery_lines, delivery_of
from fluxtui.cli.subjects import scoped, subject
from fluxtui.commands.command import Command, Context, Target, Values
from fluxtui.commands.proposing import Proposal, advance, propose
from fluxtui.commands.registry import by_id
from fluxtui.domain.ask import Delivery, Question
from fluxtui.domain.errors import FluxtuiError, RefusedError, UsageError
from fluxtui.domain.plan import Plan, Receipt
from fluxtui.domain.protection import Confirmed, Demand, protected
from fluxtui.domain.reviewrecord import recorded, unasked
from fluxtui.engine.port import EnginePort
from fluxtui.kit.moments import rfc3339

ASK_TIMEOUT = 60.0
REASON_LATER = "(the reason, asked for when it runs)"
"""What a dry run puts where the reason goes: it changes nothing, so nobody has to account for it.
"""


def now_text() -> str:
    """RFC 3339 with fractions, as `flux reconcile` writes its request."""
    return rfc3339(time.time())


def act(engine: EnginePort, args: argparse.Namespace) -> int:
    """Plan the Command that the arguments name, show it, ask, run it."""
    command = by_id(args.variant)
    environments = tuple(args.environment or ())
    if command.scoped:
        target = scoped(engine.snapshot, args, environments)
    else:
        target = subject(engine.snapshot, args, environments, many=command.many)
    flags = {name.removeprefix("arg_"): str(value) for name, value in vars(args).items()
             if name.startswith("arg_") and value is not None}  # fmt: skip
    values = {a.name: flags.pop(a.name, "") for a in command.arguments}
    if any(flags.values()):
        raise UsageError(f"--{next(iter(flags))} does not belong to `{command.verb}`")
    values["reason"] = args.reason or (REASON_LATER if args.dry_run else "")
    proposal = made(engine, command, target, values)
    if args.keep:
        from fluxtui.commands.keeping import kept

        proposal = kept(_context(engine, target), proposal.plan)
    if values["reason"] == REASON_LATER:
        proposal = _without_reason(proposal, command)
    return execute(engine, proposal, args, environments)


def _without_reason(proposal: Proposal, command: Command) -> Proposal:
    """Says that the act will ask, where it will."""
    plan = proposal.plan
    asks = any(a.name == "reason" and a.required for a in command.arguments)
    more = ("it asks for a reason when it runs: --reason TEXT",) if asks else ()
    plan = dataclasses.replace(plan, reason="", warnings=(*plan.warnings, *more))
    return dataclasses.replace(proposal, plan=plan)


def made(engine: EnginePort, command: Command, target: Target, values: Values) -> Proposal:
    """The Proposal of a Command, its questions answered one after the other."""

    proposing = propose(command, _context(engine, target), values)
    step = advance(proposing)
    while not isinstance(step, Proposal):
        answer(engine, step, ASK_TIMEOUT)
        step = advance(proposing, _context(engine, target))
    return step


def _context(engine: EnginePort, target: Target) -> Context:
    return Context(engine.snapshot, target, now_text(), engine.snapshot.config.user)


def answer(engine: EnginePort, question: Question, timeout: float) -> Any:
    """The Engine's answer. Raises FluxtuiError, also when none comes in time."""
    try:
        return engine.ask(question).result(patience.at_most(timeout))
    except TimeoutError as error:
        raise FluxtuiError(
            f"no answer {patience.within(timeout)}", where=type(question).__name__, next="try again"
        ) from error


def _ask(question: str) -> str:
    """On stderr, so that what a program reads is nothing but the outcome."""
    print(question, end="", file=sys.stderr, flush=True)
    return input()


def execute(
    engine: EnginePort,
    proposal: Proposal,
    args: argparse.Namespace,
    environments: tuple[str, ...],
    ask: Callable[[str], str] = _ask,
) -> int:
    """Show the Plan; unless --dry-run or --plan-out confirm it, run it and show the Receipts."""
    plan = proposal.plan
    plan_out, tries = getattr(args, "plan_out", ""), args.dry_run == "server"
    limit = seconds_of(getattr(args, "timeout", "") or "0", "--timeout") or None
    if args.output == "markdown" and not (args.dry_run or plan_out):
        raise UsageError("markdown is for a review", next="add --dry-run, or --plan-out FILE")
    # Who has said yes reads no review: the act does not wait for one. What comes out of a file was
    # said yes to by somebody else, and stands in the log of whatever runs it.
    reads = args.dry_run or plan_out or not args.yes or plan.reviewed
    delivery = delivery_of(engine, plan, tries=tries) if reads else None
    declared = declarations_of(engine, plan) if reads else ()
    if declared:
        proposal = with_declarations(proposal, declared)
    if not reads:
        proposal = dataclasses.replace(proposal, plan=unasked(plan))
    plan = proposal.plan
    if not args.yes and not plan_out:
        # Before anybody is asked; with --yes the Engine refuses it all the same.
        proposal = _permitted(engine, proposal, args.dry_run)
        plan = proposal.plan
    why = NO_MOVES if not plan.moves else "not rendered: --yes was given"
    if args.dry_run or plan_out:
        review = form.plan(proposal, delivery, why, declared)
        if plan_out:
            _hand_over(engine, plan, review, delivery, plan_out)
        _show_review(proposal, review, delivery, args.output)
        return 0
    if args.output == "table":
        print(plan_text(plan, delivery))
    confirmed = confirm(proposal.demand, args, environments, ask)
    ran = interruption.run(engine, recorded(plan, delivery), confirmed, limit)
    receipts = ran.receipts
    output.emit(
        receipts_text(plan, receipts),
        form.act(proposal, receipts, delivery, why, declared),
        args.output,
    )
    if ran.code:
        return ran.code
    _offer_way_back(engine, plan, receipts)
    return 0 if all(r.ok for r in receipts) else 1


def _offer_way_back(engine: EnginePort, plan: Plan, receipts: tuple[Receipt, ...]) -> None:
    """Where a new build does not come to run: what to type to go back."""
    if all(receipt.ok for receipt in receipts):
        return
    from fluxtui.commands.wayback import ways_back

    snapshot = engine.snapshot
    context = Context(snapshot, Target(), now_text(), snapshot.config.user)
    for way in ways_back(context, plan, receipts):
        print(f"fluxtui: to roll it back: {way.command}", file=sys.stderr)


def _permitted(engine: EnginePort, proposal: Proposal, dry_run: bool) -> Proposal:
    """The same, with what clusters would refuse as warnings. Raises RefusedError unless dry."""
    from fluxtui.domain.ask import ReviewRights

    forbidden = answer(engine, ReviewRights(proposal.plan), ASK_TIMEOUT)
    if forbidden and not dry_run:
        raise RefusedError("; ".join(forbidden), where=proposal.plan.title, next="nothing was done")
    warnings = (*proposal.plan.warnings, *forbidden)
    return dataclasses.replace(proposal, plan=dataclasses.replace(proposal.plan, warnings=warnings))


def _show_review(
    proposal: Proposal, review: dict[str, Any], delivery: Delivery | None, shape: str
) -> None:
    if shape == "markdown":
        from fluxtui.cli import markdown

        print(markdown.review(proposal.plan, delivery, proposal.demand), end="")
    else:
        output.emit(plan_text(proposal.plan, delivery), review, shape)


def _hand_over(
    engine: EnginePort, plan: Plan, review: dict[str, Any], delivery: Delivery | None, file: str
) -> None:
    from fluxtui.cli.planfile import PlanFile, write
    from fluxtui.commands.handover import rested_on

    seen = rested_on(plan, engine.snapshot)
    write(Path(file), PlanFile(plan, seen, review, plan_text(plan, delivery)))
    print(f"fluxtui: written to {file}; to run it: fluxtui plan run {file}", file=sys.stderr)


def confirm(
    demand: Demand,
    args: argparse.Namespace,
    environments: tuple[str, ...],
    ask: Callable[[str], str] = _ask,
) -> Confirmed:
    """Each protected Environment is named: by -e together with --yes, by --confirm, or typed.

    Raises RefusedError when one is not, or when nobody says yes.
    """
    confirmed_names = {name for text in args.confirm for name in text.replace(",", " ").split()}
    if args.yes:
        confirmed_names |= set(environments)
    unnamed = [name for name in demand.names if name not in confirmed_names]
    if unnamed:
        strict = protected(unnamed)
        if not sys.stdin.isatty():
            where = ", ".join(unnamed)
            raise RefusedError(
                strict, where=where, next=f"add --confirm {' --confirm '.join(unnamed)}"
            )
        phrase = "its name" if len(unnamed) == 1 else "their names"
        if not Demand(tuple(unnamed)).met_by(ask(f"{strict}. Type {phrase} to go on: ")):
            raise RefusedError("not confirmed")
    elif not demand.names and not args.yes:
        if not sys.stdin.isatty():
            raise RefusedError("nobody is there to say yes", next="add --yes")
        if ask("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
            raise RefusedError("not confirmed")
    return frozenset(demand.names)


def plan_text(plan: Plan, delivery: Delivery | None = None) -> str:
    """The Plan for people: what would change, steps, effects, warnings, what was not looked at."""
    lines = [f"Plan {plan.id}: {plan.title}"]
    lines += delivery_lines(delivery, plan.dangers)
    lines += ["Steps:"] if delivery is not None or plan.dangers else []
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
