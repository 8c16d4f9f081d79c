"""Whole scopes as people name them: what a word means, what delivers there, what was not read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.domain.config import Config, Environment
from fluxtui.domain.errors import UsageError
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.scopes import WholeScope, members, scope_of, unread
from fluxtui.domain.snapshot import Feed
from tests.builders import NS, ks, revision, snapshot, source, tag_list

A = revision("1.4.2", "a")
PLACES = Config(
    environments=(
        Environment("dev", "dev", protected=False),
        Environment("eu", "eu", stage="live"),
        Environment("us", "us", stage="live"),
        Environment("qa", "qa", stage="test"),
        Environment("test", "test", stage="qa"),
        Environment("lab", "lab", stage="lab"),
        Environment("lab2", "lab2", stage="lab"),
    ),
    user="anna",
)
WORLD = (
    source("dev", stored=A),
    ks("dev", applied=A),
    ks("dev", "infra", "flux-system", of="nowhere"),
    source("eu", stored=A),
    ks("us", applied=A),
)
SEEN = snapshot(*WORLD, tags=(tag_list({"1.4.2": "a"}),), config=PLACES)


@pytest.mark.parametrize(
    ("text", "environments", "says"),
    [
        ("dev", ("dev",), "dev"),
        ("live", ("eu", "us"), "stage live (eu, us)"),
        ("env/dev", ("dev",), "dev"),
        ("stage/live", ("eu", "us"), "stage live (eu, us)"),
        # A stage of one environment of the same name is that environment, and no question.
        ("stage/dev", ("dev",), "stage dev (dev)"),
        ("env/lab", ("lab",), "lab"),
        ("stage/lab", ("lab", "lab2"), "stage lab (lab, lab2)"),
        (f"ns/{NS}", ("dev",), f"namespace {NS} in dev"),
        ("service/activity", ("dev",), "service acme/activity in dev"),
        ("service/acme/activity", ("dev",), "service acme/activity in dev"),
    ],
)
def test_a_word_means_one_whole(text: str, environments: tuple[str, ...], says: str) -> None:
    scope = scope_of(SEEN, text, "dev")
    assert (scope.environments, scope.says) == (environments, says)


@pytest.mark.parametrize("name", ["stage", "env", "ns", "service"])
def test_an_environment_that_is_called_as_a_whole_is_meant_by_its_bare_name(name: str) -> None:
    seen = snapshot(config=Config(environments=(Environment(name, name),), user="anna"))
    assert scope_of(seen, name) == WholeScope("env", name, (name,))


@pytest.mark.parametrize("name", ["lab", "qa", "test"])
def test_a_name_that_means_an_environment_and_other_ones_is_asked_back(name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} is an environment and a stage") as refused:
        scope_of(SEEN, name)
    assert refused.value.next == f"say env/{name} or stage/{name}"


@pytest.mark.parametrize(
    ("text", "refusal", "following"),
    [
        ("stage/dve", "there is no stage 'dve'", "known: dev, live, test, qa, lab"),
        ("env/live", "there is no environment 'live'", "known: dev, eu, us, qa, test, lab, lab2"),
        (
            "nowhere",
            "there is no environment or stage 'nowhere'",
            "known: dev, eu, us, qa, test, lab, lab2, live, service/NAME, ns/NAME",
        ),
        ("web/api", "there is no environment or stage 'web/api'", ""),
        ("ns/apps", "there is no namespace with", f"known: {NS}, flux-system"),
        ("service/web", "there is no service 'web'", "known: acme/activity"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(
    text: str, refusal: str, following: str
) -> None:
    with pytest.raises(UsageError, match=refusal) as refused:
        scope_of(SEEN, text, "dev")
    assert (refused.value.next or "").startswith(following)


def test_a_service_that_this_environment_does_not_have_is_none_of_its() -> None:
    with pytest.raises(UsageError) as refused:
        scope_of(SEEN, "service/activity", "qa")
    assert refused.value.next == "known: none"


def test_of_two_services_that_end_alike_neither_is_guessed() -> None:
    other = source("dev", "other", stored=A, url="oci://registry.example.com/b/activity")
    two = snapshot(*WORLD, other, tags=(tag_list({"1.4.2": "a"}),), config=PLACES)
    with pytest.raises(UsageError) as refused:
        scope_of(two, "service/activity", "dev")
    assert refused.value.next == "known: acme/activity, b/activity"
    assert scope_of(two, "service/b/activity", "dev").name == "b/activity"


@pytest.mark.parametrize("text", [f"ns/{NS}", "service/activity"])
def test_a_part_of_an_environment_needs_to_know_which(text: str) -> None:
    with pytest.raises(UsageError, match="in which environment") as refused:
        scope_of(SEEN, text)
    assert refused.value.next == "-e dev or -e eu or -e us or -e qa or -e test or -e lab or -e lab2"


def test_members_are_what_delivers_there_sources_first() -> None:
    def found(text: str) -> list[str]:
        scope = scope_of(SEEN, text, "dev")
        return [f"{one.key.environment}/{one.key.name}" for one in members(SEEN, scope)]

    assert found("dev") == ["dev/activity", "dev/api", "dev/infra"]
    assert found("live") == ["eu/activity", "us/api"]
    assert found(f"ns/{NS}") == ["dev/activity", "dev/api"]
    assert found("ns/flux-system") == ["dev/infra"]
    assert found("service/activity") == ["dev/activity", "dev/api"], "not those of elsewhere"


def test_a_service_that_is_gone_has_no_members() -> None:
    assert members(SEEN, WholeScope("service", "acme/gone", ("dev",))) == ()


def test_what_could_not_be_read_is_said_of_each_place() -> None:
    kind = ("kustomize.toolkit.fluxcd.io", "Kustomization")
    denied = Feed("dev", kind, "", FeedState.FORBIDDEN, "no")
    unserved = Feed("us", kind, "", FeedState.ABSENT)
    seen = replace(SEEN, feeds=(denied, unserved))
    (missing,) = unread(seen, scope_of(seen, "dev"))
    assert missing.startswith("Kustomizations: dev ")
    assert unread(seen, scope_of(seen, "live")) == (), "what is not served is not there"


def test_a_whole_place_says_that_only_some_namespaces_are_looked_at() -> None:
    few = replace(PLACES.environments[0], namespaces=("apps", NS))
    config = replace(PLACES, environments=(few, *PLACES.environments[1:]))
    seen = snapshot(*WORLD, tags=(tag_list({"1.4.2": "a"}),), config=config)
    sentence = f"what is outside of apps, {NS} in dev"
    assert unread(seen, scope_of(seen, "env/dev")) == (sentence,)
    assert unread(seen, scope_of(seen, "stage/dev")) == (sentence,)
    assert unread(seen, scope_of(seen, f"ns/{NS}", "dev")) == (), "all of that is looked at"
    assert unread(seen, scope_of(seen, "live")) == ()
