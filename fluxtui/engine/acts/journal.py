"""The Journal: append-only JSON lines of what was meant and what came of it.

The Plan once, then per Step an intent before and an outcome after, each line forced to the disk
before the Engine goes on: after a crash the file still says what may have happened. An act that is
cut off on the way out gets a last line that says why. It is private to the person (0600) and never
holds a Secret's value, because no Plan does.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluxtui.engine.acts.appending import append
from fluxtui.engine.acts.holding import Holding
from fluxtui.kit.records import NamedTuple

if TYPE_CHECKING:
    from fluxtui.domain.plan import Plan, Receipt


OUTCOME = 1024  # bytes that a line about a Step may take
_TYPES = ("plan", "intent", "receipt", "interrupted")


class JournalEntry(NamedTuple):
    """One line. `type` is `plan`, `intent`, `receipt` or `interrupted`; `plan` is the Plan's id,
    `at` RFC 3339; `by` names the fluxtui that began it (of a `plan` line, see `runs`)."""

    type: str
    plan: str
    at: str
    body: dict[str, Any]
    by: str = ""

    def receipt(self) -> Receipt | None:
        """The Receipt of a `receipt` line."""
        if self.type != "receipt":
            return None
        from fluxtui.domain.plan import Outcome, Receipt

        b = self.body
        return Receipt(self.plan, b["step"], Outcome(b["outcome"]), b["message"], self.at)


class Journal:
    """A file of lines; `path` "" keeps none. Raises OSError when it cannot be written."""

    def __init__(self, path: str | Path = "") -> None:
        self._path = Path(path) if str(path) else None
        self._lock = threading.Lock()
        self._holding = Holding(self._path) if self._path is not None else None
        self._running: list[str] = []

    def plan(self, plan: Plan, at: str) -> None:
        """A Plan is about to run; until `over` this fluxtui is known to run it."""
        line = {"type": "plan", "at": at, "plan": plan.id, "body": plan.to_json()}
        if self._holding is not None:
            with self._lock:
                self._folder()
                self._holding.take()
                self._running.append(plan.id)
            line["by"] = self._holding.token
        # Room for its outcomes, too: an act that could not be told is not begun.
        try:
            self._append(line, OUTCOME * 2 * len(plan.steps) + OUTCOME)
        except OSError:
            self.over(plan.id)
            raise

    def intent(self, plan: str, step: str, title: str, at: str) -> None:
        """A Step is about to be done."""
        from fluxtui.domain.plan import Outcome

        body = {"step": step, "title": title, "outcome": str(Outcome.INTENT)}
        self._append({"type": "intent", "at": at, "plan": plan, "body": body})

    def receipt(self, receipt: Receipt) -> None:
        """What came of a Step."""
        body = {
            "step": receipt.step,
            "outcome": str(receipt.outcome),
            "message": receipt.message,
        }
        self._append({"type": "receipt", "at": receipt.at, "plan": receipt.plan, "body": body})

    def interrupted(self, plan: str, why: str, at: str) -> None:
        """A running act is given up: what has no outcome by now gets none."""
        self._append({"type": "interrupted", "at": at, "plan": plan, "body": {"why": why}})

    def over(self, plan: str) -> None:
        """The act of that Plan no longer runs here, whatever came of it."""
        with self._lock:
            if plan in self._running:
                self._running.remove(plan)
            if self._holding is not None and not self._running:
                self._holding.drop()

    def runs(self, token: str) -> bool:
        """Whether the fluxtui that began an act (`by` of its line) may still be at it."""
        with self._lock:
            return self._holding is not None and self._holding.alive(token)

    def mark(self) -> tuple[int, int] | None:
        """Another one after each line that anybody writes; None without a file. Raises OSError."""
        try:
            stat = self._path.stat() if self._path is not None else None
        except FileNotFoundError:
            return None
        return (stat.st_size, stat.st_mtime_ns) if stat is not None else None

    def is_settled(self) -> bool:
        """Whether every Step of every act has its outcome, and none was cut off: nothing to be
        reminded of. Raises OSError."""
        open_steps: dict[str, int] = {}
        for entry in self.read():
            if entry.type == "plan":
                open_steps[entry.plan] = len(entry.body["steps"])
            elif entry.type == "receipt":
                open_steps[entry.plan] = open_steps.get(entry.plan, 0) - 1
            elif entry.type == "interrupted":
                return False
        return not any(number > 0 for number in open_steps.values())

    def read(self) -> Iterator[JournalEntry]:
        """All lines, oldest first. What was cut by a crash, or is none of ours, is left out; no
        file, no lines."""
        if self._path is None or not self._path.exists():
            return
        with self._path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            for line in lines:
                try:
                    entry = _entry(json.loads(line))
                except (ValueError, RecursionError):
                    continue
                if entry is not None:
                    yield entry

    def _folder(self) -> None:
        assert self._path is not None
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _append(self, line: dict[str, Any], room: int = 0) -> None:
        if self._path is None:
            return
        with self._lock:
            self._folder()
            text = json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n"
            append(self._path, text.encode(errors="backslashreplace"), room=room)


def _entry(data: Any) -> JournalEntry | None:
    """A line that makes sense as one of ours; None for anything else that may stand in a file."""
    if not isinstance(data, dict) or data.get("type") not in _TYPES:
        return None
    body, by = data.get("body"), data.get("by") or ""
    texts = (data.get("plan"), data.get("at"), by)
    if not isinstance(body, dict) or not all(isinstance(text, str) for text in texts):
        return None
    if data["type"] == "plan":
        steps, environments = body.get("steps"), body.get("environments")
        if not (isinstance(steps, list) and isinstance(environments, list)):
            return None
        if not all(isinstance(step, dict) for step in steps):
            return None
    return JournalEntry(data["type"], data["plan"], data["at"], body, by)
