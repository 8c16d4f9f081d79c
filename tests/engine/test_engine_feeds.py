"""What a feed makes of odd objects, and which feeds an Environment needs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fluxtui.cluster.port import ApiResource, Json
from fluxtui.cluster.reflector import FeedTarget
from fluxtui.domain import kinds
from fluxtui.domain.board import EVENT, Severity
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.kinds import gitrepository, kustomization, ocirepository
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.overview.facts import NEVER_SEEN
from fluxtui.domain.resource import Resource
from fluxtui.engine.feeds.api import LONG, by_context, long_page
from fluxtui.engine.feeds.shapes import misshapen
from fluxtui.engine.feeds.sink import EVENTS_KEPT, ApiSink
from fluxtui.engine.feeds.targets import namespaces_of, of_interest, permanent
from fluxtui.engine.publication.store import PAST_KEPT, Store
from tests.scripted import HandClock, obj

TARGET = FeedTarget(kustomization.KIND.id, "v1")


def sink() -> tuple[ApiSink, Store]:
    store = Store(Config())
    environment = Environment("prod", "prod")
    return ApiSink(TARGET, [environment], store, HandClock(), lambda: None), store


def test_a_long_page_is_read_at_once_and_a_short_one_imports_nothing_for_it() -> None:
    pytest.importorskip("msgspec")
    kind = kustomization.KIND
    type_ = ApiResource(kind.group, kind.version, kind.kind, kind.plural)
    page = {"kind": "KustomizationList", "metadata": {}, "items": [{"metadata": {"name": "a"}}]}
    short = json.dumps(page).encode()
    assert long_page(short, type_) is None
    read = long_page(short.rjust(LONG), type_)
    assert read is not None
    assert read.items[0]["kind"] == "Kustomization"
    assert read.items[0]["apiVersion"] == kind.api_version


async def test_a_malformed_object_is_a_finding_and_the_others_go_on() -> None:
    taker, store = sink()
    nameless = {"kind": "Kustomization", "metadata": {"namespace": "apps"}}
    crooked = {**obj("crooked", 2), "spec": ["not", "a", "mapping"]}
    listed = [obj("good", 1), nameless, crooked]
    await taker.replace(listed)

    assert listed == [], "raw objects are let go as they are taken"
    names = sorted(key.name for key in store.take(0).half.table("prod", kustomization.KIND))
    assert names == ["crooked", "good"]
    notes = {note.subject.name if note.subject else "": note for note in store.notes()}
    assert set(notes) == {"", "crooked"}
    assert all(note.severity is Severity.ERROR for note in notes.values())
    assert notes["crooked"].message == (
        "Kustomization/apps/crooked is malformed: spec is a list, not a mapping"
    )

    taker.put(obj("crooked", 3))
    taker.drop(nameless)
    assert store.notes() == (), "mended and gone: nothing left to tell"


async def test_a_page_is_there_before_the_last_and_what_no_page_has_is_gone() -> None:
    taker, store = sink()
    await taker.replace([obj("gone", 1), obj("kept", 1)])
    page = [obj("a", 1), obj("kept", 2)]
    await taker.part([], True)
    await taker.part(page, False)
    assert page == [], "raw objects are let go as they are taken"
    half = store.take(0).half
    store.commit(half)
    names = {key.name for key in half.table("prod", kustomization.KIND)}
    assert names == {"a", "kept", "gone"}, "what is gone, the last page tells"
    await taker.replace([obj("last", 1)])
    names = {key.name for key in store.take(0).half.table("prod", kustomization.KIND)}
    assert names == {"a", "kept", "last"}


async def test_a_list_that_begins_anew_forgets_the_pages_of_the_one_before() -> None:
    """Its token expired, or its line broke: what was on those pages may be gone by now."""
    taker, store = sink()
    await taker.part([], True)
    await taker.part([obj("early", 1)], False)
    await taker.part([], True)
    await taker.replace([obj("only", 1)])
    names = {key.name for key in store.take(0).half.table("prod", kustomization.KIND)}
    assert names == {"only"}


async def test_a_second_list_touches_only_what_differs() -> None:
    taker, store = sink()
    await taker.replace([obj("a", 1), obj("b", 1), obj("c", 1)])
    before = store.take(0).half
    store.commit(before)
    await taker.replace([obj("a", 1), obj("b", 2)])
    batch = store.take(0)
    changed = {touch.key.name: touch.after for touch in batch.touched}
    assert set(changed) == {"b", "c"}
    assert changed["c"] is None


def test_environments_on_one_context_are_grouped() -> None:
    one, two = Environment("eu", "prod"), Environment("us", "prod")
    other = Environment("eu-staging", "staging")
    assert by_context([one, other, two]) == [(one, two), (other,)]


def test_nothing_that_a_feed_brings_is_left_out_of_inventories() -> None:
    served = {kind.id: kind.version for kind in kinds.ALL}
    targets = [*permanent((), served=served), *of_interest(["apps"])]
    ids = ("_".join(("apps", "web", *target.kind)) for target in targets)
    assert not [text for text in ids if text.endswith(NEVER_SEEN)]


def test_selectors_of_feeds_of_one_kind_never_overlap() -> None:
    served = {kind.id: kind.version for kind in kinds.ALL}
    targets = [*permanent((), served=served), *of_interest(["apps"])]
    events = [t.fields for t in targets if t.kind == ("", "Event")]
    flux = [kind.kind for kind in kinds.ALL]
    assert events == [
        *(f"involvedObject.kind={kind.kind}" for kind in kinds.ALL if kind.has_events),
        ",".join(f"involvedObject.kind!={name}" for name in flux),
    ]
    claims = [t.labels for t in targets if t.kind == ("", "PersistentVolumeClaim")]
    owners = [kind.owner_label for kind in kinds.APPLIERS]
    no = [f"!{owner}" for owner in owners]
    owned = [",".join((owner, *no[:at])) for at, owner in enumerate(owners)]
    assert claims == [*owned, ",".join(no)]
    assert owners[0] == "kustomize.toolkit.fluxcd.io/name"


def test_the_objects_of_a_kustomization_are_looked_for_where_its_inventory_says() -> None:
    plain = {**obj("web", 1), "spec": {"targetNamespace": "shop"}}
    assert namespaces_of(Resource.from_object("prod", plain)) == {"shop"}
    entries = [
        {"id": "front_web_apps_Deployment", "v": "v1"},
        {"id": "_front__Namespace", "v": "v1"},
    ]
    listed = {**plain, "status": {"inventory": {"entries": entries}}}
    assert namespaces_of(Resource.from_object("prod", listed)) == {"front"}


@pytest.mark.parametrize(
    ("kind", "change", "problem"),
    [
        (kustomization.KIND, {}, ""),
        (kustomization.KIND, {"dependsOn": "web"}, "spec.dependsOn is text, not a list"),
        (kustomization.KIND, {"sourceRef": None}, "spec.sourceRef is missing"),
        (kustomization.KIND, {"suspend": "yes"}, "spec.suspend is text, not true or false"),
        (kustomization.KIND, {"path": 3}, "spec.path is the number 3, not text"),
        (ocirepository.KIND, {"url": "oci://r.test/web"}, ""),
        (ocirepository.KIND, {}, "spec.url is missing"),
        (ocirepository.KIND, {"url": "http://r.test/web"}, "spec.url does not begin with oci://"),
        (gitrepository.KIND, {"url": "http://g.test/web"}, ""),
        (gitrepository.KIND, {"url": "x", "ref": "main"}, "spec.ref is text, not a mapping"),
    ],
)
def test_what_is_wrong_with_a_shape_is_named(kind: Kind, change: Json, problem: str) -> None:
    spec = {"sourceRef": {"kind": "OCIRepository", "name": "web"}, **change}
    assert misshapen(kind.id, {"spec": spec, "status": None}) == problem


async def test_events_are_bounded_and_the_newest_stay() -> None:
    store = Store(Config())
    target = FeedTarget(EVENT, "v1", fields="involvedObject.kind=Kustomization")
    taker = ApiSink(target, [Environment("prod", "prod")], store, HandClock(), lambda: None)
    events: list[Any] = [
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"e{n}", "namespace": "apps", "resourceVersion": str(n)},
            "lastTimestamp": f"2026-11-23T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z",
        }
        for n in range(EVENTS_KEPT + 50)
    ]
    newest = list(reversed(events))
    await taker.part([], True)
    await taker.part(newest[:500], False)
    await taker.replace(newest[500:])
    first = store.take(0).half
    store.commit(first)
    names = {key.name for key in first.table("prod", EVENT)}
    assert len(names) == EVENTS_KEPT
    assert "e49" not in names and "e50" in names

    taker.put({**events[0], "metadata": {**events[0]["metadata"], "name": "new"}})
    names = {key.name for key in store.take(0).half.table("prod", EVENT)}
    assert len(names) == EVENTS_KEPT
    assert "new" in names and "e50" not in names


def test_versions_a_plan_may_rest_on_are_remembered_within_a_bound() -> None:
    store = Store(Config())
    key = Resource.from_object("prod", obj("web", 0)).key
    for version in range(PAST_KEPT + 10):
        store.put(Resource.from_object("prod", obj("web", version)))
        store.commit(store.take(0).half)
    assert store.recall(key, "3") is None
    remembered = store.recall(key, "100")
    assert remembered is not None and remembered.resource_version == "100"
    newest = store.recall(key, str(PAST_KEPT + 9))
    assert newest is store.snapshot.get(key)
