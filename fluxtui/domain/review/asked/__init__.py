"""Every rule that has to ask a cluster or a registry, the registry of this room. Pure: what is
asked and who asks is the Engine's business.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from fluxtui.domain.danger import Danger, ordered
from fluxtui.domain.review.asked import (
    admission_refused,
    crd_in_use,
    image_missing,
    image_moved,
    kind_unserved,
    namespace_missing,
    reference_missing,
)
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.wanted import Asked, AskingRule, Heard, WantedFact, together

SHOWN = 6
"""Further objects that miss the same thing."""
ASKING: tuple[AskingRule, ...] = (
    kind_unserved.RULE,
    namespace_missing.RULE,
    reference_missing.RULE,
    crd_in_use.RULE,
    admission_refused.RULE,
    image_missing.RULE,
    image_moved.RULE,
)
_BY_ID: Mapping[str, AskingRule] = {rule.id: rule for rule in ASKING}


def wanted_of(all_delivered: Iterable[Delivered]) -> tuple[WantedFact, ...]:
    """What all rules want to know of a delivery, each once."""
    by_environment: dict[str, list[Delivered]] = defaultdict(list)
    for delivered in all_delivered:
        by_environment[delivered.kustomization.environment].append(delivered)
    return tuple(dict.fromkeys(w for group in by_environment.values() for w in _wanted(group)))


def _wanted(group: list[Delivered]) -> Iterator[WantedFact]:
    whole = together(group)
    for delivered in group:
        for rule in ASKING:
            yield from rule.wants(delivered, whole)


def judged_answers(answers: Iterable[tuple[WantedFact, Heard]]) -> tuple[Danger, ...]:
    """What the answers mean, the worst first. What several objects miss is one danger, of the one
    that it is worst for; the others are named below it."""
    causes: dict[tuple[str, Asked, str], list[tuple[WantedFact, Heard]]] = defaultdict(list)
    found: list[Danger] = []
    for wanted, heard in answers:
        if heard.there is False:
            place = wanted.kustomization.environment
            causes[wanted.rule, wanted.asked, place].append((wanted, heard))
        else:
            found += _BY_ID[wanted.rule].judge(wanted, heard)
    for group in causes.values():
        found += _of_one_cause(group)
    return ordered(found)


def _of_one_cause(group: list[tuple[WantedFact, Heard]]) -> Iterator[Danger]:
    wanted, heard = max(group, key=lambda one: one[0].level)
    others = [str(other.by) for other, _heard in group if other.by not in (None, wanted.by)]
    look = tuple(f"{name} too" for name in dict.fromkeys(others))
    more = (f"... {len(look) - SHOWN} more",) if len(look) > SHOWN else ()
    for danger in _BY_ID[wanted.rule].judge(wanted, heard):
        yield replace(danger, look=(*danger.look, *look[:SHOWN], *more))
