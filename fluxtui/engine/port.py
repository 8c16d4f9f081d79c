"""What the screen and the headless verbs see of the Engine.

A Protocol that is light to import and safe to use from any thread; it must name no library.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from fluxtui.domain.ask import LogView, Question, ReadLogs
    from fluxtui.domain.plan import Plan, Receipt
    from fluxtui.domain.protection import Confirmed
    from fluxtui.domain.resource import Key
    from fluxtui.domain.snapshot import Snapshot


class FollowedLog(Protocol):
    """A log that is being read. Thread-safe."""

    @property
    def view(self) -> LogView:
        """What there is of it now."""

    def seen(self) -> None:
        """The reader has taken the view."""

    def close(self) -> None:
        """Stop reading."""


class EnginePort(Protocol):
    """Thread-safe. No method blocks on I/O; futures carry FluxtuiError on failure."""

    @property
    def snapshot(self) -> Snapshot:
        """The newest Snapshot (reading an attribute: no lock, no copy)."""

    def start(self) -> None:
        """Start the thread; Environments connect on their own, none delays another."""

    def stop(self, why: str = "fluxtui was left") -> None:
        """Give up running acts (the Journal says `why`), end feeds and connections, join the
        thread."""

    def on_change(self, wake: Callable[[], None]) -> None:
        """Call `wake` (from the Engine thread) when there is a newer Snapshot.

        At most one call is outstanding until `seen()`; the first at once, then at a bounded rate.
        """

    def seen(self) -> None:
        """The reader has taken the Snapshot: the gate may open again."""

    def ask(self, question: Question) -> Future[Any]:
        """Answer a question of `domain.ask`."""

    def follow(self, question: ReadLogs, wake: Callable[[], None]) -> FollowedLog:
        """Read a log as it is written; `wake` comes from the Engine thread, at a bounded rate, when
        there is more, and not again until `seen()` of what this returns. Close it in the end."""

    def run(self, plan: Plan, *, confirmed: Confirmed) -> Future[tuple[Receipt, ...]]:
        """Check what it takes and its inputs again, journal, run the Steps.

        `confirmed`: what a person said. The Engine derives from the Steps what must be named.
        RefusedError when that was not, or when something moved; nothing is written then."""

    def interest(self, keys: frozenset[Key]) -> None:
        """Kustomizations whose Pods, ReplicaSets, PVCs and Events must be live from now on."""

    def wait_for(self, condition: Callable[[Snapshot], bool], timeout: float) -> Future[Snapshot]:
        """A Snapshot for which `condition` holds; TimeoutError after `timeout` seconds."""
