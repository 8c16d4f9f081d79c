"""Faults on demand: what a network, a proxy or an overloaded server do to a client.

Set from tests and scenarios (`ApiServer.faults`, or POST `/_world/faults`). Rules are matched in
order; a rule with a count is used up. Nothing here may touch the stored objects.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from fluxtui.world.apiserver.status import Json, bad_request

Cut = Literal["", "before", "headers", "middle"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault. Empty `methods` and `path` match everything; `path` is a regular expression.

    `latency` is seconds of delay; `status` an error instead of the answer, with `reason`, `message`
    and `retry_after` seconds (a webhook that denies is status 403 with its message). `cut` ends the
    connection before the answer, after its headers or in the middle of the body; `stall` keeps it
    open and silent for that many seconds (a half-open watch). `count` is how many more requests it
    hits (None: all).
    """

    methods: tuple[str, ...] = ()
    path: str = ""
    latency: float = 0.0
    status: int = 0
    reason: str = ""
    message: str = ""
    retry_after: int = 0
    cut: Cut = ""
    stall: float = 0.0
    count: int | None = None

    def matches(self, method: str, path: str) -> bool:
        if self.methods and method not in self.methods:
            return False
        return not self.path or re.search(self.path, path) is not None


def _rule(data: Mapping[str, Any]) -> Rule:
    known = set(Rule.__dataclass_fields__)
    unknown = set(data) - known
    if unknown:
        raise bad_request(f"unknown fault fields: {', '.join(sorted(unknown))}")
    values = dict(data)
    values["methods"] = tuple(values.get("methods") or ())
    return Rule(**values)


class Faults:
    """The faults in force. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self.unreachable = False
        self.token_expired = False
        self.epoch = 0  # raised to end every open watch
        self.expired_epoch = 0  # raised to end every open watch with 410

    def set_rules(self, *rules: Rule) -> None:
        with self._lock:
            self._rules = list(rules)

    def clear(self) -> None:
        with self._lock:
            self._rules = []
            self.unreachable = False
            self.token_expired = False

    def cut_watches(self) -> None:
        with self._lock:
            self.epoch += 1

    def expire_watches(self) -> None:
        with self._lock:
            self.expired_epoch += 1

    def take(self, method: str, path: str) -> Rule | None:
        """The rule that hits this request, one of its count used up."""
        if not self._rules:
            return None
        with self._lock:
            for i, rule in enumerate(self._rules):
                if not rule.matches(method, path):
                    continue
                if rule.count is not None:
                    if rule.count <= 1:
                        del self._rules[i]
                    else:
                        self._rules[i] = replace(rule, count=rule.count - 1)
                return rule
        return None

    def update(self, data: Json) -> None:
        """Take over what POST /_world/faults sends; fields that are absent stay as they are."""
        known = {"rules", "unreachable", "tokenExpired", "cutWatches", "compact", "clear"}
        unknown = set(data) - known
        if unknown:
            raise bad_request(f"unknown faults: {', '.join(sorted(unknown))}")
        if data.get("clear"):
            self.clear()
        if "rules" in data:
            self.set_rules(*(_rule(r) for r in data["rules"]))
        if "unreachable" in data:
            self.unreachable = bool(data["unreachable"])
        if "tokenExpired" in data:
            self.token_expired = bool(data["tokenExpired"])
        if data.get("cutWatches"):
            self.cut_watches()

    def to_json(self) -> Json:
        with self._lock:
            rules = [{f: getattr(r, f) for f in Rule.__dataclass_fields__} for r in self._rules]
        return {
            "rules": rules,
            "unreachable": self.unreachable,
            "tokenExpired": self.token_expired,
        }
