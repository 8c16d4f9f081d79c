"""Hides what a live object may hold out of a Secret at places that the build says nothing of.

A build marks the places into which a Secret's variable goes; what is live may be of an older build,
or of an older value of that Secret, and then has it at places without a mark. Text of which that
cannot be excluded becomes a token (see `secretmarks`). Must not touch what both sides have alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fluxtui.engine.builds.secretmarks import token

_PARTS = re.compile(r"[^A-Za-z0-9+_.~-]+")
# Names and images are what people look for, and nobody keeps a password in them.
_PLAIN = frozenset({"apiVersion", "kind", "name", "namespace", "labels", "image"})


@dataclass(frozen=True, slots=True)
class LiveHiding:
    """One comparison's. `labels`: token -> what it stands for; what is hidden is added to it."""

    session: bytes
    labels: dict[str, str]

    @property
    def _secrets(self) -> dict[str, str]:
        return {m: label for m, label in self.labels.items() if label.startswith("secret ")}

    def hidden(self, live: Any, other: Any) -> Any:
        """`live` (an object, or a part of one) with tokens where a Secret's value may stand.
        `other`: the same part as it would be applied, None where nothing is."""
        marks = self._secrets
        unread = any(label.startswith("unread secret ") for label in self.labels.values())
        if not marks and not unread:
            return live
        if isinstance(live, Mapping) and live.get("kind") == "Secret":
            return live  # all of its values are masked anyhow
        return self._part(live, other, marks)

    def _part(self, live: Any, other: Any, marks: Mapping[str, str]) -> Any:
        if live == other:
            return live
        if isinstance(live, Mapping):
            beside = other if isinstance(other, Mapping) else {}
            return {
                key: value if key in _PLAIN else self._part(value, beside.get(key), marks)
                for key, value in live.items()
            }
        if isinstance(live, list):
            items = other if isinstance(other, list) else []
            return [
                self._part(item, _partner(item, n, items), marks) for n, item in enumerate(live)
            ]
        return self._text(live, other, marks) if isinstance(live, str) else live

    def _text(self, live: str, other: Any, marks: Mapping[str, str]) -> str:
        names = [label for mark, label in marks.items() if self._has(live, label, mark)]
        if not names and other is not None:
            return live
        label = " + ".join(names) or "not shown: it may be out of a Secret"
        stand_in = token(self.session, "live " + label, live)
        self.labels[stand_in] = label
        return stand_in

    def _has(self, text: str, label: str, mark: str) -> bool:
        parts = {text, text.strip(), *_PARTS.split(text), *text.split()}
        return any(token(self.session, label, part) == mark for part in parts if part)


def _partner(item: Any, number: int, items: list[Any]) -> Any:
    if isinstance(item, Mapping) and "name" in item:
        named = (i for i in items if isinstance(i, Mapping) and i.get("name") == item["name"])
        return next(named, None)
    return items[number] if number < len(items) else None
