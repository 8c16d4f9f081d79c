"""Conditions as Flux's own library keeps them: order, transitions, exclusions, the Ready summary.

Pure: works on the list it is handed. Rules: docs/flux.md#conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

READY, RECONCILING, STALLED, HEALTHY = "Ready", "Reconciling", "Stalled", "Healthy"
_LONGEST = 32_768


class Conditions:
    """The conditions of one object's status. `stamp` is the time new transitions carry."""

    def __init__(self, raw: object, generation: int) -> None:
        entries = raw if isinstance(raw, list) else []
        self._entries: dict[str, dict[str, Any]] = {
            entry["type"]: dict(entry)
            for entry in entries
            if isinstance(entry, Mapping) and isinstance(entry.get("type"), str)
        }
        self._generation = generation
        self.stamp = ""

    def to_list(self) -> list[dict[str, Any]]:
        """Ready first, then by type."""
        return sorted(self._entries.values(), key=lambda e: (e["type"] != READY, e["type"]))

    def get(self, type_: str) -> Mapping[str, Any] | None:
        """One condition, None when missing."""
        return self._entries.get(type_)

    def is_(self, type_: str, status: str) -> bool:
        """Whether the condition exists with that status."""
        return self._entries.get(type_, {}).get("status") == status

    def reason(self, type_: str) -> str:
        """The condition's reason, '' when missing."""
        return str(self._entries.get(type_, {}).get("reason") or "")

    def set(self, type_: str, status: str, reason: str, message: str) -> None:
        """Set one; the transition time moves when status, reason or message changes."""
        if len(message.encode()) > _LONGEST:
            message = message.encode()[: _LONGEST - 3].decode(errors="ignore") + "..."
        entry = {"type": type_, "status": status, "reason": reason, "message": message}
        before = self._entries.get(type_)
        moved = before is None or any(before.get(key) != value for key, value in entry.items())
        stamp = self.stamp if moved else str((before or {}).get("lastTransitionTime") or self.stamp)
        self._entries[type_] = {
            **entry,
            "lastTransitionTime": stamp,
            "observedGeneration": self._generation,
        }

    def remove(self, *types: str) -> None:
        """Take conditions away."""
        for type_ in types:
            self._entries.pop(type_, None)

    def reconciling(self, reason: str, message: str) -> None:
        """Reconciling=True; Stalled goes."""
        self.remove(STALLED)
        self.set(RECONCILING, "True", reason, message)

    def stalled(self, reason: str, message: str) -> None:
        """Stalled=True; Reconciling goes."""
        self.remove(RECONCILING)
        self.set(STALLED, "True", reason, message)

    def progressing(self, message: str, *, drift: bool = False) -> None:
        """Reconciling, and Ready=Unknown when it says nothing yet or the object is out of date."""
        self.reconciling("Progressing", message)
        if drift or self.get(READY) is None or self.is_(READY, "Unknown"):
            self.set(READY, "Unknown", "Progressing", message)

    def summarize(self, order: Iterable[str], negative: frozenset[str]) -> None:
        """Ready from the others: negative True, then positive False, then positive True wins.

        `order` decides whose reason and message are taken within a group; those in `negative`
        exist only while True. Nothing said at all: Ready=Unknown.
        """
        present = [(type_, self._entries[type_]) for type_ in order if type_ in self._entries]
        groups = (
            ("False", [e for t, e in present if t in negative and e.get("status") == "True"]),
            ("False", [e for t, e in present if t not in negative and e.get("status") == "False"]),
            ("True", [e for t, e in present if t not in negative and e.get("status") == "True"]),
            ("Unknown", [e for _, e in present if e.get("status") == "Unknown"]),
        )
        for status, entries in groups:
            if entries:
                first = entries[0]
                self.set(READY, status, str(first["reason"]), str(first["message"]))
                return
