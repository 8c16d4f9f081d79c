"""One object under two versions: Events of both groups, autoscalers of version 1 and 2."""

from __future__ import annotations

from tests.contract.reads import TABLE, names, take, version_of
from tests.world.apiserver.client import Client, Json


def events(ns: str, group: str = "") -> str:
    return f"{'/apis/events.k8s.io/v1' if group else '/api/v1'}/namespaces/{ns}/events"


def told(ns: str, name: str = "e") -> Json:
    """An Event as the older clients write it."""
    return {
        "metadata": {"name": name},
        "involvedObject": {"kind": "Pod", "name": "p", "namespace": ns},
        "reason": "BackOff",
        "message": "Back-off restarting",
        "type": "Warning",
        "source": {"component": "kubelet", "host": "n1"},
        "firstTimestamp": "2026-01-01T00:00:00Z",
        "lastTimestamp": "2026-01-01T00:05:00Z",
        "count": 7,
    }


def test_an_event_of_the_old_kind_is_seen_under_both(api: Client, ns: str) -> None:
    old = api.post(events(ns), told(ns)).ok()
    new = api.get(f"{events(ns, 'new')}/e").ok()
    assert (new["apiVersion"], new["kind"]) == ("events.k8s.io/v1", "Event")
    assert new["metadata"]["uid"] == old["metadata"]["uid"]
    assert version_of(new) == version_of(old)
    assert new["regarding"] == told(ns)["involvedObject"]
    assert (new["note"], new["reason"]) == ("Back-off restarting", "BackOff")
    assert new["eventTime"] is None
    assert new["deprecatedSource"] == {"component": "kubelet", "host": "n1"}
    assert (new["deprecatedCount"], new["deprecatedLastTimestamp"]) == (7, "2026-01-01T00:05:00Z")
    assert not {"involvedObject", "message", "source", "count"} & set(new)


def test_an_event_of_the_new_kind_is_seen_under_both(api: Client, ns: str) -> None:
    body = {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": "e"},
        "eventTime": "2026-01-01T00:00:00.000000Z",
        "regarding": {"kind": "Pod", "name": "p", "namespace": ns},
        "reason": "Pulled",
        "action": "Pulling",
        "note": "pulled it",
        "type": "Normal",
        "reportingController": "example.com/kubelet",
        "reportingInstance": "n1",
    }
    new = api.post(events(ns, "new"), body).ok()
    assert {name: new[name] for name in body if name != "metadata"} == {
        name: body[name] for name in body if name != "metadata"
    }
    old = api.get(f"{events(ns)}/e").ok()
    assert (old["message"], old["involvedObject"]) == ("pulled it", body["regarding"])
    assert (old["reportingComponent"], old["reportingInstance"]) == ("example.com/kubelet", "n1")
    assert old["eventTime"] == "2026-01-01T00:00:00.000000Z"


def test_lists_and_watches_are_of_the_same_objects(api: Client, ns: str) -> None:
    version = version_of(api.post(events(ns), told(ns, "a")).ok())
    with api.watch(events(ns, "new"), resourceVersion=version) as stream:
        api.post(events(ns), told(ns, "b")).ok()
        api.patch(f"{events(ns)}/b", {"count": 8}).ok()
        assert take(stream, 1) == [("ADDED", "b")]
        change, seen = stream.next()
    assert (change, seen["apiVersion"]) == ("MODIFIED", "events.k8s.io/v1")
    assert seen["deprecatedCount"] == 8
    for path in (events(ns), events(ns, "new")):
        listed = api.get(path).ok()
        assert listed["kind"] == "EventList" and names(listed) == ["a", "b"]
    rows = api.get(events(ns, "new"), accept=TABLE).ok()["rows"]
    assert [row["cells"][2:4] for row in rows] == [["BackOff", "pod/p"]] * 2
    api.delete(f"{events(ns, 'new')}/a").ok()
    assert names(api.get(events(ns)).ok()) == ["b"]


def test_the_new_kind_has_selectors_of_its_own(api: Client, ns: str) -> None:
    api.post(events(ns), told(ns)).ok()
    for selector, found in [
        ("regarding.kind=Pod", ["e"]),
        ("regarding.name=p,reason=BackOff,type=Warning", ["e"]),
        ("regarding.kind=Node", []),
        ("reportingController=kubelet", []),
    ]:
        listed = api.get(events(ns, "new"), fieldSelector=selector).ok()
        assert names(listed) == found, selector
    refused = api.get(events(ns, "new"), fieldSelector="involvedObject.kind=Pod")
    assert refused.json["message"] == "field label not supported: involvedObject.kind"


def test_a_series_is_counted_by_a_patch(api: Client, ns: str) -> None:
    api.post(events(ns), told(ns)).ok()
    series = {"count": 3, "lastObservedTime": "2026-01-01T00:06:00.000000Z"}
    patched = api.patch(f"{events(ns, 'new')}/e", {"series": series}).ok()
    assert patched["series"] == series and patched["note"] == "Back-off restarting"
    assert api.get(f"{events(ns)}/e").ok()["series"] == series


def scalers(ns: str, version: str) -> str:
    return f"/apis/autoscaling/{version}/namespaces/{ns}/horizontalpodautoscalers"


TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}


def use_of(resource: str, percent: int) -> Json:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": resource, "target": target}}


def test_an_autoscaler_of_version_1_is_one_of_version_2(api: Client, ns: str) -> None:
    spec = {"scaleTargetRef": TARGET, "maxReplicas": 5, "targetCPUUtilizationPercentage": 60}
    one = api.post(scalers(ns, "v1"), {"metadata": {"name": "h"}, "spec": spec}).ok()
    assert one["apiVersion"] == "autoscaling/v1"
    assert one["spec"] == {"minReplicas": 1, **spec}
    two = api.get(f"{scalers(ns, 'v2')}/h").ok()
    assert two["apiVersion"] == "autoscaling/v2"
    assert two["spec"]["metrics"] == [use_of("cpu", 60)]
    assert two["metadata"]["uid"] == one["metadata"]["uid"]


def test_what_version_1_cannot_say_goes_into_an_annotation(api: Client, ns: str) -> None:
    metrics = [use_of("memory", 70), use_of("cpu", 80)]
    spec = {"scaleTargetRef": TARGET, "minReplicas": 2, "maxReplicas": 5, "metrics": metrics}
    api.post(scalers(ns, "v2"), {"metadata": {"name": "h"}, "spec": spec}).ok()
    one = api.get(f"{scalers(ns, 'v1')}/h").ok()
    assert one["spec"]["targetCPUUtilizationPercentage"] == 80 and "metrics" not in one["spec"]
    assert one["metadata"]["annotations"] == {
        "autoscaling.alpha.kubernetes.io/metrics": '[{"type":"Resource","resource":'
        '{"name":"memory","targetAverageUtilization":70}}]'
    }
    api.patch(f"{scalers(ns, 'v1')}/h", {"spec": {"maxReplicas": 9}}).ok()
    two = api.get(f"{scalers(ns, 'v2')}/h").ok()
    assert two["spec"]["maxReplicas"] == 9 and two["spec"]["metrics"] == metrics
    assert "annotations" not in two["metadata"]
    assert names(api.get(scalers(ns, "v1")).ok()) == ["h"]
