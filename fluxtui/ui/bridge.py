"""The only file that touches both threads: the Engine's and Textual's.

Wakes come from the Engine thread and become one `LookAgain` message, which carries no data;
questions and Plans go down as futures and come back as awaitables on Textual's loop. It must hold
no state of the screen, and stay light to import: the first paint has one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from fluxtui.domain.ask import LogView, Question, ReadLogs
    from fluxtui.domain.plan import Plan, Receipt
    from fluxtui.domain.protection import Confirmed
    from fluxtui.domain.resource import Key
    from fluxtui.domain.snapshot import Snapshot
    from fluxtui.engine.port import EnginePort, FollowedLog

T = TypeVar("T")


class LookAgain(Message):
    """There is a newer Snapshot."""

    def can_replace(self, message: Message) -> bool:
        """A later wake makes an earlier one needless."""
        return isinstance(message, LookAgain)


class LogNews(Message):
    """The log of that `number` has more lines."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Bridge:
    """The Engine as the screen sees it; made on first use when it is given as a function."""

    def __init__(self, engine: EnginePort | Callable[[], EnginePort]) -> None:
        self._made: EnginePort | None = None
        self._given = engine
        self._interest: frozenset[Key] = frozenset()
        self.running: list[Plan] = []  # what a person confirmed and has not ended
        self._log: FollowedLog | None = None
        self.log_number = 0

    @property
    def _engine(self) -> EnginePort:
        if self._made is None:
            self._made = self._given() if callable(self._given) else self._given
        return self._made

    def begin(self) -> None:
        """Start the Engine, after the first paint: clusters answer while the screen is made."""
        self._engine.start()

    def tell(self, reader: MessagePump) -> None:
        """`reader` gets a `LookAgain` at each wake from now on, and for what came before."""
        # On the Engine's thread: post_message hands over to Textual's loop.
        self._engine.on_change(lambda: self._wake(reader))

    @staticmethod
    def _wake(reader: MessagePump) -> None:
        with contextlib.suppress(RuntimeError):  # the screen is closed: nobody is left to tell
            reader.post_message(LookAgain())

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

    async def run(self, plan: Plan, confirmed: Confirmed) -> tuple[Receipt, ...]:
        """Run a Plan that a person confirmed so. Raises FluxtuiError (RefusedError: it moved)."""
        run = self._engine.run(plan, confirmed=confirmed)
        self.running.append(plan)
        run.add_done_callback(lambda _run: self.running.remove(plan))
        # A review that is left cancels us; what runs goes on, and still counts as running.
        return await asyncio.shield(asyncio.wrap_future(run))

    def read_log(self, question: ReadLogs, reader: MessagePump) -> None:
        """Follow that log and no other; `reader` gets a `LogNews` when there is more of it."""
        self.leave_log()
        self.log_number += 1
        number = self.log_number

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the screen is closed
                reader.post_message(LogNews(number))

        self._log = self._engine.follow(question, wake)

    def log_view(self) -> LogView | None:
        """The followed log as it stands; opens its gate for the next wake."""
        if self._log is None:
            return None
        self._log.seen()
        return self._log.view

    def leave_log(self) -> None:
        """Stop reading."""
        if self._log is not None:
            self._log.close()
            self._log = None

    @staticmethod
    async def aside(work: Callable[..., T], *values: Any) -> T:
        """The result of a pure function of immutable values, while the screen goes on.

        A Plan over ten thousand tags takes longer than two frames.
        """
        return await asyncio.to_thread(work, *values)

    def interest(self, keys: frozenset[Key]) -> None:
        """Say which Kustomizations are in sight, when that changed."""
        if keys != self._interest:
            self._interest = keys
            self._engine.interest(keys)
