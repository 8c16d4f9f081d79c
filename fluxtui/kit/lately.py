"""A function that knows what it answered last.

Whoever looks at an object puts many questions to it in a row, and half of them begin by reading the
same list. One answer is kept, for the very same object: nothing has to be compared or let go of.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

S = TypeVar("S")
T = TypeVar("T")


def asked_in_a_row(read: Callable[[S], T]) -> Callable[[S], T]:
    """The same function of an immutable value; the last value and its answer stay alive."""
    last: tuple[S | None, Any] = (None, None)

    @wraps(read)
    def answer(value: S) -> Any:  # of type T: to say so here would cost a call each time
        nonlocal last
        seen, told = last
        if seen is not value:
            told = read(value)
            last = value, told  # one step: two threads may ask
        return told

    return answer
