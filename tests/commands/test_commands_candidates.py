"""Which versions are offered, in which order, by what name, and what each of them stands for."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import (
    URL,
    condition,
    context,
    digest,
    failed,
    ks,
    revision,
    said_of,
    snapshot,
    source,
    tag_list,
)

from fluxtui.commands import candidates
from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.errors import UsageError
from fluxtui.domain.plan import PatchStep
from fluxtui.domain.resource import Resource

WELL = "ReconciliationSucceeded"
GOING = condition("Ready", "Unknown", "Progressing")
SICK = failed("BuildFailed")
A, B, C = revision("1.4.2", "a"), revision("1.5.0", "b"), revision("1.6.0", "c")
NEVER = "1.5.0 never ran anywhere, as far as Flux remembers"


def at(*resources: Resource, tags: Any = (), **target: Any) -> Context:
    values = {"environment": "staging", "service": "acme/activity", **target}
    return context(snapshot(*resources, tags=tags), **values)


def hour(number: float) -> str:
    return f"2026-11-23T{int(number):02}:00:00Z"


def good(held: Resource, *members: Resource) -> tuple[str, ...]:
    return candidates.good_revisions(snapshot(held, *members), held)


# -- what went well, best first


def test_a_kustomization_that_is_named_goes_back_to_what_it_ran_itself() -> None:
    one = ks(name="one", applied=C, history=[(B, WELL, hour(9))])
    two = ks(name="two", applied=C, history=[(A, WELL, hour(2))])
    none = ks(name="none", applied=C, history=[])
    seen = (source(stored=C), one, two, none)

    def back(name: str) -> tuple[str, str]:
        key = ks(name=name).key
        where = at(*seen, tags=[tag_list({"1.4.2": "a", "1.5.0": "b"})], object=key)
        version = by_id("rollback").arguments[0].default(where)
        plan = by_id("rollback").plan
        assert plan is not None
        made = plan(where, {"version": version, "reason": "x"})
        return version, "; ".join(text for text in made.effects if "ran well in" in text)

    assert back("one") == ("1.5.0", "") and back("two") == ("1.4.2", "")
    label = one.key.label.rpartition("/")[0]
    says = f"1.5.0 ran well in {label}/one, and never in {label}/none as far as Flux remembers"
    assert back("none") == ("1.5.0", says)


def test_what_most_ran_well_comes_first_and_then_what_ran_last() -> None:
    one = ks(name="one", applied=C, history=[(B, WELL, hour(9)), (A, WELL, hour(1))])
    two = ks(name="two", applied=C, history=[(A, WELL, hour(2))])
    assert good(source(stored=C), one, two) == (A, B), "two of them against the newer one"
    both = ks(name="two", applied=C, history=[(B, WELL, hour(4)), (A, WELL, hour(5))])
    assert good(source(stored=C), one, both) == (B, A), "when it ran last, in whichever of them"


def test_what_is_stored_now_is_no_earlier_version() -> None:
    member = ks(applied=B, history=[(B, WELL, hour(2)), (A, WELL, hour(1))])
    assert good(source(stored=B), member) == (A,)
    assert good(source(stored=A), member) == (B,)


def test_a_run_that_was_broken_off_makes_no_good_version() -> None:
    for word in ("HealthCheckCanceled", "DependencyNotReady", "HealthCheckFailed"):
        broken = ks(name="one", applied=C, history=[(B, word, hour(3)), (A, WELL, hour(1))])
        well = ks(name="two", applied=C, history=[(B, WELL, hour(2))])
        assert good(source(stored=C), broken, well) == (A,), word


def test_what_waits_for_a_dependency_at_this_moment_is_not_held_against_the_version() -> None:
    waits = {**failed("DependencyNotReady"), "lastTransitionTime": hour(9)}
    waiting = ks(name="one", applied=C, attempted=A, conditions=[waits])
    well = ks(name="two", applied=C, history=[(A, WELL, hour(1))])
    assert good(source(stored=C), waiting, well) == (A,)
    fails = {**failed("HealthCheckFailed"), "lastTransitionTime": hour(9)}
    failing = ks(name="one", applied=C, attempted=A, conditions=[fails])
    assert good(source(stored=C), failing, well) == ()


def test_what_ran_at_no_known_time_is_not_offered() -> None:
    assert good(source(stored=C), ks(applied=A)) == ()


def test_a_version_is_called_by_the_tag_that_any_of_them_ran_it_under() -> None:
    bare = ks(name="one", applied=C, history=[(digest("a"), WELL, hour(1))])
    tagged = ks(name="two", applied=C, history=[(A, WELL, hour(1))])
    assert good(source(stored=C), bare, tagged) == (A,)
    late = ks(name="three", applied=C, history=[(digest("a"), WELL, hour(2))])
    assert good(source(stored=C), tagged, late) == (A,), "whoever ran it last"
    assert good(source(stored=C), bare) == (digest("a"),)


# -- what runs


def test_what_all_are_on_runs_whatever_the_source_fetched_since() -> None:
    held = source(stored=C)
    seen = snapshot(held, ks(name="a", applied=A), ks(name="b", applied=A))
    assert candidates.running_revision(seen, held) == A


def test_while_they_disagree_what_is_stored_counts_also_when_none_is_on_it() -> None:
    held = source(stored=C)
    members = (ks(name="a", applied=A), ks(name="b", applied=B), ks(name="c", applied=B))
    assert candidates.running_revision(snapshot(held, *members), held) == C


def test_without_a_digest_of_what_runs_what_is_stored_counts() -> None:
    held = source(stored=B)
    for member in (ks(applied="latest"), ks(of="another", applied=A)):
        assert candidates.running_revision(snapshot(held, member), held) == B
    elsewhere = source("elsewhere", stored=B)
    assert candidates.running_revision(snapshot(elsewhere), elsewhere) == B


@pytest.mark.parametrize(("stored", "live"), [(B, digest("b")), (digest("b"), B)])
def test_what_runs_is_told_with_a_tag_where_either_side_has_one(stored: str, live: str) -> None:
    held = source(stored=stored)
    assert candidates.running_revision(snapshot(held, ks(applied=live)), held) == B


# -- what stands in the field


def test_a_version_is_offered_by_its_tag_while_that_names_it_still() -> None:
    held = source(stored=B)
    for letter, text in (("b", "1.5.0"), ("e", digest("b"))):
        seen = snapshot(held, tags=[tag_list({"1.5.0": letter})])
        assert candidates.offered(seen, held, B) == text
    seen = snapshot(held, tags=[tag_list({"1.4.2": "a"})])
    assert candidates.offered(seen, held, B) == "1.5.0", "a tag that is not read has not moved"
    assert candidates.offered(seen, held, digest("a")) == "1.4.2"
    assert candidates.offered(seen, held, digest("d")) == digest("d"), "whole, not shortened"
    assert candidates.offered(seen, held, "1.4.2") == "1.4.2", "what has no digest has not moved"


STORY = ks(applied=C, history=[(C, WELL, hour(3)), (A, WELL, hour(2)), (B, WELL, hour(1))])
LIST = tag_list({"0.9.0": "9", "1.5.0": "b", "1.6.0": "c", "1.7.0": "7", "1.4.2": "a"})


def test_what_runs_then_what_ran_well_then_the_pick_then_all_others() -> None:
    where = at(source(stored=C), STORY, tags=[LIST])
    back = ("1.4.2", "1.5.0", "1.7.0", "1.6.0", "0.9.0")
    assert by_id("rollback").arguments[0].choices(where) == back
    assert by_id("pin").arguments[0].choices(where) == (
        "1.6.0", "1.4.2", "1.5.0", "1.7.0", "0.9.0",
    )  # fmt: skip


def test_a_policy_that_picks_nothing_offers_nothing_of_its_own() -> None:
    where = at(source(stored=C, ref={"semver": "9.x"}), STORY, tags=[LIST])
    choices = candidates.earlier(where)
    assert choices == ("1.4.2", "1.5.0", "1.7.0", "1.6.0", "0.9.0")


def test_before_the_registry_was_read_only_what_ran_is_offered() -> None:
    where = at(source(stored=C), STORY)
    assert candidates.earlier(where) == ("1.4.2", "1.5.0")
    assert candidates.choices(where) == ("1.6.0", "1.4.2", "1.5.0")
    assert candidates.choices(at(source())) == (), "nothing ran and nothing is listed"


def test_where_no_source_is_chosen_nothing_is_offered_or_known() -> None:
    for where in (at(source(stored=C), STORY, service=""), at(source(), source(namespace="b"))):
        assert candidates.running(where) == candidates.previous(where) == ""
        assert candidates.choices(where) == candidates.earlier(where) == ()
        assert candidates.note(where, "1.5.0") == ""


# -- what is known of a choice


def test_a_note_says_what_a_choice_is_called_and_whether_it_runs() -> None:
    where = at(source(stored=C), STORY, tags=[LIST])
    note = by_id("pin").arguments[0].note
    assert note(where, "1.6.0") == "runs here"
    assert note(where, digest("c")) == "1.6.0, runs here"
    assert note(where, "1.5.0") == "ran well here"
    assert note(where, digest("b")) == "1.5.0, ran well here"
    assert note(where, "") == ""
    unknown = note(where, digest("e"))
    assert unknown.startswith("never ran") and "sha256" not in unknown


def test_a_note_says_for_how_long_a_build_was_well_here_and_elsewhere() -> None:
    def user(environment: str, revision_: str, first: str, last: str) -> Resource:
        run = {
            "metadata": {"revision": revision_},
            "lastReconciledStatus": WELL,
            "firstReconciled": f"2026-11-{first}:00Z",
            "lastReconciled": f"2026-11-{last}:00Z",
        }
        member = ks(environment, "web", applied=revision_)
        return replace(member, status={**member.status, "history": [run]})

    here = user("staging", A, "20T03:00", "23T03:00")
    there = user("production", B, "22T02:12", "22T04:12")
    where = at(source(stored=A), source("production", stored=B), here, there, tags=[LIST])
    note = by_id("pin").arguments[0].note
    assert note(where, "1.4.2") == "runs here, well for 3d"
    assert note(where, "1.5.0") == "never ran here, runs well in production for 25h"
    gone = user("production", B, "22T02:12", "22T04:12")
    gone = replace(gone, status={**gone.status, "lastAppliedRevision": A})
    gone = replace(gone, status={**gone.status, "lastAttemptedRevision": A})
    past = at(source(stored=A), source("production", stored=A), here, gone, tags=[LIST])
    assert note(past, "1.5.0") == "never ran here, ran well in production for 2h"
    cut = replace(where.snapshot, unreachable={"production": "connection refused"})
    assert note(replace(where, snapshot=cut), "1.5.0").endswith("ran well in production for 2h")
    again = source("production", stored=B)
    artifact = {"revision": B, "lastUpdateTime": "2026-11-23T02:12:00Z"}
    again = replace(again, status={**again.status, "artifact": artifact})
    back = at(source(stored=A), again, here, there, tags=[LIST])
    assert note(back, "1.5.0") == "never ran here, runs well in production for at least 1h"


@pytest.mark.parametrize(
    ("member", "says"),
    [
        (ks(name="last", applied=A), "is rolled out here now"),  # which waits for the others
        (ks(name="last", applied=A, attempted=B, conditions=[GOING]), "is rolled out here now"),
        (ks(name="last", applied=B, conditions=[GOING]), "runs here, well for 3d"),
        (ks(name="last", applied=B, conditions=[SICK]), "runs here, fails here now: BuildFailed"),
    ],
)
def test_only_what_all_of_them_run_well_is_well(member: Resource, says: str) -> None:
    """A build of seventeen seconds was well for as long as what did not change in it."""
    run = {
        "metadata": {"revision": B},
        "lastReconciledStatus": WELL,
        "firstReconciled": "2026-11-20T03:00:00Z",
        "lastReconciled": "2026-11-23T03:00:00Z",
    }
    entries = {"history": [run]}
    first = ks(name="first", applied=B)
    first = replace(first, status={**first.status, **entries})
    if says.endswith("3d"):
        member = replace(member, status={**member.status, **entries})
    where = at(source(stored=B), first, member, tags=[LIST])
    assert candidates.note(where, "1.5.0") == says


def test_what_is_stored_and_applied_by_nobody_does_not_run() -> None:
    waiting = ks(name="web", conditions=[condition("Ready", "Unknown", "Progressing")])
    for users in ((), (waiting,)):
        where = at(source(stored=A), *users, tags=[LIST])
        assert candidates.note(where, "1.4.2") == "stored here, and nothing runs it"


def test_nothing_runs_where_nothing_is_known_to_run() -> None:
    where = at(source())
    assert not candidates.running(where)
    assert "runs here" not in candidates.note(where, "9.9.9")


def test_a_tag_stands_for_what_it_names_else_for_what_it_was_when_it_ran() -> None:
    held = source(stored=C)
    read = snapshot(held, STORY, tags=[tag_list({"1.4.2": "e"})])
    known = {"1.4.2": digest("e"), "1.5.0": digest("b"), "1.6.0": digest("c"), "2.0.0": ""}
    for version, expected in {**known, A: digest("a"), digest("f"): digest("f")}.items():
        assert candidates.known_digest(read, held, version) == expected


# -- what a choice comes to


def test_a_tag_that_has_not_moved_is_no_cause_for_a_warning() -> None:
    where = at(source(stored=C), STORY, tags=[LIST])
    for version, letter in (("1.5.0", "b"), ("1.6.0", "c"), (digest("b"), "b"), (B, "b")):
        found = candidates.resolve(where, source(stored=C), version, back=False)
        assert found == digest(letter)


@pytest.mark.parametrize(("back", "on", "letter"), [
    (False, "", "c"), (False, "1.6.0", "e"), (False, "1.5.0", "c"), (True, "1.6.0", "c"),
])  # fmt: skip
def test_the_moved_tag_of_what_runs(back: bool, on: str, letter: str) -> None:
    """Held without its row it means what runs; on its own row what that names; back what ran."""
    held = source(stored=C)
    where = at(held, STORY, tags=[tag_list({"1.6.0": "e"})], tag=on)
    assert candidates.resolve(where, held, "1.6.0", back=back) == digest(letter)


def test_a_tag_known_from_one_side_alone_is_enough() -> None:
    held = source(stored=C)
    only_ran = at(held, STORY)
    only_listed = at(held, tags=[tag_list({"1.5.0": "b"})])
    for where in (only_ran, only_listed):
        assert candidates.resolve(where, held, "1.5.0", back=True) == digest("b")
    with pytest.raises(UsageError) as refused:
        candidates.resolve(only_ran, held, "1.9.0", back=False)
    assert "1.9.0" in str(refused.value) and refused.value.where == URL


# -- what reconciling or resuming leads to


def reconciled(*resources: Resource, tags: Any = (), **target: Any) -> tuple[str, ...]:
    command = by_id("reconcile-with-source" if not target else "reconcile")
    assert command.plan is not None
    return said_of(command.plan(at(*resources, tags=tags, **target), {}))


def test_a_source_that_would_take_something_new_says_how_that_went() -> None:
    listed = [tag_list({"1.5.0": "b"})]
    assert reconciled(source(stored=A), ks(applied=A), tags=listed) == (NEVER,)
    assert reconciled(source(stored=A), ks(applied=A)) == (), "no list, no pick, no word"
    blind = [replace(listed[0], facts={})]
    assert reconciled(source(stored=A), ks(applied=A), tags=blind) == (NEVER,)
    assert reconciled(source(), tags=blind) == (NEVER,), "not read is not the same as not running"


def bad_elsewhere() -> tuple[Resource, Resource]:
    fails = failed("HealthCheckFailed")
    return source("production"), ks("production", applied=B, attempted=B, conditions=[fails])


def test_what_is_there_already_says_nothing_whatever_it_did_elsewhere() -> None:
    listed = [tag_list({"1.5.0": "b"})]
    here = (source(stored=B), ks(applied=B))
    assert reconciled(*here, *bad_elsewhere(), tags=listed) == ()
    held = source(stored=B, ref={"semver": ">=0.0.0", "digest": digest("b")})
    assert reconciled(held, here[1], *bad_elsewhere(), tags=listed) == ()


def test_a_kustomization_that_is_behind_its_source_says_how_that_went() -> None:
    behind = ks(applied=A)
    (said,) = reconciled(source(stored=B), behind, *bad_elsewhere(), object=behind.key)
    assert said.startswith("1.5.0 is failing in production")


def test_a_kustomization_that_is_at_it_says_nothing() -> None:
    tries = ks(applied=A, attempted=B)
    whole = ks(applied=B)
    status = {k: v for k, v in whole.status.items() if k != "lastAttemptedRevision"}
    for member in (tries, whole, replace(whole, status=status)):
        said = reconciled(source(stored=B), member, *bad_elsewhere(), object=member.key)
        assert said == ()
    member = ks(applied=A)
    for stored in ("", "1.5.0"):  # nothing fetched; a revision that says no digest
        held = source(stored=stored)
        assert reconciled(held, member, *bad_elsewhere(), object=member.key) == ()


def test_one_build_is_warned_of_once_for_the_source_and_all_its_users() -> None:
    seen = (source(stored=B), ks(name="a", applied=A), ks(name="b", applied=A), *bad_elsewhere())
    said = reconciled(*seen, tags=[tag_list({"1.5.0": "b"})])
    assert len(said) == 1 and said[0].startswith("1.5.0 is failing in production")


def test_without_a_source_that_can_be_read_nothing_is_said_of_the_next_version() -> None:
    orphan, of_git = ks(name="orphan", of="gone"), ks(name="git")
    git = replace(of_git, spec={"sourceRef": {"kind": "GitRepository", "name": "repo"}})
    held = source(stored=B)
    for one in (orphan, git):
        assert reconciled(held, orphan, git, object=one.key) == ()


def test_holding_what_runs_needs_no_tag() -> None:
    """A choice given as a whole digest is taken as it is, listed or not."""
    where = at(source(stored=C), STORY)
    plan = by_id("pin").plan
    assert plan is not None
    step = plan(where, {"version": f" {digest('e')} ", "reason": "x"}).steps[0]
    assert isinstance(step, PatchStep) and step.patch["spec"]["ref"]["digest"] == digest("e")
