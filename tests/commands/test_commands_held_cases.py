"""What a version that is held comes to, case by case: who agrees on it, who waits, what an unpin
puts back, and what is known of a choice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.errors import UsageError
from fluxtui.domain.marks import PIN_INVERSE, PINNED_BY, PINNED_UNTIL
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import TagList
from tests.builders import CONFIG, NS, condition, ks
from tests.commands.flux_objects import (
    INDEX,
    at,
    awaited,
    chart_of,
    charts,
    obj,
    patched,
    plan,
    refusal,
    release,
)

ONE, TWO, THREE = "1" * 40, "2" * 40, "3" * 40
ALIKE = "1111111" + "9" * 33  # begins as ONE does
WELL, BAD = "ReconciliationSucceeded", "HealthCheckFailed"
SHUT = replace(CONFIG, read_only=True)
DEPLOYED = [("1.5.0", "deployed"), ("1.4.2", "superseded")]


def git(stored: str = TWO, **ref: str) -> Resource:
    spec = {"url": "https://git.test/fleet", "ref": ref or {"branch": "main"}}
    return obj("git", "fleet", spec, {"artifact": {"revision": f"main@sha1:{stored}"}})


def user(name: str, *runs: tuple[str, str, int], applied: str = "", **more: Any) -> Resource:
    """A Kustomization of that source; `runs`: (commit, how it went, day), newest first."""
    history = [(f"main@sha1:{c}", how, f"2026-11-{day:02}T02:00:00Z") for c, how, day in runs]
    tried = f"main@sha1:{runs[0][0]}" if runs else ""
    one = ks(name=name, applied=f"main@sha1:{applied}" if applied else tried,
             attempted=tried, history=history, **more)  # fmt: skip
    reference = {"kind": "GitRepository", "name": "fleet"}
    return Resource.from_object(
        "staging", {**one.as_object(), "spec": {**one.spec, "sourceRef": reference}}
    )


def offered(command: str, where: Context) -> tuple[str, ...]:
    return tuple(by_id(command).arguments[0].choices(where))


def default(command: str, where: Context) -> str:
    return by_id(command).arguments[0].default(where)


def note(where: Context, version: str) -> str:
    return by_id("pin").arguments[0].note(where, version)


def on(*users: Resource, source: Resource | None = None) -> Context:
    held = source or git()
    return at(held, *users, on=held)


# -- what runs, and what went well


def test_what_all_users_run_is_held_and_while_they_differ_what_is_stored() -> None:
    agreed = on(user("a", (ONE, WELL, 20)), user("b", (ONE, WELL, 20)))
    assert default("pin", agreed) == ONE
    differ = on(user("a", (ONE, WELL, 20)), user("b", (THREE, WELL, 20)))
    assert default("pin", differ) == TWO
    assert default("pin", on()) == TWO, "nobody uses it yet"


def test_a_commit_is_good_that_went_well_for_all_that_had_it() -> None:
    well, ill = (ONE, WELL, 20), (ONE, BAD, 20)
    now = (TWO, WELL, 22)
    assert default("rollback", on(user("a", now, well), user("b", now, well))) == ONE
    assert default("rollback", on(user("a", now, well), user("b", now, ill))) == ""
    assert default("rollback", on(user("a", now, well), user("b", now))) == ONE


def test_of_several_good_commits_the_newest_is_gone_back_to() -> None:
    a = user("a", (TWO, WELL, 22), (ONE, WELL, 18), (THREE, WELL, 20))
    assert default("rollback", on(a)) == THREE
    late = user("b", (TWO, WELL, 22), (ONE, WELL, 21))
    assert default("rollback", on(a, late)) == ONE, "it ran there last"


def test_how_a_commit_went_last_counts_and_not_how_it_went_before() -> None:
    now = (TWO, WELL, 22)
    assert default("rollback", on(user("a", now, (ONE, BAD, 21), (ONE, WELL, 20)))) == ""
    assert default("rollback", on(user("a", now, (ONE, WELL, 21), (ONE, BAD, 20)))) == ONE


def test_an_older_flux_that_keeps_no_history_says_what_went_well_last() -> None:
    assert default("rollback", on(user("a", applied=ONE))) == ONE
    assert default("rollback", on(user("a", applied=TWO))) == "", "it is there already"
    failing = user("a", (ONE, BAD, 21), applied=ONE)
    assert default("rollback", on(failing)) == "", "its history says otherwise"


def test_what_ran_when_it_took_from_elsewhere_is_no_commit_to_go_back_to() -> None:
    a = user("a", (TWO, WELL, 22))
    entry = {"lastReconciledStatus": WELL, "lastReconciled": "2026-11-20T02:00:00Z",
             "metadata": {"revision": "1.4.2@sha256:" + "a" * 64}}  # fmt: skip
    a = replace(a, status={**a.status, "history": [*a.status["history"], entry]})
    assert default("rollback", on(a)) == "" and offered("pin", on(a)) == (TWO,)
    bare = user("b")
    assert default("rollback", on(bare)) == "" and offered("pin", on(bare)) == (TWO,)


def test_what_runs_is_offered_first_then_what_is_tried_then_what_went_well() -> None:
    where = on(user("a", (THREE, BAD, 22), (ONE, WELL, 20), applied=ONE))
    assert offered("pin", where)[0] == default("pin", where)
    assert set(offered("pin", where)) == {ONE, TWO, THREE}
    assert offered("rollback", where)[0] == ONE


def test_a_choice_says_that_it_failed_or_that_nobody_had_it() -> None:
    where = on(user("a", (TWO, WELL, 22), (ONE, BAD, 20)), user("b", (TWO, WELL, 22)))
    assert note(where, ONE) == f"1111111, failed here: {BAD}"
    assert note(where, TWO) == "2222222, runs here"
    assert note(where, THREE) == "3333333, never ran here, as far as is known"


# -- which version is meant


def test_the_beginning_of_a_commit_is_enough_where_it_is_of_one_only() -> None:
    both = on(user("a", (TWO, WELL, 22), (ONE, WELL, 20), (ALIKE, WELL, 19)))
    with pytest.raises(UsageError) as several:
        plan("pin", both, version="1111111", reason="x")
    assert "1111111 is no version that spec.ref.commit can hold" in several.value.what
    assert several.value.next.startswith(f"give a whole one, for example of {TWO}, ")
    assert patched(plan("pin", both, version="11111111", reason="x"))["spec"]["ref"] == {
        "commit": ONE
    }
    with pytest.raises(UsageError, match="nothing is no version"):
        plan("pin", both, version=" ", reason="x")


def test_the_beginning_of_a_charts_version_is_another_version() -> None:
    one = release(history=[("100.200.300", "deployed")])
    with pytest.raises(UsageError, match="no version that"):
        plan("pin", at(one, charts(), on=one), version="100.200.", reason="x")
    bare = release()
    with pytest.raises(UsageError) as refused:
        plan("pin", at(bare, charts(), on=bare), version="newest", reason="x")
    assert refused.value.next == "give a whole one", "there is none to give as an example"
    assert refused.value.where == bare.key.label


# -- refusals


def test_in_a_read_only_place_nothing_is_held_gone_back_from_or_let_go() -> None:
    note = {PIN_INVERSE: json.dumps({"before": None, "pinned": ONE})}
    pinned = Resource.from_object("staging", {
        **git(commit=ONE).as_object(),
        "metadata": {"name": "fleet", "namespace": NS, "annotations": note},
    })  # fmt: skip
    users = user("a", (TWO, WELL, 22), (ONE, WELL, 20))
    for command in ("pin", "rollback", "unpin"):
        where = at(pinned, users, on=pinned, config=SHUT)
        assert refusal(command, where) == "fluxtui was started read-only"
        assert refusal(command, at(pinned, users, on=pinned)) == ""


def test_a_range_that_stands_in_the_field_is_no_pin_of_somebody_else() -> None:
    where = at(release(history=DEPLOYED), charts(), on=release(history=DEPLOYED))
    assert refusal("unpin", where).endswith("is not pinned")
    bare = release(wish="", history=DEPLOYED)
    assert refusal("unpin", at(bare, charts(), on=bare)).endswith("is not pinned")


# -- what a pin writes and waits for


def test_a_pin_without_an_end_takes_the_end_of_an_earlier_one_away() -> None:
    where = on(user("a", (TWO, WELL, 22)))
    notes = patched(plan("pin", where, version=ONE, reason="x"))["metadata"]["annotations"]
    assert notes[PINNED_UNTIL] is None
    made = plan("pin", where, version=ONE, reason="x", until="2h")
    notes = patched(made)["metadata"]["annotations"]
    assert notes[PINNED_UNTIL] == "2026-11-23T05:12:00Z"
    assert any("over by" in effect for effect in made.effects)


def test_a_source_that_is_not_there_is_not_waited_for() -> None:
    one = release(history=DEPLOYED)
    made = plan("pin", at(one, on=one), version="1.4.2", reason="x")
    assert awaited(made) == [("applied", "1.4.2")] and made.steps[-1].needs == ("pin",)


def test_who_has_given_up_for_good_is_not_waited_for_and_named() -> None:
    gave_up = condition("Stalled", "True", "BuildFailed")
    stuck = user("stuck", (TWO, WELL, 22), conditions=[gave_up])
    made = plan("pin", on(user("a", (TWO, WELL, 22)), stuck), version=ONE, reason="x")
    assert awaited(made) == [("picked", ONE), ("applied", ONE)]
    assert any("stuck is stalled (BuildFailed) and is not waited for" in w for w in made.warnings)


def test_what_is_held_itself_is_not_said_to_rest_twice() -> None:
    held = replace(git(), spec={**git().spec, "suspend": True})
    made = plan("pin", on(user("a", (TWO, WELL, 22)), source=held), version=ONE, reason="x")
    assert len(made.steps) == 1
    about = [w for w in made.warnings if "suspended" in w]
    assert about == [f"GitRepository/{NS}/fleet is suspended: the pin acts when it is resumed"]


def test_who_stands_on_a_source_is_counted_and_a_release_stands_on_itself() -> None:
    two = on(user("a", (TWO, WELL, 22)), user("b", (TWO, WELL, 22)))
    made = plan("pin", two, version=ONE, reason="x")
    assert made.effects[1] == f"2 objects stand on it: Kustomization/{NS}/a, Kustomization/{NS}/b"
    alone = plan("pin", on(), version=ONE, reason="x")
    assert not any("on it" in effect for effect in alone.effects)


def test_pinning_again_what_was_not_set_says_nothing_of_who_decides() -> None:
    """A commit holds it already: nobody else decides before that is let go."""
    note = {PIN_INVERSE: json.dumps({"before": None, "pinned": ONE}), PINNED_BY: "ben"}
    held = Resource.from_object("staging", {
        **git(branch="main", commit=ONE).as_object(),
        "metadata": {"name": "fleet", "namespace": NS, "annotations": note},
    })  # fmt: skip
    made = plan("pin", at(held, on=held), version=THREE, reason="x")
    assert made.effects[-1] == "spec.ref.commit was not set: unpin takes it away"
    kept = json.loads(patched(made)["metadata"]["annotations"][PIN_INVERSE])
    assert kept == {"before": None, "pinned": THREE}


# -- what an unpin says


def pinned(before: str | None = "^1.4", **more: Any) -> Resource:
    text = json.dumps({"before": before, "pinned": "1.4.2"})
    one = release(wish="1.4.2", history=DEPLOYED, annotations={PIN_INVERSE: text}, **more)
    return one


LISTED = TagList(f"{INDEX}#web", ("1.6.0", "1.4.2"), listed_at=1.0)


def test_an_unpin_of_ones_own_pin_warns_of_nothing_and_waits() -> None:
    one = pinned()
    made = plan("unpin", at(one, charts(), chart_of(), on=one, tags=[LISTED]))
    assert made.warnings == () and made.steps[0].title.endswith("back as it was")
    assert awaited(made) == [("ready", "")]
    stopped = replace(one, spec={**one.spec, "suspend": True})
    assert awaited(plan("unpin", at(stopped, charts(), on=stopped))) == []


def test_what_is_picked_then_is_not_known_while_the_list_is_in_error() -> None:
    one = pinned()
    broken = replace(LISTED, error="denied")
    made = plan("unpin", at(one, charts(), chart_of(), on=one, tags=[broken]))
    assert made.unseen == ("what it would pick: nothing lists what there is",)
    assert made.effects[-1].endswith("picks at once")


def test_an_unpin_that_its_parent_takes_back_says_so() -> None:
    one = replace(pinned(), declared=frozenset({"spec.chart.spec.version"}))
    (said,) = plan("unpin", at(one, charts(), chart_of(), on=one)).warnings
    assert "declares spec.chart.spec.version and puts it back" in said


# -- whose field it is


def test_a_chart_that_was_made_for_another_release_is_held_itself() -> None:
    """The label names a release that takes another chart by now."""
    one = obj("hr", "web", {"chartRef": {"kind": "OCIRepository", "name": "web"}})
    chart = chart_of()
    made = plan("pin", at(one, charts(), chart, on=chart), version="1.4.2", reason="x")
    assert made.steps[0].target == chart.key  # type: ignore[union-attr]
    orphan = plan("pin", at(charts(), chart, on=chart), version="1.4.2", reason="x")
    assert orphan.steps[0].target == chart.key  # type: ignore[union-attr]


def test_a_chart_of_its_own_is_offered_the_versions_of_its_repository() -> None:
    chart = chart_of()
    where = at(charts(), chart, on=chart, tags=[LISTED])
    assert set(offered("pin", where)) == {"1.4.2", "1.6.0"}
    one = release(wish="", history=DEPLOYED)
    picked_none = replace(LISTED, tags=("latest",))
    assert "" not in offered("pin", at(one, charts(), chart_of(), on=one, tags=[picked_none]))
