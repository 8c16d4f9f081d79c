"""The artifact has no signature where one is asked for, or where others have one. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.kinds.reading import mapping_at, text_at
from fluxtui.domain.review.plans.undertaking import Candidate, PlanRule, Undertaking

_FEW = 2  # signed ones that make a custom


def _judge(act: Undertaking) -> Iterator[Danger]:
    asked: set[Candidate] = set()
    for arrival in act.arrivals:
        build, verify = arrival.build, mapping_at(arrival.source.spec, "verify")
        if verify and _lacks(build):
            asked.add(build)
            by = text_at(verify, "provider") or "a signature"
            where = f"{arrival.source.key.label} in {arrival.environment}"
            says = f"{build.name} has no signature, and {where} asks for {by}"
            yield Danger(RULE.id, Gravity.STOP, says, environment=arrival.environment)
    for build in act.builds:
        if build not in asked and _lacks(build) and _others(act, build):
            yield Danger(RULE.id, Gravity.CARE, f"{build.name} has no signature; most others have")


def _lacks(build: Candidate) -> bool:
    """Whether it was looked for, and there is none."""
    return build.facts is not None and build.facts.signed == ""


def _others(act: Undertaking, build: Candidate) -> bool:
    listed = act.snapshot.tags.get(build.repository)
    every = [f for f in (listed.facts.values() if listed else ()) if f.signed is not None]
    rest = [fact for fact in every if fact.digest != build.digest]
    signed = sum(bool(fact.signed) for fact in rest)
    return signed >= _FEW and signed * 2 > len(rest)


RULE = PlanRule(
    "unsigned",
    "the artifact is not signed",
    "A source with spec.verify refuses an artifact without a signature: it keeps what it has and"
    " says so in its Ready condition. Where most versions are signed, one that is not may not come"
    " from where the others do. Only whether there is a signature is looked at, not whose.",
    _judge,
)
