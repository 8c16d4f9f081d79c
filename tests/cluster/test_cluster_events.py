"""Events on a real API: repetitions are counted, what differs is told apart, nothing is raised."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fluxtui.cluster.client import connect
from fluxtui.cluster.events import Recorder
from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.faults import Rule
from tests.stepped import SteppedClock
from tests.world.waiting import connections_closed

EVENTS = ApiResource("", "v1", "Event", "events")
POD = ApiResource("", "v1", "Pod", "pods")
WEB: Json = {
    "metadata": {"name": "web", "namespace": "default", "uid": "u1", "resourceVersion": "7"}
}


@pytest.fixture
def api() -> Any:
    with ApiServer("staging", crds=()) as server:
        yield server
        assert not server.errors


@pytest.fixture
async def cluster(api: ApiServer, tmp_path: Path) -> AsyncIterator[Cluster]:
    path = tmp_path / "kubeconfig"
    api.write_kubeconfig(path)
    made = await connect(str(path), "staging", name="staging")
    yield made
    await made.close()
    await connections_closed()


async def told(cluster: Cluster) -> list[Json]:
    listing = await cluster.list(EVENTS, "default")
    return sorted(listing.items, key=lambda event: str(event["message"]))


async def test_the_same_news_are_counted_and_others_told_apart(cluster: Cluster) -> None:
    clock = SteppedClock()
    recorder = Recorder(cluster, "kubelet", clock, "one")
    await recorder.emit(WEB, "Warning", "BackOff", "again", type_=POD, field_path="spec.x")
    clock.advance(60)
    await recorder.emit(WEB, "Warning", "BackOff", "again", type_=POD, field_path="spec.x")
    await recorder.emit(WEB, "Normal", "Started", "begun", {"a": "b"}, type_=POD)
    again, begun = await told(cluster)
    assert (again["count"], begun["count"]) == (2, 1)
    assert again["firstTimestamp"] == "2026-01-01T00:00:00Z"
    assert again["lastTimestamp"] == "2026-01-01T00:01:00Z"
    about = {"apiVersion": "v1", "kind": "Pod", "namespace": "default", "name": "web", "uid": "u1"}
    assert again["involvedObject"] == about | {"resourceVersion": "7", "fieldPath": "spec.x"}
    assert (again["type"], again["reportingComponent"]) == ("Warning", "kubelet")
    assert begun["metadata"]["annotations"] == {"a": "b"}
    assert "fieldPath" not in begun["involvedObject"]


async def test_an_object_says_itself_what_it_is_and_one_without_a_namespace_is_told_of_in_default(
    cluster: Cluster,
) -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}
    await Recorder(cluster, "kubelet", SteppedClock()).emit(node, "Normal", "Ready", "well")
    (event,) = await told(cluster)
    involved = event["involvedObject"]
    assert (involved["apiVersion"], involved["kind"], involved["name"]) == ("v1", "Node", "n")


async def test_an_event_that_somebody_deleted_is_written_anew(cluster: Cluster) -> None:
    recorder = Recorder(cluster, "kubelet", SteppedClock())
    await recorder.emit(WEB, "Normal", "Started", "begun", type_=POD)
    (first,) = await told(cluster)
    await cluster.delete(EVENTS, "default", first["metadata"]["name"])
    await recorder.emit(WEB, "Normal", "Started", "begun", type_=POD)
    (second,) = await told(cluster)
    assert (second["count"], second["metadata"]["name"]) != (2, first["metadata"]["name"])


async def test_a_refused_event_is_logged_and_nothing_more(
    api: ApiServer, cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    api.faults.set_rules(Rule(path="/events", status=403, count=1))
    recorder = Recorder(cluster, "kubelet", SteppedClock())
    with caplog.at_level(logging.WARNING):
        await recorder.emit(WEB, "Normal", "Started", "begun", type_=POD)
    assert "default/web was lost" in caplog.text
    await recorder.emit(WEB, "Normal", "Started", "begun", type_=POD)
    assert [event["count"] for event in await told(cluster)] == [1]
