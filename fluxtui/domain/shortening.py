"""How a version is shortened, on the screen and in tables: its end tells it from its neighbours.

One rule for both; what a character takes is the caller's to measure (terminal cells, or one). Pure.
"""

from __future__ import annotations

from collections.abc import Callable

ARROW = "→"
UNSURE = "? "  # before what was seen last: it is never shortened away

Measure = Callable[[str], int]


def shortened(text: str, room: int, measure: Measure = len) -> str:
    """At most `room`, the end kept; of `a -> b (3/6)` where it goes and how far."""
    if measure(text) <= room:
        return text
    if room < 4:
        return ended(text, room, measure)
    if text.startswith(UNSURE):
        return UNSURE + shortened(text.removeprefix(UNSURE), room - len(UNSURE), measure)
    before, arrow, after = text.partition(" -> ")
    if arrow and room >= 15:
        return _transition(before, after, room, measure)
    tail = cut(text[::-1], (room - 1) * 3 // 5, measure)[::-1]
    return cut(text, room - 1 - measure(tail), measure) + "…" + tail


def ended(text: str, room: int, measure: Measure = len) -> str:
    """At most `room`, the beginning kept."""
    if measure(text) <= room:
        return text
    return cut(text, room - 1, measure) + "…" if room > 0 else ""


def cut(text: str, room: int, measure: Measure = len) -> str:
    """The longest beginning that fits."""
    while text and measure(text) > room:
        text = text[: max(0, len(text) - max(1, (measure(text) - room) // 2))]
    return text


def _transition(before: str, after: str, room: int, measure: Measure) -> str:
    """`…0041 → …0042 (3/6)`, or `→ v1.5.0 (3/6)`: where it goes and how far stay readable."""
    after, space, count = after.partition(" (")
    count = space + count
    half = (room - 3 - measure(count)) // 2
    if half >= min(5, measure(after)):
        return f"{_tail(before, half, measure)} {ARROW} {_tail(after, half, measure)}{count}"
    goal = _tail(after, max(3, room - 2 - measure(count)), measure)
    return ended(f"{ARROW} {goal}{count}", room, measure)


def _tail(text: str, room: int, measure: Measure) -> str:
    return text if measure(text) <= room else "…" + cut(text[::-1], room - 1, measure)[::-1]
