"""Where the build goes, or where it runs, not all is well. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.board import Level, Line
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.plans.undertaking import PlanRule, Undertaking

_BAD = frozenset({Level.FAILED, Level.WAITING, Level.UNKNOWN})


def _judge(act: Undertaking) -> Iterator[Danger]:
    targets = {arrival.source.key for arrival in act.arrivals}
    # Who pins goes back because something is wrong: that is no news to them.
    mended = {source.key for source in act.held}
    for row in act.snapshot.board.rows:
        for line in (line for lines in row.lines.values() for line in lines):
            place = line.key.environment
            if line.key in targets - mended and line.health.level in _BAD:
                says = _says(line, place, " before it comes")
                yield Danger(RULE.id, Gravity.CARE, says, environment=place)
            elif line.key not in targets and line.health.level and _runs(act, line):
                says = _says(line, f"{place}, where it runs,", "")
                yield Danger(RULE.id, Gravity.CARE, says, environment=place)


def _says(line: Line, where: str, when: str) -> str:
    """What is still being read is not said to be ill."""
    if line.health.level is Level.UNKNOWN:
        return f"whether {where} is healthy{when} is not known: {line.health.text}"
    return f"{where} is not healthy{when}: {line.health.text}"


def _runs(act: Undertaking, line: Line) -> bool:
    """Whether one of the builds runs there, and nothing was said yet of how that goes."""
    place = line.key.environment
    for build in act.builds:
        if build.digest and build.digest == line.running.digest:
            trials = build.record.of(build.digest)
            return not any(t.bad and t.kustomization.environment == place for t in trials)
    return False


RULE = PlanRule(
    "target-unhealthy",
    "where it goes, or where it runs, not all is well",
    "Where it runs and fails, it may fail again. Where it goes and something fails already, it"
    " waits behind what fails in its chain, and nobody can tell afterwards which did what.",
    _judge,
)
