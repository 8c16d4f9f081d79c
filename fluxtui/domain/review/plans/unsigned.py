"""The artifact has no signature where one is asked for, or where others have one. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.kinds.reading import mapping_at, text_at
from fluxtui.domain.review.plans.undertaking import Candidate, PlanRule, Undertaking
from fluxtui.domain.snapshot import TagFacts

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


def _rest(act: Undertaking, build: Candidate) -> list[TagFacts]:
    listed = act.snapshot.tags.get(build.repository)
    return [f for f in (listed.facts.values() if listed else ()) if f.digest != build.digest]


def _others(act: Undertaking, build: Candidate) -> bool:
    rest = [fact for fact in _rest(act, build) if fact.signed is not None]
    signed = sum(bool(fact.signed) for fact in rest)
    return signed >= _FEW and signed * 2 > len(rest)


def _blind(act: Undertaking) -> Iterator[str]:
    """Whose signature could not be read; where a source asks for one, also who was not asked."""
    for build in act.builds:
        wanted = any(a.build == build and mapping_at(a.source.spec, "verify") for a in act.arrivals)
        if build.facts is not None and build.facts.signed is None and build.facts.blind:
            yield f"whether {build.name} is signed: {build.facts.blind}"
        elif wanted and (build.facts is None or build.facts.signed is None):
            yield f"whether {build.name} is signed: the registry was not asked"
        elif _lacks(build) and not _others(act, build):
            why = next((f.blind for f in _rest(act, build) if f.signed is None and f.blind), "")
            if why:
                yield f"whether other versions of {build.repository} are signed: {why}"


RULE = PlanRule(
    "unsigned",
    "the artifact is not signed",
    "A source with spec.verify refuses an artifact without a signature: it keeps what it has and"
    " says so in its Ready condition. Where most versions are signed, one that is not may not come"
    " from where the others do. Only whether there is a signature is looked at, not whose.",
    _judge,
    _blind,
)
