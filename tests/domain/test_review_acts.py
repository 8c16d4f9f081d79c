"""What is said against an act, word for word: of whom, where, and how bad it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain.config import Environment
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.moves import moves_of
from fluxtui.domain.plan import Move, Plan, PushStep, RequestReconcile, TagStep
from fluxtui.domain.resource import Resource
from fluxtui.domain.review.plans import plan_dangers, plan_unseen
from fluxtui.domain.review.plans.undertaking import undertaking
from fluxtui.domain.snapshot import Act, Snapshot, TagFacts, TagList
from tests.builders import URL, condition, digest, failed, ks, snapshot, source, tag_list
from tests.domain.test_moves import patch
from tests.domain.test_review_plans import (
    BUSY,
    IN_PRODUCTION,
    OPEN,
    SICK,
    A,
    B,
    asked,
    here,
    pinned,
    seen,
    tagged,
)

AT = "2026-11-23T02:00:00Z"


def says(dangers: tuple[Danger, ...], rule: str) -> list[tuple[str, str, Gravity]]:
    return [(d.says, d.environment, d.level) for d in dangers if d.rule == rule]


CARE, STOP = Gravity.CARE, Gravity.STOP


# -- who else takes it


def test_who_takes_a_tag_in_a_later_stage_takes_it_in_the_same_moment() -> None:
    found = tagged(seen(*here(), *IN_PRODUCTION), "9.0.0", "b")
    where = IN_PRODUCTION[0].key.label
    assert says(found, "also-takes") == [
        (
            f"{where} in production takes 9.0.0 too, in the same moment as staging",
            "production",
            CARE,
        )
    ]


def test_who_is_of_another_service_takes_it_too_and_is_named() -> None:
    """Two sources on one repository: a label says that one of them is something else."""
    mirror = source(name="mirror", stored=A, labels={"fluxtui.dev/service": "shop"})
    users = (ks(applied=A), ks(name="m", of="mirror", applied=A))
    second = source(name="second", stored=A), ks(name="s", of="second", applied=A)
    found = tagged(seen(source(stored=A), *second, mirror, *users), "9.0.0", "b")
    assert says(found, "also-takes") == [
        (f"{mirror.key.label} in staging takes 9.0.0 too: it is of shop, not of acme/activity",
         "staging", CARE)
    ]  # fmt: skip


# -- what is under way, or held


def test_what_is_still_rolling_out_is_named_by_what_runs() -> None:
    found = pinned(seen(source(stored=A), BUSY), "b")
    assert says(found, "rollout-running") == [
        ("staging is still rolling out 1.4.2", "staging", CARE)
    ]


def test_another_act_is_named_with_the_places_that_both_go_to() -> None:
    def acts(*environments: str, finished: bool = False) -> list[tuple[str, str, Gravity]]:
        other = Act(Plan("promote", "promote web", (), environments), finished=finished)
        return says(pinned(seen(*here(), acts=(other,)), "b"), "rollout-running")

    says_so = ("another act is running in staging: promote web", "staging", CARE)
    assert acts("staging") == acts("production", "staging") == [says_so]
    assert acts("production") == acts("staging", finished=True) == []


def test_whoever_is_suspended_says_what_becomes_of_it() -> None:
    held, user = source(stored=A, suspend=True), ks(applied=A, suspend=True)
    label = held.key.label
    assert says(pinned(seen(held, ks(applied=A)), "b"), "target-held") == [
        (f"{label} is suspended: the pin acts when it is resumed", "staging", CARE)
    ]
    assert says(tagged(seen(held, ks(applied=A)), "9.0.0", "b"), "target-held") == [
        (f"{label} in staging is suspended and waits", "staging", CARE)
    ]
    once = says(pinned(seen(source(stored=A), user), "b"), "target-held")
    assert set(once) == {
        (f"{user.key.label} is suspended and stays on what it has", "staging", CARE)
    }


# -- health


def test_where_it_goes_and_where_it_runs_health_is_said() -> None:
    goes = asked(seen(source(stored=A, ref={"semver": "1.5.0"}), SICK))
    ((first, place, level),) = says(goes, "target-unhealthy")
    assert first.startswith("staging is not healthy before it comes: ") and "no pods" in first
    assert (place, level) == ("staging", CARE)
    slow = ks("production", applied=B, attempted=B, conditions=[
        condition("Ready", "Unknown", "Progressing", "works")])  # fmt: skip
    runs = pinned(seen(*here(), source("production", stored=B), slow), "b")
    ((other, place, _level),) = says(runs, "target-unhealthy")
    assert other.startswith("production, where it runs, is not healthy: ") and "works" in other
    assert place == "production"
    bad = ks("production", applied=B, conditions=[failed("HealthCheckFailed", "no pods")])
    told = pinned(seen(*here(), source("production", stored=B), bad), "b")
    assert says(told, "target-unhealthy") == [], "that it failed there is said by another rule"
    assert len(says(told, "failed-before")) == 1
    well = ks("production", applied=B)
    fine = pinned(seen(*here(), source("production", stored=B), well), "b")
    assert says(fine, "target-unhealthy") == []
    elsewhere = ks("production", applied=A, attempted=A, conditions=[
        condition("Ready", "Unknown", "Progressing", "works")])  # fmt: skip
    other_build = pinned(seen(*here(), source("production", stored=A), elsewhere), "b")
    assert says(other_build, "target-unhealthy") == []


# -- signatures


def signed(**verdicts: str | None) -> TagList:
    letters = {"1.4.2": "a", "1.5.0": "b", "1.4.1": "e", "1.4.0": "f"}
    facts = {
        tag: TagFacts(tag, digest(letter), signed=verdicts.get(letter))
        for tag, letter in letters.items()
    }
    return replace(tag_list(letters), facts=facts)


def verifying(provider: str | None = "cosign") -> Resource:
    one = here()[0]
    verify = {"provider": provider} if provider else {"secretRef": {"name": "k"}}
    return replace(one, spec={**one.spec, "verify": verify})


@pytest.mark.parametrize(
    ("verdicts", "unusual"),
    [
        ({"b": "", "a": "sig", "e": "sig", "f": "sig"}, True),
        ({"b": "", "a": "sig", "e": "sig", "f": ""}, True),
        ({"b": "", "a": "sig", "e": "sig"}, True),
        ({"b": "", "a": "sig"}, False),  # one makes no custom
        ({"b": "", "a": "sig", "e": "", "f": ""}, False),
        ({"b": "sig", "a": "sig", "e": "sig", "f": "sig"}, False),
        ({"a": "sig", "e": "sig", "f": "sig"}, False),  # nobody looked
        ({"b": ""}, False),
    ],
)
def test_one_without_a_signature_is_unusual_where_most_others_have_one(
    verdicts: dict[str, str | None], unusual: bool
) -> None:
    found = pinned(seen(*here(), tags=signed(**verdicts)), "b")
    told = [("1.5.0 has no signature; most others have", "", CARE)] if unusual else []
    assert says(found, "unsigned") == told


@pytest.mark.parametrize(("provider", "by"), [("cosign", "cosign"), (None, "a signature")])
def test_a_source_that_asks_for_a_signature_says_by_whom(provider: str | None, by: str) -> None:
    one = verifying(provider)
    found = pinned(seen(one, here()[1], tags=signed(b="", a="sig", e="sig", f="sig")), "b")
    assert says(found, "unsigned") == [
        (f"1.5.0 has no signature, and {one.key.label} in staging asks for {by}", "staging", STOP)
    ]


def blind(tags: TagList, one: Resource | None = None) -> list[str]:
    """What the rules could not look at of a pin on 1.5.0."""
    source_, user = here()
    where = seen(one or source_, user, tags=tags)
    step = patch(source_.key, {"ref": {"digest": digest("b")}})
    act = undertaking(where, (step,), None, moves_of(where, (step,)), {})
    return [text for text in plan_unseen(act) if "signed" in text]


def test_a_signature_that_could_not_be_looked_for_is_said_so() -> None:
    refused = signed(a="sig", e="sig")
    refused = replace(refused, facts={
        **refused.facts, "1.5.0": TagFacts("1.5.0", digest("b"), blind="403")})  # fmt: skip
    assert blind(refused) == ["whether 1.5.0 is signed: 403"]
    silent = signed(a="sig")
    assert blind(silent) == [], "nobody asks for one"
    assert blind(silent, verifying()) == ["whether 1.5.0 is signed: the registry was not asked"]
    unread = replace(silent, facts={"1.4.2": silent.facts["1.4.2"]})
    assert blind(unread, verifying()) == ["whether 1.5.0 is signed: the registry was not asked"]
    assert blind(signed(b="sig"), verifying()) == []


def test_whether_the_others_are_signed_may_not_be_known_either() -> None:
    some = signed(b="", a="sig")
    hidden = {**some.facts, "1.4.0": TagFacts("1.4.0", digest("f"), blind="403")}
    assert blind(replace(some, facts=hidden)) == [
        f"whether other versions of {URL} are signed: 403"
    ]
    assert blind(some) == [], "nobody was refused"
    most = signed(b="", a="sig", e="sig")
    known = {**most.facts, "1.4.0": TagFacts("1.4.0", digest("f"), blind="403")}
    assert blind(replace(most, facts=known)) == [], "what is known is enough"


# -- tags


def test_a_tag_that_is_put_elsewhere_says_where_it_was() -> None:
    moves = tagged(seen(*here()), "1.4.2", "b", digest("a"))
    ((text, _place, level),) = says(moves, "tag-moves")
    assert text.startswith("1.4.2 ") and "sha256:aaaaaaaa" in text and level is STOP
    assert says(tagged(seen(*here()), "1.5.0", "b", digest("b")), "tag-moves") == []


def test_a_push_onto_a_tag_that_is_there_moves_it() -> None:
    push = PushStep("p", "p", repository=URL, tag="1.4.2", folder="f", images={})

    def dangers(inputs: dict[str, str]) -> list[tuple[str, str, Gravity]]:
        where = seen(*here())
        return says(plan_dangers(undertaking(where, (push,), None, (), inputs)), "tag-moves")

    assert dangers({f"{URL}:1.4.2": digest("a")}) == [
        ("1.4.2 is on sha256:aaaaaaaa now and moves", "", STOP)
    ]
    assert dangers({}) == dangers({f"{URL}:1.4.2": ""}) == dangers({f"{URL}:1.4.1": "x"}) == []


# -- pre-releases


@pytest.mark.parametrize(
    ("tag", "protected", "said"),
    [("1.6.0-rc.1", True, True), ("1.6.0-rc.1", False, False), ("1.5.0", True, False)],
)
def test_a_pre_release_is_said_where_protected_environments_take_it(
    tag: str, protected: bool, said: bool
) -> None:
    letter = {"1.6.0-rc.1": "c", "1.5.0": "b"}[tag]
    places = (*OPEN.environments[:2], Environment("production", "production", protected=protected))
    where = seen(*IN_PRODUCTION, config=replace(OPEN, environments=places))
    found = says(pinned(where, letter, IN_PRODUCTION[0].key), "prerelease-protected")
    words = f"{tag} is a pre-release, and production is protected"
    assert found == ([(words, "production", CARE)] if said else [])


# -- which builds an act brings


def builds(where: Snapshot, *steps: Any, moves: tuple[Move, ...] = (), picks: Any = None) -> Any:
    return undertaking(where, steps, picks, moves, {})


def test_an_arrival_is_a_build_with_its_name_its_users_and_its_record() -> None:
    one, user = here()
    act = builds(seen(one, user), moves=(Move(one.key, "", "1.5.0"),))
    (arrival,) = act.arrivals
    build = arrival.build
    assert (build.name, build.tag, build.digest) == ("1.5.0", "1.5.0", digest("b"))
    assert arrival.users == (user,) and arrival.environment == "staging"
    assert build.facts is not None and build.facts.digest == digest("b")
    assert act.builds == (build,)
    by_digest = builds(seen(one, user), moves=(Move(one.key, "", digest("b")),)).builds
    assert [(b.name, b.tag, b.digest) for b in by_digest] == [("1.5.0", "", digest("b"))]
    unread = builds(seen(one, user), moves=(Move(one.key, "", "7.0.0"),)).builds
    assert [(b.name, b.tag, b.digest, b.facts) for b in unread] == [("7.0.0", "7.0.0", "", None)]
    unlisted = builds(snapshot(one, user), moves=(Move(one.key, "", digest("b")),)).builds
    assert [(b.name, b.digest) for b in unlisted] == [("sha256:bbbbbbbb", digest("b"))]


def test_what_is_stored_comes_to_the_applier_that_has_not_tried_it() -> None:
    one, user = source(stored=B), ks(applied=A)
    where = seen(one, user)
    (arrival,) = builds(where, moves=(Move(one.key, digest("a"), "", user.key),)).arrivals
    assert arrival.build.digest == digest("b") and arrival.users == (user,)
    trying = ks(applied=A, attempted=B, conditions=[failed("HealthCheckFailed")])
    again = builds(seen(one, trying), moves=(Move(one.key, digest("a"), "", user.key),))
    assert again.arrivals == (), "it is at it already"
    whole = builds(seen(one, trying), moves=(Move(one.key, "", ""),))
    assert len(whole.arrivals) == 1, "of a whole source that is not asked"
    assert builds(where, moves=(Move(source(name="gone").key, "", "1.5.0"),)).arrivals == ()
    empty = source()
    assert builds(seen(empty, user), moves=(Move(empty.key, "", ""),)).arrivals == ()


def test_what_only_gets_a_name_is_a_build_too() -> None:
    one, user = here(ref={"semver": "1.4.x"})
    name = TagStep("t", "t", repository=URL, digest=digest("b"), tag="stable")
    (build,) = builds(seen(one, user), name).builds
    assert (build.name, build.tag, build.digest) == ("1.5.0", "stable", digest("b"))
    same = replace(name, expect=digest("b"))
    assert builds(seen(one, user), same).builds == (), "it has that name already"
    both = builds(seen(one, user), name, moves=(Move(one.key, "", digest("b")),)).builds
    assert len(both) == 1 and both[0].tag == "stable"


def test_only_a_pin_holds_a_source() -> None:
    one, user = here()
    where = seen(one, user)
    pin = patch(one.key, {"ref": {"digest": digest("b")}})
    assert builds(where, pin).held == (one,)
    assert builds(where, patch(one.key, {"ref": {"semver": "1.x"}})).held == ()
    assert builds(where, patch(one.key, None)).held == ()
    assert builds(where, patch(user.key, {"ref": {"digest": digest("b")}})).held == ()
    assert (
        builds(where, patch(source(name="gone").key, {"ref": {"digest": digest("b")}})).held == ()
    )
    assert builds(where, RequestReconcile("a", "a", target=one.key, at=AT)).held == ()


# -- rings


def test_going_back_has_no_rings_before_it() -> None:
    """Lower than what runs there; a version that cannot be compared goes on."""
    there = (source("production", stored=B), ks("production", applied=B))
    back = pinned(seen(*there, source(stored=B), ks(applied=B)), "a", there[0].key)
    assert says(back, "ring-skipped") == []
    up = pinned(seen(*IN_PRODUCTION, *here()), "b", IN_PRODUCTION[0].key)
    ((text, place, level),) = says(up, "ring-skipped")
    assert text.startswith("1.5.0 never ran well in staging") and place == "production"
    assert text.endswith("; it goes to production") and level is CARE


def test_what_ran_nowhere_is_said_once_and_what_is_not_known_all_the_same() -> None:
    nowhere = pinned(seen(*IN_PRODUCTION, *here()), "d", IN_PRODUCTION[0].key)
    assert says(nowhere, "ring-skipped") == [] and len(says(nowhere, "ran-nowhere")) == 1
    lost = seen(*IN_PRODUCTION, *here(), unreachable={"staging": "connection refused"})
    found = says(pinned(lost, "d", IN_PRODUCTION[0].key), "ring-skipped")
    assert any("is not known" in text for text, _place, _level in found)
