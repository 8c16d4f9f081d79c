"""Every tag gets one reason; state kept between runs never changes an answer."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.selection import HELM_CHART, Policy, Refusal
from fluxtui.domain.versions import Selector, select
from fluxtui.domain.versions.simulate import simulate

_SOME = [
    "1.0.0",
    "v1.0.0",
    "1.0.0+a",
    "1.2.0",
    "2.0.0",
    "2.1.0-rc.1",
    "0.0.0-staging-b",
    "latest",
    "0.0.0-staging-a",
    "3.0.0-0",
    "1.2",
    "1.5.0",
    "1.5.0-rc.2",
    "sha256-1.sig",
    "1.2.3_a",
]
_TAGS = st.lists(st.sampled_from(_SOME), unique=True)
_POLICIES = st.builds(
    Policy,
    semver=st.sampled_from([">=0.0.0", ">=0.0.0-0", "1.x", ">=3.0.0-0 || ^1.0.0", "", "nonsense"]),
    semver_filter=st.sampled_from(["", "staging", "^1", "["]),
    tag=st.sampled_from(["", "1.0.0"]),
    helm=st.booleans(),
)


def reasons(tags: list[str], policy: Policy) -> dict[str, Refusal | None]:
    return {v.tag: v.refusal for v in select(tags, policy).verdicts}


def test_one_reason_for_every_tag_in_the_order_of_precedence() -> None:
    tags = ["latest", "1.2", "dev-1.0.0", "9.0.0-rc.1", "2.0.0", "1.4.0", "v1.5.0", "1.5.0"]
    policy = Policy(semver=">=1.0.0 <2.0.0", semver_filter="^[v0-9]")
    assert reasons(tags, policy) == {
        "latest": Refusal.FILTERED,
        "1.2": Refusal.NOT_A_VERSION,
        "dev-1.0.0": Refusal.FILTERED,
        "9.0.0-rc.1": Refusal.PRERELEASE,
        "2.0.0": Refusal.OUT_OF_RANGE,
        "1.4.0": Refusal.LOWER,
        "v1.5.0": None,
        "1.5.0": Refusal.AMBIGUOUS,
    }


@pytest.mark.parametrize(
    ("text", "tag", "reason"),
    [
        (">=0.0.0", "1.0.0-rc.1", 'pre-release, and the range ">=0.0.0" admits none'),
        (">=1.0.0 <2.0.0", "2.1.0", 'refused by "<2.0.0" of the range ">=1.0.0 <2.0.0"'),
        ("^1.0.0", "2.1.0", 'refused by "^1.0.0"'),
        (
            ">=5 <6 || >=2.5 <3 !=2.7.0",  # the second part admitted two of its three
            "2.7.0",
            'refused by "!=2.7.0" of the range ">=5 <6 || >=2.5 <3 !=2.7.0"',
        ),
        (">=3 || >=4", "1.0.0", 'refused by ">=3" of the range ">=3 || >=4"'),
        (
            ">=3.0.0-0 || >=1.0.0",
            "2.5.0-rc.1",
            'pre-release, and the part ">=1.0.0" of the range admits none',
        ),
    ],
)
def test_the_reason_quotes_what_refused(text: str, tag: str, reason: str) -> None:
    (verdict,) = select([tag], Policy(semver=text)).verdicts
    assert verdict.reason == reason


def test_the_original_string_is_chosen_and_ties_follow_the_registry() -> None:
    selection = select(["1.0.0", "v1.2.3", "01.2.3"], Policy(semver="*"))
    assert selection.chosen == "v1.2.3" and selection.ties == ("v1.2.3", "01.2.3")
    assert "ambiguous: 01.2.3 and v1.2.3 are equally high" in selection.warnings[0]


def test_what_was_published_last_but_is_not_the_highest_is_said_with_the_way_out() -> None:
    old, new = "v0.0.0-staging-test-deploy-ffff", "v0.0.0-staging-test-deploy-0001"
    policy = Policy(semver=">=0.0.0-0", semver_filter=".*-staging-.*")
    times = {old: "2026-11-01T10:00:00Z", new: "2026-11-02T09:00:00+02:00"}
    selection = select([new, old], policy, times)
    assert selection.chosen == old and selection.published_last == new
    (warning,) = selection.warnings
    assert f"{new} was published last, but {old} is higher" in warning
    assert "newest" not in warning, "which is the word for the highest tag of all"
    assert "dot-separated number" in warning
    agreed = select([new, old], policy, {**times, new: "2026-10-01T00:00:00Z"})
    assert agreed.published_last == old and agreed.warnings == ()


def test_equal_or_unknown_times_are_no_warning() -> None:
    policy = Policy(semver="*")
    same = {"1.0.0": "2026-01-01T00:00:00Z", "2.0.0": "2026-01-01T01:00:00+01:00"}
    assert select(["1.0.0", "2.0.0"], policy, same).published_last == "2.0.0"
    partly = select(["1.0.0", "2.0.0"], policy, {"1.0.0": "2026-01-01T00:00:00Z"})
    assert partly.published_last == "1.0.0" and partly.warnings == ()


def test_a_newer_tag_that_the_range_excludes_on_purpose_is_no_warning() -> None:
    times = {"1.0.0": "2026-01-01T00:00:00Z", "2.0.0": "2026-02-01T00:00:00Z", "1.0.1": "junk"}
    selection = select(["1.0.0", "2.0.0"], Policy(semver="<2"), times)
    assert selection.warnings == () and selection.newest == "2.0.0"


@pytest.mark.parametrize(
    ("policy", "error"),
    [
        (Policy(semver="nonsense"), "semver 'nonsense' parse error: improper constraint"),
        (Policy(semver=">=9", semver_filter="1"), "no match found for semver: >=9"),
        (Policy(semver="nonsense", semver_filter="["), "semverFilter '[' does not compile"),
        (Policy(semver="*", semver_filter="(?=x)"), "semverFilter '(?=x)' does not compile"),
        (Policy(semver="*", semver_filter=r"1\C2"), r"semverFilter '1\C2' does not compile"),
        (Policy(semver="*", semver_filter="(?P<ä>1)"), "semverFilter '(?P<ä>1)' does not compile"),
        (Policy(tag="gone"), 'the registry has no tag "gone"'),
    ],
)
def test_errors_are_said_and_every_tag_still_has_its_verdict(policy: Policy, error: str) -> None:
    selection = select(["1.0.0", "latest"], policy)
    assert selection.error.startswith(error) and selection.chosen == ""
    assert [v.tag for v in selection.verdicts] == ["1.0.0", "latest"]
    assert all(v.refusal for v in selection.verdicts)


def test_digest_beats_semver_beats_tag_beats_latest() -> None:
    tags = ["1.0.0", "2.0.0", "latest", "production"]
    ref = {"digest": "sha256:ab", "semver": "1.x", "tag": "production"}
    pinned = select(tags, Policy.from_ref(ref))
    assert (pinned.chosen, pinned.error, pinned.newest) == ("", "", "2.0.0")
    del ref["digest"]
    assert select(tags, Policy.from_ref(ref)).chosen == "1.0.0"
    del ref["semver"]
    assert select(tags, Policy.from_ref(ref)).chosen == "production"
    assert select(tags, Policy.from_ref(None)).chosen == "latest"


def test_an_underscore_counts_as_plus_in_helm_charts_only() -> None:
    ref = {"semver": "*"}
    assert select(["1.0.0", "1.1.0_b"], Policy.from_ref(ref)).chosen == "1.0.0"
    assert select(["1.0.0", "1.1.0_b"], Policy.from_ref(ref, HELM_CHART)).chosen == "1.1.0_b"


def test_a_tag_that_does_not_exist_yet_is_tried_on_every_follower() -> None:
    policies = {
        "staging": Policy(semver=">=0.0.0-0", semver_filter="-staging-"),
        "production": Policy(semver=">=0.0.0"),
        "pinned": Policy(digest="sha256:ab"),
    }
    tags = ["1.4.2", "0.0.0-staging-a"]
    effects = {e.key: e for e in simulate(policies, tags, add=["1.5.0"])}
    assert [k for k, e in effects.items() if e.changes] == ["production"]
    assert (effects["production"].before, effects["production"].after) == ("1.4.2", "1.5.0")
    assert effects["staging"].why[0].refusal is Refusal.FILTERED


def test_moving_a_tag_changes_whoever_picks_it() -> None:
    policies = {"stable": Policy(tag="production"), "range": Policy(semver="*")}
    stable, range_ = simulate(policies, ["1.0.0", "production"], add=["production"])
    assert stable.moved and stable.changes and stable.after == "production"
    assert not range_.changes


def test_a_deleted_tag_makes_its_followers_fall_back() -> None:
    policies = {"eu": Policy(semver="*"), "us": Policy(semver=">=1.5")}
    eu, us = simulate(policies, ["1.4.2", "1.5.0"], remove=["1.5.0"])
    assert (eu.before, eu.after, eu.error) == ("1.5.0", "1.4.2", "")
    assert (us.after, us.error) == ("", "no match found for semver: >=1.5")


@given(st.lists(st.tuples(_POLICIES, _TAGS), min_size=1, max_size=5))
def test_memory_never_changes_an_answer(runs: list[tuple[Policy, list[str]]]) -> None:
    times = {"1.5.0": "2026-01-01T00:00:00Z", "0.0.0-staging-a": "2026-02-01T00:00:00Z"}
    selector = Selector(runs[0][0])
    for policy, tags in runs:
        selector.policy = policy
        assert selector.select(tags, times) == select(tags, policy, times)


@given(_POLICIES, _TAGS)
def test_every_tag_once_and_at_most_one_chosen(policy: Policy, tags: list[str]) -> None:
    selection = select(tags, policy)
    assert [v.tag for v in selection.verdicts] == tags
    chosen = [v.tag for v in selection.verdicts if v.refusal is None]
    assert len(chosen) == (1 if selection.chosen else 0)
    assert all(v.reason for v in selection.verdicts)


@given(_POLICIES, _TAGS, st.randoms())
def test_the_precedence_of_the_pick_does_not_depend_on_the_order_of_tags(
    policy: Policy, tags: list[str], rng: random.Random
) -> None:
    shuffled = list(tags)
    rng.shuffle(shuffled)
    one, other = select(tags, policy), select(shuffled, policy)
    # A chart's tag is told as the registry has it, which knows no +.
    ties = [tag.replace("+", "_") if policy.helm else tag for tag in other.ties]
    assert one.chosen == other.chosen or one.chosen in ties
