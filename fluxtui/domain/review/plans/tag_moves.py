"""A tag would name other content than it did, or does so already. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.plan import PushStep, TagStep
from fluxtui.domain.review.plans.undertaking import Candidate, PlanRule, Undertaking
from fluxtui.domain.revision import short_digest


def _judge(act: Undertaking) -> Iterator[Danger]:
    for step in act.steps:
        if isinstance(step, TagStep) and step.expect not in ("", step.digest):
            says = f"{step.tag} moves away from {short_digest(step.expect)}"
            yield Danger(RULE.id, Gravity.STOP, says)
        elif isinstance(step, PushStep):
            present = act.inputs.get(f"{step.repository}:{step.tag}", "")
            if present:
                says = f"{step.tag} is on {short_digest(present)} now and moves"
                yield Danger(RULE.id, Gravity.STOP, says)
    for build in act.builds:
        yield from _moved(act, build)


def _moved(act: Undertaking, build: Candidate) -> Iterator[Danger]:
    """A tag that named something else when that ran, whichever of both comes now."""
    listed = act.snapshot.tags.get(build.repository)
    facts = listed.facts if listed is not None else {}
    for name in dict.fromkeys((build.name, build.tag)):
        fact = facts.get(name)
        now = fact.digest if fact is not None else ""
        ran = {trial.digest for trial in build.record.of("", name)} - {now}
        for was in sorted(ran) if now else ():
            if build.digest in (now, was):
                both = f"names {short_digest(now)} now and was {short_digest(was)} when it ran"
                yield Danger(RULE.id, Gravity.CARE, f"{name} {both}")


RULE = PlanRule(
    "tag-moves",
    "a tag changes its content",
    "Who has pulled the tag keeps what it was, who pulls it now gets something else, and its name"
    " no longer says which; a registry with immutable tags refuses the write. Give new content a"
    " new version; name what you mean by its digest.",
    _judge,
)
