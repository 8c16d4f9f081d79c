"""The only file that touches both threads: the Engine's and Textual's.

Wakes come from the Engine thread and become one `LookAgain` message, which carries no data;
questions and Plans go down as futures and come back as awaitables on Textual's loop. It must hold
no state of the screen.
"""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App
from textual.message import Message

from fluxtui.domain.ask import Question
from fluxtui.domain.plan import Plan, Receipt
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.port import EnginePort


class LookAgain(Message):
    """There is a newer Snapshot."""

    def can_replace(self, message: Message) -> bool:
        """A later wake makes an earlier one needless."""
        return isinstance(message, LookAgain)


class Bridge:
    """The Engine as the screen sees it."""

    def __init__(self, engine: EnginePort, app: App[Any]) -> None:
        self._engine = engine
        self._app = app
        self._interest: frozenset[Key] = frozenset()

    def start(self) -> None:
        """Listen, then start the Engine; called after the first paint."""
        self._engine.on_change(self._wake)
        self._engine.start()

    def _wake(self) -> None:  # on the Engine thread: post_message hands over to Textual's loop
        self._app.post_message(LookAgain())

    def take(self) -> Snapshot:
        """The newest Snapshot; opens the gate for the next wake."""
        self._engine.seen()
        return self._engine.snapshot

    def peek(self) -> Snapshot:
        """The newest Snapshot, the gate as it is."""
        return self._engine.snapshot

    async def ask(self, question: Question) -> Any:
        """The answer. Raises FluxtuiError."""
        return await asyncio.wrap_future(self._engine.ask(question))

    async def run(self, plan: Plan) -> tuple[Receipt, ...]:
        """Run a Plan that a person confirmed. Raises FluxtuiError (RefusedError when it moved)."""
        return await asyncio.wrap_future(self._engine.run(plan, confirmed=True))

    def interest(self, keys: frozenset[Key]) -> None:
        """Say which Kustomizations are in sight, when that changed."""
        if keys != self._interest:
            self._interest = keys
            self._engine.interest(keys)
