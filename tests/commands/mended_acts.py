"""Acts that are over, as far as they came, and what is planned to finish or to undo them."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.errors import RefusedError
from fluxtui.domain.plan import (
    AT_WRITE,
    AnyStep,
    Outcome,
    PatchStep,
    Plan,
    Receipt,
    RequestReconcile,
)
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Act
from tests.builders import context, ks, snapshot

BEGAN = "2026-11-23T03:00:00Z"
STOP = {"spec": {"suspend": True}}
GO = {"spec": {"suspend": None}}
DONE, LOST, FAILED = Outcome.DONE, Outcome.UNKNOWN, Outcome.FAILED
SKIPPED, NEVER = Outcome.SKIPPED, Outcome.NEVER


def stop(name: str, *needs: str, before: Any = GO, **more: Any) -> PatchStep:
    """Suspend the Kustomization of that name."""
    return PatchStep(
        name, f"suspend {name}", needs, "resume it", target=ks(name=name).key, patch=STOP,
        resource_version="6", before=before, **more,
    )  # fmt: skip


def act(*steps: AnyStep, command: str = "suspend", **outcomes: Outcome) -> Act:
    """One that is over; `outcomes`: id of a Step -> how it ended, in that order."""
    plan = Plan(command, f"{command} it", steps, ("staging",), reason="audit", user="ben")
    says = "connection reset"
    receipts = tuple(Receipt(plan.id, i, how, says, BEGAN) for i, how in outcomes.items())
    return Act(plan, receipts, finished=True, began=BEGAN)


def three(*how: Outcome) -> Act:
    """Three are suspended one after the other."""
    outcomes = dict(zip("abc", how, strict=False))
    return act(stop("a"), stop("b", "a"), stop("c", "b"), **outcomes)


def on(meant: Act | None, *resources: Resource, acts: Any = (), **more: Any) -> Context:
    return context(snapshot(*resources, acts=tuple(acts), **more), act=meant)


def suspended(names: str, of: str = "abc") -> tuple[Resource, ...]:
    """Those of them, the first letters of `of` that stand in `names`, are suspended."""
    return tuple(ks(name=name, suspend=name in names) for name in of)


def refusal(command: str, where: Context) -> str:
    return by_id(command).disabled_reason(where) or ""


def plan(command: str, where: Context, **values: str) -> Plan:
    declared = by_id(command)
    assert refusal(command, where) == "" and declared.plan is not None
    return declared.plan(where, values)


def refused(command: str, where: Context) -> RefusedError:
    with pytest.raises(RefusedError) as error:
        plan(command, where)
    return error.value


def ids(made: Plan) -> list[str]:
    return [step.id for step in made.steps]


def ask(at: str = AT_WRITE) -> RequestReconcile:
    return RequestReconcile("ask", "ask it", target=ks().key, at=at)
