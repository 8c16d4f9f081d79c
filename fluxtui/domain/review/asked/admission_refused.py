"""The API refuses an object when it is tried: a quota, an admission policy, its own validation.

Nothing is asked for by itself: a trial counts as a write, and a person asks for it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.wanted import AskingRule, Heard, Together, WantedFact


def _wants(_delivered: Delivered, _whole: Together) -> Iterator[WantedFact]:
    yield from ()


def _judge(wanted: WantedFact, heard: Heard) -> Iterator[Danger]:
    if heard.there is False:
        says = f"{wanted.by} is refused: {heard.why}"
        yield Danger(RULE.id, Gravity.STOP, says, wanted.by, wanted.kustomization)


RULE = AskingRule(
    "admission-refused",
    "the API refuses an object when it is tried",
    "A quota that is used up, an admission policy or the API's own validation refuse the object, so"
    " the Kustomization fails to apply. Tried only when that is asked for (`t` in a review,"
    " --server-dry-run), by server-side dry runs, never in a read-only environment, and never with"
    " a Secret. What another object of the same delivery would make is not there yet.",
    _wants,
    _judge,
)
