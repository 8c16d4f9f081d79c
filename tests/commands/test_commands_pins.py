"""A pin, a rollback and an unpin: what they refuse, ask, write, await, and say before they do."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import (
    CONFIG,
    NS,
    URL,
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

from fluxtui.commands import pin as pins
from fluxtui.commands import unpin as unpins
from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.ask import ListTags, ReadFacts
from fluxtui.domain.config import Environment
from fluxtui.domain.errors import UsageError
from fluxtui.domain.marks import (
    PIN_INVERSE,
    PIN_KEYS,
    PINNED_AT,
    PINNED_BY,
    PINNED_REASON,
    PINNED_UNTIL,
)
from fluxtui.domain.plan import AT_WRITE, AwaitStep, PatchStep, Plan, Until
from fluxtui.domain.resource import Resource

WELL = "ReconciliationSucceeded"
A, B = revision("1.4.2", "a"), revision("1.5.0", "b")
LIST = (tag_list({"1.4.2": "a", "1.5.0": "b"}),)
STORY = ks(
    applied=B,
    history=[(B, WELL, "2026-11-23T02:00:00Z"), (A, WELL, "2026-11-23T01:00:00Z")],
)
MIGRATIONS = "data migrations and Jobs that ran are not undone by going back"


def at(*resources: Resource, tags: Any = LIST, config: Any = CONFIG, **target: Any) -> Context:
    values = {"environment": "staging", "service": "acme/activity", **target}
    return context(snapshot(*resources, tags=tags, config=config), **values)


def plan(command: str, where: Context, **values: str) -> Plan:
    made = by_id(command).plan
    assert made is not None
    return made(where, values)


def patch(made: Plan) -> dict[str, Any]:
    first = made.steps[0]
    assert isinstance(first, PatchStep)
    return json.loads(json.dumps(first.patch))


def awaits(made: Plan) -> list[tuple[str, Until, str, tuple[str, ...]]]:
    steps = [s for s in made.steps if isinstance(s, AwaitStep)]
    return [(s.target.name, s.until, s.value, s.needs) for s in steps]


def inverse(made: Plan) -> dict[str, Any]:
    return json.loads(patch(made)["metadata"]["annotations"][PIN_INVERSE])


def held(now: str | None, note: Any = None, **more: Any) -> Resource:
    """A source with `ref.digest` and, with `note`, our annotation about it."""
    ref = {"semver": ">=0.0.0", **({"digest": now} if now else {})}
    notes = {PINNED_BY: "ben", PINNED_REASON: "crash-loops", PIN_INVERSE: json.dumps(note)}
    marks = {"annotations": notes} if note is not None else {}
    return source(stored=now or "", ref=ref, **marks, **more)


# -- refusals


def test_only_who_has_an_earlier_good_version_rolls_back() -> None:
    refuse = by_id("rollback").disabled_reason
    assert refuse(at(source(stored=B), STORY)) is None
    alone = refuse(at(source(stored=B), ks(applied=B)))
    assert alone and "no earlier good version" in alone
    closed = replace(CONFIG, environments=(Environment("staging", "staging", read_only=True),))
    for command in ("rollback", "pin", "unpin"):
        where = at(held(digest("b"), {"digest": None}), STORY, config=closed)
        reason = by_id(command).disabled_reason(where)
        assert reason == "staging is read-only by the configuration"
        nothing = by_id(command).disabled_reason(at(source(stored=B), STORY, service=""))
        assert nothing and "nothing is selected" in nothing


def test_a_plan_without_a_source_says_why() -> None:
    for command in ("pin", "rollback", "unpin"):
        with pytest.raises(UsageError, match="nothing is selected"):
            plan(command, at(source(stored=B), service=""), version="1.4.2", reason="x")


def test_what_is_held_by_our_pin_alone_is_unpinned() -> None:
    ours = held(digest("a"), {"digest": None, "pinned": digest("a")})
    assert by_id("unpin").disabled_reason(at(ours)) is None
    by_hand = by_id("unpin").disabled_reason(at(held(digest("a"))))
    assert by_hand and "is not pinned by fluxtui" in by_hand
    free = by_id("unpin").disabled_reason(at(source()))
    assert free and free.endswith("is not pinned")


def test_an_unpin_before_the_tags_are_listed_has_them_listed() -> None:
    ours = held(digest("a"), {"digest": None, "pinned": digest("a")})
    assert by_id("unpin").questions(at(ours, tags=()), {}) == (ListTags(URL),)
    assert by_id("unpin").questions(at(ours), {}) == ()


# -- what is meant, and what is asked first


def test_the_tag_under_the_cursor_is_pinned_but_never_rolled_back_to() -> None:
    where = at(source(stored=B), STORY, tag="1.9.0")
    assert by_id("pin").arguments[0].default(where) == "1.9.0"
    assert by_id("rollback").arguments[0].default(where) == "1.4.2"
    assert by_id("pin").arguments[0].default(at(source(stored=B), STORY)) == "1.5.0"


def test_only_a_tag_is_asked_of_the_registry() -> None:
    where = at(source(stored=B), STORY)
    assert pins.questions(where, {"version": "1.4.2"}) == (ReadFacts(URL, ("1.4.2",)),)
    for version in ("", digest("a"), A):
        assert pins.questions(where, {"version": version}) == ()
    assert pins.questions(where, {}) == ()
    assert pins.questions(at(source(), service=""), {"version": "1.4.2"}) == ()


# -- what a pin writes


def test_a_pin_says_on_the_object_who_did_it_why_and_what_was_before() -> None:
    made = plan("pin", at(source(stored=B), STORY), version=" 1.4.2 ", reason=" bad ")
    notes = patch(made)["metadata"]["annotations"]
    assert (notes[PINNED_BY], notes[PINNED_REASON], notes[PINNED_AT]) == ("anna", "bad", AT_WRITE)
    assert notes[PINNED_UNTIL] is None, "the end of an earlier pin is taken away"
    ends = plan("pin", at(source(stored=B), STORY), version="1.4.2", reason="bad", until="2h")
    assert patch(ends)["metadata"]["annotations"][PINNED_UNTIL] == "2026-11-23T05:12:00Z"
    assert any("over by 2026-11-23 05:12Z" in effect for effect in ends.effects)
    assert not any("over by" in effect for effect in made.effects)
    assert inverse(made) == {"digest": None, "pinned": digest("a"), "tag": "1.4.2"}
    assert made.inputs == {str(source().key): "7"}


@pytest.mark.parametrize(("note", "before"), [
    (None, "c"),  # set by hand: that is what an unpin goes back to
    ({"digest": None, "pinned": digest("c")}, None),  # ours: to before ours
    ({"digest": digest("d"), "pinned": digest("c")}, "d"),
    ({"digest": digest("d")}, "d"),  # an older pin that did not note what it set
    ({"digest": digest("d"), "pinned": digest("e")}, "c"),  # changed by hand since
])  # fmt: skip
def test_a_pin_over_a_digest_keeps_what_an_unpin_must_put_back(note: Any, before: Any) -> None:
    made = plan("pin", at(held(digest("c"), note)), version="1.4.2", reason="x")
    assert inverse(made)["digest"] == (digest(before) if before else None)
    if before:
        assert f"sha256:{before * 8}" in made.effects[2], "the review says so"
    else:
        assert "semver >=0.0.0 stays in place" in made.effects[2]


def test_a_stale_annotation_without_a_digest_is_no_way_back() -> None:
    made = plan("pin", at(held(None, {"digest": digest("d"), "pinned": digest("c")})),
                version="1.4.2", reason="x")  # fmt: skip
    assert inverse(made)["digest"] is None


def test_a_digest_nobody_has_a_tag_for_is_called_by_itself_and_notes_no_tag() -> None:
    made = plan("pin", at(source(stored=B), STORY), version=digest("e"), reason="x")
    assert made.title.endswith("to sha256:eeeeeeee")
    assert "(sha256:eeeeeeee)" not in made.steps[0].title
    assert "tag" not in inverse(made)
    known = plan("pin", at(source(stored=B), STORY), version=digest("a"), reason="x")
    assert inverse(known)["tag"] == "1.4.2"


def test_of_two_tags_of_one_build_the_one_that_was_asked_for_is_used() -> None:
    both = (tag_list({"1.4.2": "a", "1.4.2-rc.1": "a"}),)
    made = plan("pin", at(source(stored=B), STORY, tags=both), version="1.4.2-rc.1", reason="x")
    assert made.title.endswith("to 1.4.2-rc.1") and inverse(made)["tag"] == "1.4.2-rc.1"


# -- what a pin awaits


def test_a_pin_is_followed_to_the_source_and_then_to_every_user() -> None:
    where = at(source(stored=B), ks(name="a", applied=B), ks(name="b", applied=B, needs=["a"]))
    made = plan("pin", where, version="1.4.2", reason="x")
    assert awaits(made) == [
        ("activity", Until.PICKED, digest("a"), ("pin",)),
        ("a", Until.APPLIED, digest("a"), ("picked",)),
        ("b", Until.APPLIED, digest("a"), ("picked",)),
    ]
    assert len({s.id for s in made.steps}) == 4


def test_the_pin_of_a_suspended_source_waits_for_nothing_and_says_so() -> None:
    stopped = plan("pin", at(source(stored=B, suspend=True), STORY), version="1.4.2", reason="x")
    assert len(stopped.steps) == 1
    assert any("is suspended: the pin acts when it is resumed" in w for w in said_of(stopped))
    free = plan("pin", at(source(stored=B), STORY), version="1.4.2", reason="x")
    assert not any("suspended" in w for w in said_of(free))


# -- what a pin says


def test_holding_what_runs_warns_of_nothing_and_going_elsewhere_of_migrations() -> None:
    where = at(source(stored=B), STORY)
    assert said_of(plan("pin", where, version="1.5.0", reason="x")) == ()
    assert said_of(plan("rollback", where, version="1.4.2", reason="x")) == (MIGRATIONS,)


def test_while_versions_disagree_even_the_stored_one_is_gone_to() -> None:
    where = at(source(stored=B), STORY, ks(name="late", applied=A))
    effects = plan("pin", where, version="1.5.0", reason="x").effects
    assert effects[0].startswith("staging goes to 1.5.0")
    assert "2 Kustomizations apply it" in effects[1]


def test_where_nothing_runs_that_is_said_and_nothing_is_named_as_pruned() -> None:
    for name in ("staging", "elsewhere"):
        alone = source(name)
        effects = plan("pin", at(alone, object=alone.key), version="1.4.2", reason="x").effects
        assert effects[0].endswith("it runs nothing now")
        assert effects[1].endswith("what only another version had is pruned")


def test_an_environment_without_a_line_stays_on_what_its_source_has() -> None:
    alone = source("elsewhere", stored=B)
    effects = plan("pin", at(alone, object=alone.key), version="1.5.0", reason="x").effects
    assert effects[0].startswith("elsewhere stays on 1.5.0")


@pytest.mark.parametrize("command", ["pin", "unpin"])
def test_the_parent_that_would_put_the_digest_back_is_named(command: str) -> None:
    ours = held(digest("b"), {"digest": None, "pinned": digest("b")})
    declared = replace(ours, declared=frozenset(("spec.ref.digest",)))
    made = plan(command, at(declared, STORY), version="1.4.2", reason="x")
    assert any("another Kustomization declares spec.ref.digest" in w for w in said_of(made))
    plain = plan(command, at(ours, STORY), version="1.4.2", reason="x")
    assert not any("declares" in w for w in said_of(plain))


def test_a_moved_tag_is_warned_of_in_the_review() -> None:
    moved = (tag_list({"1.4.2": "e", "1.5.0": "b"}),)
    made = plan("rollback", at(source(stored=B), STORY, tags=moved), version="1.4.2", reason="x")
    assert [w for w in said_of(made) if "names sha256:eeeeeeee now" in w]
    assert inverse(made)["pinned"] == digest("a")


# -- unpin


def test_an_unpin_follows_the_policy_to_the_tag_it_picks() -> None:
    ours = held(digest("a"), {"digest": None, "pinned": digest("a")})
    made = plan("unpin", at(ours, ks(applied=A)))
    assert awaits(made) == [
        ("activity", Until.PICKED, "1.5.0", ("unpin",)),
        ("api", Until.APPLIED, "1.5.0", ("picked",)),
    ]
    assert made.unseen == () and made.inputs == {str(ours.key): "7"}
    assert made.effects[1] == "staging would pick 1.5.0 at once (runs 1.4.2)"


def test_an_unpin_before_the_tags_are_listed_says_what_it_cannot_see() -> None:
    ours = held(digest("a"), {"digest": None, "pinned": digest("a")})
    listing = replace(LIST[0], tags=(), facts={})
    for tags in ((), (listing,)):
        made = plan("unpin", at(ours, tags=tags))
        assert awaits(made) == [("activity", Until.READY, "", ("unpin",))]
        assert made.unseen and URL in made.unseen[0]
        assert said_of(made) == (), "nothing is said of a version that is not known"
        assert "would pick what its policy says" in made.effects[1]


def test_an_unpin_that_puts_a_digest_back_says_how_that_went() -> None:
    back = held(digest("a"), {"digest": digest("b"), "pinned": digest("a")})
    bad = ks(applied=A, history=[(B, "HealthCheckFailed", "2026-11-23T02:00:00Z")])
    made = plan("unpin", at(back, bad))
    assert patch(made)["spec"] == {"ref": {"digest": digest("b")}}
    assert awaits(made) == [
        ("activity", Until.PICKED, digest("b"), ("unpin",)),
        ("api", Until.APPLIED, digest("b"), ("picked",)),
    ]
    assert "would pick 1.5.0 (sha256:bbbbbbbb) at once" in made.effects[1]
    (said,) = said_of(made)
    assert said.startswith("1.5.0 failed in staging")


def test_a_digest_that_was_never_read_is_judged_by_itself_not_by_a_tag() -> None:
    back = held(digest("a"), {"digest": digest("e"), "pinned": digest("a")})
    (said,) = said_of(plan("unpin", at(back, ks(applied=A))))
    assert said.startswith("sha256:eeeeeeee never ran anywhere")


def test_an_older_pin_that_did_not_note_its_digest_is_taken_back_all_the_same() -> None:
    made = plan("unpin", at(held(digest("a"), {"digest": None}), ks(applied=A)))
    assert patch(made)["spec"] == {"ref": {"digest": None}}
    assert not any("changed since" in w for w in said_of(made))


def test_a_digest_set_since_stays_and_only_the_notes_go() -> None:
    bad = ks(applied=A, history=[(B, "HealthCheckFailed", "2026-11-23T02:00:00Z")])
    changed = held(digest("b"), {"digest": None, "pinned": digest("a")})
    made = plan("unpin", at(changed, bad))
    assert patch(made) == {"metadata": {"annotations": dict.fromkeys(PIN_KEYS)}}
    assert "staging stays on 1.5.0 (sha256:bbbbbbbb), which was set since" in made.effects
    assert len(said_of(made)) == 1 and "was changed since the pin" in said_of(made)[0]


def test_a_suspended_source_is_unpinned_without_waiting() -> None:
    stopped = held(digest("a"), {"digest": None, "pinned": digest("a")}, suspend=True)
    assert awaits(plan("unpin", at(stopped, ks(applied=A)))) == []


def test_an_unpin_where_nothing_runs_names_no_running_version() -> None:
    ours = {"digest": None, "pinned": digest("a")}
    for name in ("staging", "elsewhere"):
        ref = {"semver": ">=0.0.0", "digest": digest("a")}
        alone = source(name, ref=ref, annotations={PIN_INVERSE: json.dumps(ours)})
        made = plan("unpin", at(alone, object=alone.key))
        assert made.effects[-1] == f"{name} would pick 1.5.0 at once"
        assert made.effects[0].startswith(f"OCIRepository/{NS}/activity was pinned")


def test_a_policy_that_takes_no_tag_is_awaited_by_readiness() -> None:
    ref = {"semver": "9.x", "digest": digest("a")}
    note = {PIN_INVERSE: json.dumps({"digest": None, "pinned": digest("a")})}
    made = plan("unpin", at(source(stored=A, ref=ref, annotations=note), ks(applied=A)))
    assert awaits(made) == [("activity", Until.READY, "", ("unpin",))]
    assert unpins.refusal(at(source(stored=A, ref=ref, annotations=note))) is None


def test_a_version_failing_now_elsewhere_is_the_first_thing_to_read() -> None:
    fails = ks("production", applied=A, attempted=A, conditions=[failed("HealthCheckFailed")])
    made = plan("pin", at(source(stored=B), STORY, source("production"), fails),
                version="1.4.2", reason="x")  # fmt: skip
    assert said_of(made)[0].startswith("1.4.2 is failing in production")


def test_an_unpin_warns_by_the_tag_while_its_digest_is_not_read() -> None:
    fails = ks("production", applied=B, attempted=B, conditions=[failed("HealthCheckFailed")])
    ours = held(digest("a"), {"digest": None, "pinned": digest("a")})
    unread = (replace(LIST[0], facts={}),)
    where = at(ours, ks(applied=A), source("production"), fails, tags=unread)
    (said,) = said_of(plan("unpin", where))
    assert said.startswith("1.5.0") and "is failing in production" in said


def test_a_pin_that_somebody_took_away_meanwhile_has_no_story() -> None:
    made = plan("unpin", at(held(None, {"digest": None}), ks(applied=A)))
    assert not any("was pinned" in effect for effect in made.effects)
