"""Faults on demand, in one vocabulary for the World's APIs and its registry.

A Rule says which requests it hits and what a network, a proxy or an overloaded server then does to
the client. Tests set them on a server that they hold; what a Rule does to a connection is done in
world/http. Nothing here may know what is stored.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

Cut = Literal["", "before", "headers", "middle"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault. Empty `methods` and `path` match everything; `path` is a regular expression.

    In the order in which they strike: `hang` accepts the request and never answers (a half-open
    connection); `latency` is seconds of delay; `cut` ends the connection before the answer, after
    its headers or in the middle of the body; `status` is an error instead of the answer, with
    `reason`, `message` and `retry_after` seconds; `stall` falls silent in the middle of the body
    (a watch: before each event) for that many seconds; `slow` makes the body take that many.
    `count` is how many more requests it hits (None: all).
    """

    methods: tuple[str, ...] = ()
    path: str = ""
    hang: bool = False
    latency: float = 0.0
    status: int = 0
    reason: str = ""
    message: str = ""
    retry_after: int = 0
    cut: Cut = ""
    stall: float = 0.0
    slow: float = 0.0
    count: int | None = None

    def matches(self, method: str, path: str) -> bool:
        """Whether it is meant for this request."""
        if self.methods and method not in self.methods:
            return False
        return not self.path or re.search(self.path, path) is not None


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
        """These and no others; the first that matches a request strikes."""
        with self._lock:
            self._rules = list(rules)

    def clear(self) -> None:
        """All is well again."""
        with self._lock:
            self._rules = []
            self.unreachable = False
            self.token_expired = False

    def cut_watches(self) -> None:
        """End every open watch without a word."""
        with self._lock:
            self.epoch += 1

    def expire_watches(self) -> None:
        """End every open watch with 410."""
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


def spoilt(
    body: bytes, rule: Rule, send: Callable[[bytes], object], wait: Callable[[float], object]
) -> bool:
    """Send a body as the rule wants it; whether the connection may go on.

    `wait` pauses for seconds, less when the server ends.
    """
    if rule.cut == "headers":
        return False
    half = len(body) // 2
    if rule.slow:
        pieces = max(1, min(10, len(body)))
        size = -(-len(body) // pieces)
        for start in range(0, len(body), max(size, 1)):
            wait(rule.slow / pieces)
            if rule.cut == "middle" and start >= half:
                return False
            send(body[start : start + size])
        return not rule.cut
    if rule.stall or rule.cut == "middle":
        send(body[:half])
        wait(rule.stall)
        if rule.cut:
            return False
        send(body[half:])
        return True
    send(body)
    return True
