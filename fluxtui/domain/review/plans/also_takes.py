"""A registry write reaches further than the environment that comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.following import Taken
from fluxtui.domain.review.plans.undertaking import PlanRule, Undertaking


def _judge(act: Undertaking) -> Iterator[Danger]:
    taken = act.picks.taken if act.picks is not None else ()
    stages = act.snapshot.config.stages
    if not taken:
        return
    first = min(_rank(act, one, stages) for one in taken)
    # Who takes a tag comes by name: the service that most of them are of is the one that is meant.
    services = [_service(act, one) for one in taken]
    meant = max(services, key=services.count)
    for one, service in zip(taken, services, strict=True):
        place, label = one.source.key.environment, one.source.key.label
        after = one.after or "nothing"
        if service != meant:
            says = f"{label} in {place} takes {after} too: it is of {service}, not of {meant}"
            yield Danger(RULE.id, Gravity.CARE, says, environment=place)
        elif _rank(act, one, stages) > first:
            says = f"{label} in {place} takes {after} too, in the same moment as {stages[first]}"
            yield Danger(RULE.id, Gravity.CARE, says, environment=place)


def _rank(act: Undertaking, taken: Taken, stages: tuple[str, ...]) -> int:
    place = act.snapshot.config.environment(taken.source.key.environment)
    return stages.index(place.stage_name) if place is not None else len(stages) - 1


def _service(act: Undertaking, taken: Taken) -> str:
    board = act.snapshot.board
    rows = (row.service for row in board.rows if row.line(taken.source.key) is not None)
    return next(rows, taken.source.key.label)


RULE = PlanRule(
    "also-takes",
    "somebody else takes it too",
    "A tag has no owner: every source whose policy admits it picks it, in all environments, at its"
    " next interval. Narrow their ranges or filters, pin them, or choose a tag that only the one"
    " that is meant admits (`fluxtui tags --what-if`).",
    _judge,
)
