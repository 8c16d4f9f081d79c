"""Another range for a source: what is refused and where, what it would pick, who puts it back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flux_objects import obj

from fluxtui.commands.command import Context
from fluxtui.commands.proposing import unlisted
from fluxtui.commands.registry import by_id
from fluxtui.domain.ask import ListTags, ReadFacts
from fluxtui.domain.errors import UsageError
from fluxtui.domain.plan import AwaitStep, PatchStep, Plan
from fluxtui.domain.resource import Resource
from tests.builders import (
    URL,
    context,
    digest,
    ks,
    revision,
    snapshot,
    source,
    tag_list,
)

A, B = revision("1.4.2", "a"), revision("1.5.0", "b")
TAGS = tag_list({"1.4.2": "a", "1.5.0": "b", "2.0.0": "c", "1.6.0-rc.1": "d"})
RANGE = by_id("range")


def on(*resources: Resource, tags: Any = (TAGS,)) -> Context:
    return context(snapshot(*resources, tags=tags), environment="staging", service="acme/activity")


def follows(ref: dict[str, str] | None = None, stored: str = B, **more: Any) -> Resource:
    return source(stored=stored, ref=ref or {"semver": ">=1.0.0 <2.0.0"}, **more)


def plan(where: Context, **values: str) -> Plan:
    assert RANGE.plan is not None
    assert RANGE.disabled_reason(where) is None
    return RANGE.plan(where, values)


def written(made: Plan) -> Any:
    first = made.steps[0]
    assert isinstance(first, PatchStep)
    return first.patch["spec"]["ref"]


def test_only_what_was_edited_is_written_and_what_it_picks_is_followed() -> None:
    made = plan(on(follows(), ks(applied=B)), semver=">=1.0.0")
    assert written(made) == {"semver": ">=1.0.0"}
    assert [(s.until, s.value) for s in made.steps if isinstance(s, AwaitStep)] == [
        ("picked", digest("c")),
        ("applied", digest("c")),
    ]
    assert "staging goes to 2.0.0 (sha256:cccccccc); it runs 1.5.0 now" in made.effects
    assert made.effects[-1] == "it picked by semver >=1.0.0 <2.0.0"
    (taker,) = made.takers
    assert (taker.before, taker.after, taker.takes) == ("1.5.0", "2.0.0", True)
    assert taker.why.endswith("gives out 2.0.0") and len(taker.users) == 1
    (move,) = made.moves
    assert (move.after, move.source) == ("2.0.0", made.steps[0].target)  # type: ignore[union-attr]


def test_a_filter_is_kept_edited_and_taken_away_by_its_word() -> None:
    filtered = follows({"semver": ">=0.0.0-0", "semverFilter": "rc"}, revision("1.6.0-rc.1", "d"))
    where = on(filtered, ks(applied=revision("1.6.0-rc.1", "d")))
    assert written(plan(where, semver=">=1.6.0-0")) == {"semver": ">=1.6.0-0"}
    assert written(plan(where, filter="^1[.]6")) == {"semverFilter": "^1[.]6"}
    gone = plan(where, filter="none")
    assert written(gone) == {"semverFilter": None}
    assert gone.moves[0].after == "2.0.0"


@pytest.mark.parametrize(
    ("values", "where", "says"),
    [
        ({"semver": ">=1.4 <<2"}, "spec.ref.semver", "from character 7 on: '<<2'"),
        ({"semver": ">=1.0.0 || newest"}, "spec.ref.semver", "from character 12 on: 'newest'"),
        ({"filter": "("}, "spec.ref.semverFilter", "does not compile"),
        ({"semver": ">=1.0.0 <2.0.0"}, "", "picks by semver >=1.0.0 <2.0.0 already"),
    ],
)
def test_what_is_no_range_is_refused_with_its_place(
    values: dict[str, str], where: str, says: str
) -> None:
    with pytest.raises(UsageError) as refused:
        plan(on(follows(), ks(applied=B)), **values)
    assert refused.value.where == where and says in refused.value.what


def test_while_it_is_typed_it_says_what_it_would_pick_or_what_is_wrong() -> None:
    where, (semver, *_rest) = on(follows(), ks(applied=B)), RANGE.arguments
    assert semver.note(where, "~1.4.0") == "would pick 1.4.2"
    assert semver.note(where, ">9") == "would pick nothing"
    assert "from character 1" in semver.note(where, "newest")
    assert semver.default(where) == ">=1.0.0 <2.0.0"
    assert semver.choices(where)[1:] == ("~1.5.0", "^1.0.0", ">=1.5")


def test_the_list_is_asked_anew_and_the_digest_behind_the_pick() -> None:
    where = on(follows(), ks(applied=B))
    assert RANGE.questions(where, {"semver": ">=1.0.0"}) == (
        ListTags(URL),
        ReadFacts(URL, ("2.0.0",)),
    )


def test_going_back_says_what_that_does_not_undo_and_going_on_does_not() -> None:
    lower = plan(on(follows(), ks(applied=B)), semver="~1.4.0")
    assert any("not undone by going back" in warning for warning in lower.warnings)
    higher = plan(on(follows(), ks(applied=B)), semver=">=1.0.0")
    assert not any("going back" in warning for warning in higher.warnings)
    assert any("2.0.0 never ran anywhere" in danger.says for danger in higher.dangers)


def test_a_range_that_admits_nothing_is_a_warning_and_waits_for_nothing() -> None:
    made = plan(on(follows(), ks(applied=B)), semver=">9")
    none = "of 4 tags it would pick none (no match found for semver: >9)"
    assert any(warning.startswith(none) for warning in made.warnings)
    assert len(made.steps) == 1 and made.moves == ()


def test_beside_a_pin_and_under_a_suspension_nothing_moves_now() -> None:
    pinned = follows({"semver": ">=1.0.0 <2.0.0", "digest": digest("a")}, A)
    made = plan(on(pinned, ks(applied=A)), semver=">=1.0.0")
    assert made.moves == () and "unpinned it would pick 2.0.0" in made.effects[0]
    assert any("acts when it is unpinned" in warning for warning in made.warnings)
    held = plan(on(follows(suspend=True), ks(applied=B)), semver=">=1.0.0")
    assert held.moves == () and "would pick 2.0.0 once it is resumed" in held.effects[0]


def test_who_puts_the_field_back_is_named_with_when_and_with_what_holds_instead() -> None:
    label = "kustomize.toolkit.fluxcd.io"
    owned = follows(labels={f"{label}/name": "apps", f"{label}/namespace": "activity-system"})
    owned = replace(owned, declared=frozenset({"spec.ref.semver", "spec.interval"}))
    parent = ks(name="apps")
    parent = replace(parent, spec={**parent.spec, "interval": "10m"})
    made = plan(on(owned, ks(applied=B), parent), semver=">=1.0.0")
    puts_back, instead, *_more = made.warnings
    assert "declares spec.ref.semver and puts it back at its next run, within 10m" in puts_back
    assert "suspend Kustomization/activity-system/apps to keep the change" in puts_back
    assert "until then a pin holds a version" in instead
    nameless = plan(on(replace(owned, labels={}), ks(applied=B)), semver=">=1.0.0")
    assert not any("until then a pin holds" in warning for warning in nameless.warnings)
    both = replace(owned, declared=owned.declared | {"spec.ref.digest"})
    made = plan(on(both, ks(applied=B), parent), semver=">=1.0.0")
    assert not any("until then a pin holds" in warning for warning in made.warnings)
    free = plan(on(owned, ks(applied=B), parent), filter="rc", semver=">=1.0.0 <2.0.0")
    assert not any("puts it back" in warning for warning in free.warnings)


def test_tags_that_could_not_be_listed_were_not_looked_at() -> None:
    failing = replace(TAGS, error="connection refused")
    made = plan(on(follows(), ks(applied=B), tags=(failing,)), semver=">=1.0.0")
    assert made.unseen == (f"the tags of {URL}: connection refused",)


def test_a_pick_whose_manifest_was_not_read_is_awaited_by_its_tag() -> None:
    unread = replace(TAGS, facts={})
    made = plan(on(follows(), ks(applied=B), tags=(unread,)), semver=">=1.0.0")
    assert [(s.until, s.value) for s in made.steps if isinstance(s, AwaitStep)] == [
        ("picked", "2.0.0"),
        ("applied", "2.0.0"),
    ]
    assert made.effects[0].startswith("staging goes to 2.0.0; it runs 1.5.0")


def test_a_chart_that_was_never_fetched_goes_to_what_the_range_picks() -> None:
    taker = obj("hr", "web", {"chartRef": {"kind": "OCIRepository", "name": "activity"}})
    unread, here = replace(TAGS, facts={}), follows(stored="")
    seen = snapshot(here, taker, tags=(unread,))
    made = plan(context(seen, environment="staging", object=here.key), semver=">=1.0.0")
    assert made.effects[0] == "staging goes to 2.0.0; it runs nothing now"


def test_a_range_that_picks_what_is_there_moves_nothing() -> None:
    made = plan(on(follows(), ks(applied=B)), semver="~1.5.0")
    assert [s.until for s in made.steps if isinstance(s, AwaitStep)] == ["ready"]
    assert made.moves == () and made.warnings == ()
    assert made.effects[0] == "staging stays on 1.5.0, which it would pick, too"
    none = plan(on(follows(), ks(applied=B)), semver=">9")
    assert none.effects == ("it picked by semver >=1.0.0 <2.0.0",)


def test_a_pinned_source_is_seen_ready_and_a_suspended_one_is_not_waited_for() -> None:
    pinned = follows({"semver": ">=1.0.0 <2.0.0", "digest": digest("a")}, A)
    for semver, picks in ((">=1.0.0", "2.0.0"), (">9", "nothing")):
        made = plan(on(pinned, ks(applied=A)), semver=semver)
        assert [s.until for s in made.steps if isinstance(s, AwaitStep)] == ["ready"]
        assert made.effects[0].endswith(f"unpinned it would pick {picks}")
    held = plan(on(follows(suspend=True), ks(applied=B)), semver=">=1.0.0")
    assert len(held.steps) == 1
    assert any("is suspended: the range acts when it is resumed" in w for w in held.warnings)
    assert not any("is pinned" in w for w in held.warnings)


def test_a_tag_that_a_range_overrides_is_said_to_be() -> None:
    tagged = plan(on(follows({"tag": "1.5.0"}), ks(applied=B)), semver=">=1.0.0")
    assert tagged.effects[-1] == "it picked by tag 1.5.0, which a range overrides"
    neither = plan(on(follows({"semver": ""}), ks(applied=B)), semver=">=1.0.0")
    assert "overrides" not in neither.effects[-1]
    both = plan(on(follows({"tag": "1.5.0", "semver": "1.x"}), ks(applied=B)), semver=">=1.0.0")
    assert both.effects[-1] == "it picked by semver 1.x"


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ((replace(TAGS, error="denied"),), "denied"),
        ((replace(TAGS, listed_at=0.0),), "never listed"),
        ((TAGS,), ""),
    ],
)
def test_of_tags_that_nobody_listed_it_is_said_why(tags: Any, why: str) -> None:
    made = plan(on(follows(), ks(applied=B), tags=tags), semver=">=1.0.0")
    assert made.unseen == ((f"the tags of {URL}: {why}",) if why else ())


def test_of_no_tags_at_all_none_is_said_to_be_refused_by_the_range() -> None:
    empty = replace(TAGS, tags=(), facts={})
    made = plan(on(follows(), ks(applied=B), tags=(empty,)), semver=">9")
    assert not any("would pick none" in warning for warning in made.warnings)


def test_before_anything_ran_nothing_is_gone_back_from() -> None:
    made = plan(on(follows(stored="")), semver=">=1.0.0")
    assert not any("going back" in warning for warning in made.warnings)


def test_without_a_source_no_range_is_offered_or_asked_for() -> None:
    where = context(snapshot(), environment="staging")
    semver, chosen = RANGE.arguments[:2]
    assert semver.default(where) == chosen.default(where) == semver.note(where, "1.x") == ""
    assert semver.choices(where) == () and RANGE.questions(where, {"semver": "1.x"}) == ()
    assert "nothing is selected" in (RANGE.disabled_reason(where) or "")
    with pytest.raises(UsageError, match="nothing is selected"):
        assert RANGE.plan is not None
        RANGE.plan(where, {"semver": "1.x"})


def test_what_is_no_range_yet_is_asked_of_nobody() -> None:
    where, (semver, *_rest) = on(follows(), ks(applied=B)), RANGE.arguments
    assert RANGE.questions(where, {"semver": "newest"}) == ()
    assert RANGE.questions(where, {"semver": ">9"}) == (ListTags(URL),)
    assert semver.note(where, "") == ""


def test_the_ranges_that_are_offered_stay_within_what_runs() -> None:
    (semver, chosen, *_rest) = RANGE.arguments
    filtered = follows({"semver": "1.x", "semverFilter": "^1"})
    assert chosen.default(on(filtered, ks(applied=B))) == "^1"
    assert semver.choices(on(follows({"semver": "~1.5.0"}), ks(applied=B))) == (
        "~1.5.0", "^1.0.0", ">=1.5",
    )  # fmt: skip
    nameless = on(follows(stored=digest("e")), ks(applied=digest("e")))
    assert semver.choices(nameless) == (">=1.0.0 <2.0.0",), "a digest is no version"
    build = revision("0.0.0-dev.1", "e")
    listed = tag_list({"0.0.0-dev.1": "e", "0.0.0-dev.2": "f"})
    early = on(follows({"semver": ">=0.0.0-0"}, build), ks(applied=build), tags=(listed,))
    assert semver.choices(early) == (">=0.0.0-0",), "no other would pick anything"
    early = on(follows({"semver": ">=0.0.0-0"}, build), ks(applied=build), tags=())
    assert "~0.0.0" in semver.choices(early), "what is not listed picks nobody knows what"
    tagged = on(follows({"tag": "1.5.0"}), ks(applied=B))
    assert semver.choices(tagged)[0] == "~1.5.0", "there is no range to be kept"


def test_a_range_waits_for_the_tags_and_for_leave_to_write() -> None:
    where = on(follows(), ks(applied=B), tags=())
    assert RANGE.disabled_reason(where) is None, "its questions have them listed"
    assert unlisted(RANGE, where, {"semver": "2.x"}) == (ListTags(URL),)
    assert RANGE.plan is not None
    asked_all_the_same = RANGE.plan(where, {"semver": ">=1.0.0"})
    assert asked_all_the_same.unseen == (f"the tags of {URL}: never listed",)
