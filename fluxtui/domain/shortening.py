"""How texts are shortened, on the screen and in tables: a version by its middle, for its end tells
it from its neighbours; a sentence at its end.

No bracket stays open behind a cut, and none is closed that was not opened before it. One rule for
both places; what a character takes is the caller's to measure (terminal cells, or one). Pure.
"""

from __future__ import annotations

from collections.abc import Callable

ARROW = "→"
DIGEST = " (sha256:"
UNSURE = "? "  # before what was seen last: it is never shortened away

BRACKETS = {"(": ")", "[": "]", "{": "}"}
LEAST_INSIDE = 3  # characters of a bracket that is shortened; with fewer it goes as a whole

Measure = Callable[[str], int]


def shortened(text: str, room: int, measure: Measure = len) -> str:
    """At most `room`, the end kept; of `a -> b (3/6)` where it goes and how far. What has a name
    goes by that alone, not by its digest behind it."""
    if measure(text) <= room:
        return text
    if room < 4:
        return ended(text, room, measure)
    if text.startswith(UNSURE):
        return UNSURE + shortened(text.removeprefix(UNSURE), room - len(UNSURE), measure)
    before, arrow, after = text.partition(" -> ")
    if arrow and room >= 15:
        return _transition(before, after, room, measure)
    name, digest, _rest = text.partition(DIGEST)
    if name and digest:
        return shortened(name, room, measure)
    tail = cut(text[::-1], (room - 1) * 3 // 5, measure)[::-1]
    short = cut(text, room - 1 - measure(tail), measure) + "…" + tail
    return short if balanced(short) or not balanced(text) else ended(text, room, measure)


def ended(text: str, room: int, measure: Measure = len, before: str = "") -> str:
    """At most `room`, the beginning kept; brackets that it cuts into are closed behind the `…`.
    `before`: what stands in front of the text, whose brackets it may close."""
    if measure(text) <= room:
        return text
    head, close = parted(text, room, measure, before)
    return head + "…" + close if room > 0 else ""


def parted(text: str, room: int, measure: Measure = len, before: str = "") -> tuple[str, str]:
    """Of a text that takes more than `room`: the beginning that is kept, and what closes the
    brackets in it. Both and an ellipsis fit."""
    head, close = cut(text, room - 1, measure), ""
    while True:
        opened = _open(before + head)
        close = "".join(BRACKETS[(before + head)[at]] for at in reversed(opened))[: room - 1]
        own = [at - len(before) for at in opened if at >= len(before)]
        if own and len(head) - len(close) - own[-1] <= LEAST_INSIDE:
            head = head[: own[-1]].rstrip()
        elif measure(head) + len(close) >= room and head:
            head = cut(head, max(0, room - 1 - len(close)), measure)
            if measure(head) + len(close) >= room:  # too narrow to close them
                return head, ""
        else:
            return head, close


def balanced(text: str) -> bool:
    """Whether each bracket is closed, and none is closed that was not opened."""
    opened: list[str] = []
    for char in text:
        if char in BRACKETS:
            opened.append(BRACKETS[char])
        elif char in BRACKETS.values() and (not opened or opened.pop() != char):
            return False
    return not opened


def _open(text: str) -> list[int]:
    """Where brackets begin that are not closed."""
    opened: list[int] = []
    for at, char in enumerate(text):
        if char in BRACKETS:
            opened.append(at)
        elif opened and char == BRACKETS[text[opened[-1]]]:
            opened.pop()
    return opened


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
