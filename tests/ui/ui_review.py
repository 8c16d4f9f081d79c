"""A review of a Plan that moves something, before an Engine that answers when it is let."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from fluxtui.domain.ask import (
    Question,
    ReviewCommits,
    ReviewDeclared,
    ReviewRights,
    ReviewStanding,
    Standing,
    TryMoves,
)
from fluxtui.domain.commitrange import Changelog, Commit, CommitRange
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.declared import Declaration
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.plan import Move, Plan, Receipt
from fluxtui.domain.protection import Confirmed, Demand
from fluxtui.domain.review.wanted import ObjectAsked, WantedFact
from fluxtui.ui.screens.review import Review
from tests.ui.ui_delivery import PLAN, oci
from tests.ui.ui_engine import DELIVERY

SIZES = {"80x24": (80, 24), "120x40": (120, 40), "200x50": (200, 50)}
MOVES = (Move(oci("production", "activity"), "", "v1.5.0"),)
MOVING = replace(PLAN, moves=MOVES)


SECRET = ObjectId("apps", "db", "", "Secret")
WANTED = WantedFact("reference-missing", ObjectAsked("v1", SECRET), oci("production", "activity"))
STANDING = Standing(
    (Danger("reference-missing", Gravity.STOP, "Deployment/apps/web needs Secret/apps/db"),),
    ("whether it has Secret/apps/other: forbidden",),
)


TRIED = Standing(
    (Danger("admission-refused", Gravity.STOP, "Deployment/apps/web is refused: quota"),)
)


RANGE = CommitRange(
    ("production",), "v1.5.0", "oci://r/app", "https://git.test/app", "a" * 40, "b" * 40
)
LOG = Changelog(RANGE, (Commit("b" * 40, "[red]Fix\u202e it"), Commit("c" * 40, "Prepare")))


class Asked:
    """An Engine that answers when it is let."""

    def __init__(self, answer: Any = DELIVERY, forbidden: tuple[str, ...] = ()) -> None:
        self.forbidden = forbidden
        self.questions: list[Question] = []
        self.ran: list[Plan] = []
        self.open = asyncio.Event()
        self.standing = asyncio.Event()
        self._answer = answer
        self.declarations: tuple[Declaration, ...] = ()

    async def ask(self, question: Question) -> Any:
        if isinstance(question, ReviewRights):
            return self.forbidden
        self.questions.append(question)
        await self.open.wait()
        if isinstance(question, ReviewDeclared):
            return self.declarations
        if isinstance(question, ReviewStanding):
            await self.standing.wait()
            return STANDING
        if isinstance(question, ReviewCommits):
            return (LOG, replace(LOG, error="connection refused"))
        if isinstance(question, TryMoves):
            return TRIED
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    async def run(self, plan: Plan, _confirmed: Confirmed) -> tuple[Receipt, ...]:
        self.ran.append(plan)
        return ()


def review(engine: Asked, *names: str, plan: Plan = MOVING) -> Review:
    return Review(plan, Demand(names), engine.run, engine.ask)
