"""Which tag of an image a policy picks, and why not the others (docs/flux.md#images)."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.kinds.imagepolicy import rule
from fluxtui.domain.picking import address_of, is_asked_for, lookers, pickers, picking
from fluxtui.domain.resource import Resource
from fluxtui.domain.selection import ImageRule, Policy, Refusal, Selection
from fluxtui.domain.versions import select
from fluxtui.domain.versions.patterns import compiled, expanded
from tests.builders import snapshot
from tests.contract.fleet.recordings import recorded

API = "image.toolkit.fluxcd.io/v1"


def pick(tags: list[str], way: str = "semver", semver: str = "", **more: Any) -> Selection:
    return select(tags, Policy(semver=semver, image=ImageRule(way, **more)))


def why(selection: Selection, tag: str) -> tuple[Refusal | None, str]:
    verdict = selection.verdict(tag)
    assert verdict is not None, tag
    return verdict.refusal, verdict.reason


def test_a_range_takes_the_highest_with_two_dots() -> None:
    one = pick(["1.0.0", "v1.2.0", "1.9", "2.0.0", "1.3.0-rc.1", "latest"], semver="1.x")
    assert one.chosen == "v1.2.0" and not one.error
    assert why(one, "v1.2.0") == (None, 'the highest admitted by "1.x"')
    assert why(one, "1.0.0")[0] is Refusal.LOWER
    assert why(one, "1.9") == (
        Refusal.NOT_A_VERSION, "not a version for Flux: fewer than two dots",
    )  # fmt: skip
    assert why(one, "2.0.0")[0] is Refusal.OUT_OF_RANGE
    assert why(one, "1.3.0-rc.1")[0] is Refusal.PRERELEASE
    assert [v.tag for v in one.verdicts] == [
        "1.0.0", "v1.2.0", "1.9", "2.0.0", "1.3.0-rc.1", "latest",
    ]  # fmt: skip


def test_of_equally_high_ones_the_first_stays() -> None:
    one = pick(["1.0.0+a", "v1.0.0", "1.0.0"], semver=">=1.0.0")
    assert one.chosen == "1.0.0+a"
    assert why(one, "v1.0.0") == (
        Refusal.AMBIGUOUS, "as high as 1.0.0+a, which the registry lists first",
    )  # fmt: skip


def test_nothing_that_the_range_admits_is_the_controllers_own_error() -> None:
    one = pick(["1.0.0"], semver=">=9.0.0")
    assert one.chosen == "" and one.error == "unable to determine latest version from provided list"
    assert pick([], semver="*").error == one.error
    bad = pick(["1.0.0"], semver="newest, please")
    assert bad.error == 'invalid policy: improper constraint: "newest, please"'
    assert why(bad, "1.0.0") == (
        Refusal.UNDECIDED, "nothing is picked: the policy is malformed",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("order", "chosen", "reason"),
    [
        ("asc", "jammy", 'letter by letter it comes before "jammy"'),
        ("desc", "Zesty", 'letter by letter it comes after "Zesty"'),
    ],
)
def test_letters_are_compared_as_bytes_and_asc_takes_the_last(
    order: str, chosen: str, reason: str
) -> None:
    one = pick(["focal", "jammy", "Zesty"], "alphabetical", order=order)
    assert one.chosen == chosen
    assert why(one, "focal") == (Refusal.LOWER, reason)


@pytest.mark.parametrize("way", ["alphabetical", "numerical", "semver"])
def test_of_no_tags_at_all_none_is_picked(way: str) -> None:
    one = pick([], way, semver="*")
    assert one.chosen == "" and one.error


def test_numbers_are_compared_as_floats_and_asc_takes_the_largest() -> None:
    tags = ["9", "10", "1e1", "8.5", "-3"]
    one = pick(tags, "numerical")
    assert one.chosen == "1e1", "of equal ones the later"
    assert why(one, "10") == (
        Refusal.AMBIGUOUS, "as high as 1e1, which is listed later",
    )  # fmt: skip
    assert why(one, "9") == (Refusal.LOWER, "less than 1e1")
    down = pick(tags, "numerical", order="desc")
    assert down.chosen == "-3" and why(down, "9") == (Refusal.LOWER, "greater than -3")
    long = ["12345678901234567", "12345678901234568"]
    assert pick(long, "numerical").chosen == long[1], "64 bits do not tell them apart"
    assert pick(long[::-1], "numerical").chosen == long[0]


@pytest.mark.parametrize("odd", ["latest", "1.2.3", "0x10", "1e999", "0x1p99999", "1 2"])
def test_one_that_is_no_number_has_nothing_picked(odd: str) -> None:
    one = pick(["1", odd, "2"], "numerical")
    assert one.chosen == "" and one.error == f"failed to parse invalid numeric value '{odd}'"
    assert why(one, odd)[0] is Refusal.NOT_A_VERSION
    assert why(one, "1") == (
        Refusal.UNDECIDED, f"one that is no number has nothing picked: {odd!r}",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["0x1p4", "1_000", "Inf", "+1.5e-3", ".5", "5."])
def test_what_go_reads_as_a_number_is_one(text: str) -> None:
    assert pick([text], "numerical").chosen == text


def test_what_a_pattern_extracts_is_compared_and_the_tag_is_picked() -> None:
    pattern = r"^main-[a-f0-9]+-(?P<ts>[0-9]+)"
    tags = ["main-abc-100", "main-def-200", "dev-abc-900", "main-fff-150-x"]
    one = pick(tags, "numerical", pattern=pattern, extract="$ts")
    assert one.chosen == "main-def-200"
    assert why(one, "main-def-200")[1] == 'it stands for "200": the largest number'
    assert why(one, "main-abc-100")[1] == 'it stands for "100": less than 200'
    assert why(one, "dev-abc-900") == (Refusal.FILTERED, f'filtered out by "{pattern}"')
    semver = pick(["rel-1.0.0", "rel-1.1.0"], semver="*", pattern="rel-(.*)", extract="$1")
    assert semver.chosen == "rel-1.1.0"


def test_of_two_with_one_text_the_later_listed_counts() -> None:
    one = pick(["a-1", "b-1", "b-0"], "numerical", pattern="-(?P<n>.)", extract="$n")
    assert one.chosen == "b-1"
    assert why(one, "a-1") == (
        Refusal.AMBIGUOUS, 'it stands for "1" as b-1 does, which is listed later',
    )  # fmt: skip


def test_the_repositorys_exclusions_come_first() -> None:
    one = pick(["1.0.0", "2.0.0.sig"], semver="*", exclusions=(r"^.*\.sig$",))
    refusal, reason = why(one, "2.0.0.sig")
    assert refusal is Refusal.FILTERED and "exclusion list" in reason
    broken = pick(["1.0.0"], semver="*", exclusions=("(",))
    assert broken.chosen == "" and "exclusionList" in broken.error


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("$ts", "42"),
        ("${ts}x", "42x"),
        ("$tsx", ""),
        ("$1-$2", "42-b"),
        ("$1x", ""),
        ("$$ts", "$ts"),
        ("$9", ""),
        ("$", "$"),
        ("$01", ""),
    ],
)
def test_a_template_is_expanded_as_go_does(template: str, text: str) -> None:
    search = compiled("(?P<ts>[0-9]+)-(b)", "pattern")
    assert search is not None
    assert expanded(template, search("a42-b")) == text


# -- out of the objects


def body(kind: str, name: str, spec: Any, status: Any = None) -> Resource:
    meta = {"name": name, "namespace": "apps", "generation": 1}
    return Resource.from_object(
        "staging",
        {"apiVersion": API, "kind": kind, "metadata": meta, "spec": spec, "status": status or {}},
    )


@pytest.mark.parametrize(
    ("image", "address"),
    [
        ("registry.example.com/acme/app", "oci://registry.example.com/acme/app"),
        ("localhost:5000/app", "oci://localhost:5000/app"),
        ("acme/app", "oci://index.docker.io/acme/app"),
        ("nginx", "oci://index.docker.io/library/nginx"),
        ("registry.example.com/acme/app:v1", ""),
        ("registry.example.com/app@sha256:abc", ""),
        ("https://registry.example.com/app", ""),
        ("", ""),
    ],
)
def test_where_the_tags_of_an_image_are(image: str, address: str) -> None:
    repository = body("ImageRepository", "app", {"image": image})
    policy = body("ImagePolicy", "app", {"imageRepositoryRef": {"name": "app"}, "policy": {}})
    seen = snapshot(repository, policy)
    assert address_of(seen, policy.key) == address
    assert [p.address for _r, p in lookers(seen)] == ([address] if address else [])
    assert list(pickers(seen)) == [], "nobody lists it before somebody looks"
    assert is_asked_for(policy.key) and not is_asked_for(repository.key)


def test_a_policy_without_its_repository_has_no_list() -> None:
    policy = body("ImagePolicy", "app", {"imageRepositoryRef": {"name": "gone"}})
    assert picking(snapshot(policy), policy) is None


def test_every_recorded_policy_is_read() -> None:
    every = [
        Resource.from_object("fleet", one)
        for name, one in recorded().items()
        if name.startswith(("ImagePolicy/", "ImageRepository/"))
    ]
    seen = snapshot(*every)
    by_name = {resource.key.name: picked for resource, picked in lookers(seen)}
    assert set(by_name) == {"newest", "no-match", "bad-range", "frozen-policy"}
    assert by_name["newest"].policy.describe() == "semver >=1.0.0"
    for name, chosen in (("newest", "v1.0.0"), ("no-match", ""), ("bad-range", "")):
        assert select(["v1.0.0"], by_name[name].policy).chosen == chosen


@pytest.mark.parametrize("junk", [{}, {"policy": 3}, {"policy": {"semver": []}, "filterTags": "x"}])
def test_a_malformed_policy_picks_nothing(junk: Any) -> None:
    image, semver = rule(body("ImagePolicy", "x", junk))
    assert (image.way, semver) == ("", "")
    assert select(["1.0.0"], Policy(image=image)).error


@pytest.mark.parametrize("tag", [" 1", "1 ", "nan_", "1e", "0x", "١", "1e999"])
def test_what_python_alone_takes_for_a_number_is_none(tag: str) -> None:
    assert pick(["7"], "numerical").chosen == "7"
    assert pick([tag, "7"], "numerical").chosen == "", "it ends the controller's choice"
