"""What a Snapshot knows of one object: what it waits for, stands on, holds, made and is read of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.board import HealthLine, Level, ObjectLine
from fluxtui.domain.detail import (
    detail_of,
    inventory_versions,
    plain_values,
    stored_artifact,
    with_inventory,
)
from fluxtui.domain.detail.conditions import conditions_of
from fluxtui.domain.detail.managers import owned_fields_of, shared_fields_of
from fluxtui.domain.detail.uses import UseIndex, uses_of
from fluxtui.domain.detail.values import InventoryReading
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed
from tests.builders import (
    NS,
    condition,
    deployment,
    digest,
    failed,
    ks,
    revision,
    snapshot,
    source,
    tag_list,
)

A, B = revision("1.4.2", "a"), revision("1.5.0", "b")


def other(short: str, name: str = "web", status: Any = None, **spec: Any) -> Resource:
    kind = kinds.by_short(short)
    assert kind is not None
    meta = {"name": name, "namespace": NS, "generation": 2}
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta}
    return Resource.from_object("staging", {**body, "spec": spec, "status": status or {}})


def test_what_it_waits_for_is_ready_or_not_or_not_there() -> None:
    me = ks(name="me", needs=("well", "sick", "gone"))
    sick = ks(name="sick", conditions=(failed("BuildFailed", "no such file"),))
    detail = detail_of(snapshot(source(stored=A), me, ks(name="well"), sick), me)
    assert [(w.key.name, w.met, w.level, w.words) for w in detail.waits] == [
        ("well", True, Level.OK, "Applied revision"),
        ("sick", False, Level.FAILED, "BuildFailed: no such file"),
        ("gone", False, Level.FAILED, "it is not there"),
    ]
    assert [(w.key.name, w.met) for w in detail.stands_on] == [("activity", True)]


def test_what_may_not_be_read_is_not_called_missing() -> None:
    me = ks(name="me", needs=("gone",))
    kind = (me.key.group, me.key.kind)
    denied = Feed("staging", kind, "", FeedState.FORBIDDEN, "no")
    (wait,) = detail_of(snapshot(me, feeds=(denied,)), me).waits
    assert (wait.met, wait.level) == (None, Level.UNKNOWN)
    assert wait.words.startswith("not known: ")


def test_what_is_of_no_kind_that_is_looked_at_is_not_called_missing() -> None:
    me = ks()
    spec = {**me.spec, "sourceRef": {"kind": "Boat", "name": "b"}}
    detail = detail_of(snapshot(replace(me, spec=spec)), replace(me, spec=spec))
    assert [(w.met, w.level, w.words) for w in detail.stands_on] == [
        (None, Level.UNKNOWN, "it is not looked at here")
    ]


@pytest.mark.parametrize(
    ("status", "observed"),
    [({}, True), ({"observedGeneration": 2}, True), ({"observedGeneration": 1}, False)],
)
def test_a_spec_counts_as_seen_where_generations_are_not_counted(
    status: dict[str, Any], observed: bool
) -> None:
    one = other("hr", status=status)
    assert detail_of(snapshot(one), one).observed is observed


def begun(generation: int, ready: str, **status: Any) -> Resource:
    """A release of generation 2 whose status was never brought up to a generation."""
    seen = {**condition("Ready", ready, "Progressing"), "observedGeneration": generation}
    return other("hr", status={"observedGeneration": -1, "conditions": [seen], **status})


@pytest.mark.parametrize(
    ("one", "observed", "unsettled"),
    [
        (begun(1, "Unknown"), False, ""),
        (begun(2, "Unknown"), True, "a run of it is under way"),
        (begun(2, "False"), True, "not reconciled well yet"),
        (begun(2, "Unknown", observedGeneration=2), True, ""),
    ],
)
def test_a_spec_counts_as_seen_from_the_first_run_on(
    one: Resource, observed: bool, unsettled: str
) -> None:
    detail = detail_of(snapshot(one), one)
    assert (detail.observed, detail.unsettled) == (observed, unsettled)


def test_what_was_applied_is_not_known_before_an_inventory_is_written() -> None:
    def why(one: Resource) -> str:
        return detail_of(snapshot(one), one).no_inventory

    unwritten = "its controller has written none"
    assert why(begun(2, "Unknown")) == f"{unwritten}; a run of it is under way"
    assert why(begun(2, "False")) == unwritten
    assert why(begun(2, "Unknown", inventory={"entries": []})) == "" == why(other("alert"))


def test_only_a_source_holds_an_artifact_and_only_one_that_has_it() -> None:
    artifact = {"revision": A, "digest": digest("f"), "size": 7, "lastUpdateTime": "monday"}
    held = source()
    held = replace(held, status={**held.status, "artifact": artifact})
    stored = stored_artifact(held)
    assert stored is not None
    assert (stored.revision, stored.digest, stored.at, stored.size) == (A, digest("f"), "monday", 7)
    assert stored.url.startswith("oci://") and not stored.origin
    assert stored_artifact(source()) is None
    other_kind = ks()
    assert stored_artifact(replace(other_kind, status={"artifact": artifact})) is None


def test_a_history_names_its_builds_by_the_tags_that_its_source_knows() -> None:
    runs = [
        (digest("b"), "ReconciliationSucceeded", "2026-11-23T02:00:00Z"),
        (digest("a"), "HealthCheckFailed", "2026-11-22T02:00:00Z"),
        (digest("c"), "DependencyNotReady", "2026-11-21T02:00:00Z"),
    ]
    me = ks(applied=digest("b"), history=runs)
    tags = (tag_list({"1.4.2": "a", "1.5.0": "b"}),)
    detail = detail_of(snapshot(source(stored=digest("b")), me, tags=tags), me)
    assert [(line.version, line.good) for line in detail.history] == [
        ("1.5.0", True), ("1.4.2", False), ("sha256:cccccccc", None),
    ]  # fmt: skip
    orphan = detail_of(snapshot(me), me)
    assert orphan.history[0].version == "sha256:bbbbbbbb"


def test_an_inventory_is_told_by_its_live_objects_and_says_who_is_not_known() -> None:
    ids = (f"{NS}_api_apps_Deployment", f"{NS}_gone_apps_Deployment", "no id of Flux's")
    me = ks(applied=A, inventory=ids)
    seen = snapshot(source(stored=A), me, deployment("api", wanted=1, available=1))
    detail = detail_of(seen, me)
    assert [(line.key.name, line.status) for line in detail.inventory] == [
        ("api", "InProgress"), ("gone", ""),
    ]  # fmt: skip
    assert [key.name for key in detail.unread] == ["gone"]
    gone = ObjectLine(detail.unread[0], "NotFound")
    late = replace(gone, key=detail.inventory[0].key)
    read = with_inventory(detail, InventoryReading({gone.key: gone, late.key: late}))
    assert [line.status for line in read.inventory] == ["InProgress", "NotFound"]
    assert with_inventory(detail, InventoryReading()) == detail
    # What no chain has judged (another environment's picture) is judged for itself.
    bare = replace(seen, board=replace(seen.board, chains={}))
    assert detail_of(bare, me).inventory == detail.inventory


def test_each_entry_of_an_inventory_has_the_version_of_its_api() -> None:
    ids = (f"{NS}_api_apps_Deployment",)
    assert [version for _key, version in inventory_versions(ks(inventory=ids))] == ["v1"]


def test_who_keeps_an_inventory_has_one_though_it_is_empty() -> None:
    for one, has in ((ks(), True), (source(), False), (other("hr"), True), (other("alert"), False)):
        detail = detail_of(snapshot(one), one)
        assert (detail.has_inventory, detail.has_history) == (has, has), one.key


def test_an_object_of_no_kind_of_flux_is_judged_by_nobody() -> None:
    one = deployment("api")
    detail = detail_of(snapshot(one), one)
    assert detail.health == HealthLine() and not detail.is_source and not detail.facts


def test_values_are_plain_where_they_are_read_out_of_nothing_else() -> None:
    own = other("hr", values={"replicas": 2})
    values = plain_values(own)
    assert values is not None
    assert [(line.path, line.value, line.by) for line in values.lines] == [
        ("replicas", 2, "spec.values")
    ]
    assert plain_values(other("hr", valuesFrom=[{"kind": "ConfigMap", "name": "c"}])) is None
    assert plain_values(ks()) is None


@pytest.mark.parametrize(("kind", "touches"), [("ConfigMap", False), ("Secret", True)])
def test_a_release_says_whether_its_values_touch_a_secret(kind: str, touches: bool) -> None:
    one = other("hr", valuesFrom=[{"kind": kind, "name": "c"}])
    detail = detail_of(snapshot(one), one)
    assert detail.has_values and detail.values_touch_secrets is touches
    assert len(detail.value_sources) == 1 and kind in detail.value_sources[0]
    both = other("hr", valuesFrom=[{"kind": "ConfigMap", "name": "a"}, {"kind": kind, "name": "c"}])
    assert detail_of(snapshot(both), both).values_touch_secrets is touches


# -- conditions in words


@pytest.mark.parametrize(
    ("type_", "status", "reason", "level", "words"),
    [
        ("Ready", "True", "", Level.OK, "ready"),
        ("Ready", "False", "BuildFailed", Level.FAILED, "not ready"),
        ("Ready", "False", "DependencyNotReady", Level.WAITING, "not ready"),
        ("Ready", "False", "Progressing", Level.PROGRESSING, "not ready"),
        ("Ready", "Unknown", "", Level.PROGRESSING, "not known whether ready"),
        ("Reconciling", "True", "", Level.PROGRESSING, "being worked on"),
        ("Reconciling", "False", "", Level.OK, "nothing is being done"),
        ("Stalled", "True", "", Level.FAILED, "gave up: tries no more until something changes"),
        ("Stalled", "False", "", Level.OK, "goes on trying"),
        ("Drifted", "True", "", Level.FAILED, "the cluster differs from its release"),
        ("Healthy", "False", "", Level.FAILED, "what it applied is not well"),
        ("Odd", "True", "", Level.OK, "Odd is True"),
        ("Odd", "False", "", Level.FAILED, "Odd is False"),
    ],
)
def test_a_condition_is_as_bad_as_what_it_means(
    type_: str, status: str, reason: str, level: Level, words: str
) -> None:
    (line,) = conditions_of(ks(conditions=[condition(type_, status, reason)]))
    assert (line.level, line.words) == (level, words)


def test_a_condition_of_a_foreign_kind_waits_for_nothing_that_flux_knows() -> None:
    obj = deployment("api").as_object()
    obj["status"]["conditions"] = [condition("Ready", "False", "DependencyNotReady")]
    (line,) = conditions_of(Resource.from_object("staging", obj))
    assert line.level is Level.FAILED


# -- who owns which field


def managed(*entries: Any) -> dict[str, Any]:
    return {"metadata": {"managedFields": list(entries)}}


def test_fields_are_told_two_deep_and_items_by_what_names_them() -> None:
    fields = {
        "f:spec": {
            "f:containers": {
                'k:{"name":"app","port":80}': {".": {}, "f:image": {}},
            },
        },
        "f:data": {"f:a.b": {}, "v:1": {}, "k:nonsense": {}, "k:[1]": {}},
    }
    both = managed(
        {"manager": "a", "operation": "Apply", "fieldsV1": fields},
        {"manager": "b", "operation": "Update", "time": "monday", "fieldsV1": fields},
        {"manager": "c", "operation": "Update", "fieldsV1": fields, "subresource": "status"},
    )
    first, second, third = owned_fields_of(both)
    assert first.fields == ("spec.containers", "data")
    assert (first.at, second.at, third.subresource) == ("", "monday", "status")
    assert [field.path for field in shared_fields_of(both)] == [
        "data.[1]", "data.[[1]]", "data.[nonsense]", "data.a.b",
        "spec.containers.[name=app,port=80].image",
    ]  # fmt: skip
    assert {field.managers for field in shared_fields_of(both)} == {("a (Apply)", "b (Update)")}


def test_a_manager_that_says_little_of_itself_is_told_as_far_as_it_does() -> None:
    (owned,) = owned_fields_of(managed({"fieldsV1": {"f:data": {}}}))
    assert (owned.manager, owned.operation, owned.at, owned.subresource) == ("", "", "", "")
    assert owned.fields == ("data",)
    odd = managed({"manager": "a", "fieldsV1": {"f:data": 3}}, {"fieldsV1": "x"}, 3)
    assert [each.fields for each in owned_fields_of(odd)] == [("data",)]


# -- who uses it


def test_each_way_to_use_an_object_is_told_once_and_in_one_order() -> None:
    """A Kustomization that is fed by a source and one that waits for another, until something."""
    own = source(stored=A)
    waits = ks(name="waits", needs=("api",))
    spec = {**waits.spec, "dependsOn": [{"name": "api", "readyExpr": "dep.x == 1"}]}
    seen = snapshot(own, ks(), replace(waits, spec=spec))
    assert [(use.key.name, use.words) for use in uses_of(seen, own.key)] == [
        ("api", "is fed by it"), ("waits", "is fed by it"),
    ]  # fmt: skip
    assert [(use.key.name, use.words) for use in uses_of(seen, ks().key)] == [
        ("waits", "waits for it until dep.x == 1")
    ]
    assert uses_of(seen, ks(name="nobody").key) == ()


def test_an_index_that_is_asked_again_follows_what_was_changed() -> None:
    index, first, second = UseIndex(), source(name="one"), source(name="two")
    before = snapshot(first, second, ks(of="one"))
    assert [use.key.name for use in index.uses_of(before, first.key)] == ["api"]
    after = snapshot(first, second, ks(of="two"))
    assert index.uses_of(after, first.key) == ()
    assert [use.key.name for use in index.uses_of(after, second.key)] == ["api"]


def test_what_is_not_there_is_heeded_by_nobody() -> None:
    pager = other("alert", eventSources=[{"kind": "Kustomization", "name": "*"}])
    assert uses_of(snapshot(pager, ks()), ks(name="gone").key) == ()
    assert [use.key for use in uses_of(snapshot(pager, ks()), ks().key)] == [pager.key]


def test_a_policy_stands_on_the_repository_that_it_picks_from() -> None:
    policy = other("imagepol", "pick", imageRepositoryRef={"name": "repo"})
    repo = other("imagerepo", "repo", image="ghcr.io/acme/web")
    assert [use.words for use in uses_of(snapshot(policy, repo), repo.key)] == ["stands on it"]


def test_who_waits_for_what_feeds_it_is_told_both_ways() -> None:
    """A release whose chart comes from one Kustomization's namespace may also wait for it."""
    both = ks(name="both", needs=("activity",))
    seen = snapshot(source(stored=B), both)
    kinds_of_use = [use.relation for use in uses_of(seen, source().key)]
    assert kinds_of_use == ["source"], "a dependency is another applier of that name"
