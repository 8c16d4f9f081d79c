"""Dangers of an act itself, each in a world that has it and in one that only looks like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain.config import Config, Environment
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.following import tag_effects
from fluxtui.domain.marks import FREEZE, PINNED_BY
from fluxtui.domain.moves import moves_of
from fluxtui.domain.plan import AnyStep, PatchStep, Plan, RequestReconcile, TagStep
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.review.plans import PLAN_RULES, plan_dangers, plan_unseen
from fluxtui.domain.review.plans.undertaking import Undertaking, undertaking
from fluxtui.domain.snapshot import Act, Snapshot, TagFacts
from fluxtui.kit.moments import seconds
from tests.builders import CONFIG, URL, digest, failed, ks, revision, snapshot, source, tag_list

WELL = "ReconciliationSucceeded"
A, B, C = revision("1.4.2", "a"), revision("1.5.0", "b"), revision("1.6.0-rc.1", "c")
TAGS = {"1.4.2": "a", "1.5.0": "b", "1.6.0-rc.1": "c"}
AT = "2026-11-23T02:00:00Z"
WELL_B = ks("dev", "other", of="elsewhere", applied=B)
RAN = (source("dev", "elsewhere", stored=B, ref={"digest": digest("b")}), WELL_B)
OPEN = Config(
    environments=(
        Environment("dev", "dev", protected=False),
        Environment("staging", "staging", protected=False),
        Environment("production", "production"),
    )
)


def seen(*resources: Resource, tags: Any = TAGS, **more: Any) -> Snapshot:
    listed = tags if not isinstance(tags, dict) else tag_list(tags)
    return snapshot(*resources, *RAN, tags=[listed], **{"config": OPEN, **more})


def pinned(where: Snapshot, letter: str, key: Key | None = None) -> tuple[Danger, ...]:
    """What is said of a pin of a source on that digest."""
    target = key or source().key
    patch = {
        "metadata": {"annotations": {PINNED_BY: "anna"}},
        "spec": {"ref": {"digest": digest(letter)}},
    }
    return judged(where, PatchStep("pin", "pin", target=target, patch=patch, resource_version="7"))


def asked(where: Snapshot) -> tuple[Danger, ...]:
    """What is said when the source is asked to look."""
    return judged(where, RequestReconcile("ask", "ask", target=source().key, at=AT))


def tagged(where: Snapshot, tag: str, letter: str, expect: str = "") -> tuple[Danger, ...]:
    """What is said when a digest is named by another tag."""
    return judged(
        where,
        TagStep("tag", "tag", repository=URL, digest=digest(letter), tag=tag, expect=expect),
    )


def judged(where: Snapshot, step: AnyStep) -> tuple[Danger, ...]:
    return plan_dangers(act_of(where, step))


def act_of(where: Snapshot, step: AnyStep) -> Undertaking:
    picks = tag_effects(where, URL, step.tag) if isinstance(step, TagStep) else None
    return undertaking(where, (step,), picks, moves_of(where, (step,), picks), {})


def signed(letter_unsigned: str, **verdicts: str | None) -> Any:
    listed = tag_list(TAGS)
    facts = {
        tag: TagFacts(tag, digest(letter), signed="" if letter == letter_unsigned else "sig")
        for tag, letter in TAGS.items()
    }
    return replace(listed, facts=facts)


def here(**more: Any) -> tuple[Resource, Resource]:
    return source(stored=A, **more), ks(applied=A)


def verifying(resource: Resource) -> Resource:
    return replace(resource, spec={**resource.spec, "verify": {"provider": "cosign"}})


BUSY = ks(
    applied=A,
    attempted=A,
    conditions=[
        {"type": "Ready", "status": "Unknown", "reason": "Progressing", "message": "m"},
        {"type": "Reconciling", "status": "True", "reason": "Progressing", "message": "m"},
    ],
)
SICK = ks(applied=A, conditions=[failed("HealthCheckFailed", "no pods")])
BAD = ks(applied=A, history=[(B, "HealthCheckFailed", AT), (A, WELL, AT)])
IN_PRODUCTION = (source("production", stored=A), ks("production", applied=A))
ENDED = replace(Act(Plan("promote", "promote web", (), ("staging",))), finished=True)
RUNNING = Act(Plan("promote", "promote web", (), ("staging",)))
NOW_SECONDS = seconds("2026-11-23T03:12:00Z") or 0.0
FROZEN = source(name="held", url="oci://r/held", suspend=True, annotations={FREEZE: "staging-1"})
FROZEN_AFAR = replace(FROZEN, key=FROZEN.key._replace(environment="production"))


def soaking(since: str) -> Snapshot:
    """Staging asks for three hours, and runs 1.5.0 well since then; "": nobody noted since when."""
    staging = Environment("staging", "staging", protected=False, soak=3 * 3600.0)
    config = replace(OPEN, environments=(OPEN.environments[0], staging, OPEN.environments[2]))
    first = f"2026-11-23T{since}:00Z" if since else ""
    run = {
        "metadata": {"revision": B},
        "lastReconciledStatus": WELL,
        "firstReconciled": first,
        "lastReconciled": "2026-11-23T03:00:00Z",
    }
    user = ks(applied=B)
    user = replace(user, status={**user.status, "history": [run]})
    return seen(*IN_PRODUCTION, source(stored=B), user, config=config, taken_at=NOW_SECONDS)


def lower() -> Snapshot:
    """Production runs 1.5.0; staging never ran 1.4.2."""
    there = source("production", stored=B), ks("production", applied=B)
    return seen(*there, source(stored=B), ks(applied=B))


def released() -> Snapshot:
    """Production follows releases and runs a later build than the one that becomes 1.5.0."""
    builds = {"1.5.0-build-42": "b", "1.5.0-build-43": "c"}
    runs = revision("1.5.0-build-43", "c")
    there = source("production", stored=runs), ks("production", applied=runs)
    stage = source(stored=A), ks(applied=A)
    tried = revision("1.5.0-build-42", "b")
    dev = source("dev", stored=tried, ref={"tag": "x"}), ks("dev", applied=tried)
    return snapshot(*there, *stage, *dev, tags=[tag_list(builds)], config=OPEN)


def without_a_tag(letter: str) -> Any:
    """All tags are signed, and that digest, which has none, is not."""
    bare = TagFacts("", digest(letter), signed="")
    return replace(signed(""), pinned={digest(letter): bare})


Case = tuple[str, Callable[[], tuple[Danger, ...]]]
HAVE_IT: list[Case] = [
    ("in-freeze", lambda: pinned(seen(*here(), FROZEN), "b")),
    ("in-freeze", lambda: tagged(seen(*here(), FROZEN), "9.0.0", "b")),
    ("in-freeze", lambda: asked(seen(*here(ref={"semver": "1.5.0"}), FROZEN))),
    ("failed-before", lambda: pinned(seen(source(stored=A), BAD), "b")),
    ("failed-before", lambda: asked(seen(source(stored=A, ref={"semver": "1.5.0"}), BAD))),
    ("failed-before", lambda: tagged(seen(source(stored=A, ref={"tag": "x"}), BAD), "9.0.0", "b")),
    ("ran-nowhere", lambda: pinned(seen(*here()), "c")),
    ("ran-nowhere", lambda: tagged(seen(*here()), "9.0.0", "c")),
    ("prerelease-protected", lambda: pinned(seen(*IN_PRODUCTION), "c", IN_PRODUCTION[0].key)),
    ("tag-moves", lambda: tagged(seen(*here()), "1.4.2", "b", digest("a"))),
    ("tag-moves", lambda: pinned(seen(*here(), tags={**TAGS, "1.5.0": "d"}), "b")),
    ("unsigned", lambda: pinned(seen(verifying(here()[0]), here()[1], tags=signed("b")), "b")),
    ("unsigned", lambda: pinned(seen(*here(), tags=signed("b")), "b")),
    ("unsigned", lambda: pinned(seen(*here(), tags=without_a_tag("e")), "e")),
    ("target-held", lambda: pinned(seen(source(stored=A, suspend=True), ks(applied=A)), "b")),
    ("target-held", lambda: pinned(seen(source(stored=A), ks(applied=A, suspend=True)), "b")),
    ("target-held", lambda: tagged(seen(source(stored=A, suspend=True)), "9.0.0", "b")),
    ("target-unhealthy", lambda: asked(seen(source(stored=A, ref={"semver": "1.5.0"}), SICK))),
    ("rollout-running", lambda: pinned(seen(source(stored=A), BUSY), "b")),
    ("rollout-running", lambda: pinned(seen(*here(), acts=(RUNNING,)), "b")),
    ("also-takes", lambda: tagged(seen(*here(), *IN_PRODUCTION), "9.0.0", "b")),
    ("ring-skipped", lambda: pinned(seen(*IN_PRODUCTION, *here()), "b", IN_PRODUCTION[0].key)),
    ("ring-skipped", lambda: tagged(released(), "1.5.0", "b")),
    ("soak-short", lambda: pinned(soaking("02:00"), "b", IN_PRODUCTION[0].key)),
    ("soak-short", lambda: pinned(soaking(""), "b", IN_PRODUCTION[0].key)),
]
HAVE_NOT: list[Case] = [
    ("in-freeze", lambda: pinned(seen(*here(), FROZEN_AFAR), "b")),
    ("in-freeze", lambda: pinned(seen(*here(), FROZEN), "a")),
    ("in-freeze", lambda: asked(seen(*here(ref={"semver": "1.4.2"}), FROZEN))),
    ("ring-skipped", lambda: pinned(soaking("02:00"), "b", IN_PRODUCTION[0].key)),
    ("ring-skipped", lambda: pinned(seen(*here(), *IN_PRODUCTION), "b")),
    ("ring-skipped", lambda: pinned(seen(*IN_PRODUCTION, *here()), "d", IN_PRODUCTION[0].key)),
    ("ring-skipped", lambda: pinned(lower(), "a", source("production").key)),
    ("soak-short", lambda: pinned(soaking("00:00"), "b", IN_PRODUCTION[0].key)),
    ("soak-short", lambda: pinned(seen(*IN_PRODUCTION, *here()), "b", IN_PRODUCTION[0].key)),
    ("failed-before", lambda: pinned(seen(source(stored=B), BAD), "a")),
    ("failed-before", lambda: asked(seen(source(stored=A, ref={"semver": "1.4.x"}), BAD))),
    ("ran-nowhere", lambda: pinned(seen(*here()), "b")),
    ("ran-nowhere", lambda: tagged(seen(*here()), "1.6.0-rc.1", "c", digest("c"))),
    ("prerelease-protected", lambda: pinned(seen(*here()), "c")),
    ("prerelease-protected", lambda: tagged(seen(*IN_PRODUCTION), "1.6.0", "c")),
    ("tag-moves", lambda: tagged(seen(*here()), "9.0.0", "b")),
    ("tag-moves", lambda: pinned(seen(*here()), "b")),
    ("unsigned", lambda: pinned(seen(verifying(here()[0]), here()[1], tags=signed("a")), "b")),
    ("unsigned", lambda: pinned(seen(verifying(here()[0]), here()[1]), "b")),
    ("target-held", lambda: pinned(seen(*here()), "b")),
    ("target-unhealthy", lambda: asked(seen(*here(ref={"semver": "1.5.0"})))),
    ("target-unhealthy", lambda: pinned(seen(source(stored=A), SICK), "b")),
    ("rollout-running", lambda: pinned(seen(*here()), "b")),
    (
        "rollout-running",
        lambda: pinned(seen(*here(), acts=(ENDED,)), "b"),
    ),
    ("also-takes", lambda: tagged(seen(*here()), "9.0.0", "b")),
    ("also-takes", lambda: tagged(seen(*here(), *IN_PRODUCTION), "1.4.0", "b")),
]


@pytest.mark.parametrize(("rule", "case"), HAVE_IT)
def test_it_is_found(rule: str, case: Callable[[], tuple[Danger, ...]]) -> None:
    assert rule in {danger.rule for danger in case()}


@pytest.mark.parametrize(("rule", "case"), HAVE_NOT)
def test_it_is_not_where_it_only_looks_like_it(
    rule: str, case: Callable[[], tuple[Danger, ...]]
) -> None:
    assert rule not in {danger.rule for danger in case()}


def test_every_rule_is_told_of_here() -> None:
    ids = {rule.id for rule in PLAN_RULES}
    assert {rule for rule, _case in HAVE_IT} == {rule for rule, _case in HAVE_NOT} == ids


def test_where_it_failed_is_worse_where_it_goes() -> None:
    (near,) = (d for d in pinned(seen(source(stored=A), BAD), "b") if d.rule == "failed-before")
    assert near.level is Gravity.STOP and near.where == "staging"
    far = ks("production", applied=A, history=[(B, "HealthCheckFailed", AT)])
    there = seen(*here(), source("production", stored=A), far)
    (away,) = (d for d in pinned(there, "b") if d.rule == "failed-before")
    assert away.level is Gravity.CARE and away.where == "production"


def test_a_build_whose_manifest_was_not_read_goes_by_its_tag() -> None:
    where = seen(*here(ref={"semver": "1.5.0"}), tags=replace(tag_list(TAGS), facts={}))
    step = RequestReconcile("ask", "ask", target=source().key, at=AT)
    assert [(build.name, build.digest) for build in act_of(where, step).builds] == [("1.5.0", "")]


def test_what_reaches_only_who_is_frozen_waits_there() -> None:
    user = ks(applied=A, suspend=True, annotations={FREEZE: "staging-1"})
    danger, = (d for d in tagged(seen(source(stored=A), user), "9.0.0", "b")
               if d.rule == "in-freeze")  # fmt: skip
    assert danger.level is Gravity.CARE and "waits" in danger.says


def test_what_is_not_read_yet_is_not_said_to_be_ill() -> None:
    unread = ks(applied=A, conditions=[])
    where = seen(source(stored=A, ref={"semver": "1.5.0"}), unread)
    (danger,) = (d for d in asked(where) if d.rule == "target-unhealthy")
    assert danger.says.startswith("whether staging is healthy before it comes is not known: ")


def test_what_a_source_refuses_is_worse_than_what_is_only_unusual() -> None:
    asks = pinned(seen(verifying(here()[0]), here()[1], tags=signed("b")), "b")
    (refused,) = (d for d in asks if d.rule == "unsigned")
    assert refused.level is Gravity.STOP and "asks for cosign" in refused.says
    (unusual,) = (d for d in pinned(seen(*here(), tags=signed("b")), "b") if d.rule == "unsigned")
    assert unusual.level is Gravity.CARE


def unsure(letter: str, why: str) -> Any:
    """All are signed, and of that one nobody could tell."""
    listed = signed("")
    facts = {
        tag: replace(fact, signed=None, blind=why) if fact.digest == digest(letter) else fact
        for tag, fact in listed.facts.items()
    }
    return replace(listed, facts=facts)


def blind(where: Snapshot, letter: str) -> tuple[str, ...]:
    patch = {"spec": {"ref": {"digest": digest(letter)}}}
    return plan_unseen(
        act_of(
            where, PatchStep("pin", "pin", target=source().key, patch=patch, resource_version="7")
        )
    )


def test_a_signature_that_could_not_be_read_was_not_looked_at() -> None:
    sources = here()
    assert blind(seen(*sources, tags=unsure("b", "403: denied")), "b") == (
        "whether 1.5.0 is signed: 403: denied",
    )
    assert blind(seen(*sources, tags=unsure("b", "")), "b") == (), "nobody asks for one"
    asks = (verifying(sources[0]), sources[1])
    assert blind(seen(*asks, tags=unsure("b", "")), "b") == (
        "whether 1.5.0 is signed: the registry was not asked",
    )
    assert blind(seen(*asks, tags=signed("b")), "b") == ()


def test_others_that_could_not_be_read_make_no_custom_and_are_named() -> None:
    listed = signed("b")
    facts = {
        tag: fact if fact.digest == digest("b") else replace(fact, signed=None, blind="denied")
        for tag, fact in listed.facts.items()
    }
    where = seen(*here(), tags=replace(listed, facts=facts))
    assert blind(where, "b") == (f"whether other versions of {URL} are signed: denied",)


def test_the_worst_comes_first_and_survives_the_journal() -> None:
    found = tagged(seen(*here(), *IN_PRODUCTION, BAD), "1.4.2", "b", digest("a"))
    assert [d.level for d in found] == sorted((d.level for d in found), reverse=True)
    plan = Plan("artifact tag", "t", (), ("staging",), dangers=found)
    assert Plan.from_json(plan.to_json()) == plan
    assert Plan.from_json({k: v for k, v in plan.to_json().items() if k != "dangers"}).dangers == ()


def test_an_environment_that_is_not_configured_counts_as_protected() -> None:
    config = replace(CONFIG, environments=CONFIG.environments[:1])
    found = pinned(seen(*IN_PRODUCTION, config=config), "c", IN_PRODUCTION[0].key)
    assert "prerelease-protected" in {danger.rule for danger in found}
