"""Which object an act is about, why there is none, and where nothing may be written."""

from __future__ import annotations

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
    condition,
    context,
    ks,
    revision,
    snapshot,
    source,
    tag_list,
)

from fluxtui.commands import safety, subject
from fluxtui.commands.command import Context
from fluxtui.domain import roles
from fluxtui.domain.config import Environment
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed
from tests.commands.flux_objects import obj, on_row, release

PARENT = {
    "kustomize.toolkit.fluxcd.io/name": "apps",
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
}


def at(*resources: Resource, config: Any = CONFIG, seen: Any = None, **target: Any) -> Context:
    values = {"environment": "staging", "service": "acme/activity", **target}
    return context(snapshot(*resources, config=config, **(seen or {})), **values)


def unread(kind: Any, *places: str) -> dict[str, Any]:
    feeds = [Feed(place, kind.id, "", FeedState.FORBIDDEN, "may not list") for place in places]
    return {"feeds": tuple(feeds)}


# -- which object


def test_what_is_named_comes_before_what_the_service_has() -> None:
    one, two = source(), source(namespace="canary")
    member, other = ks(), ks(namespace="canary")
    every = (one, two, member, other)
    assert subject.source_of(at(*every)) is None, "two of them: none is meant"
    assert subject.source_of(at(*every, object=two.key)) == two
    assert subject.source_of(at(*every, object=other.key)) == two
    assert subject.source_of(at(one, member)) == one, "the only one needs no name"


def test_an_act_is_about_the_kustomization_where_one_is_meant_else_the_source() -> None:
    held, member = source(), ks()
    assert subject.object_of(at(held, member, object=member.key)) == member
    assert subject.object_of(at(held, member)) == held
    gone = ks(name="gone").key
    assert subject.object_of(at(held, member, object=gone)) is None
    assert subject.source_of(at(held, member, object=gone)) is None


def test_a_kustomization_whose_source_has_no_tags_gives_nothing_to_pin() -> None:
    member = replace(ks(), spec={"sourceRef": {"kind": "Bucket", "name": "store"}})
    where = at(source(), member, object=member.key)
    assert subject.bundle_of(where) is None
    assert subject.no_bundle(where) == f"Bucket/{NS}/store has no tags to choose from"
    bare = replace(ks(), spec={})
    assert subject.no_bundle(at(bare, object=bare.key)) == f"Kustomization/{NS}/api has no source"


def test_users_are_those_of_that_source_by_name() -> None:
    seen = snapshot(source(), ks(name="b"), ks(name="a"), ks(name="x", of="other"))
    assert [r.key.name for r in roles.users_of(seen, source().key)] == ["a", "b"]
    assert roles.users_of(seen, source("production").key) == ()


def test_dependencies_come_first_and_a_cycle_last_as_it_was_given() -> None:
    chain = (ks(name="c", needs=["b"]), ks(name="b", needs=["a", "gone"]), ks(name="a"))
    assert [r.key.name for r in subject.in_order(chain)] == ["a", "b", "c"]
    cycle = (ks(name="y", needs=["x"]), ks(name="x", needs=["y"]), ks(name="a"))
    assert [r.key.name for r in subject.in_order(cycle)] == ["a", "y", "x"]


# -- why there is none


def test_what_is_not_chosen_is_asked_for() -> None:
    assert subject.no_object(at(service="")).startswith("nothing is selected")
    assert subject.no_object(at(environment="")) == "choose an environment for acme/activity"
    two = subject.no_object(at(source(), source(namespace="canary")))
    assert "has 2 sources in staging" in two
    assert f"OCIRepository/{NS}/activity" in two and "OCIRepository/canary/activity" in two


def test_what_is_named_and_not_there_is_named_in_the_answer() -> None:
    member, gone = ks(of="gone"), ks(name="gone").key
    absent = source(name="gone").key
    assert subject.no_object(at(source(), object=gone)) == f"{gone} is not there"
    assert subject.no_object(at(source(), object=absent)) == f"{absent} is not there"
    used = subject.no_object(at(member, object=member.key))
    assert used == f"{absent}, which {member.key.label} uses, is not there"


def test_not_deployed_is_said_only_where_everything_was_read() -> None:
    absent = "acme/activity is not deployed in production"
    where = {"environment": "production"}
    assert subject.no_object(at(source(), **where)) == absent
    live = Feed("production", ocirepository.KIND.id, "", FeedState.LIVE)
    assert subject.no_object(at(source(), seen={"feeds": (live,)}, **where)) == absent
    blind = unread(ocirepository.KIND, "production")
    said = subject.no_object(at(source(), seen=blind, **where))
    assert said.startswith("production ") and "not deployed" not in said
    other = unread(ocirepository.KIND, "staging")
    assert subject.no_object(at(source(), seen=other, **where)) == absent


def test_a_kustomization_nobody_may_read_is_not_called_absent() -> None:
    gone = ks(name="gone").key
    blind = unread(kustomization.KIND, "staging")
    said = subject.no_object(at(source(), seen=blind, object=gone))
    assert said.startswith("staging ") and "is not there" not in said
    absent = source(name="gone").key
    assert subject.no_object(at(seen=blind, object=absent)) == f"{absent} is not there"
    orphan = ks(of="gone")
    named = subject.no_object(at(orphan, seen=blind, object=orphan.key))
    assert named.endswith("uses, is not there"), "that one was read"


# -- where nothing may be written


def test_the_read_only_place_is_named_and_an_unknown_one_is_not_read_only() -> None:
    closed = (Environment("staging", "staging", read_only=True), *CONFIG.environments[1:])
    where = at(config=replace(CONFIG, environments=closed))
    reason = "staging is read-only by the configuration"
    assert safety.read_only_reason(where, ("staging",)) == reason
    assert safety.read_only_reason(where, ("production", "staging")) == reason
    assert safety.read_only_reason(where, ("production", "elsewhere")) is None
    everything = at(config=replace(CONFIG, read_only=True))
    assert safety.read_only_reason(everything, ()) == "fluxtui was started read-only"


def test_tags_that_nobody_listed_are_not_known_and_those_of_before_are() -> None:
    empty = replace(tag_list({}), listed_at=0.0)
    for tags in ((), (empty,), (replace(empty, error="denied"),)):
        assert safety.never_listed(at(source(), seen={"tags": tags}), URL)
    once = replace(tag_list({"1.4.2": "a"}), listed_at=0.0)
    for listed in (tag_list({"1.4.2": "a"}), tag_list({}), once):
        assert not safety.never_listed(at(source(), seen={"tags": (listed,)}), URL)


@pytest.mark.parametrize(("labels", "who"), [
    (PARENT, "Kustomization/flux-system/apps"), ({}, "another Kustomization"),
])  # fmt: skip
def test_who_puts_a_change_back_is_named_with_the_fields_it_declares(labels: Any, who: str) -> None:
    fields = frozenset(("spec.suspend", "spec.url"))
    held = replace(source(stored=revision("1.4.2", "a")), declared=fields, labels=labels)
    (said,) = safety.revert_warning(at(held), held, "spec.suspend", "spec.ref.digest")
    assert said.startswith(f"{who} declares spec.suspend and")
    assert f"suspend {who}" in said
    assert safety.revert_warning(at(held), held, "spec.ref.digest") == ()


# -- from an object to its row, and to a sentence


def test_an_object_is_named_with_the_service_that_it_is_part_of() -> None:
    held, member, other = source(), ks(), ks(name="lonely", of="elsewhere")
    seen = snapshot(held, member, other)
    for key in (held.key, member.key):
        target = subject.named(seen, key)
        assert (target.environment, target.object) == ("staging", key)
        assert target.service == "acme/activity"
    gone, far = ks(name="gone").key, source("elsewhere").key
    for key in (gone, far):
        target = subject.named(seen, key)
        assert (target.environment, target.object, target.service) == (key.environment, key, "")


def test_of_several_that_are_marked_no_one_is_meant() -> None:
    where = at(source(), ks(), marked=(source().key, ks().key), service="", environment="")
    assert subject.object_of(where) is None
    assert subject.no_object(where).startswith("it is done to one object, and 2 are marked")


def test_a_row_whose_chart_is_not_there_is_not_called_undeployed() -> None:
    one = release()
    where = on_row(one, service="web")
    said = subject.no_bundle(where)
    assert said == f"staging: HelmChart/{NS}/{NS}-web, which {one.key.label} uses, is not there"


def test_what_has_no_versions_says_so_and_what_has_no_tags_whose_they_are() -> None:
    pager = obj("alert", "pager")
    assert subject.no_bundle(at(pager, object=pager.key)) == (
        "an Alert has no versions to choose from"
    )
    repo = obj("gitrepo", "fleet", {"url": "https://x.example/r", "ref": {"branch": "main"}})
    said = subject.no_bundle(at(repo, object=repo.key))
    assert said == f"{repo.key.label} follows branch main: no tags to choose from"
    lost = replace(ks(), spec={"sourceRef": {"kind": "OCIRepository", "name": "gone"}})
    said = subject.no_bundle(at(lost, object=lost.key))
    assert "gone, which Kustomization" in said and said.endswith("is not there")


@pytest.mark.parametrize(("number", "more"), [(1, ""), (12, ""), (13, "1 more"), (15, "3 more")])
def test_a_dozen_of_many_is_named(number: int, more: str) -> None:
    said = subject.labels_of([ks(name=f"n{i:02}") for i in range(number)])
    assert said.count("Kustomization/") == min(number, 12)
    assert said.endswith(f" and {more}" if more else f"n{number - 1:02}")


@pytest.mark.parametrize(
    ("status", "short", "reason"),
    [("True", "ks", "BuildFailed"), ("False", "ks", ""), ("True", "hr", ""), ("", "ks", "")],
)
def test_who_has_given_up_waits_for_another_spec_but_a_release_for_another_version(
    status: str, short: str, reason: str
) -> None:
    stalled = [condition("Stalled", status, "BuildFailed")] if status else []
    one = obj(short, "x", {}, {"conditions": stalled})
    assert subject.stalled(one) == reason
    assert bool(subject.stalled_warnings([one])) == bool(reason)
